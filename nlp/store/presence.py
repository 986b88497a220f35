"""A worker's presence in a store: for as long as it lives others see that it does, and at once when it does not.

Its row in `workers` is renewed by a thread; a process that is stopped is believed dead when its time has run out. On
PostgreSQL the thread's connection also holds an advisory lock, which falls with the connection: a process that is
killed, or whose machine is, is known to be dead as soon as the server knows. The lock is the session's, so no
transaction stays open while a model reads; behind a pooler that hands sessions around, only the row tells.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from threading import Event, Thread
from types import TracebackType
from typing import Self

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from nlp.errors import StoreError
from nlp.store.engine import transaction, written
from nlp.store.leases import Worker, now
from nlp.store.tables import insert_new, leases, workers

__all__ = ["LEASE_SECONDS", "Presence"]

LEASE_SECONDS = 30.0
"""So long a worker that gives no sign is believed to live."""

_BEATS = 6
_DAY_SECONDS = 86_400.0


class Presence:
    """A context manager: inside it the process is a worker of its model.

    Attributes:
        worker: what the process is called in the store.
    """

    def __init__(
        self, engine: Engine, model: str, *, lease_seconds: float = LEASE_SECONDS, began_at: float | None = None
    ) -> None:
        self._engine = engine
        self._lease_seconds = lease_seconds
        self._left = Event()
        self._thread = Thread(target=self._beat, name="froth-presence", daemon=True)
        self._lock: Connection | None = None
        if began_at is None:
            with transaction(engine) as connection:
                began_at = connection.scalar(select(now(connection))) or 0.0
        self.worker = Worker(secrets.randbits(62), model, began_at)

    def __enter__(self) -> Self:
        """Raise StoreError where the database refuses."""
        written(self._engine, self._register)
        self._hold()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave; articles it still has are free again, or, where an error ended it, those of a dead worker."""
        self._left.set()
        self._thread.join()
        broken = error is not None and isinstance(error, Exception)
        with suppress(StoreError):  # what cannot be said now is seen when the time runs out
            written(self._engine, lambda connection: self._leave(connection, broken=broken))
        self._let_go()

    def _register(self, connection: Connection) -> None:
        connection.execute(delete(workers).where(workers.c.until < now(connection) - _DAY_SECONDS))
        row = {"id": self.worker.id, "model": self.worker.model, "until": self._until(connection), "n_done": 0}
        connection.execute(insert_new(connection, workers).values(row))

    def _leave(self, connection: Connection, *, broken: bool) -> None:
        if not broken:
            connection.execute(delete(leases).where(leases.c.worker == self.worker.id))
        own = update(workers).where(workers.c.id == self.worker.id)
        connection.execute(own.values(until=now(connection) - 1))

    def _until(self, connection: Connection) -> ColumnElement[float]:
        return now(connection) + self._lease_seconds

    def _beat(self) -> None:
        while not self._left.wait(self._lease_seconds / _BEATS):
            with suppress(StoreError):  # the next beat tries again
                self._hold()
                written(self._engine, self._renew)

    def _renew(self, connection: Connection) -> None:
        own = update(workers).where(workers.c.id == self.worker.id)
        connection.execute(own.values(until=self._until(connection)))

    def _hold(self) -> None:
        """Hold the lock, in a connection that is in no transaction; taken again where its connection was lost."""
        try:
            if self._lock is not None:
                self._lock.execute(select(1))
                return
            if self._engine.dialect.name != "postgresql":
                return
            self._lock = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._lock.execute(select(func.pg_advisory_lock(self.worker.id)))
        except SQLAlchemyError as error:
            self._let_go()
            raise StoreError(f"the database was lost: {error}") from error

    def _let_go(self) -> None:
        """End the session, and with it the lock."""
        if self._lock is not None:
            self._lock.invalidate()
            self._lock.close()
            self._lock = None
