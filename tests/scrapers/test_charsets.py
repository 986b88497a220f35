from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.charsets import decode_html

SIMPLIFIED = "<p>美股泡沫与流动性危机：镕基时代以来最大的缩表，人民币融资成本上升。</p>" * 4
TRADITIONAL = "<p>美股泡沫與流動性危機：聯準會縮表抽走資金，港股恒指喺度跌，嘅說法不一。</p>" * 4
GERMAN = "<p>Die Liquidität schrumpft, während Börsen über Höchststände jubeln.</p>" * 4


@pytest.mark.parametrize(
    ("text", "declared", "codec"),
    [
        (SIMPLIFIED, "gb2312", "gb18030"),
        (SIMPLIFIED, "GBK", "gb18030"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (TRADITIONAL, "Big5-HKSCS", "big5hkscs"),
        (GERMAN, "iso-8859-1", "cp1252"),
        (SIMPLIFIED, "utf-8", "utf-8"),
        # Declarations that lie.
        (SIMPLIFIED, "gb2312", "utf-8"),
        (SIMPLIFIED, "iso-8859-1", "utf-8"),
        (SIMPLIFIED, "utf-8", "gb18030"),
        (SIMPLIFIED, "no-such-charset", "gb18030"),
    ],
)
def test_declared_encodings(text: str, declared: str, codec: str) -> None:
    for head in (
        f'<meta charset="{declared}">',
        f"<meta http-equiv=Content-Type content='text/html; charset={declared}'>",
    ):
        assert decode_html((head + text).encode(codec)) == head + text


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "gb18030", "utf-8"])
def test_undeclared_encodings(codec: str) -> None:
    assert decode_html((SIMPLIFIED * 20).encode(codec)) == SIMPLIFIED * 20


def test_the_servers_charset_goes_before_the_pages() -> None:
    page = '<meta charset="iso-8859-1">' + SIMPLIFIED
    assert decode_html(page.encode("gbk", "ignore"), charset="gbk").startswith('<meta charset="iso-8859-1"><p>美股泡沫')


def test_one_broken_byte_costs_one_character() -> None:
    page = SIMPLIFIED.encode() * 10 + b"\xe6"
    assert decode_html(page).count("�") <= 1
    assert "美股泡沫" in decode_html(page)


@given(st.binary(max_size=2000))
def test_never_fails(data: bytes) -> None:
    assert isinstance(decode_html(data), str)
