"""What goes into collecting and what comes out of it: the sink, the fetcher, and records of steps, polls and runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from nlp.errors import Failure
from nlp.schema import Article
from nlp.store import Listed
from scrapers.responses import Response
from scrapers.sending import PLAIN, Sent
from scrapers.sources import Source

__all__ = ["AddCounts", "ArticleSink", "CollectReport", "Fetcher", "Poll", "Progress"]


class AddCounts(Protocol):
    """What a sink says after adding."""

    @property
    def n_added(self) -> int:
        """Articles that were new."""


class ArticleSink(Protocol):
    """Where collected articles go: the store, or anything that looks like it."""

    def add_listed(
        self, article: Article, source: str, entries: Mapping[str, str], *, seen: Mapping[str, Listed] | None = None
    ) -> AddCounts | None:
        """Keep an article, if it is new, and what entries of a source it came from; durable when it returns.

        None, and nothing is kept, where `listed` would now give something else of these entries than `seen`.
        """

    def listed(self, source: str, keys: Iterable[str]) -> Mapping[str, Listed]:
        """What the entries of a source were taken for, by those of `keys` that are known."""

    def note_listed(self, source: str, entries: Mapping[str, Listed]) -> None:
        """Keep what entries of a source were taken for, by key; their articles were added before."""

    def ids_by_url(self, urls: Iterable[str]) -> Mapping[str, str | None]:
        """The stored article of each of these canonical URLs that has one; None: leave it alone."""


class Fetcher(Protocol):
    """Where answers come from: the network, the network and an archive, or an archive alone."""

    async def fetch(self, url: str, *, allow_private: bool = False, sent: Sent = PLAIN) -> Response:
        """The 2xx answer for `url`, asked with `sent`; a FetchError for anything else."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One step: a source was read (`n_done` 0) or one of its entries is dealt with."""

    source: str
    n_done: int
    n_entries: int


@dataclass(frozen=True, slots=True)
class Poll:
    """What came of one source in one run.

    Attributes:
        source: the declaration.
        n_added: new articles.
        n_skipped: entries that were known.
        failures: of the source itself and of its entries.
        problem: why the source could not be read, or None.
        robots: `allowed`, `forbidden`, `unreadable`, or None where the poll did not come to tell.
    """

    source: Source
    n_added: int
    n_skipped: int
    failures: tuple[Failure, ...]
    problem: str | None
    robots: str | None


@dataclass(frozen=True, slots=True)
class CollectReport:
    """What a run did, in entries: added, already known, failed (a source that failed counts as one)."""

    n_added: int
    n_skipped: int
    n_failed: int
    failures: tuple[Failure, ...]
