"""Rolls, sitemaps and feeds of an RSSHub collected from a loopback web into a store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from nlp.errors import FetchError, SourceError
from nlp.store import Store
from scrapers.client import Client, Limits
from scrapers.collect import collect
from scrapers.listings import KINDS
from scrapers.polls import CollectReport
from scrapers.roll_table import roll_from_table
from scrapers.sending import Sent, json_post
from scrapers.sources import KIND_NAMES, Source, with_rsshub

QUICK = Limits(total_seconds=5, max_bytes=1_000_000, host_delay_seconds=0, backoff_seconds=0)


def run(sources: Iterable[Source], store: Store) -> CollectReport:
    async def whole() -> CollectReport:
        async with Client(QUICK, now=lambda: datetime(2024, 3, 6, tzinfo=UTC)) as client:
            return await collect(sources, client, store)

    return asyncio.run(whole())


def fetch(url: str, sent: Sent) -> None:
    async def whole() -> None:
        async with Client(QUICK) as client:
            await client.fetch(url, allow_private=True, sent=sent)

    asyncio.run(whole())


@pytest.fixture
def make_roll(make_source: Callable[..., Source]) -> Callable[..., Source]:
    def make(url: str, **keys: Any) -> Source:
        table = {"items": ["data"], "title": ["t"], "text": ["s"], "url": ["u"], "published": ["p"], "clock": "seconds"}
        roll = roll_from_table(table | keys)
        return make_source(kind="roll", url=url, roll=roll, lang="zh-Hans", zone="Asia/Shanghai", full_text=True)

    return make


FLASH = {"t": "资金面收紧", "s": "隔夜利率升至走廊上沿，交易商惜借。", "u": "/f/1", "p": 1709596800}


def test_every_kind_can_be_declared() -> None:
    assert set(KINDS) == set(KIND_NAMES)


def test_a_roll_is_asked_for_and_stored(web: Any, store: Store, make_roll: Callable[..., Source]) -> None:
    web.put("/roll?n=5", json.dumps({"data": [FLASH]}), content_type="application/json")
    source = make_roll(web.url("/roll"), params={"n": 5}, headers={"Referer": "https://example.com/"})
    assert run([source], store) == CollectReport(1, 0, 0, ())
    (article,) = store.articles()
    assert (article.title, article.lang, article.url) == ("资金面收紧", "zh", web.url("/f/1"))
    assert article.published == datetime(2024, 3, 5, 0, 0, tzinfo=UTC)
    asked = dict(zip(web.requests, web.headers, strict=True))
    assert asked["/roll?n=5"]["referer"] == "https://example.com/"
    assert asked["/roll?n=5"]["user-agent"].startswith("froth-narratives/")
    assert "referer" not in asked["/robots.txt"]
    assert run([source], store) == CollectReport(0, 1, 0, ())


def test_a_roll_is_posted_for(web: Any, store: Store, make_roll: Callable[..., Source]) -> None:
    web.put("/roll", json.dumps({"data": [FLASH]}))
    assert run([make_roll(web.url("/roll"), method="POST", params={"page": 1})], store).n_added == 1
    assert web.bodies == [b'{"page": 1}']
    assert web.headers[-1]["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('{"code": 403, "msg": "need login"}', "'data': no 'data'"),
        ('{"data": []}', "the list at 'data[]' is empty"),
        ("<title>Log in</title>", "a page titled 'Log in'"),
    ],
)
def test_a_roll_without_news_is_a_failure_and_stops_no_other(
    web: Any, store: Store, make_roll: Callable[..., Source], body: str, reason: str
) -> None:
    web.put("/roll", body)
    web.put("/good", json.dumps({"data": [FLASH]}))
    report = run([make_roll(web.url("/roll")), make_roll(web.url("/good"))], store)
    assert (report.n_added, report.n_failed) == (1, 1)
    assert (report.failures[0].stage, reason in report.failures[0].reason) == ("read", True)


def test_a_redirect_to_another_host_gets_nothing_of_the_request(web: Any) -> None:
    elsewhere = web.url("/there").replace("127.0.0.1", "localhost")
    web.put("/there", "{}")
    web.put("/here", status=307, Location=elsewhere)
    sent = json_post({"secret": 1}, {"Cookie": "session=1"})
    # Nor does the leave to reach a private address go with it: a hub could lead anywhere inside.
    with pytest.raises(FetchError, match="is not a public address"):
        fetch(web.url("/here"), sent)
    assert "/there" not in web.requests
    moved = sent.redirected(307, same_host=False)
    assert not moved.body
    assert "Cookie" not in moved.headers


def test_a_redirect_on_the_same_host_keeps_it(web: Any) -> None:
    web.put("/there", "{}")
    web.put("/here", status=307, Location="/there")
    fetch(web.url("/here"), json_post({"page": 1}, {"Cookie": "session=1"}))
    assert web.bodies == [b'{"page": 1}'] * 2
    assert web.headers[-1]["cookie"] == "session=1"


def test_robots_txt_holds_for_rolls(web: Any) -> None:
    web.put("/robots.txt", "User-agent: *\nDisallow: /roll\n")
    with pytest.raises(FetchError, match="forbids"):
        fetch(web.url("/roll"), Sent())


def test_an_index_of_sitemaps_is_followed_one_level(
    web: Any, store: Store, make_source: Callable[..., Source], make_page: Callable[..., str]
) -> None:
    page = make_page(
        "Chips rally", "en", head='<meta property="article:published_time" content="2024-03-05T14:30:00Z">'
    )
    urls = f"<urlset><url><loc>{web.put('/a', page)}</loc><lastmod>2024-03-06</lastmod></url></urlset>"
    parts = (web.put("/news.xml", urls), web.put("/deeper.xml", "<sitemapindex/>"), web.put("/gone.xml", status=404))
    index = "".join(f"<sitemap><loc>{part}</loc></sitemap>" for part in parts)
    source = make_source(kind="sitemap", url=web.put("/sitemap.xml", f"<sitemapindex>{index}</sitemapindex>"))
    report = run([source], store)
    assert (report.n_added, report.n_failed) == (1, 1)
    assert "an index in an index is not followed" in report.failures[0].reason
    assert "HTTP status 404" in report.failures[0].reason
    (article,) = store.articles()
    # The page's own date: a sitemap's says when it was last touched.
    assert article.published == datetime(2024, 3, 5, 14, 30, tzinfo=UTC)


def test_an_rsshub_may_be_private_and_its_links_may_not(
    web: Any, store: Store, make_source: Callable[..., Source]
) -> None:
    rss = f"<rss version='2.0'><channel><item><title>A</title><link>{web.url('/inside')}</link></item></channel></rss>"
    web.put("/route", rss)
    declared = make_source(url="", rsshub="/route", allow_private=False)
    with pytest.raises(SourceError, match="needs --rsshub"):
        run(with_rsshub([declared], None), store)
    report = run(with_rsshub([declared], web.url("/")), store)
    assert "not a public address" in report.failures[0].reason
    assert web.requests == ["/robots.txt", "/route"]


def test_the_address_of_an_rsshub_is_checked(make_source: Callable[..., Source]) -> None:
    source = make_source(url="", rsshub="/route")
    (resolved,) = with_rsshub([source], "http://localhost:1200/")
    assert resolved.url == "http://localhost:1200/route"
    with pytest.raises(SourceError, match="localhost:1200"):
        with_rsshub([source], "my-hub")


@pytest.mark.parametrize(
    "changes", [{"rsshub": "route", "url": ""}, {"kind": "roll"}, {"under": "/a"}, {"kind": "sitemap", "rsshub": "/a"}]
)
def test_what_belongs_to_another_kind_is_refused(make_source: Callable[..., Source], changes: dict[str, Any]) -> None:
    with pytest.raises(SourceError, match="source 'wire'"):
        make_source(**changes)
