"""Reading much without holding much: the rows of a query a page at a time, and items a batch at a time.

A page is a transaction of its own and says where the next one begins, so that a reader of millions of rows keeps no
transaction open, which would keep the database from clearing away what others delete, and sees what they add.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Engine, Row, Select, tuple_

from nlp.store.engine import transaction

__all__ = ["BATCH", "batches", "pages"]

BATCH = 500
_T = TypeVar("_T")


def batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    """The items in lists of `BATCH`, the last one shorter."""
    stream = iter(items)
    while batch := list(islice(stream, BATCH)):
        yield batch


def pages(
    engine: Engine, query: Select[Any], keys: Sequence[ColumnElement[str]], then: Sequence[ColumnElement[str]] = ()
) -> Iterator[Sequence[Row[Any]]]:
    """The rows of a query by its columns `keys` and `then`, which together tell each from all others.

    `keys` are those of one index: where a page begins is looked up in it.
    """
    order = (*keys, *then)
    ordered = query.order_by(*order).limit(BATCH)
    page_query = ordered
    while True:
        with transaction(engine) as connection:
            page = connection.execute(page_query).all()
        if page:
            yield page
        if len(page) < BATCH:
            return
        last = tuple(page[-1]._mapping[key] for key in order)
        page_query = ordered.where(tuple_(*order) > last)
        if then:  # columns of several tables are in no index
            page_query = page_query.where(tuple_(*keys) >= last[: len(keys)])
