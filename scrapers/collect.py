"""Collecting: poll declared sources, fetch the pages of new entries, hand the articles to a sink as they come.

A page that is stored already is not fetched again unless its entry was edited (`scrapers.identity`), so that a second
run adds nothing and one that was interrupted is completed by the next. A failing entry or source becomes a `Failure`
and stops no other; only errors of the sink and the archive end the run. What goes in and comes out is in
`scrapers.polls`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

from nlp.errors import ArchiveError, ExtractionError, Failure, FetchError, FrothError, SourceError
from nlp.schema import Article
from nlp.store import Listed
from nlp.urls import canonical_url
from scrapers.composition import compose_article
from scrapers.extraction import extract_page
from scrapers.feeds import FeedEntry
from scrapers.identity import Identity, identities, recognised
from scrapers.listings import read_listing
from scrapers.polls import ArticleSink, CollectReport, Fetcher, Poll, Progress
from scrapers.responses import media_type
from scrapers.sources import Source

__all__ = ["collect", "new_entries"]

_PAGES_AT_ONCE = 4
"""Of one source, fetched and not yet stored."""

_PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")


@dataclass(slots=True)
class _Run:
    """The state of one source's poll; `claimed` and `reader` are shared by all sources of a run.

    Attributes:
        reader: one thread that reads the pages: a hostile one may need a hundred times its size. None where no page is
            fetched.
    """

    client: Fetcher
    pages: Fetcher
    sink: ArticleSink
    on_progress: Callable[[Progress], None]
    claimed: set[str]
    reader: ThreadPoolExecutor | None = None
    n_added: int = 0
    n_skipped: int = 0
    moved: dict[str, Listed] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    problem: str | None = None
    robots: str | None = None

    def add(self, article: Article, source: Source, identity: Identity) -> None:
        counts = self.sink.add_listed(article, source.id, dict.fromkeys(identity.keys, identity.content))
        self.n_added += counts.n_added
        self.n_skipped += 1 - counts.n_added

    def fail(self, item: str, error: Exception) -> None:
        if isinstance(error, ArchiveError):
            raise error
        reason = str(error) if isinstance(error, FrothError) else f"{type(error).__name__}: {error}"
        stage = next((name for kind, name in _STAGES if isinstance(error, kind)), "read")
        self.failures.append(Failure(item, stage, reason))


_STAGES: tuple[tuple[type[Exception], str], ...] = ((FetchError, "fetch"), (ExtractionError, "extract"))


async def collect(
    sources: Iterable[Source],
    client: Fetcher,
    sink: ArticleSink,
    *,
    pages: Fetcher | None = None,
    on_progress: Callable[[Progress], None] = lambda step: None,
    on_poll: Callable[[Poll], None] = lambda poll: None,
) -> CollectReport:
    """Poll every enabled source once; those of an RSSHub only where `with_rsshub` has given them an address.

    Args:
        sources: declarations, as from `scrapers.sources.load_sources`.
        client: fetches; open for the length of the call. An article's `first_seen` is its answer's `fetched_at`.
        sink: gets each article as soon as it is complete, from the event loop's thread.
        pages: fetches the entries' pages where that is not `client`'s task too.
        on_progress: called after each step.
        on_poll: called when a source is done with.

    Raises:
        SourceError: no source is enabled.
    """
    enabled, claimed = _enabled(sources), set[str]()

    async def poll(source: Source, run: _Run) -> None:
        await _collect_source(source, run)
        on_poll(Poll(source, run.n_added, run.n_skipped, tuple(run.failures), run.problem, run.robots))

    with ThreadPoolExecutor(1) as reader:
        runs = [(source, _Run(client, pages or client, sink, on_progress, claimed, reader)) for source in enabled]
        await _together([poll(source, run) for source, run in runs])
    failures = tuple(failure for _, run in runs for failure in run.failures)
    n_added, n_skipped = sum(run.n_added for _, run in runs), sum(run.n_skipped for _, run in runs)
    return CollectReport(n_added, n_skipped, len(failures), failures)


async def new_entries(
    sources: Iterable[Source],
    client: Fetcher,
    sink: ArticleSink,
    *,
    on_poll: Callable[[Poll], None] = lambda poll: None,
) -> dict[str, list[FeedEntry]]:
    """What `collect` would take from every enabled source, by its id: the entries that are not stored yet.

    Arguments and errors are those of `collect`; the listings are fetched, no page is, and nothing is added to the sink.
    """
    claimed: set[str] = set()
    found: dict[str, list[FeedEntry]] = {}

    async def poll(source: Source) -> None:
        run = _Run(client, client, sink, lambda step: None, claimed)
        found[source.id] = [wanted.entry for wanted in await _wanted(source, run)]
        on_poll(Poll(source, 0, run.n_skipped, tuple(run.failures), run.problem, run.robots))

    await _together([poll(source) for source in _enabled(sources)])
    return found


def _enabled(sources: Iterable[Source]) -> list[Source]:
    enabled = [source for source in sources if source.enabled and source.url]
    if not enabled:
        raise SourceError(
            "no source is enabled; set enabled = true for at least one [[source]] "
            "(one with an rsshub route needs --rsshub too)"
        )
    return enabled


async def _together(jobs: Sequence[Coroutine[None, None, None]]) -> None:
    """Run coroutines at once; the first error ends the others and is raised as it is."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An entry to collect; `known` is what it was taken for before it was edited."""

    entry: FeedEntry
    identity: Identity
    known: Listed | None


