from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.feeds import Feed, parse_feed
from scrapers.fragments import fragment_text
from scrapers.sources import Source

BASE = "http://news.example.com/rss/feed.xml"
SHANGHAI = Source(
    id="zh", name="海港财经", url=BASE, lang="zh-Hans", zone="Asia/Shanghai", licence_note="made for this test"
)
NEW_YORK = Source(id="en", name="Wire", url=BASE, lang="en", zone="America/New_York", licence_note="made for this test")


def rss(*items: str, head: str = "") -> str:
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>c</title>{head}{"".join(items)}</channel></rss>'


def dated(raw: str, source: Source, tag: str = "pubDate") -> str | None:
    dc = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    feed = parse_feed(rss(f"<item {dc}><title>t</title><{tag}>{raw}</{tag}></item>").encode(), source, BASE)
    (entry,) = feed.entries
    return f"{entry.published.moment:%Y-%m-%dT%H:%M:%S} {entry.published.precision}" if entry.published else None


def test_rss_entry() -> None:
    item = """<item><title>Fed &amp; &lt;b&gt;banks&lt;/b&gt;</title><link>/2024/a?x=1</link>
        <description><![CDATA[<p>Reserves fell.</p><p>Dealers&nbsp;worry.</p><script>x()</script>]]></description>
        <pubDate>Tue, 05 Mar 2024 14:30:00 GMT</pubDate></item>"""
    feed = parse_feed(rss(item, head="<language>en-us</language>").encode(), NEW_YORK, BASE)
    (entry,) = feed.entries
    assert feed.problem is None
    assert entry.url == "http://news.example.com/2024/a?x=1"
    assert entry.title == "Fed & banks"
    assert entry.text == "Reserves fell.\nDealers worry."
    assert entry.published is not None
    assert entry.published.moment == datetime(2024, 3, 5, 14, 30, tzinfo=UTC)
    assert entry.lang.startswith("en")


def test_atom_entry_with_full_content() -> None:
    body = """<feed xmlns="http://www.w3.org/2005/Atom"><title>f</title><entry><title type="html">A &amp;lt; B</title>
        <link rel="alternate" href="https://news.example.com/a"/><summary>short</summary>
        <content type="html">&lt;p&gt;The whole text.&lt;/p&gt;&lt;p&gt;All of it.&lt;/p&gt;</content>
        <published>2024-03-05T14:30:00+08:00</published><updated>2024-03-09T00:00:00Z</updated></entry></feed>"""
    (entry,) = parse_feed(body.encode(), SHANGHAI, BASE).entries
    assert (entry.title, entry.text) == ("A < B", "The whole text.\nAll of it.")
    assert entry.published is not None
    assert entry.published.moment == datetime(2024, 3, 5, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize("declared", ["gb2312", "GBK", "gb18030"])
def test_chinese_encodings(declared: str) -> None:
    text = rss("<item><title>镕基谈流动性：央行缩表，股市泡沫</title><link>http://news.example.com/b</link></item>")
    body = text.replace('version="1.0"', f'version="1.0" encoding="{declared}"', 1).encode("gb18030")
    (entry,) = parse_feed(body, SHANGHAI, BASE).entries
    assert entry.title == "镕基谈流动性：央行缩表，股市泡沫"


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "big5", "windows-1251"])
def test_a_declared_encoding_that_lies(declared: str) -> None:
    text = rss("<item><title>央行缩表，股市泡沫与流动性危机</title><link>http://news.example.com/b</link></item>")
    body = text.replace('version="1.0"', f'version="1.0" encoding="{declared}"', 1).encode("gbk")
    for charset in (None, declared):
        (entry,) = parse_feed(body, SHANGHAI, BASE, charset=charset).entries
        assert entry.title == "央行缩表，股市泡沫与流动性危机"


def test_a_charset_of_the_server_is_used_where_it_fits() -> None:
    body = rss("<item><title>泡沫</title></item>").encode("gbk")
    assert parse_feed(body, SHANGHAI, BASE, charset="gbk").entries[0].title == "泡沫"
    assert (
        parse_feed(rss("<item><title>泡沫</title></item>").encode(), SHANGHAI, BASE, charset="ascii").entries[0].title
        == "泡沫"
    )


