"""Collecting: poll declared sources, fetch the pages of new entries, hand the articles to a sink as they come.

A page that is stored already is not fetched again, so that a second run adds nothing and one that was interrupted is
completed by the next. A failing entry or source becomes a `Failure` and stops no other; only the sink's own errors
end the run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from nlp.errors import ExtractionError, Failure, FetchError, FrothError, SourceError
from nlp.language import detect_language, normalise
from nlp.schema import Article
from nlp.urls import canonical_url
from scrapers.client import Client, Limits
from scrapers.extraction import extract_page, not_later
from scrapers.feeds import FeedEntry
from scrapers.listings import read_listing
from scrapers.responses import media_type
from scrapers.sources import Source

__all__ = ["AddCounts", "ArticleSink", "CollectReport", "Progress", "collect", "collect_now"]

_PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")


class AddCounts(Protocol):
    """What a sink says after adding."""

    @property
    def n_added(self) -> int:
        """Articles that were new."""


class ArticleSink(Protocol):
    """Where collected articles go: the store, or anything that looks like it."""

    def add(self, articles: Iterable[Article]) -> AddCounts:
        """Keep the articles that are new; durable when it returns."""

    def known_urls(self, urls: Iterable[str]) -> set[str]:
        """Which of these canonical URLs are stored already."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One step: a source was read (`n_done` 0) or one of its entries is dealt with."""

    source: str
    n_done: int
    n_entries: int


@dataclass(frozen=True, slots=True)
class CollectReport:
    """What a run did, in entries: added, already known, failed (a source that failed counts as one)."""

    n_added: int
    n_skipped: int
    n_failed: int
    failures: tuple[Failure, ...]


@dataclass(slots=True)
class _Run:
    """The state of one run."""

    client: Client
    sink: ArticleSink
    now: Callable[[], datetime]
    on_progress: Callable[[Progress], None]
    n_added: int = 0
    n_skipped: int = 0
    failures: list[Failure] = field(default_factory=list)
    claimed: set[str] = field(default_factory=set)

    def add(self, article: Article) -> None:
        counts = self.sink.add((article,))
        self.n_added += counts.n_added
        self.n_skipped += 1 - counts.n_added

    def fail(self, item: str, error: Exception) -> None:
        reason = str(error) if isinstance(error, FrothError) else f"{type(error).__name__}: {error}"
        stage = next((name for kind, name in _STAGES if isinstance(error, kind)), "read")
        self.failures.append(Failure(item, stage, reason))


_STAGES: tuple[tuple[type[Exception], str], ...] = ((FetchError, "fetch"), (ExtractionError, "extract"))


async def collect(
    sources: Iterable[Source],
    client: Client,
    sink: ArticleSink,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    on_progress: Callable[[Progress], None] = lambda step: None,
) -> CollectReport:
    """Poll every enabled source once; those of an RSSHub only where `with_rsshub` has given them an address.

    Args:
        sources: declarations, as from `scrapers.sources.load_sources`.
        client: open for the length of the call.
        sink: gets each article as soon as it is complete, from the event loop's thread.
        now: the clock for `first_seen`.
        on_progress: called after each step.

    Raises:
        SourceError: no source is enabled.
    """
    enabled = [source for source in sources if source.enabled and source.url]
    if not enabled:
        raise SourceError(
            "no source is enabled; set enabled = true for at least one [[source]] "
            "(one with an rsshub route needs --rsshub too)"
        )
    run = _Run(client, sink, now, on_progress)
    await _together([_collect_source(source, run) for source in enabled])
    return CollectReport(run.n_added, run.n_skipped, len(run.failures), tuple(run.failures))


def collect_now(
    sources: Iterable[Source],
    sink: ArticleSink,
    *,
    limits: Limits | None = None,
    on_progress: Callable[[Progress], None] = lambda step: None,
) -> CollectReport:
    """`collect` with a client of its own, for callers without an event loop."""

    async def whole_run() -> CollectReport:
        async with Client(limits) as client:
            return await collect(sources, client, sink, on_progress=on_progress)

    return asyncio.run(whole_run())


async def _together(jobs: Sequence[Coroutine[None, None, None]]) -> None:
    """Run coroutines at once; the first error ends the others and is raised as it is."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _collect_source(source: Source, run: _Run) -> None:
    try:
        feed = await read_listing(source, run.client)
    except Exception as error:  # the boundary of the batch: one source must not stop the others
        run.fail(f"{source.id} {source.url}", error)
        return
    if feed.problem is not None:
        run.failures.append(Failure(f"{source.id} {source.url}", "read", feed.problem))
    entries = _unclaimed(feed.entries, run)
    known = run.sink.known_urls([canonical_url(entry.url) for entry in entries if entry.url])
    new = [entry for entry in entries if entry.url is None or canonical_url(entry.url) not in known]
    run.n_skipped += len(feed.entries) - len(new)
    run.on_progress(Progress(source.name, 0, len(new)))
    n_done = 0

    async def one(entry: FeedEntry) -> None:
        nonlocal n_done
        await _collect_entry(entry, source, run)
        n_done += 1
        run.on_progress(Progress(source.name, n_done, len(new)))

    await _together([one(entry) for entry in new])


def _unclaimed(entries: Iterable[FeedEntry], run: _Run) -> list[FeedEntry]:
    """The entries whose page no other entry of this run has taken."""
    kept = []
    for entry in entries:
        url = canonical_url(entry.url) if entry.url else None
        if url is None or url not in run.claimed:
            kept.append(entry)
        if url is not None:
            run.claimed.add(url)
    return kept


async def _collect_entry(entry: FeedEntry, source: Source, run: _Run) -> None:
    try:
        page = None
        if entry.url is not None and not source.full_text:
            page = await _fetch_page(entry.url, source, run)
        article = _compose(entry, page, source, run.now())
    except Exception as error:  # the boundary of the batch: one entry must not stop the others
        run.fail(entry.url or f"{source.id}: {entry.title[:80]!r}", error)
        return
    run.add(article)


async def _fetch_page(url: str, source: Source, run: _Run) -> Article:
    response = await run.client.fetch(url, allow_private=source.allow_private)
    media = media_type(response)
    if media.kind not in _PAGE_TYPES:
        raise ExtractionError(f"{url} is {media.kind}, not a page")
    return await asyncio.to_thread(
        extract_page,
        response.body,
        url=url,
        zone=source.tzinfo,
        source=source.name,
        charset=media.charset,
        seen_at=run.now(),
    )


def _compose(entry: FeedEntry, page: Article | None, source: Source, seen_at: datetime) -> Article:
    """An article from an entry and, where it was fetched, its page: the feed's headline and date go first."""
    title = normalise(entry.title) or (page.title if page else "")
    text = page.text if page else normalise(entry.text)
    language = detect_language(text or title)
    if language.lang == "und":
        language = source.language
    date = not_later(entry.published, seen_at)
    published, precision = (date.moment, date.precision) if date else (None, None)
    if published is None and page is not None:
        published, precision = page.published, page.published_precision
    return Article.create(
        title=title,
        text=text,
        url=entry.url,
        source=source.name,
        lang=language.lang,
        script=language.script,
        published=published,
        published_precision=precision,
        first_seen=seen_at,
    )
