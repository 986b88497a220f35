"""The tables of the store, and what SQLite and PostgreSQL each need to serve them.

`nlp.store` is the way in; the one statement that the two databases spell alike but SQLAlchemy does not, an insert that
passes over known keys, is `insert_new`. Moments are ISO 8601 text in UTC of one width, so that text order is time order.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Double,
    Engine,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    insert,
    inspect,
    select,
)  # fmt: skip
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeDecorator

from nlp.errors import StoreError

__all__ = [
    "SCHEMA_VERSION", "UNKNOWN", "article_scores", "article_versions", "articles", "insert_new", "open_engine",
    "scores", "sentence_scores", "transaction",
]  # fmt: skip

SCHEMA_VERSION = 1
UNKNOWN = "unknown"
"""What `known_at` holds where no moment is known: it sorts after every moment."""

_BUSY_SECONDS = 60
_WRITES = "froth_writes"


class _Moment(TypeDecorator[datetime]):
    """An aware moment, as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class _Json(TypeDecorator[Any]):
    """A list or a mapping, as JSON text in ASCII."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str:
        return json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


# Keys compare by code point in both databases, whatever the locale: the order of articles is part of the contract.
_KEY = Text().with_variant(Text(collation="C"), "postgresql")
_metadata = MetaData()
_meta = Table("meta", _metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

articles = Table(
    "articles",
    _metadata,
    Column("id", _KEY, primary_key=True),
    Column("url", Text, index=True),
    Column("source", Text, nullable=False),
    Column("lang", Text, nullable=False),
    Column("script", Text),
    Column("published", _Moment),
    Column("published_precision", Text),
    Column("first_seen", _Moment),
    Column("known_at", _KEY, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Index("articles_in_order", "known_at", "id"),
)
article_versions = Table(
    "article_versions",
    _metadata,
    Column("article_id", _KEY, ForeignKey("articles.id"), primary_key=True),
    Column("content_hash", Text, primary_key=True),
    Column("first_seen", _Moment),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
)
article_scores = Table(
    "article_scores",
    _metadata,
    Column("article_id", _KEY, ForeignKey("articles.id"), primary_key=True),
    Column("model", _KEY, primary_key=True),
    Column("n_sentences", Integer, nullable=False),
    Column("story", Text, nullable=False),
    Index("article_scores_by_model", "model"),
)
_OF_SCORED_ARTICLE = ("article_scores.article_id", "article_scores.model")
scores = Table(
    "scores",
    _metadata,
    Column("article_id", _KEY, primary_key=True),
    Column("model", _KEY, primary_key=True),
    Column("narrative", _KEY, primary_key=True),
    Column("intensity", Double, nullable=False),
    Column("stance", Double, nullable=False),
    Column("evidence_sentence", Integer),
    Column("evidence_start", Integer),
    Column("evidence_end", Integer),
    Column("evidence_text", Text),
    ForeignKeyConstraint(("article_id", "model"), _OF_SCORED_ARTICLE, ondelete="CASCADE"),
)
sentence_scores = Table(
    "sentence_scores",
    _metadata,
    Column("article_id", _KEY, primary_key=True),
    Column("model", _KEY, primary_key=True),
    Column("sentence", Integer, primary_key=True, autoincrement=False),
    Column("start_offset", Integer, nullable=False),
    Column("end_offset", Integer, nullable=False),
    Column("p_assert", _Json, nullable=False),
    Column("p_reject", _Json, nullable=False),
    Column("drivers", _Json, nullable=False),
    ForeignKeyConstraint(("article_id", "model"), _OF_SCORED_ARTICLE, ondelete="CASCADE"),
)

_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_new(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert into `table` that leaves rows with a known primary key as they are."""
    return _INSERT[connection.dialect.name](table).on_conflict_do_nothing()


def open_engine(url: str | Path) -> Engine:
    """An engine on a database that holds our tables, made now where there are none; a path is a SQLite file.

    Raises:
        StoreError: no such database, no driver for it, another program's database, or another schema version.
    """
    address = _address(url)
    try:
        engine = _engine(address)
    except (SQLAlchemyError, ImportError) as error:
        raise StoreError(f"cannot open {_shown(address)}: {error}; is its driver installed?") from error
    try:
        _prepare(engine)
    except StoreError:
        engine.dispose()
        raise
    return engine


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
        raise StoreError(
            "cannot read the database URL; expected sqlite:///file.db or postgresql://user@host/name"
        ) from error
    if address.drivername == "postgres":
        address = address.set(drivername="postgresql")
    if address.get_backend_name() not in _INSERT:
        raise StoreError(f"{_shown(address)}: froth keeps articles in SQLite or PostgreSQL, not {address.drivername}")
    return address


def _shown(address: URL) -> str:
    return address.render_as_string(hide_password=True)


def _engine(address: URL) -> Engine:
    if address.get_backend_name() != "sqlite":
        return create_engine(address)
    engine = create_engine(address, connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: object) -> None:
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
        if taken := known & set(_metadata.tables):
            raise StoreError(
                f"{_shown(engine.url)} has tables of another program ({', '.join(sorted(taken))}); use another"
            )
        _metadata.create_all(connection)
        connection.execute(insert(_meta), {"key": "schema_version", "value": str(SCHEMA_VERSION)})


def _version(engine: Engine) -> str | None:
    with transaction(engine) as connection:
        if "meta" not in inspect(connection).get_table_names():
            return None
        found = connection.execute(select(_meta.c.value).where(_meta.c.key == "schema_version")).scalar()
    return found or "none of froth's"
