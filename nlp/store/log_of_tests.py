"""The log of every test that was run on a store, so that "one of so many" is an honest number.

A test is known again by its key (what was tested on which data, see `nlp.tested.LoggedTest`): run again it is not
counted again, and the first outcome stays. Nothing is ever taken out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from nlp.store.engine import transaction, written
from nlp.store.pages import batches
from nlp.store.rows import storable_text
from nlp.store.tables import insert_new, tests_run
from nlp.tested import LoggedTest

__all__ = ["LogOfTests"]

_TEXTS = ("narrative", "series", "method", "freq", "sample_start", "sample_end", "settings", "snapshot")
_FIELDS = (*_TEXTS, "tested_at", "lag", "estimate", "p_value")


class LogOfTests:
    """The part of `nlp.store.Store` that counts tests."""

    _engine: Engine

    def note_tests(self, rows: Iterable[LoggedTest]) -> int:
        """Keep the tests that are not known yet; how many those were.

        Raises:
            StoreError: the database refuses; batches before that one stay.
        """
        n_new = 0
        for batch in batches(rows):
            first_by_key: dict[str, LoggedTest] = {}
            for test in map(_storable, batch):
                first_by_key.setdefault(test.key, test)
            values = [
                {"key": key, **{name: getattr(test, name) for name in _FIELDS}}
                for key, test in sorted(first_by_key.items(), key=itemgetter(0))
            ]
            n_new += written(self._engine, partial(_insert, rows=values))
        return n_new

    def n_tests(self) -> int:
        """How many different tests were ever run on this store."""
        with transaction(self._engine) as connection:
            return connection.scalar(select(func.count()).select_from(tests_run)) or 0

    def tests(self) -> list[LoggedTest]:
        """All of them, by (`tested_at`, key)."""
        with transaction(self._engine) as connection:
            rows = connection.execute(select(tests_run)).all()
        ordered = sorted(rows, key=lambda row: (row.tested_at, row.key))
        return [LoggedTest(**{name: row._mapping[name] for name in _FIELDS}) for row in ordered]


def _storable(test: LoggedTest) -> LoggedTest:
    texts: dict[str, Any] = {name: storable_text(getattr(test, name)) for name in _TEXTS}
    return replace(test, **texts)


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> int:
    statement = insert_new(connection, tests_run).returning(tests_run.c.key)
    return len(connection.scalars(statement, rows).all())