@pytest.mark.parametrize(
    ("raw", "source", "expected"),
    [
        ("2026-11-21 08:15:00", SHANGHAI, "2026-11-21T00:15:00 second"),
        ("2026年11月21日", SHANGHAI, "2026-11-21T15:59:59 day"),
        ("Sat, 21 Nov 2026 08:15:00 CST", SHANGHAI, "2026-11-21T00:15:00 second"),
        ("Sat, 21 Nov 2026 08:15:00 CST", NEW_YORK, None),
        ("1700000000", SHANGHAI, "2023-11-14T22:13:20 second"),
        ("1700000000000", SHANGHAI, "2023-11-14T22:13:20 second"),
        ("Wed, 17 Jan 2018 15:50:00 EST", NEW_YORK, "2018-01-17T20:50:00 second"),
        ("Tue, 31 Jul 2012 15:57:46 EDT", SHANGHAI, "2012-07-31T19:57:46 second"),
        ("Tue, 31 Jul 2012 15:57:46 EST", NEW_YORK, None),
        ("Mon, 21 Jan 2008 8:56 PST", NEW_YORK, "2008-01-21T16:56:00 minute"),
        ("EST", NEW_YORK, None),
        ("03/04/2023", NEW_YORK, None),
        ("yesterday", NEW_YORK, None),
        ("2023-02-30", NEW_YORK, None),
    ],
)
def test_dates_are_right_or_unknown(raw: str, source: Source, expected: str | None) -> None:
    assert dated(raw, source) == expected
    assert dated(raw, source, "dc:date") == expected


def test_relative_dates_count_from_the_fetch_and_none_is_later() -> None:
    items = [
        f"<item><title>{raw}</title><pubDate>{raw}</pubDate></item>" for raw in ("3小时前", "昨天 08:15", "2026-11-22")
    ]
    seen_at = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    entries = parse_feed(rss(*items).encode(), SHANGHAI, BASE, seen_at=seen_at).entries
    moments = [entry.published and entry.published.moment for entry in entries]
    assert moments == [datetime(2026, 11, 21, 4, 0, tzinfo=UTC), datetime(2026, 11, 20, 0, 15, tzinfo=UTC), None]
    assert all(entry.published is None for entry in parse_feed(rss(*items[:2]).encode(), SHANGHAI, BASE).entries)


def test_a_date_that_cannot_be_read_is_not_replaced_by_another() -> None:
    dc = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    item = f"<item {dc}><title>t</title><pubDate>soon</pubDate><dc:date>2024-01-01T00:00:00Z</dc:date></item>"
    assert parse_feed(rss(item).encode(), NEW_YORK, BASE).entries[0].published is None


def test_json_feed() -> None:
    items = [
        {
            "id": 1,
            "url": "/a",
            "title": "Yields",
            "content_html": "<p>Up <b>again</b>.</p>",
            "date_published": "2024-03-05T01:00:00Z",
        },
        {"id": "2", "content_text": "Plain  text.", "date_modified": "no date", "url": "ftp://x/"},
        "not an item",
        {"title": None, "url": 7},
    ]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "language": "en", "items": items})
    first, second, third = parse_feed(b"\xef\xbb\xbf" + body.encode(), NEW_YORK, BASE).entries
    assert (first.url, first.title, first.text) == ("http://news.example.com/a", "Yields", "Up again.")
    assert first.published is not None
    assert (second.url, second.text, second.published) == (None, "Plain text.", None)
    assert (third.url, third.title, third.text) == (None, "", "")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "mailto:a@example.com", "http://[::1", "tag:x,2024:1", " "])
def test_a_link_that_leads_nowhere_is_none(link: str) -> None:
    (entry,) = parse_feed(rss(f"<item><title>t</title><link>{link}</link></item>").encode(), NEW_YORK, BASE).entries
    assert entry.url is None or entry.url.startswith("http://news.example.com/")


def test_lone_surrogates_of_a_json_feed_harm_nothing() -> None:
    body = b'{"items": [{"url": "http://e.com/\\ud800", "title": "a\\ud800", "content_text": "b"}, {"url": "http://e.com/1"}]}'
    first, second = parse_feed(body, NEW_YORK, BASE).entries
    assert (first.url, second.url) == (None, "http://e.com/1")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0" * 100,
        b"<html><body>Please log in</body></html>",
        b"{",
        b'{"a": 1}',
        b"[1]",
        b"{" * 100_000,
        b"PK\x03\x04",
    ],
)
def test_what_is_not_a_feed_says_so(body: bytes) -> None:
    feed = parse_feed(body, NEW_YORK, BASE)
    assert feed.entries == ()
    assert feed.problem is not None
    assert feed.problem.startswith("not a")


def test_an_empty_feed_is_no_problem() -> None:
    assert parse_feed(rss().encode(), NEW_YORK, BASE) == Feed(())