async def _wanted(source: Source, run: _Run) -> list[_Wanted]:
    """The entries of a source that are new or edited; none where it could not be read."""
    try:
        feed = await read_listing(source, run.client)
    except Exception as error:  # the boundary of the batch: one source must not stop the others
        run.fail(f"{source.id} {source.url}", error)
        run.problem, run.robots = run.failures[-1].reason, getattr(error, "robots", None)
        return []
    run.robots = "allowed"
    if feed.problem is not None:
        run.problem = feed.problem
        run.failures.append(Failure(f"{source.id} {source.url}", "read", feed.problem))
    entries = _once(zip(feed.entries, identities(feed.entries, full_text=source.full_text), strict=True))
    listed = run.sink.listed(source.id, [key for _, identity in entries for key in identity.keys])
    stored = run.sink.ids_by_url([canonical_url(entry.url) for entry, _ in entries if entry.url])
    wanted = []
    for entry, identity in entries:
        known, claim = recognised(identity, listed), canonical_url(entry.url) if entry.url else None
        if known is None and claim is not None and claim in stored:
            if article_id := stored[claim]:  # of another source, or of before entries were kept
                run.moved |= dict.fromkeys(identity.keys, Listed(article_id, identity.content))
        elif known is not None and identity.says(known.content):
            if identity.keys[0] not in listed or identity.knows_more(known.content):
                run.moved |= dict.fromkeys(identity.keys, known)
        elif claim is None or claim not in run.claimed:
            run.claimed |= {claim} if claim else set()
            wanted.append(_Wanted(entry, identity, known))
    run.n_skipped += len(feed.entries) - len(wanted)
    return wanted


async def _collect_source(source: Source, run: _Run) -> None:
    new = await _wanted(source, run)
    run.sink.note_listed(source.id, run.moved)
    run.on_progress(Progress(source.name, 0, len(new)))
    n_done, slots = 0, asyncio.Semaphore(_PAGES_AT_ONCE)

    async def one(wanted: _Wanted) -> None:
        nonlocal n_done
        async with slots:
            await _collect_entry(wanted, source, run)
        n_done += 1
        run.on_progress(Progress(source.name, n_done, len(new)))

    await _together([one(wanted) for wanted in new])


def _once(entries: Iterable[tuple[FeedEntry, Identity]]) -> list[tuple[FeedEntry, Identity]]:
    """The entries of a listing, each page or place in it once."""
    first_by_key: dict[str, tuple[FeedEntry, Identity]] = {}
    for entry, identity in entries:
        first_by_key.setdefault(identity.keys[0], (entry, identity))
    return list(first_by_key.values())


async def _collect_entry(wanted: _Wanted, source: Source, run: _Run) -> None:
    entry = wanted.entry
    try:
        page = None
        if entry.url is not None and not source.full_text:
            page = await _fetch_page(entry.url, source, run)
        article = compose_article(entry, page, source)
        if wanted.known is not None:
            # Its page may be as it was before, but what the entry says now was not known then.
            seen = [moment for moment in (article.first_seen, entry.listed_at) if moment]
            article = replace(article, id=wanted.known.article_id, first_seen=max(seen, default=None))
    except Exception as error:  # the boundary of the batch: one entry must not stop the others
        run.fail(entry.url or f"{source.id}: {entry.title[:80]!r}", error)
        return
    run.add(article, source, wanted.identity)


async def _fetch_page(url: str, source: Source, run: _Run) -> Article:
    response = await run.pages.fetch(url, allow_private=source.allow_private)
    media = media_type(response)
    if media.kind not in _PAGE_TYPES:
        raise ExtractionError(f"{url} is {media.kind}, not a page")
    read = partial(
        extract_page,
        response.body,
        url=url,
        zone=source.tzinfo,
        source=source.name,
        charset=media.charset,
        seen_at=response.fetched_at,
    )
    page = await asyncio.get_running_loop().run_in_executor(run.reader, read)
    return replace(page, first_seen=response.fetched_at)
