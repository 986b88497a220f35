"""Claims of many articles: in this process or in several, always in the order of the articles."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from nlp.claims.articles import check_claims
from nlp.claims.claim_table import claim_rows
from nlp.claims.indicators import IndicatorTable
from nlp.claims.mentions import MentionFinder
from nlp.claims.series import KnownSeries
from nlp.errors import Failure
from nlp.processes import worker_pool
from nlp.schema import Article

__all__ = ["Against", "claim_rows_of"]

_BATCH = 32
_Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Against:
    """What articles are read with: indicators, their series, and the zone of the writer's day (None: by language)."""

    table: IndicatorTable
    series_by_id: Mapping[str, KnownSeries]
    zone: ZoneInfo | None = None


def claim_rows_of(articles: Iterable[Article], against: Against, *, workers: int = 1) -> Iterator[_Rows | Failure]:
    """The rows of claims.csv of each article, in order; an article that cannot be read becomes a failure.

    Args:
        articles: in any number; they are read as they are needed.
        against: what they are read with.
        workers: processes; what comes back does not hang on it. They take a second to start.

    Raises:
        WorkerError: a process was killed.
    """
    if workers == 1:
        reader = _Reader(against)
        yield from map(reader.rows, articles)
        return
    source = iter(articles)
    with worker_pool(workers, (__name__,), _start, against) as pool:
        waiting: deque[Future[list[_Rows | Failure]]] = deque()
        while batch := list(itertools.islice(source, _BATCH)):
            waiting.append(pool.submit(_rows_of_batch, batch))
            if len(waiting) > 2 * workers:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


class _Reader:
    """Reads one article after another."""

    def __init__(self, against: Against) -> None:
        self._finder = MentionFinder(against.table)
        self._against = against

    def rows(self, article: Article) -> _Rows | Failure:
        try:
            checked = check_claims(article, self._finder, self._against.series_by_id, self._against.zone)
            return claim_rows(article, checked, self._finder.indicators)
        except Exception as error:  # the per-item boundary: one bad article stops no batch
            what = f"article {article.id} ({article.title[:60]})"
            return Failure(what, "claims", f"{type(error).__name__}: {error}; report this text to froth")


_readers: list[_Reader] = []
"""The reader of a worker process: one, made when it starts."""


def _start(against: Against) -> None:
    _readers[:] = [_Reader(against)]


def _rows_of_batch(articles: list[Article]) -> list[_Rows | Failure]:
    return [_readers[0].rows(article) for article in articles]
