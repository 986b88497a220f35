"""Opening a database for the store, SQLite or PostgreSQL, and transactions in it.

SQLite runs in WAL mode with foreign keys; a writer waits for other writers instead of failing. On PostgreSQL every
statement sees what was committed before it, and a write that gets into another's way is done again. What a database
refuses leaves here as `StoreError`, without the password. Its tables are made and upgraded in `nlp.store.upgrades`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from nlp.errors import StoreError
from nlp.store.tables import DIALECTS

__all__ = ["in_turn", "is_postgresql", "new_engine", "shown", "sqlite_file", "transaction", "written"]

_BUSY_SECONDS = 60
_WRITES = "froth_writes"
_IN_THE_WAY = frozenset({"40001", "40P01"})
"""SQLSTATE of a serialization failure and of a deadlock: nothing was written, and the next try may well succeed."""

_N_TRIES = 8
_FIRST_PAUSE_SECONDS = 0.05
_T = TypeVar("_T")


def new_engine(url: str | Path) -> Engine:
    """An engine for a database, which is not asked for anything yet; a path is a SQLite file, whose folder is made.

    Raises:
        StoreError: no URL of a database that froth can use, or no driver for it.
    """
    address = _address(url)
    if (path := sqlite_file(url)) is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot make the folder {path.parent} for the database: {error}") from error
    try:
        return _engine(address)
    except (SQLAlchemyError, ImportError) as error:
        raise StoreError(
            f"cannot open {shown(address)}: {error}; install its driver: pip install 'froth-narratives[postgresql]'"
        ) from error


def sqlite_file(url: str | Path) -> Path | None:
    """The file of a SQLite database, whether it is there or not; None for another database, or one in memory.

    >>> sqlite_file("sqlite:///data/froth.db")
    PosixPath('data/froth.db')

    Raises:
        StoreError: no URL of a database that froth can use.
    """
    if isinstance(url, Path) or "://" not in url:
        return Path(url)
    address = _address(url)
    in_file = address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:")
    return Path(str(address.database)) if in_file else None


@contextmanager
def transaction(engine: Engine, *, writes: bool = False) -> Iterator[Connection]:
    """A transaction that is committed at the end of the block; database errors leave it as `StoreError`."""
    try:
        with engine.connect() as connection:
            connection.execution_options(**{_WRITES: writes})
            with connection.begin():
                yield connection
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error)
        raise StoreError(f"the database {shown(engine.url)} refused: {reason}") from error


def written(engine: Engine, write: Callable[[Connection], _T]) -> _T:
    """What `write` gives, run in a transaction of its own; again, some times, where another's write was in its way.

    Raises:
        StoreError: the database refuses, or others were in the way each time; nothing is written.
    """
    n_tries = 0
    while True:
        n_tries += 1
        try:
            with transaction(engine, writes=True) as connection:
                return write(connection)
        except StoreError as error:
            state = getattr(getattr(error.__cause__, "orig", None), "sqlstate", None)
            if state not in _IN_THE_WAY or n_tries == _N_TRIES:
                raise
        time.sleep(_FIRST_PAUSE_SECONDS * 2**n_tries * random.random())  # noqa: S311  # no secret: apart is enough


def is_postgresql(connection: Connection) -> bool:
    """Whether this is PostgreSQL, where transactions write side by side; in SQLite one at a time does."""
    return connection.dialect.name == "postgresql"


def in_turn(connection: Connection, what: str) -> None:
    """Wait until no other transaction is at `what`, a name of some work, and keep others from it until ours ends."""
    if is_postgresql(connection):
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"froth {what}", 0))))


def _address(url: str | Path) -> URL:
    if isinstance(url, Path) or "://" not in url:
        return URL.create("sqlite", database=str(Path(url)))
    try:
        address = make_url(url)
    except SQLAlchemyError as error:
        raise StoreError("unreadable database URL; write sqlite:///file.db or postgresql://user@host/name") from error
    if address.drivername in ("postgres", "postgresql"):
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() not in DIALECTS:
        raise StoreError(f"{shown(address)}: froth keeps articles in SQLite or PostgreSQL, not {address.drivername}")
    return address


def shown(address: URL) -> str:
    """A URL without its password."""
    return address.render_as_string(hide_password=True)


def _engine(address: URL) -> Engine:
    if address.get_backend_name() != "sqlite":
        return create_engine(address, isolation_level="READ COMMITTED", pool_pre_ping=True)
    engine = create_engine(address, connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def on_connect(connection: SQLiteConnection, _record: object) -> None:
        # The driver would begin transactions late, and not at all for DDL; we begin them ourselves.
        connection.isolation_level = None
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        # A transaction that reads first and writes then cannot wait for another writer; one that says so at once can.
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
