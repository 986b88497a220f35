"""Whole collecting runs for callers without an event loop: the client, the archive and the sources' health together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from scrapers.archive import Archive
from scrapers.archived import ArchivedWeb
from scrapers.client import Client, Limits
from scrapers.collect import collect, new_entries
from scrapers.feeds import FeedEntry
from scrapers.health import record_poll
from scrapers.polls import ArticleSink, CollectReport, Poll, Progress
from scrapers.sources import Source

__all__ = ["collect_now", "list_now"]


def collect_now(
    sources: Iterable[Source],
    sink: ArticleSink,
    *,
    archive: Archive | None = None,
    limits: Limits | None = None,
    on_progress: Callable[[Progress], None] = lambda step: None,
    on_poll: Callable[[Poll], None] = lambda poll: None,
) -> CollectReport:
    """`scrapers.collect.collect` with a client of its own, and through an archive where one is given.

    Raises:
        SourceError: no source is enabled.
        ArchiveError: an answer cannot be kept.
    """

    def polled(poll: Poll) -> None:
        if archive is not None:
            record_poll(archive, poll, datetime.now(UTC))
        on_poll(poll)

    async def whole_run() -> CollectReport:
        async with Client(limits) as client:
            fetcher = client if archive is None else ArchivedWeb(client, archive)
            return await collect(sources, fetcher, sink, on_progress=on_progress, on_poll=polled)

    return asyncio.run(whole_run())


def list_now(
    sources: Iterable[Source],
    sink: ArticleSink,
    *,
    limits: Limits | None = None,
    on_poll: Callable[[Poll], None] = lambda poll: None,
) -> dict[str, list[FeedEntry]]:
    """`scrapers.collect.new_entries` with a client of its own: what a run would take, by source id; nothing is kept."""

    async def whole_run() -> dict[str, list[FeedEntry]]:
        async with Client(limits) as client:
            return await new_entries(sources, client, sink, on_poll=on_poll)

    return asyncio.run(whole_run())
