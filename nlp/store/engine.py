"""Opening a database for the store: SQLite or PostgreSQL, made on first use, checked on every other.

SQLite runs in WAL mode with foreign keys; a writer waits for other writers instead of failing. What a database refuses
leaves here as `StoreError`, without the password.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from nlp.errors import StoreError
from nlp.store.tables import DIALECTS, METADATA, SCHEMA_VERSION, meta

__all__ = ["open_engine", "sqlite_file", "transaction"]

_BUSY_SECONDS = 60
_WRITES = "froth_writes"
_OLDER = frozenset({"1", "2", "3"})


def open_engine(url: str | Path) -> Engine:
    """An engine on a database that holds our tables, made now where there are none; a path is a SQLite file.

    Raises:
        StoreError: no such database, no driver for it, another program's database, or another schema version.
    """
    address = _address(url)
    try:
        engine = _engine(address)
    except (SQLAlchemyError, ImportError) as error:
        raise StoreError(
            f"cannot open {_shown(address)}: {error}; install its driver: pip install 'froth-narratives[postgresql]'"
        ) from error
    try:
        _prepare(engine)
    except StoreError:
        engine.dispose()
        raise
    return engine


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
        raise StoreError(f"the database {_shown(engine.url)} refused: {reason}") from error


def _address(url: str | Path) -> URL:
    if isinstance(url, Path) or "://" not in url:
        path = Path(url)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"cannot make the folder {path.parent} for the database: {error}") from error
        return URL.create("sqlite", database=str(path))
    try:
        address = make_url(url)
    except SQLAlchemyError as error:
        raise StoreError("unreadable database URL; write sqlite:///file.db or postgresql://user@host/name") from error
    if address.drivername in ("postgres", "postgresql"):
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() not in DIALECTS:
        raise StoreError(f"{_shown(address)}: froth keeps articles in SQLite or PostgreSQL, not {address.drivername}")
    return address


def _shown(address: URL) -> str:
    return address.render_as_string(hide_password=True)


def _engine(address: URL) -> Engine:
    if address.get_backend_name() != "sqlite":
        return create_engine(address)
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


def _prepare(engine: Engine) -> None:
    version = _version(engine)
    if version is None:
        try:
            _create(engine)
        except StoreError:
            if _version(engine) is None:  # else another process was quicker
                raise
        version = _version(engine)
    if version in _OLDER:
        try:
            _upgrade(engine)
        except StoreError:
            if _version(engine) in _OLDER:  # else another process was quicker
                raise
        version = _version(engine)
    if version != str(SCHEMA_VERSION):
        raise StoreError(
            f"{_shown(engine.url)} has schema version {version}, this froth writes {SCHEMA_VERSION}; "
            "use the froth that made it, or import the articles into a new database"
        )


def _create(engine: Engine) -> None:
    with transaction(engine, writes=True) as connection:
        known = set(inspect(connection).get_table_names())
        if "meta" in known:
            return
        if taken := known & set(METADATA.tables):
            raise StoreError(
                f"{_shown(engine.url)} has tables of another program ({', '.join(sorted(taken))}); use another"
            )
        METADATA.create_all(connection)
        connection.execute(insert(meta), {"key": "schema_version", "value": str(SCHEMA_VERSION)})


def _upgrade(engine: Engine) -> None:
    """From a version that only lacks tables: of listed entries (1), of tests that were run (1, 2), of vectors (1-3)."""
    with transaction(engine, writes=True) as connection:
        METADATA.create_all(connection)
        connection.execute(update(meta).where(meta.c.key == "schema_version").values(value=str(SCHEMA_VERSION)))


def _version(engine: Engine) -> str | None:
    with transaction(engine) as connection:
        if "meta" not in inspect(connection).get_table_names():
            return None
        found = connection.execute(select(meta.c.value).where(meta.c.key == "schema_version")).scalar()
    return found or "none of froth's"
