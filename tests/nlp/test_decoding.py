from __future__ import annotations

import gzip
import io
import json
import lzma
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.decoding import bare_suffix, decode, encoding_of, open_text
from nlp.errors import InputError

CHINESE = "美联储缩表抽走了市场的流动性，科技股的泡沫可能破裂，这是今年最大的风险。"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_known_encodings_are_read(codec: str) -> None:
    assert decode(CHINESE.encode(codec)) == CHINESE


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("聯準會縮表，市場流動性下降，科技股泡沫可能破裂", "big5"),
        ("연준의 긴축으로 시장의 유동성이 줄어들고 거품이 꺼질 수 있다", "euc_kr"),
        ("バブルの崩壊が懸念される。市場の流動性は低下した", "shift_jis"),
        ("バブルの崩壊が懸念される。市場の流動性は低下した", "euc_jp"),
        ("Die Märkte überhöhen die Kurse", "cp1252"),
        ("Пузырь на рынке", "cp1251"),
    ],
)
def test_other_encodings_are_refused_not_mangled(text: str, codec: str) -> None:
    with pytest.raises(InputError, match=r"byte \d+ .* convert it to UTF-8"):
        decode(text.encode(codec))


def test_the_broken_byte_is_named_also_beyond_the_first_chunk() -> None:
    data = b"a" * ((1 << 20) + 5) + "é".encode("cp1252") + b" b"
    with pytest.raises(InputError, match=f"byte {(1 << 20) + 5} "):
        decode(data)


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\n", b"PK\x03\x04abc", b"\x89PNG\r\n", b"text\0text", bytes(range(1, 32)) * 9]
)
def test_binary_data_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="binary"):
        decode(data)


def test_a_character_across_two_chunks_is_whole() -> None:
    data = b"a" * ((1 << 20) - 1) + CHINESE.encode()
    assert encoding_of(io.BytesIO(data)) == "utf-8-sig"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf8_comes_back(text: str) -> None:
    assert decode(text.encode()) == text.removeprefix("\ufeff")


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text = decode(data)
    except InputError:
        return
    assert "\ufffd" not in text or "\ufffd".encode() in data or data[:2] in (b"\xff\xfe", b"\xfe\xff")


@pytest.mark.parametrize("suffix", ["", ".gz", ".xz"])
def test_compressed_text_is_opened_as_what_it_holds(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"NEWS.CSV{suffix}"
    opener = {"": Path.open, ".gz": gzip.open, ".xz": lzma.open}[suffix]
    with opener(path, "wb") as stream:
        stream.write(CHINESE.encode("gb18030"))
    assert bare_suffix(path) == ".csv"
    with open_text(path) as text:
        assert text.read() == CHINESE


@pytest.mark.shared
def test_on_flores_only_chinese_passes_as_chinese(shared: Path) -> None:
    codecs = {"zh": "gb18030", "zh-Hant": "big5", "ja": "euc_jp", "ko": "euc_kr", "de": "cp1252", "ru": "cp1251"}
    n_read, n_lines = dict.fromkeys(codecs, 0), dict.fromkeys(codecs, 0)
    with lzma.open(shared / "parallel" / "flores101_devtest.jsonl.xz", "rt", encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            codec = codecs.get(row["tgt_lang"])
            data = row["tgt"].encode(codec, "ignore") if codec else b""
            if data.isascii():
                continue
            n_lines[row["tgt_lang"]] += 1
            try:
                decode(data)
            except InputError:
                continue
            n_read[row["tgt_lang"]] += 1
    assert n_lines["zh"] == 1012
    assert n_read.pop("zh") >= 0.99 * n_lines["zh"]
    assert not any(n_read.values())