def test_a_body_that_names_a_file_is_not_opened(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_text(rss("<item><title>secret</title></item>"), encoding="utf-8")
    assert parse_feed(str(file).encode(), NEW_YORK, BASE).entries == ()


def test_an_entity_bomb_does_not_grow() -> None:
    entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    body = rss("<item><title>&i;</title></item>").replace("<rss", f"<!DOCTYPE rss [{entities}]><rss", 1)
    feed = parse_feed(body.encode(), NEW_YORK, BASE)
    assert sum(len(entry.title) for entry in feed.entries) < 1000


@given(st.text(max_size=300))
def test_fragments_never_fail_and_hold_no_tags(text: str) -> None:
    assert "<p>" not in fragment_text(f"<p>{text.replace('<', '')}</p>")


def test_fragment_of_deep_nesting() -> None:
    assert isinstance(fragment_text("<div>" * 50_000 + "x"), str)


@pytest.mark.parametrize(
    "inner",
    [
        '<media:content><media:title type="plain">A chart</media:title></media:content>',
        "<author><name>B. Lee</name><title>Chief economist</title></author>",
    ],
)
def test_the_title_of_an_entry_is_not_that_of_its_picture_or_author(inner: str) -> None:
    media = 'xmlns:media="http://search.yahoo.com/mrss/"'
    item = f"<item {media}><title>Repo <b>rates</b></title><image>/chart.png</image>{inner}</item>"
    assert parse_feed(rss(item).encode(), NEW_YORK, BASE).entries[0].title == "Repo rates"


@pytest.mark.parametrize("charset", [None, "utf-8", "utf-16"])
@pytest.mark.parametrize("declaration", ["", "<?xml version='1.0' encoding='utf-16'?>"])
def test_utf_16_without_a_mark(declaration: str, charset: str | None) -> None:
    body = f"{declaration}<rss version='2.0'><channel><item><title>泡沫&#xDC00;</title></item></channel></rss>"
    for encoding in ("utf-16-le", "utf-16-be"):
        assert parse_feed(body.encode(encoding), SHANGHAI, BASE, charset=charset).entries[0].title == "泡沫\ufffd"


def test_references_to_half_a_character_cost_only_themselves() -> None:
    feed = parse_feed(rss("<item><title>a&#xD800;&#55296;b</title></item>").encode(), NEW_YORK, BASE)
    assert feed.entries[0].title == "a\ufffd\ufffdb"


def test_an_encoding_whose_name_holds_a_nul_is_a_problem_of_the_feed() -> None:
    body = rss("<item><title>\xe9</title></item>").replace('version="1.0"', 'version="1.0" encoding="\0"', 1)
    assert parse_feed(body.encode("latin-1"), NEW_YORK, BASE).problem is not None


def test_json_feeds_as_they_are_written() -> None:
    body = '{"items": [{"title": "AT&amp;T", "content_text": "a\tb", "date_modified": "2024-03-05"}]}'
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
        (entry,) = parse_feed(body.encode(encoding), NEW_YORK, BASE).entries
        assert (entry.title, entry.text) == ("AT&T", "a b")


@pytest.mark.shared
def test_no_feed_of_the_corpus_raises(shared: Path, make_source: Callable[..., Source]) -> None:
    n_files = n_entries = n_problems = 0
    with tarfile.open(shared / "feeds" / "corpus.tar.xz") as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.isfile() else None
            if stream is None:
                continue
            feed = parse_feed(stream.read(), make_source(), BASE)
            n_files, n_entries = n_files + 1, n_entries + len(feed.entries)
            n_problems += feed.problem is not None
            assert all(entry.published is None or entry.published.moment.tzinfo is UTC for entry in feed.entries)
    assert n_files > 3000
    assert n_entries > 4900
    assert n_problems < 120


def test_parsing_the_same_bytes_twice_gives_the_same() -> None:
    body = io.BytesIO(rss("<item><title>a</title></item>", "<item><title>b</title></item>").encode()).getvalue()
    assert parse_feed(body, NEW_YORK, BASE) == parse_feed(body, NEW_YORK, BASE)


def test_an_id_is_a_link_only_where_it_may_be_one() -> None:
    guids = ("flash", "tag:example.com,2024:1", "/news/1", "http://news.example.com/2")
    entries = parse_feed(
        rss(*(f"<item><title>t</title><guid>{guid}</guid></item>" for guid in guids)).encode(), NEW_YORK, BASE
    ).entries
    urls = [None, None, "http://news.example.com/news/1", "http://news.example.com/2"]
    assert [(entry.guid, entry.url) for entry in entries] == list(zip(guids, urls, strict=True))
