from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from nlp.errors import ExtractionError, InputError
from scrapers.extraction import extract_file, extract_page, extract_pages, page_record

Make = Callable[..., str]


def test_english_page(make_page: Make) -> None:
    head = (
        '<meta property="article:published_time" content="2024-03-05T09:30:00-05:00">'
        '<meta property="og:site_name" content="Wire">'
    )
    article = extract_page(make_page("Chips rally again", "en", head=head).encode(), url="https://e.com/a?utm_source=x")
    assert (article.title, article.url, article.lang, article.source) == (
        "Chips rally again",
        "https://e.com/a",
        "en",
        "Wire",
    )
    assert article.published == datetime(2024, 3, 5, 14, 30, tzinfo=UTC)
    assert "detached from earnings" in article.text
    assert "less cash for dealers" in article.text
    assert "Home" not in article.text
    assert "rights reserved" not in article.text


@pytest.mark.parametrize("codec", ["gb18030", "utf-8"])
def test_chinese_page(make_page: Make, codec: str) -> None:
    html = make_page("芯片股为何再涨", "zh", head='<meta charset="gb2312">', under_title="<p>2024-03-05 09:30</p>")
    article = extract_page(html.encode(codec), zone=ZoneInfo("Asia/Hong_Kong"), source="海港财经")
    assert (article.title, article.lang, article.script) == ("芯片股为何再涨", "zh", "zh-Hans")
    assert article.source == "海港财经"
    assert article.published == datetime(2024, 3, 5, 1, 30, tzinfo=UTC)
    assert article.published_precision == "minute"
    assert "脱离盈利" in article.text
    assert "杠杆最高的投资者" in article.text


def test_a_date_in_the_future_is_unknown(make_page: Make) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
    head = f'<meta property="article:published_time" content="{tomorrow}">'
    assert extract_page(make_page("Chips", "en", head=head).encode()).published is None


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<link rel="canonical" href="https://e.com/a/1">', "https://e.com/a/1"),
        ('<meta property="og:url" content="https://e.com/a?id=3">', "https://e.com/a?id=3"),
        (
            '<link rel="canonical" href="https://e.com/"><meta property="og:url" content="https://e.com/b">',
            "https://e.com/b",
        ),
        ('<link rel="canonical" href="https://e.com/">', None),
        ('<link rel="canonical" href="/a">', None),
        ('<link rel="canonical" href="http://[::1">', None),
    ],
)
def test_the_address_that_a_page_states(make_page: Make, head: str, url: str | None) -> None:
    assert extract_page(make_page("Chips", "en", head=head).encode()).url == url


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ('<meta property="og:title" content="Chips rally, again">', "Chips rally, again"),
        (
            '<title>Chips "rally" again | Wire</title><meta property="og:title" content="Chips "rally" again">',
            'Chips "rally" again',
        ),
        ("<title>芯片股再涨_海港财经</title>", "芯片股再涨"),
        ("<title>Only a title</title>", "Only a title"),
    ],
)
def test_titles(make_page: Make, head: str, title: str) -> None:
    html = make_page("X", "en").replace("<h1>X</h1>", "").replace("<title>X | Harbour Wire</title>", head)
    assert extract_page(html.encode()).title == title


@pytest.mark.parametrize(
    "html",
    [
        b"",
        b"   \n",
        b"%PDF-1.7 binary",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\0" * 1000,
        b"<html><head><title>Nothing</title></head><body></body></html>",
        b"<html><body><script>var a = 1;</script></body></html>",
        b"<html><body><nav><a href='/'>Home</a></nav></body></html>",
        b"<html><body><h1>404</h1><p>Sorry, the page you are looking for cannot be found.</p></body></html>",
        "<html><body><h2>抱歉，您访问的页面不存在</h2><a href='/'>返回首页</a></body></html>".encode(),
        b"<html><body><ul>"
        + b"<li><a href='/a'>Headline about the stock market</a></li>" * 40
        + b"</ul></body></html>",
        b"x" * 20_000_001,
    ],
    ids=["empty", "blank", "pdf", "png", "zeros", "title", "script", "navigation", "404", "zh-404", "list", "huge"],
)
def test_no_article(html: bytes) -> None:
    with pytest.raises(ExtractionError):
        extract_page(html)


@pytest.mark.parametrize(
    "html",
    [
        b"<div>" * 30_000 + b"deep" * 100,
        b"<p " + b"a=1 " * 100_000 + b">text</p>",
        b"<p>\0text\x01\xed\xa0\x80</p>" * 50,
        b"<!DOCTYPE html [<!ENTITY a 'b'>]><p>&a;&#xD800;&#0;</p>",
        b"<table>" * 5_000,
        b"<html><body>" + b"<p>" + b"\xff\xfe" * 5_000,
    ],
    ids=["nesting", "attributes", "controls", "entities", "tables", "bytes"],
)
def test_hostile_pages_are_read_or_refused(html: bytes) -> None:
    try:
        article = extract_page(html)
    except ExtractionError:
        return
    assert article.text.strip()


def test_a_page_that_includes_another_is_read_to_its_end(make_page: Make) -> None:
    html = make_page("Chips", "en").replace("<nav>", "<html><body>Menu</body></html><nav>")
    assert "less cash for dealers" in extract_page(html.encode()).text


def test_the_headline_is_no_part_of_the_text(make_page: Make) -> None:
    assert not extract_page(make_page("Chips rally again", "en").encode()).text.startswith("Chips rally")


def test_a_chinese_flash_is_an_article() -> None:
    flash = "央行今日开展500亿元7天期逆回购操作，利率1.5%。"
    html = f"<html><body><h1>央行开展逆回购</h1><article><p>{flash}</p></article></body></html>"
    assert extract_page(html.encode()).text == flash


def test_files_in_order_and_a_failure_for_each_that_fails(make_page: Make, tmp_path: Path) -> None:
    (tmp_path / "b.html").write_text(make_page("Second", "en"), encoding="utf-8")
    (tmp_path / "a.html").write_bytes(make_page("第一", "zh", under_title="<p>2024-03-05</p>").encode("gbk"))
    (tmp_path / "empty.html").touch()
    names = ["b.html", "empty.html", "missing.html", "a.html"]
    results = list(extract_pages(tmp_path / name for name in names))
    assert [result.file for result in results] == names
    assert [result.failure is None for result in results] == [True, False, False, True]
    records = [page_record(result) for result in results]
    assert [record["file"] for record in records] == names
    assert all(record["id"] for record in records)
    assert [bool(record["text"]) for record in records] == [True, False, False, True]
    assert [record["published"] for record in records] == [None, None, None, "2024-03-05"]
    assert results[2].failure is not None
    assert results[2].failure.stage == "extract"
    assert "cannot be read" in results[2].failure.reason
    json.dumps(records)


def test_a_record_reads_back_to_the_same_moment(make_page: Make, tmp_path: Path) -> None:
    from nlp.dates import default_zone, parse_date

    for written in ("2024-03-05", "2024-03-05 09:30", "2024-03-05 09:30:07"):
        path = tmp_path / "a.html"
        path.write_text(make_page("芯片股", "zh", under_title=f"<p>{written}</p>"), encoding="utf-8")
        (result,) = extract_pages([path])
        assert result.article is not None
        read = parse_date(str(page_record(result)["published"]), default_zone("zh", "zh-Hans"))
        assert read is not None
        assert (read.moment, read.precision) == (result.article.published, result.article.published_precision)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.html"):
        extract_file(tmp_path / "missing.html")
