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

from nlp.errors import Failure, SourceError
from nlp.store import Listed
from nlp.urls import canonical_url
from scrapers.entries import Run, Wanted, collect_entry
from scrapers.feeds import FeedEntry
from scrapers.identity import Identity, identities, recognised
from scrapers.listings import read_listing
from scrapers.polls import ArticleSink, CollectReport, Fetcher, Poll, Progress
from scrapers.sources import Source

__all__ = ["collect", "new_entries"]

_PAGES_AT_ONCE = 4
"""Of one source, fetched and not yet stored."""


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

    async def poll(source: Source, run: Run) -> None:
        await _collect_source(source, run)
        on_poll(Poll(source, run.n_added, run.n_skipped, tuple(run.failures), run.problem, run.robots))

    with ThreadPoolExecutor(1) as reader:
        runs = [(source, Run(client, pages or client, sink, on_progress, claimed, reader)) for source in enabled]
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
        run = Run(client, client, sink, lambda step: None, claimed)
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


async def _wanted(source: Source, run: Run) -> list[Wanted]:
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
            seen = {key: listed[key] for key in identity.keys if key in listed}
            wanted.append(Wanted(entry, identity, known, seen))
    run.n_skipped += len(feed.entries) - len(wanted)
    return wanted


async def _collect_source(source: Source, run: Run) -> None:
    new = await _wanted(source, run)
    run.sink.note_listed(source.id, run.moved)
    run.on_progress(Progress(source.name, 0, len(new)))
    n_done, slots = 0, asyncio.Semaphore(_PAGES_AT_ONCE)

    async def one(wanted: Wanted) -> None:
        nonlocal n_done
        async with slots:
            await collect_entry(wanted, source, run)
        n_done += 1
        run.on_progress(Progress(source.name, n_done, len(new)))

    await _together([one(wanted) for wanted in new])


def _once(entries: Iterable[tuple[FeedEntry, Identity]]) -> list[tuple[FeedEntry, Identity]]:
    """The entries of a listing, each page or place in it once."""
    first_by_key: dict[str, tuple[FeedEntry, Identity]] = {}
    for entry, identity in entries:
        first_by_key.setdefault(identity.keys[0], (entry, identity))
    return list(first_by_key.values())
