"""Replay: every article of an archive extracted again, in the order of the first time and without the network.

A source is read once for every moment at which one of its listings (the feed, and whatever the feed's reader asked
for besides) had a new content, each time as it stood then. A page is taken as it came last before the next of these
moments: it was fetched again where the earlier answer was of no use or its entry was edited.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from heapq import heappop, heappush

from nlp.errors import ArchiveError, Failure, FetchError
from nlp.schema import Article
from nlp.store import Listed
from nlp.urls import canonical_url
from scrapers.archive import Archive, Exchange
from scrapers.collect import collect
from scrapers.listings import KINDS
from scrapers.polls import AddCounts, ArticleSink, CollectReport, Progress
from scrapers.responses import Response
from scrapers.sending import PLAIN, Sent
from scrapers.sources import Source

__all__ = ["replay"]

_BEGINNING = datetime.min.replace(tzinfo=UTC)


def replay(
    sources: Iterable[Source],
    archive: Archive,
    sink: ArticleSink,
    *,
    on_progress: Callable[[Progress], None] = lambda step: None,
) -> CollectReport:
    """Extract again what the archive holds of `sources`, disabled ones too; no socket is opened.

    Every article goes to the sink with the moment at which it was first seen, known ones as well, so that a store
    keeps what reads otherwise now as a version. What was never fetched is a failure.
    """
    pages = _Pages(archive)
    taken = _Taken(sink, pages)
    views = [(replace(source, enabled=True), _Listings(archive, source)) for source in sources]
    failure_by_item: dict[str, Failure] = {}
    failed_by_source: dict[str, dict[str, str]] = {source.id: {} for source, _ in views}

    async def whole_run() -> None:
        while due := [view for view in views if view[1].next_at is not None]:
            source, listings = min(due, key=lambda view: view[1].next_at or _BEGINNING)
            listings.advance()
            pages.until, taken.failed = listings.next_at, failed_by_source[source.id]
            report = await collect([source], listings, taken, pages=pages, on_progress=on_progress)
            failure_by_item.pop(f"{source.id} {source.url}", None)  # as `collect` names a source that failed whole
            failure_by_item.update({failure.item: failure for failure in report.failures})
            taken.failed |= {canonical_url(failure.item): pages.body_of(failure.item) for failure in report.failures}

    asyncio.run(whole_run())
    left = tuple(failure for item, failure in failure_by_item.items() if canonical_url(item) not in taken.urls)
    return CollectReport(taken.n_added, taken.n_given - taken.n_added, len(left), left)


class _Listings:
    """A Fetcher: a source's listings as they stood at one moment after another."""

    def __init__(self, archive: Archive, source: Source) -> None:
        self._archive = archive
        self._at = _BEGINNING
        self._met: set[str] = set()
        self._due: list[datetime] = []
        kind = KINDS[source.kind]
        self._meet(kind.request(source).key(kind.address(source)))

    @property
    def next_at(self) -> datetime | None:
        """The next moment at which one of the listings met so far changed; None where there is none."""
        while self._due and self._due[0] <= self._at:
            heappop(self._due)
        return self._due[0] if self._due else None

    def advance(self) -> None:
        """Go on to the next moment."""
        self._at = self.next_at or self._at

    async def fetch(self, url: str, *, allow_private: bool = False, sent: Sent = PLAIN) -> Response:
        """What `url` had answered by the moment; from now on its changes are moments too."""
        key = sent.key(url)
        self._meet(key)
        return _answer(self._archive, url, self._archive.as_of(key, self._at))

    def _meet(self, key: str) -> None:
        if key not in self._met:
            self._met.add(key)
            for exchange in self._archive.history(key):
                heappush(self._due, exchange.fetched_at)


class _Pages:
    """A Fetcher: the answers of every address as they stood before a moment, or at first."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.until: datetime | None = None

    async def fetch(self, url: str, *, allow_private: bool = False, sent: Sent = PLAIN) -> Response:
        """What `url` had answered."""
        return _answer(self._archive, url, self._exchange(sent.key(url)))

    def body_of(self, url: str) -> str:
        """The hash of what `url` had answered; empty where it had not."""
        exchange = self._exchange(PLAIN.key(url))
        return exchange.sha256 if exchange else ""

    def _exchange(self, key: str) -> Exchange | None:
        history = self._archive.history(key)
        before = [exchange for exchange in history if self.until is None or exchange.fetched_at < self.until]
        return (before or history[:1])[-1] if history else None


def _answer(archive: Archive, url: str, exchange: Exchange | None) -> Response:
    """An archived answer; a missing or damaged one is a FetchError, which stops no other."""
    if exchange is None:
        raise FetchError(f"{url}: not in the archive", url=url)
    try:
        return archive.response(exchange)
    except ArchiveError as error:
        raise FetchError(str(error), url=url) from error


class _Taken:
    """A sink before the sink: it knows only what came in this replay."""

    def __init__(self, sink: ArticleSink, pages: _Pages) -> None:
        self._sink = sink
        self._pages = pages
        self.urls: dict[str, str] = {}
        self.failed: dict[str, str] = {}
        self.n_given = 0
        self.n_added = 0
        self._listed: defaultdict[str, dict[str, Listed]] = defaultdict(dict)

    def add_listed(
        self, article: Article, source: str, entries: Mapping[str, str], *, seen: Mapping[str, Listed] | None = None
    ) -> AddCounts | None:
        """Pass on, whatever the sink knew before."""
        counts = self._sink.add_listed(article, source, entries)
        if counts is None:
            return None
        self._listed[source] |= {key: Listed(article.id, content) for key, content in entries.items()}
        self.urls |= {article.url: article.id} if article.url else {}
        self.n_given += 1
        self.n_added += counts.n_added
        return counts

    def listed(self, source: str, keys: Iterable[str]) -> dict[str, Listed]:
        """What the entries of a source were taken for in this replay."""
        return {key: self._listed[source][key] for key in keys if key in self._listed[source]}

    def note_listed(self, source: str, entries: Mapping[str, Listed]) -> None:
        """Keep it for this replay, and pass it on."""
        self._listed[source].update(entries)
        self._sink.note_listed(source, entries)

    def ids_by_url(self, urls: Iterable[str]) -> dict[str, str | None]:
        """Those that this replay has; a page that failed would fail again in the same source while it is the same."""
        found: dict[str, str | None] = {}
        for url in urls:
            if url in self.urls:
                found[url] = self.urls[url]
            elif url in self.failed and self.failed[url] == self._pages.body_of(url):
                found[url] = None
        return found
