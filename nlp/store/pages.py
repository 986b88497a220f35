"""Reading much without holding much: the rows of a query a page at a time, and items a batch at a time.

A page is a transaction of its own and says where the next one begins, so that a reader of millions of rows keeps no
transaction open, which would keep the database from clearing away what others delete, and sees what they add.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Engine, Row, Select, select, tuple_

from nlp.store.engine import transaction
from nlp.store.tables import articles

__all__ = ["BATCH", "batches", "pages"]

BATCH = 500
_T = TypeVar("_T")


def batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    """The items in lists of `BATCH`, the last one shorter."""
    stream = iter(items)
    while batch := list(islice(stream, BATCH)):
        yield batch


def pages(engine: Engine, query: Select[Any], *then: ColumnElement[str]) -> Iterator[Sequence[Row[Any]]]:
    """The rows of a query about articles, by (`known_at`, id) and `then`: those of `BATCH` articles at once.

    Which articles these are is looked up first, in the index that has their order. Asked for the first rows of a join
    instead, SQLite sorts all rows for every page, and PostgreSQL reads from the first one where `then` has a say.
    """
    order = (articles.c.known_at, articles.c.id)
    first = select(*order).order_by(*order).limit(BATCH)
    next_ones = first
    while True:
        with transaction(engine) as connection:
            window = connection.execute(next_ones).all()
            wanted = query.where(articles.c.id.in_([row.id for row in window])).order_by(*order, *then)
            page = connection.execute(wanted).all() if window else ()
        if page:
            yield page
        if len(window) < BATCH:
            return
        next_ones = first.where(tuple_(*order) > (window[-1].known_at, window[-1].id))
