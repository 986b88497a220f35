from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.errors import SourceError
from scrapers.feeds import Feed
from scrapers.sitemaps import SitemapIndex, parse_sitemap
from scrapers.sources import Source

BASE = "https://news.example.com/sitemap.xml"
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


def urlset(*urls: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {SPACES}>{"".join(urls)}</urlset>'.encode()


def url(loc: str, inside: str = "") -> str:
    return f"<url><loc>{loc}</loc>{inside}</url>"


def news(title: str, date: str, lang: str = "zh") -> str:
    publication = f"<news:publication><news:name>n</news:name><news:language>{lang}</news:language></news:publication>"
    dated = f"<news:publication_date>{date}</news:publication_date>"
    return f"<news:news>{publication}{dated}<news:title>{title}</news:title></news:news>"


@pytest.fixture
def source(make_source: Callable[..., Source]) -> Source:
    return make_source(kind="sitemap", url=BASE, zone="Asia/Shanghai")


def read(body: bytes, source: Source) -> Feed:
    feed = parse_sitemap(body, source, BASE)
    assert isinstance(feed, Feed)
    return feed


def test_news_sitemap(source: Source) -> None:
    older = url("https://news.example.com/1", news("缩表", "2024-03-04T08:00:00+08:00"))
    newer = url("https://news.example.com/2", news("泡沫 &amp; 杠杆", "2024-03-05 08:15", "en"))
    entries = read(urlset(older, newer), source).entries
    assert [(entry.title, entry.lang) for entry in entries] == [("泡沫 & 杠杆", "en"), ("缩表", "zh")]
    assert [entry.published and entry.published.moment.isoformat() for entry in entries] == [
        "2024-03-05T00:15:00+00:00",
        "2024-03-04T00:00:00+00:00",
    ]


def test_the_last_change_orders_pages_and_dates_none(source: Source) -> None:
    pages = [url(f"/{n}", f"<lastmod>2024-03-{n:02}</lastmod>") for n in range(1, 29)]
    feed = read(urlset(url("/undated"), *pages), source)
    assert [entry.url for entry in feed.entries][:2] == ["https://news.example.com/28", "https://news.example.com/27"]
    assert feed.entries[-1].url == "https://news.example.com/undated"
    assert {entry.published for entry in feed.entries} == {None}


def test_only_the_newest_are_taken(source: Source) -> None:
    assert len(read(urlset(*(url(f"/{n}") for n in range(500))), source).entries) == 100


def test_a_section_of_a_site(make_source: Callable[..., Source]) -> None:
    source = make_source(kind="sitemap", url=BASE, under="/business/")
    feed = read(urlset(url("/sport/1"), url("/business/2")), source)
    assert [entry.url for entry in feed.entries] == ["https://news.example.com/business/2"]
    empty = read(urlset(url("/sport/1")), source)
    assert (empty.entries, empty.problem is not None and "under /business/" in empty.problem) == ((), True)


def test_an_index_lists_the_sitemaps_that_changed_last(source: Source) -> None:
    maps = "".join(
        f"<sitemap><loc>/s{n}.xml.gz</loc><lastmod>2024-0{n}-01</lastmod></sitemap>" for n in (1, 4, 2, 3, 5)
    )
    index = parse_sitemap(f"<sitemapindex {SPACES}>{maps}</sitemapindex>".encode(), source, BASE)
    assert index == SitemapIndex(tuple(f"https://news.example.com/s{n}.xml.gz" for n in (5, 4, 3)))


def test_a_gzip_file_is_unpacked(source: Source) -> None:
    assert read(gzip.compress(urlset(url("/a"))), source).entries[0].url == "https://news.example.com/a"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<html><title>Log in</title></html>",
        b"<rss version='2.0'/>",
        b"\x1f\x8bnot gzip",
        gzip.compress(bytes(60 * 1024 * 1024)),
        gzip.compress(urlset(url("/a")))[:-9],
    ],
    ids=["nothing", "json", "login", "rss", "damaged", "bomb", "cut"],
)
def test_what_is_no_sitemap_is_named(body: bytes, source: Source) -> None:
    with pytest.raises(SourceError, match=r"source 'wire': expected a <urlset>"):
        parse_sitemap(body, source, BASE)


def test_entities_are_not_expanded(source: Source) -> None:
    entities = '<!DOCTYPE u [<!ENTITY a "aaaaaaaaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    body = entities + f"<urlset {SPACES}>{url('https://news.example.com/&a;')}{url('https://x.example/&b;')}</urlset>"
    assert not any(
        "aaaa" in (entry.url or "") or "root" in (entry.url or "") for entry in read(body.encode(), source).entries
    )


@given(body=st.binary(max_size=300))
def test_any_bytes_give_entries_or_a_source_error(body: bytes) -> None:
    source = Source(id="a", name="A", kind="sitemap", url=BASE, lang="en", zone="UTC", licence_note="x")
    try:
        parse_sitemap(b"<urlset>" + body, source, BASE)
    except SourceError:
        return
