"""Scoring a store together: each worker takes a batch of unscored articles, reads it, and keeps its scores at once.

Any number of processes may work for one model, and articles may be added meanwhile. A worker that is killed loses the
batch it had; nothing is scored twice into the store, nothing is left out, and an article that cannot be scored stops
no other (`nlp.store.leases`). What the model has read already is not given to it again (`nlp.store.readings`).
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, func, select

from nlp.schema import Article
from nlp.store.engine import transaction, written
from nlp.store.leases import Place, Taken, give_back, living, others_work, ours, take_lost, take_new
from nlp.store.presence import LEASE_SECONDS, Presence
from nlp.store.readings import Scored, copied, known_readings
from nlp.store.rows import reading_of
from nlp.store.tables import article_scores, articles, workers
from nlp.store.writes import write_scores

__all__ = ["BATCH_ARTICLES", "Batch", "Work"]

BATCH_ARTICLES = 32
_PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Batch:
    """Articles that a worker has.

    Attributes:
        unread: to be read, no two of which read the same, in the store's order.
        alike: articles that read like one of `unread`, by its id.
    """

    unread: tuple[Article, ...]
    alike: dict[str, tuple[Article, ...]]


class Work:
    """A worker of a model at a store; a context manager, to be used from one thread.

    Attributes:
        n_scored: articles that got their score from this worker, of which `n_copied` were not read.
        n_to_score: articles that were unscored when it began.
        began_at: of the run that it is part of, in seconds of the Unix epoch by the store's clock.
    """

    def __init__(
        self,
        engine: Engine,
        model: str,
        *,
        n_at_once: int = BATCH_ARTICLES,
        lease_seconds: float = LEASE_SECONDS,
        began_at: float | None = None,
    ) -> None:
        self._engine = engine
        self._n_at_once = n_at_once
        self._presence = Presence(engine, model, lease_seconds=lease_seconds, began_at=began_at)
        self._worker = self._presence.worker
        self.began_at = self._worker.began_at
        self.n_scored = self.n_copied = self.n_to_score = 0

    def __enter__(self) -> Self:
        """Raise StoreError where the database refuses."""
        with transaction(self._engine) as connection:
            n_scored = select(func.count()).select_from(article_scores)
            scored = connection.scalar(n_scored.where(article_scores.c.model == self._worker.model)) or 0
            self.n_to_score = (connection.scalar(select(func.count()).select_from(articles)) or 0) - scored
            self._n_done_before = self._n_done(connection)
        self._presence.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._presence.__exit__(kind, error, trace)

    def n_done(self) -> int:
        """How many of the articles that were unscored at the beginning are done with, whoever did it."""
        with transaction(self._engine) as connection:
            return self._n_done(connection) - self._n_done_before

    def batches(self, *, to_the_end: bool = True, on_wait: Callable[[], None] = lambda: None) -> Iterator[Batch]:
        """Batches of this worker's own, each to be finished before the next, until no unscored article is left.

        Args:
            to_the_end: whether to wait for what other workers have, which this one takes if they are lost; else it
                ends where nothing is left to take.
            on_wait: called again and again while it waits.
        """
        skip = True
        while True:
            found = False
            for batch in self._new(skip=skip):
                found = True
                yield from self._unread(batch)
            while (lost := self._lost()) is not None or (to_the_end and self._others_work()):
                found = True
                if lost is None:
                    on_wait()
                    time.sleep(_PAUSE_SECONDS)
                else:
                    yield from self._unread(lost)
            if not to_the_end or not (found or (skip and self._others_live())):
                return
            skip = False

    def finish(self, batch: Batch, scored: Iterable[Scored], reason_by_id: dict[str, str]) -> None:
        """Keep what came of a batch, in one transaction: scores, or why there are none, of every one of `unread`.

        Raises:
            StoreError: the database refuses; the articles are another worker's to try, and one alone.
        """
        by_id = {score.article.id: (score, sentences) for score, sentences in scored}
        twins = [(by_id[i], twin) for i, alike in batch.alike.items() if i in by_id for twin in alike]
        reasons = dict(reason_by_id)
        for article_id, alike in batch.alike.items():
            if article_id in reason_by_id:
                reasons |= {twin.id: reason_by_id[article_id] for twin in alike}
        copies = [copied(original, twin) for original, twin in twins]
        self._keep([*by_id.values(), *copies], reasons)
        self.n_copied += len(copies)

    def _keep(self, scored: Sequence[Scored], reason_by_id: dict[str, str]) -> None:
        def write(connection: Connection) -> int:
            n_new = write_scores(connection, scored) if scored else 0
            give_back(connection, self._worker, [score.article.id for score, _ in scored], reason_by_id)
            return n_new

        self.n_scored += written(self._engine, write)

    def _new(self, *, skip: bool) -> Iterator[list[Article]]:
        """All that nobody has, from the beginning of the store to its end, a batch at a time."""
        place: Place | None = None
        while True:
            taken = written(self._engine, partial(self._take_new, place, skip=skip))
            if taken.articles:
                yield taken.articles
            if taken.place is None:
                return
            place = taken.place

    def _take_new(self, place: Place | None, connection: Connection, *, skip: bool) -> Taken:
        return take_new(connection, self._worker, place, self._n_at_once, skip=skip)

    def _lost(self) -> list[Article] | None:
        """An article that others lost; none where it is not to be scored, None where nothing is lost."""

        def take(connection: Connection) -> list[Article] | None:
            lost = take_lost(connection, self._worker)
            return None if lost is None else ours(connection, self._worker, [lost])

        return written(self._engine, take)

    def _others_work(self) -> bool:
        with transaction(self._engine) as connection:
            return others_work(connection, self._worker)

    def _others_live(self) -> bool:
        with transaction(self._engine) as connection:
            return bool(living(connection) - {self._worker.id})

    def _n_done(self, connection: Connection) -> int:
        n_done = select(func.sum(workers.c.n_done)).where(workers.c.model == self._worker.model)
        return connection.scalar(n_done) or 0

    def _unread(self, taken: Sequence[Article]) -> Iterator[Batch]:
        """What is to be read of articles that were taken; scores of the others are there and are copied."""
        with transaction(self._engine) as connection:
            known = known_readings(connection, self._worker.model, taken)
        if known:
            self._keep(known, {})
            self.n_copied += len(known)
        copied_ids = {score.article.id for score, _ in known}
        by_reading: defaultdict[str, list[Article]] = defaultdict(list)
        for article in taken:
            if article.id not in copied_ids:
                by_reading[reading_of(article)].append(article)
        if by_reading:
            firsts = tuple(same[0] for same in by_reading.values())
            yield Batch(firsts, {same[0].id: tuple(same[1:]) for same in by_reading.values() if same[1:]})
