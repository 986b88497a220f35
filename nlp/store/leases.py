"""Who scores what: the statements by which workers share a store's unscored articles, and give back what they had.

A worker is a process; its row in `workers` says until when it is believed to live, and is renewed while it does
(`nlp.store.presence`). It takes articles by putting rows into `leases`, which are there until the article is scored,
in the transaction that keeps its score. What a dead worker had is taken by others, one article at a time, because one
of them may have killed it; an article that several workers were lost with is given up for a day. One that could not
be scored is tried again by runs that began later. Nothing depends on a lease but work done once instead of twice:
the first score of an article stays, whoever gives it.

Each function runs inside the caller's transaction. On PostgreSQL rows that another worker is just taking are passed
over (SKIP LOCKED); on SQLite one transaction writes at a time. Times are those of the database's own clock.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Double,
    cast,
    delete,
    extract,
    func,
    literal,
    or_,
    select,
    text,
    tuple_,
    update,
)

from nlp.errors import Failure
from nlp.schema import Article
from nlp.store.engine import is_postgresql
from nlp.store.rows import article_of
from nlp.store.tables import article_scores, articles, insert_new, leases, workers

__all__ = [
    "MAX_LOST",
    "Place",
    "Taken",
    "Worker",
    "failures",
    "give_back",
    "living",
    "now",
    "others_work",
    "ours",
    "take_lost",
    "take_new",
]

Place = tuple[str, str]
"""A place in the order of articles: `known_at` as it is stored, and id."""

MAX_LOST = 3
"""An article that so many workers were lost with is given up."""

_WINDOW = 5000
"""Articles that are looked at for unscored ones at once."""

_FREE_BATCHES = 4
"""So many batches are looked for, of which one is taken: others may be taking from the same."""

_DAY_SECONDS = 86_400.0
_ORDER = (articles.c.known_at, articles.c.id)
_HELD = text(
    "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 "
    "AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
).columns(key=BigInteger)


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that scores.

    Attributes:
        id: a random number of 62 bits, under which it holds a lock (on PostgreSQL).
        model: the id of the model that it scores with.
        began_at: when the run began that it is part of, in seconds of the Unix epoch.
    """

    id: int
    model: str
    began_at: float


@dataclass(frozen=True, slots=True)
class Taken:
    """Articles that a worker has now, and the place up to which all others are scored or somebody's.

    Attributes:
        articles: in their order.
        place: None at the end of the store.
    """

    articles: list[Article]
    place: Place | None


def now(connection: Connection) -> ColumnElement[float]:
    """The moment by the clock that all workers of a database share, in seconds of the Unix epoch."""
    if is_postgresql(connection):
        return cast(extract("epoch", func.clock_timestamp()), Double)
    return literal(time.time())


def living(connection: Connection) -> set[int]:
    """The ids of the workers that live: seen lately and, on PostgreSQL, still connected."""
    seen = set(connection.scalars(select(workers.c.id).where(workers.c.until >= now(connection))))
    return seen & set(connection.scalars(_HELD)) if is_postgresql(connection) else seen


def take_new(connection: Connection, worker: Worker, after: Place | None, n: int, *, skip: bool) -> Taken:
    """Take up to `n` unscored articles that nobody has, of a window of articles behind a place.

    `skip` passes over articles that others are just taking, instead of waiting for what becomes of them.
    """
    window = select(*_ORDER).order_by(*_ORDER)
    if after is not None:
        window = window.where(tuple_(*_ORDER) > after)
    seen = window.limit(_WINDOW).subquery()
    scored = select(1).where(article_scores.c.article_id == seen.c.id, article_scores.c.model == worker.model)
    leased = select(leases.c.article_id).where(leases.c.model == worker.model)
    free = select(seen).where(~scored.exists(), seen.c.id.not_in(leased)).order_by(seen.c.known_at, seen.c.id)
    n_free = _FREE_BATCHES * n if skip else n
    found = connection.execute(free.limit(n_free)).all()
    chosen = found[:n]
    if skip and found:
        locked = select(*_ORDER).where(articles.c.id.in_([row.id for row in found])).order_by(*_ORDER).limit(n)
        chosen = connection.execute(locked.with_for_update(key_share=True, skip_locked=True)).all()
    rows = [
        {"article_id": article_id, "model": worker.model, "worker": worker.id, "n_lost": 0}
        for article_id in sorted(row.id for row in chosen)
    ]
    statement = insert_new(connection, leases).returning(leases.c.article_id)
    taken = connection.scalars(statement, rows).all() if rows else ()
    if len(chosen) == n:
        last: Any = chosen[-1]
    elif len(found) == n_free:
        last = found[-1]
    else:
        last = connection.execute(window.offset(_WINDOW - 1).limit(1)).first()
    return Taken(ours(connection, worker, taken), None if last is None else (last.known_at, last.id))


