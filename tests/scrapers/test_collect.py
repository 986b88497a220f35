"""Collecting from a loopback web into a store, end to end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import pytest

from nlp.errors import SourceError, StoreError
from nlp.schema import Article
from nlp.store import Store
from scrapers.client import Client, Limits
from scrapers.collect import collect
from scrapers.polls import CollectReport, Progress
from scrapers.runs import collect_now
from scrapers.sources import Source

QUICK = Limits(total_seconds=5, max_bytes=1_000_000, host_delay_seconds=0, backoff_seconds=0)
NOW = datetime(2024, 3, 6, tzinfo=UTC)


def run(sources: Iterable[Source], sink: Any, **options: Any) -> CollectReport:
    async def whole() -> CollectReport:
        async with Client(QUICK, now=lambda: NOW) as client:
            return await collect(sources, client, sink, **options)

    return asyncio.run(whole())


def item(url: str, title: str, date: str = "Tue, 05 Mar 2024 14:30:00 GMT", text: str = "") -> str:
    what = f"<title>{title}</title><description>{text}</description>"
    return f"<item>{what}<link>{url}</link><pubDate>{date}</pubDate></item>"


def feed(web: Any, path: str, *items: str, encoding: str = "utf-8") -> str:
    body = f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel>{"".join(items)}</channel></rss>'
    return str(web.put(path, body.encode(encoding), content_type="application/rss+xml"))


def by_title(store: Store) -> dict[str, Article]:
    return {article.title: article for article in store.articles()}


@pytest.fixture
def two_sources(web: Any, make_source: Callable[..., Source], make_page: Callable[..., str]) -> list[Source]:
    """An English feed of two pages and a Chinese one in GBK with a zoneless date and one without any."""
    pages = {
        "/en/1": make_page("Chips rally", "en"),
        "/en/2?utm_source=rss": make_page("Chips rally more", "en"),
        "/zh/2": make_page("第二篇", "zh", under_title="<p>2024-03-04 09:30</p>"),
    }
    urls = {path: web.put(path, page, content_type="text/html; charset=utf-8") for path, page in pages.items()}
    gbk = make_page("第一篇", "zh").encode("gbk")
    urls["/zh/1"] = web.put("/zh/1", gbk, content_type="text/html; charset=gb2312")
    english = feed(web, "/en", item(urls["/en/1"], "Chips rally"), item(urls["/en/2?utm_source=rss"], "More chips"))
    chinese = feed(
        web,
        "/zh",
        item(urls["/zh/1"], "第一篇", "2024-03-05 08:15:00"),
        item(urls["/zh/2"], "第二篇", "刚刚"),
        encoding="gbk",
    )
    return [
        make_source(url=english),
        make_source(id="zh", name="海港财经", url=chinese, lang="zh-Hans", zone="Asia/Shanghai"),
    ]


def test_articles_of_two_languages(two_sources: list[Source], store: Store) -> None:
    report = run(two_sources, store)
    assert report == CollectReport(4, 0, 0, ())
    articles = by_title(store)
    assert set(articles) == {"Chips rally", "More chips", "第一篇", "第二篇"}
    english, first, second = articles["More chips"], articles["第一篇"], articles["第二篇"]
    assert (english.source, english.lang, english.first_seen) == ("Harbour Wire", "en", NOW)
    assert english.published == datetime(2024, 3, 5, 14, 30, tzinfo=UTC)
    assert english.url is not None
    assert "utm" not in english.url
    assert "detached from earnings" in english.text
    assert (first.lang, first.script, first.published) == ("zh", "zh-Hans", datetime(2024, 3, 5, 0, 15, tzinfo=UTC))
    assert "脱离盈利" in first.text
    # The feed says nothing that can be trusted, so the page dates it.
    assert (second.published, second.published_precision) == (datetime(2024, 3, 4, 1, 30, tzinfo=UTC), "minute")


def test_a_second_run_adds_nothing_and_fetches_no_page(two_sources: list[Source], store: Store, web: Any) -> None:
    run(two_sources, store)
    before = by_title(store)
    web.requests.clear()
    assert run(two_sources, store) == CollectReport(0, 4, 0, ())
    assert by_title(store) == before
    assert sorted(web.requests) == ["/en", "/robots.txt", "/zh"]


def test_failing_sources_leave_the_others_stored(
    two_sources: list[Source], store: Store, web: Any, make_source: Callable[..., Source]
) -> None:
    broken = {
        "gone": web.put("/gone", status=404),
        "down": web.put("/down", status=500),
        "login": web.put("/login", "<html><body>Please log in</body></html>"),
        "private": "http://127.0.0.2:1/feed",
    }
    sources = [make_source(id=name, url=url, allow_private=name != "private") for name, url in broken.items()]
    report = run([*sources, *two_sources], store)
    assert (report.n_added, report.n_failed) == (4, 4)
    reasons = {failure.item.split()[0]: (failure.stage, failure.reason) for failure in report.failures}
    assert reasons["gone"][0] == reasons["down"][0] == "fetch"
    assert "HTTP status 500" in reasons["down"][1]
    assert reasons["login"] == ("read", reasons["login"][1])
    assert reasons["login"][1].startswith("not a feed")
    assert "not a public address" in reasons["private"][1]


def test_failing_entries_leave_the_others_stored(
    web: Any, store: Store, make_source: Callable[..., Source], make_page: Callable[..., str]
) -> None:
    web.put("/robots.txt", "User-agent: *\nDisallow: /hidden\n")
    entries = [
        item(web.put("/down", status=500), "Server error"),
        item(web.put("/hidden", make_page("Hidden", "en")), "Forbidden by robots"),
        item(web.put("/empty", "<html><body></body></html>"), "No article"),
        item(web.put("/report.pdf", b"%PDF-1.7", content_type="application/pdf"), "A report"),
        item(web.put("/moved", status=302, Location="file:///etc/passwd"), "Moved"),
        "<item><description></description></item>",
        item(web.put("/good", make_page("Good", "en")), "Good"),
    ]
    report = run([make_source(url=feed(web, "/feed", *entries))], store)
    assert (report.n_added, report.n_failed) == (1, 6)
    assert list(by_title(store)) == ["Good"]
    stages = {failure.item.rsplit("/", 1)[-1]: failure.stage for failure in report.failures}
    assert stages["down"] == stages["hidden"] == stages["moved"] == "fetch"
    assert stages["empty"] == stages["report.pdf"] == "extract"
    assert "/hidden" not in web.requests


def test_a_page_that_failed_is_tried_again_by_the_next_run(
    web: Any, store: Store, make_source: Callable[..., Source], make_page: Callable[..., str]
) -> None:
    source = make_source(url=feed(web, "/feed", item(web.put("/a", status=503), "A")))
    assert run([source], store).n_failed == 1
    web.put("/a", make_page("A", "en"))
    assert run([source], store) == CollectReport(1, 0, 0, ())


def test_full_text_entries_need_no_page(web: Any, store: Store, make_source: Callable[..., Source]) -> None:
    entries = [
        item(web.url("/1"), "Long", text="The whole text of a note on bank reserves and repo rates."),
        item(web.url("/2"), "Headline only"),
        item("", "No link", text="Reserves fell for the sixth week."),
        item(web.url("/3"), "8.5%", "Wed, 05 Mar 2031 14:30:00 GMT"),
    ]
    source = make_source(url=feed(web, "/feed", *entries), full_text=True)
    report = run([source], store)
    assert (report.n_added, report.n_skipped, report.n_failed) == (4, 0, 1)
    assert (report.failures[0].item, report.failures[0].stage) == (web.url("/3"), "date")
    assert "2031" in report.failures[0].reason
    articles = by_title(store)
    assert articles["Headline only"].text == "Headline only"
    assert articles["No link"].url is None
    # Nothing to tell the language by, and a date in the future.
    assert (articles["8.5%"].lang, articles["8.5%"].published) == ("en", None)
    assert web.requests == ["/robots.txt", "/feed"]
    assert run([source], store) == CollectReport(0, 4, 0, ())


def test_one_page_in_two_feeds_is_fetched_once(
    web: Any, store: Store, make_source: Callable[..., Source], make_page: Callable[..., str]
) -> None:
    entry = item(web.put("/a", make_page("A", "en")), "A")
    sources = [make_source(id=f"s{n}", url=feed(web, f"/feed{n}", entry, entry)) for n in range(2)]
    assert run(sources, store) == CollectReport(1, 3, 0, ())
    assert web.requests.count("/a") == 1


def test_links_of_a_public_source_cannot_reach_inside(
    web: Any, store: Store, make_source: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    import scrapers.addresses

    real = scrapers.addresses.is_public
    monkeypatch.setattr(scrapers.addresses, "is_public", lambda address: address == "127.0.0.1" or real(address))
    inside = f"http://127.0.0.2:{web.port}/admin"
    report = run([make_source(url=feed(web, "/feed", item(inside, "Inside")), allow_private=False)], store)
    assert (report.n_added, report.n_failed) == (0, 1)
    assert "/admin" not in web.requests


def test_disabled_sources_are_not_polled(
    two_sources: list[Source], store: Store, make_source: Callable[..., Source], web: Any
) -> None:
    off = make_source(id="off", url=web.url("/off"), enabled=False)
    assert run([off, *two_sources], store).n_added == 4
    assert "/off" not in web.requests
    with pytest.raises(SourceError, match="no source is enabled"):
        run([off], store)


def test_progress_counts_up_to_every_entry(two_sources: list[Source], store: Store) -> None:
    steps: list[Progress] = []
    run(two_sources, store, on_progress=steps.append)
    for source in two_sources:
        assert [step.n_done for step in steps if step.source == source.name] == [0, 1, 2]
        assert {step.n_entries for step in steps if step.source == source.name} == {2}


def test_an_error_of_the_sink_ends_the_run_as_it_is(two_sources: list[Source]) -> None:
    class Full:
        def ids_by_url(self, urls: Iterable[str]) -> dict[str, str]:
            return {}

        def listed(self, source: str, keys: Iterable[str]) -> dict[str, Any]:
            return {}

        def note_listed(self, source: str, entries: Any) -> None:
            pass

        def add_listed(self, article: Article, source: str, entries: Any, *, seen: Any) -> Any:
            raise StoreError("the disk is full")

    with pytest.raises(StoreError, match="the disk is full"):
        run(two_sources, Full())


def test_the_synchronous_form(two_sources: list[Source], store: Store) -> None:
    assert collect_now(two_sources, store, limits=QUICK).n_added == 4
    assert all(article.first_seen is not None for article in store.articles())


def test_an_edit_is_seen_although_another_source_lists_the_page_first(
    store: Store, web: Any, make_source: Callable[..., Source], make_page: Callable[..., str]
) -> None:
    url = web.put("/1", make_page("Chips rally", "en"))
    mine = make_source(id="mine", name="Mine", url=feed(web, "/mine", item(url, "Chips rally")))
    run([mine], store)
    other = make_source(id="other", name="Other", url=feed(web, "/other", item(url, "Chips rally")))
    run([other, mine], store)
    web.put("/1", make_page("Chips rally, corrected", "en"))
    feed(web, "/mine", item(url, "Chips rally, corrected"))
    assert run([other, mine], store).n_added == 0
    assert store.counts().n_versions == 1


def test_an_article_from_before_entries_were_kept_gets_versions_and_moves(
    store: Store, web: Any, make_source: Callable[..., Source], make_page: Callable[..., str]
) -> None:
    url = web.put("/1", make_page("Chips rally", "en"))
    store.add([Article.create(title="Chips rally", text="An old text.", url=url, source="Wire")])
    source = make_source(url=feed(web, "/feed", item(url, "Chips rally")))
    assert run([source], store).n_added == 0
    assert store.counts().n_versions == 0
    feed(web, "/feed", item(url, "Chips rally, corrected"))
    assert run([source], store).n_added == 0
    assert [version.title for one in store.articles() for version in store.versions(one.id)] == [
        "Chips rally, corrected"
    ]


def test_what_did_not_change_writes_nothing(
    two_sources: list[Source], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(two_sources, store)
    noted: list[Any] = []
    monkeypatch.setattr(Store, "note_listed", lambda self, source, entries: noted.extend(entries))
    run(two_sources, store)
    assert noted == []


def test_a_stated_change_of_a_page_is_an_edit(
    store: Store, web: Any, make_source: Callable[..., Source], make_page: Callable[..., str]
) -> None:
    def atom(updated: str) -> str:
        entry = f"<entry><title>Chips</title><id>1</id><link href='{url}'/><updated>{updated}</updated></entry>"
        return str(web.put("/atom", f"<feed xmlns='http://www.w3.org/2005/Atom'><title>w</title>{entry}</feed>"))

    url = web.put("/1", make_page("Chips", "en"))
    source = make_source(url=atom("2024-03-05T14:30:00Z"))
    run([source], store)
    web.put("/1", make_page("Chips", "en").replace("earnings", "any earnings"))
    run([source], store)
    assert store.counts().n_versions == 0
    atom("2024-03-05T16:00:00Z")
    run([source], store)
    assert store.counts().n_versions == 1
    web.requests.clear()
    run([source], store)
    assert "/1" not in web.requests
    assert store.counts().n_articles == 1
