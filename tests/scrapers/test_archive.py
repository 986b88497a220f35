"""The archive by itself, and fetching through it from a loopback web that honours validators."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import itertools
import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nlp.errors import ArchiveError
from nlp.store import Store
from scrapers.archive import Archive
from scrapers.archived import ArchivedWeb
from scrapers.client import Client, Limits
from scrapers.collect import collect
from scrapers.health import health_by_source, record_poll
from scrapers.polls import CollectReport, Poll
from scrapers.replay import replay
from scrapers.responses import Response
from scrapers.roll_table import roll_from_table
from scrapers.sending import PLAIN, Sent, json_post
from scrapers.sources import Source

QUICK = Limits(total_seconds=5, max_bytes=1_000_000, host_delay_seconds=0, backoff_seconds=0)
START = datetime(2024, 3, 6, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "froth.archive") as opened:
        yield opened


def answer(body: bytes, hours: int = 0, **headers: str) -> Response:
    return Response("https://x.example/a", 200, headers, body, START + timedelta(hours=hours))


def body_files(archive: Archive) -> list[Path]:
    return sorted(path for path in archive.folder.glob("bodies/*/*") if path.is_file())


# --- keeping


def test_what_is_kept_comes_back(archive: Archive) -> None:
    body = bytes(range(256)) * 100
    kept = archive.keep("https://x.example/", answer(body, etag='"1"'))
    assert kept.sha256 == hashlib.sha256(body).hexdigest()
    assert (kept.url, kept.final_url, kept.n_bytes) == ("https://x.example/", "https://x.example/a", len(body))
    assert archive.response(kept) == answer(body, etag='"1"')
    (file,) = body_files(archive)
    assert file.relative_to(archive.folder / "bodies").as_posix() == f"{kept.sha256[:2]}/{kept.sha256}.gz"
    assert file.stat().st_size < len(body)


def test_equal_bodies_are_kept_once_and_changes_in_order(archive: Archive) -> None:
    for hours, body in enumerate((b"one", b"one", b"two", b"one")):
        archive.keep("https://x.example/a", answer(body, hours))
    archive.keep("https://x.example/b", answer(b"one", 9))
    assert len(body_files(archive)) == 2
    first, second = archive.history("https://x.example/a")
    assert (archive.body(first), archive.body(second)) == (b"one", b"two")
    assert (first.fetched_at, first.confirmed_at) == (START, START + timedelta(hours=3))
    assert archive.latest("https://x.example/a") == first
    assert archive.latest("https://x.example/c") is None


def test_an_archive_outlives_its_process(archive: Archive) -> None:
    kept = archive.keep("u", answer("流动性".encode()))
    with Archive.open(archive.folder, create=False) as again:
        assert again.latest("u") == kept
        assert again.body(kept).decode() == "流动性"


@pytest.mark.parametrize("damage", [b"", b"\x1f\x8b\x08", b"no gzip at all"])
def test_a_damaged_body_is_found_out_and_healed(archive: Archive, damage: bytes) -> None:
    kept = archive.keep("u", answer(b"text"))
    (file,) = body_files(archive)
    file.write_bytes(damage)
    with pytest.raises(ArchiveError, match=file.name):
        archive.body(kept)
    archive.keep("u", answer(b"text"))
    assert archive.body(kept) == b"text"


def test_another_body_under_the_name_is_found_out(archive: Archive) -> None:
    kept, other = archive.keep("u", answer(b"text")), archive.keep("v", answer(b"next"))
    path = {file.stem: file for file in body_files(archive)}
    path[kept.sha256].write_bytes(path[other.sha256].read_bytes())
    with pytest.raises(ArchiveError, match="damaged"):
        archive.body(kept)


def test_unfinished_bodies_are_swept_away_when_they_are_old(archive: Archive) -> None:
    archive.keep("u", answer(b"text"))
    (file,) = body_files(archive)
    old, young = file.with_suffix(".1.part"), file.with_suffix(".2.part")
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    with Archive.open(archive.folder):
        assert body_files(archive) == sorted([young, file])


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"no index\.db"):
        Archive.open(tmp_path / "nowhere", create=False)
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "file").write_text("x")
    with pytest.raises(ArchiveError, match="cannot be opened"):
        Archive.open(tmp_path / "file")
    with Archive.open(tmp_path / "later") as archive:
        archive.index.execute("PRAGMA user_version = 9")
    with pytest.raises(ArchiveError, match="has version 9"):
        Archive.open(tmp_path / "later")


# --- conditional requests


def put_validated(web: Any, path: str, body: str, tag: str, date: str = "") -> str:
    """Serve a body, or a 304 without one where the request has its validators."""
    headers = {"ETag": tag} | ({"Last_Modified": date} if date else {})
    url = str(web.put(path, body, **{name: value for name, value in headers.items() if value}))
    whole = web.answers[path]

    def answering(handler: Any) -> None:
        asked = handler.headers.get("If-None-Match") or handler.headers.get("If-Modified-Since")
        if asked and asked in (tag, date):
            handler.send_response(304)
            handler.end_headers()
        else:
            whole(handler)

    web.answers[path] = answering
    return url


def fetch(archive: Archive, url: str, at: datetime = START, sent: Sent = PLAIN) -> Response:
    async def run() -> Response:
        async with Client(QUICK, now=lambda: at) as client:
            return await ArchivedWeb(client, archive).fetch(url, allow_private=True, sent=sent)

    return asyncio.run(run())


@pytest.mark.parametrize(("tag", "date"), [('"1"', ""), ("", "Tue, 05 Mar 2024 14:30:00 GMT"), ('W/"x"', "soon")])
def test_what_did_not_change_is_not_sent_again(web: Any, archive: Archive, tag: str, date: str) -> None:
    url = put_validated(web, "/a", "text", tag, date)
    first = fetch(archive, url)
    assert "if-none-match" not in web.headers[-1]
    second = fetch(archive, url, START + timedelta(hours=1))
    assert web.headers[-1].get("if-none-match", "") == tag
    assert web.headers[-1].get("if-modified-since", "") == date
    assert second == first
    (kept,) = archive.history(url)
    assert kept.confirmed_at == START + timedelta(hours=1)
    put_validated(web, "/a", "changed", '"2"')
    assert fetch(archive, url).body == b"changed"


def test_a_304_without_its_body_is_never_asked_for(web: Any, archive: Archive) -> None:
    url = put_validated(web, "/a", "text", '"1"')
    fetch(archive, url)
    body_files(archive)[0].unlink()
    assert fetch(archive, url).body == b"text"
    assert "if-none-match" not in web.headers[-1]


def test_validators_go_to_the_address_that_gave_them(web: Any, archive: Archive) -> None:
    put_validated(web, "/b", "text", '"1"')
    url = web.put("/a", status=302, Location="/b")
    fetch(archive, url)
    web.headers.clear()
    assert fetch(archive, url).body == b"text"
    assert [headers.get("if-none-match") for headers in web.headers] == [None, None, '"1"']
    put_validated(web, "/c", "elsewhere", '"1"')
    web.put("/a", status=302, Location="/c")
    assert fetch(archive, url).body == b"elsewhere"


def test_conditions_go_beside_declared_headers_and_never_with_a_body(web: Any, archive: Archive) -> None:
    url = put_validated(web, "/a", "text", '"1"')
    for _ in range(2):
        assert fetch(archive, url, sent=Sent(headers={"Referer": "https://example.com/"})).body == b"text"
    assert (web.headers[-1]["referer"], web.headers[-1]["if-none-match"]) == ("https://example.com/", '"1"')
    for _ in range(2):
        assert fetch(archive, url, sent=json_post({"page": 1}, {})).body == b"text"
    assert "if-none-match" not in web.headers[-1]


# --- collecting, replay and health


def item(url: str, title: str, date: str = "Tue, 05 Mar 2024 14:30:00 GMT", text: str = "") -> str:
    what = f"<title>{title}</title><description>{text}</description>"
    return f"<item>{what}<link>{url}</link><pubDate>{date}</pubDate></item>"


def put_feed(web: Any, *items: str, path: str = "/feed", tag: str = "") -> str:
    return put_validated(web, path, f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>", tag)


def run(
    archive: Archive,
    store: Store,
    *sources: Source,
    at: datetime = START,
    now: Callable[[], datetime] | None = None,
) -> CollectReport:
    async def whole() -> CollectReport:
        async with Client(QUICK, now=now or (lambda: at)) as client:
            web = ArchivedWeb(client, archive)
            return await collect(sources, web, store, on_poll=lambda poll: record_poll(archive, poll, at))

    return asyncio.run(whole())


def test_entries_that_failed_are_tried_again_though_the_feed_did_not_change(
    web: Any, archive: Archive, store: Store, make_source: Callable[..., Source], make_page: Callable[..., str]
) -> None:
    source = make_source(url=put_feed(web, item(web.put("/1", status=500), "One"), tag='"1"'))
    assert run(archive, store, source).n_failed == 1
    web.put("/1", make_page("One", "en"))
    assert run(archive, store, source) == CollectReport(1, 0, 0, ())
    assert web.headers[web.requests.index("/feed", 3)]["if-none-match"] == '"1"'


def test_a_replay_is_the_same_store(
    web: Any,
    archive: Archive,
    store: Store,
    tmp_path: Path,
    make_source: Callable[..., Source],
    make_page: Callable[..., str],
) -> None:
    """Three polls: entries leave the feed, a page has an article only later, a date lies ahead at first."""
    pages = [item(web.put(f"/{n}", make_page(f"Story {n}", "en")), f"Story {n}") for n in range(3)]
    late = item(web.put("/late", "<html><body></body></html>"), "Late")
    ahead = item(web.url("/ahead"), "Reserves fell", "Wed, 06 Mar 2024 15:00:00 GMT", "Bank reserves fell again.")
    wire = make_source(url=put_feed(web, pages[0], late, tag='"1"'))
    flash = make_source(id="flash", name="Flash", url=put_feed(web, ahead, path="/flash"), full_text=True)
    run(archive, store, wire, flash)
    put_feed(web, pages[1], pages[2], late, tag='"2"')
    web.put("/late", make_page("Late", "zh"))
    run(archive, store, wire, flash, at=START + timedelta(hours=5))
    put_feed(web, pages[2])
    run(archive, store, wire, flash, at=START + timedelta(hours=30))
    collected = list(store.articles())
    assert len(collected) == 5
    by_title = {article.title: article for article in collected}
    assert by_title["Late"].first_seen == START + timedelta(hours=5)
    assert by_title["Reserves fell"].published is None

    with Store.open(tmp_path / "again.db") as fresh:
        assert replay([wire, flash], archive, fresh) == CollectReport(5, 0, 0, ())
        assert list(fresh.articles()) == collected
    assert replay([wire, flash], archive, store) == CollectReport(0, 5, 0, ())
    assert list(store.articles()) == collected


FLASH = {"items": ["data"], "title": ["t"], "text": ["s"], "url": ["u"], "published": ["p"], "clock": "seconds"}


def put_roll(web: Any, path: str, name: str, *hours: int) -> str:
    """Serve an item of that name for each of these hours after START."""
    items = [
        {"t": f"{name} {n}", "s": f"资金面第{n}次收紧。", "u": f"/{name}/{n}", "p": START.timestamp() + 3600 * n}
        for n in hours
    ]
    return str(web.put(path, json.dumps({"data": items}), content_type="application/json"))


def by_body(web: Any, path: str, answers: dict[bytes, str]) -> None:
    """Serve at one address what stands at another, by what was posted."""
    web.answers[path] = lambda handler: web.answers[answers[web.bodies[-1]]](handler)


def test_a_replay_of_rolls_and_sitemaps_is_the_same_store(
    web: Any, archive: Archive, store: Store, tmp_path: Path, make_source: Callable[..., Source]
) -> None:
    """Parameters in the address, two sources that post different bodies to one address, two sitemaps of an index."""

    def roll(source: str, path: str, **table: Any) -> Source:
        declared = roll_from_table(FLASH | {"headers": {"Referer": "https://example.com/"}} | table)
        return make_source(id=source, name=source, url=web.url(path), kind="roll", roll=declared, full_text=True)

    def put_sitemap(name: str, *titles: str) -> str:
        date = "<publication_date>2024-03-05T14:30:00Z</publication_date>"
        urls = [
            f"<url><loc>{web.url('/' + title)}</loc><news><title>{title}</title>{date}</news></url>" for title in titles
        ]
        return str(web.put(f"/{name}.xml", f"<urlset>{''.join(urls)}</urlset>"))

    parts = [f"<sitemap><loc>{put_sitemap(name, name)}</loc></sitemap>" for name in ("east", "west")]
    index = web.put("/index.xml", f"<sitemapindex>{''.join(parts)}</sitemapindex>")
    sources = [
        roll("got", "/roll", params={"n": 5}),
        roll("first", "/post", method="POST", params={"page": 1}),
        roll("second", "/post", method="POST", params={"page": 2}),
        make_source(id="map", name="map", kind="sitemap", url=index, full_text=True),
    ]
    by_body(web, "/post", {b'{"page": 1}': "/page1", b'{"page": 2}': "/page2"})
    clock = itertools.count()
    for shown in ((0, 1), (1, 2), (2,)):
        put_roll(web, "/roll?n=5", "got", *shown)
        put_roll(web, "/page1", "first", *shown)
        put_roll(web, "/page2", "second", 3)
        put_sitemap("west", *(f"west{n}" for n in shown))
        moments = (START + timedelta(hours=10, minutes=minute) for minute in clock)
        run(archive, store, *sources, now=functools.partial(next, moments))
    collected = list(store.articles())
    assert sorted(article.title for article in collected) == sorted(
        [f"{name} {n}" for name in ("got", "first") for n in range(3)] + ["second 3", "east", "west0", "west1", "west2"]
    )
    asked = [headers for path, headers in zip(web.requests, web.headers, strict=True) if "robots" not in path]
    assert {headers.get("referer", "") for headers in asked} == {"https://example.com/", ""}

    n_requests = len(web.requests)
    with Store.open(tmp_path / "again.db") as fresh:
        assert replay(sources, archive, fresh) == CollectReport(11, 0, 0, ())
        assert list(fresh.articles()) == collected
    assert replay(sources, archive, store) == CollectReport(0, 11, 0, ())
    assert list(store.articles()) == collected
    assert len(web.requests) == n_requests


def test_a_replay_reports_what_is_missing_or_damaged_and_goes_on(
    web: Any, archive: Archive, store: Store, make_source: Callable[..., Source], make_page: Callable[..., str]
) -> None:
    entries = [item(web.put(f"/{n}", make_page(f"Story {n}", "en")), f"Story {n}") for n in range(2)]
    gone = item(web.put("/gone", status=404), "Gone")
    source = make_source(url=put_feed(web, *entries, gone))
    run(archive, store, source)
    damaged = archive.latest(web.url("/0"))
    assert damaged is not None
    next(path for path in body_files(archive) if path.stem == damaged.sha256).write_bytes(b"")
    report = replay([source], archive, store)
    assert (report.n_added, report.n_skipped) == (0, 1)
    assert {failure.item for failure in report.failures} == {web.url("/0"), web.url("/gone")}


def test_a_replay_reads_a_page_that_failed_once_and_lets_other_sources_have_it(
    web: Any,
    archive: Archive,
    store: Store,
    make_source: Callable[..., Source],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = item(web.put("/a", "<html><body></body></html>"), "A", text="Bank reserves fell for the sixth week.")
    first = make_source(url=put_feed(web, entry))
    second = make_source(id="flash", name="Flash", url=put_feed(web, entry, path="/flash"), full_text=True)
    for hours in range(3):
        put_feed(web, entry, item("", f"Note {hours}", text=f"Reserves fell for {hours} weeks."))
        run(archive, store, first, at=START + timedelta(hours=hours))
    run(archive, store, second, at=START + timedelta(hours=4))
    collected = list(store.articles())
    read = []
    real = Archive.body
    monkeypatch.setattr(Archive, "body", lambda self, kept: read.append(kept.url) or real(self, kept))
    assert replay([first, second], archive, store).n_failed == 0
    assert read.count(web.url("/a")) == 1
    assert list(store.articles()) == collected


def test_an_archive_that_cannot_keep_ends_the_run(
    web: Any, archive: Archive, store: Store, make_source: Callable[..., Source]
) -> None:
    source = make_source(url=put_feed(web, item("", "Note", text="Reserves fell.")), full_text=True)
    archive.index.execute("DROP TABLE exchanges")
    with pytest.raises(ArchiveError, match="cannot be read"):
        run(archive, store, source)


def test_health_of_a_source(archive: Archive, make_source: Callable[..., Source]) -> None:
    source = make_source()

    def poll(problem: str | None, robots: str | None, hours: int) -> None:
        record_poll(archive, Poll(source, 0, 0, (), problem, robots), START + timedelta(hours=hours))

    poll(None, "allowed", 0)
    poll("HTTP status 500", None, 1)
    poll("HTTP status 500", None, 2)
    health = health_by_source(archive)[source.id]
    assert (health.last_attempt, health.last_success) == (START + timedelta(hours=2), START)
    assert (health.n_failures, health.robots, health.problem) == (2, "allowed", "HTTP status 500")
    poll(None, "allowed", 3)
    health = health_by_source(archive)[source.id]
    assert (health.n_failures, health.problem, health.last_success) == (0, None, START + timedelta(hours=3))


@pytest.mark.parametrize(
    ("rules", "status", "verdict"),
    [("User-agent: *\nDisallow: /feed", 200, "forbidden"), ("", 500, "unreadable"), ("", 404, "allowed")],
)
def test_health_tells_what_robots_txt_says(
    web: Any, archive: Archive, store: Store, make_source: Callable[..., Source], rules: str, status: int, verdict: str
) -> None:
    source = make_source(url=put_feed(web, item("", "Note", text="Reserves fell.")), full_text=True)
    web.put("/robots.txt", rules, status=status)
    run(archive, store, source)
    health = health_by_source(archive)[source.id]
    assert (health.robots, health.last_success is None) == (verdict, verdict != "allowed")


def test_a_replay_of_an_edited_page_is_the_same_store(
    web: Any,
    archive: Archive,
    store: Store,
    tmp_path: Path,
    make_source: Callable[..., Source],
    make_page: Callable[..., str],
) -> None:
    url = web.put("/a", make_page("Reserves fell", "en"))
    source = make_source(url=put_feed(web, item(url, "Reserves fell")))
    run(archive, store, source)
    web.put(
        "/a", make_page("Reserves fell", ["Bank reserves fell for the sixth week, the Fed said, by 40 billion."] * 3)
    )
    put_feed(web, item(url, "Reserves fell, corrected"))
    run(archive, store, source, at=START + timedelta(hours=5))
    (collected,) = store.articles()
    (version,) = store.versions(collected.id)
    assert (collected.first_seen, version.first_seen) == (START, START + timedelta(hours=5))
    assert version.title == "Reserves fell, corrected"
    assert version.text != collected.text

    with Store.open(tmp_path / "again.db") as fresh:
        replay([source], archive, fresh)
        assert list(fresh.articles()) == [collected]
        assert fresh.versions(collected.id) == [version]
    assert replay([source], archive, store).n_added == 0
    assert store.versions(collected.id) == [version]


def test_a_version_is_dated_by_its_headline_where_the_page_is_the_same(
    web: Any, archive: Archive, store: Store, make_source: Callable[..., Source], make_page: Callable[..., str]
) -> None:
    url = web.put("/a", make_page("Reserves fell", "en"))
    source = make_source(url=put_feed(web, item(url, "Reserves fell")))
    run(archive, store, source)
    put_feed(web, item(url, "Reserves rose"))
    run(archive, store, source, at=START + timedelta(hours=5))
    (collected,) = store.articles()
    assert [version.first_seen for version in store.versions(collected.id)] == [START + timedelta(hours=5)]