def take_lost(connection: Connection, worker: Worker) -> str | None:
    """Take an article that a dead worker had, or that could not be scored before its run began; its id.

    One that too many workers were lost with is given up instead, and is among the failures from now on.
    """
    alive = living(connection)
    lost = or_(leases.c.failed_at.is_(None) & leases.c.worker.not_in(alive), leases.c.failed_at < worker.began_at)
    query = select(leases).where(leases.c.model == worker.model, lost).order_by(leases.c.n_lost, leases.c.article_id)
    row = connection.execute(query.limit(1).with_for_update(skip_locked=True)).first()
    if row is None or row.worker in living(connection):  # it began after we looked who lives
        return None
    n_lost = row.n_lost + (row.failed_at is None)
    lease = update(leases).where(leases.c.article_id == row.article_id, leases.c.model == worker.model)
    if row.failed_at is None and n_lost >= MAX_LOST:
        reason = f"{n_lost} processes ended while they scored it; the store's other articles go on, this one in a day"
        failed_at = now(connection) + _DAY_SECONDS
        connection.execute(lease.values(worker=None, n_lost=n_lost, failed_at=failed_at, reason=reason))
    else:
        connection.execute(lease.values(worker=worker.id, n_lost=n_lost, failed_at=None, reason=None))
    return str(row.article_id)


def give_back(connection: Connection, worker: Worker, done: Iterable[str], reason_by_id: dict[str, str]) -> None:
    """End the leases of articles that are scored, and say why others could not be."""
    done = list(done)
    of_model = leases.c.model == worker.model
    connection.execute(delete(leases).where(of_model, leases.c.article_id.in_(done)))
    for article_id, reason in sorted(reason_by_id.items()):
        values = {"worker": None, "failed_at": now(connection), "reason": reason}
        own = of_model & (leases.c.article_id == article_id) & (leases.c.worker == worker.id)
        connection.execute(update(leases).where(own).values(values))
    n_done = workers.c.n_done + len(done) + len(reason_by_id)
    connection.execute(update(workers).where(workers.c.id == worker.id).values(n_done=n_done))


def ours(connection: Connection, worker: Worker, ids: Sequence[str]) -> list[Article]:
    """Those of some articles that are this worker's to score, in the store's order.

    What was scored between being found and being taken is not; its lease ends.
    """
    of_model = leases.c.model == worker.model
    held = select(leases.c.article_id).where(of_model, leases.c.worker == worker.id, leases.c.article_id.in_(ids))
    mine = set(connection.scalars(held))
    scored = select(1).where(article_scores.c.article_id == articles.c.id, article_scores.c.model == worker.model)
    query = select(articles).where(articles.c.id.in_(mine), ~scored.exists()).order_by(*_ORDER)
    left = [article_of(row) for row in connection.execute(query)]
    if ended := mine - {article.id for article in left}:
        connection.execute(delete(leases).where(of_model, leases.c.article_id.in_(ended)))
    return left


def failures(connection: Connection, model: str) -> list[Failure]:
    """What could not be scored, whichever worker tried it, by article id."""
    query = select(leases.c.article_id, articles.c.title, leases.c.reason).join(articles)
    query = query.where(leases.c.model == model, leases.c.failed_at.is_not(None)).order_by(leases.c.article_id)
    return [
        Failure(f"article {row.article_id} ({row.title[:60]})", "score", row.reason)
        for row in connection.execute(query)
    ]


def others_work(connection: Connection, worker: Worker) -> bool:
    """Whether another worker has articles, living or lost."""
    of_others = (leases.c.model == worker.model) & leases.c.failed_at.is_(None) & (leases.c.worker != worker.id)
    return connection.scalar(select(leases.c.article_id).where(of_others).limit(1)) is not None
