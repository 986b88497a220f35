"""The tables of the store, for SQLite and PostgreSQL alike; `nlp.store` is the way in.

Moments are ISO 8601 text in UTC of one width, so that text order is time order. Keys compare by code point in both
databases, whatever the locale: the order of articles is part of the contract.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

__all__ = [
    "DIALECTS",
    "METADATA",
    "SCHEMA_VERSION",
    "SCORED",
    "UNKNOWN",
    "article_scores",
    "article_vectors",
    "article_versions",
    "articles",
    "insert_new",
    "leases",
    "listed",
    "meta",
    "scores",
    "sentence_scores",
    "tests_run",
    "workers",
]

SCHEMA_VERSION = 5
UNKNOWN = "unknown"
"""What `known_at` holds where no moment is known: it sorts after every moment."""


class _Moment(TypeDecorator[datetime]):
    """An aware moment, as text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class _Json(TypeDecorator[object]):
    """A list or a mapping, as JSON text in ASCII."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str:
        return json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> object:
        return None if value is None else json.loads(value)


class _Vector(TypeDecorator[NDArray[np.float16]]):
    """Numbers of half precision, two bytes each, the lower first."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: NDArray[Any] | None, dialect: Dialect) -> bytes | None:
        return None if value is None else np.asarray(value, dtype="<f2").tobytes()

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> NDArray[np.float16] | None:
        return None if value is None else np.frombuffer(value, dtype="<f2")


_KEY = Text().with_variant(Text(collation="C"), "postgresql")
METADATA = MetaData()
meta = Table("meta", METADATA, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

articles = Table(
    "articles",
    METADATA,
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
    METADATA,
    Column("article_id", _KEY, ForeignKey("articles.id"), primary_key=True),
    Column("content_hash", Text, primary_key=True),
    Column("first_seen", _Moment),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
)
listed = Table(
    "listed",
    METADATA,
    Column("source", _KEY, primary_key=True),
    Column("key", _KEY, primary_key=True),
    Column("article_id", _KEY, ForeignKey("articles.id"), nullable=False),
    Column("content", Text, nullable=False),
)
"""What entries of sources were taken for, since version 2."""
article_scores = Table(
    "article_scores",
    METADATA,
    Column("article_id", _KEY, ForeignKey("articles.id"), primary_key=True),
    Column("model", _KEY, primary_key=True),
    Column("n_sentences", Integer, nullable=False),
    Column("reading", Text),
    Index("article_scores_by_reading", "model", "reading", "article_id"),
)
"""Which models scored which articles; since version 5 with what was read (`nlp.store.rows.reading_of`)."""
_OF_SCORED_ARTICLE = ("article_scores.article_id", "article_scores.model")
article_vectors = Table(
    "article_vectors",
    METADATA,
    Column("article_id", _KEY, primary_key=True),
    Column("model", _KEY, primary_key=True),
    Column("vector", _Vector, nullable=False),
    ForeignKeyConstraint(("article_id", "model"), _OF_SCORED_ARTICLE, ondelete="CASCADE"),
)
"""What articles say as a whole, where the model has vectors, since version 4."""
scores = Table(
    "scores",
    METADATA,
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
    METADATA,
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
tests_run = Table(
    "tests_run",
    METADATA,
    Column("key", _KEY, primary_key=True),
    Column("tested_at", _Moment, nullable=False),
    Column("narrative", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("lag", Integer, nullable=False),
    Column("freq", Text, nullable=False),
    Column("sample_start", Text, nullable=False),
    Column("sample_end", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("snapshot", Text, nullable=False),
    Column("estimate", Double),
    Column("p_value", Double, nullable=False),
)
"""Every test of a narrative against a market series that was ever run on this store, since version 3."""

workers = Table(
    "workers",
    METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("model", _KEY, nullable=False),
    Column("until", Double, nullable=False),
    Column("n_done", Integer, nullable=False),
)
"""Processes that score, until when (in seconds of the Unix epoch) each is believed to live, since version 5."""
leases = Table(
    "leases",
    METADATA,
    Column("article_id", _KEY, ForeignKey("articles.id"), primary_key=True),
    Column("model", _KEY, primary_key=True),
    Column("worker", BigInteger),
    Column("n_lost", Integer, nullable=False),
    Column("failed_at", Double),
    Column("reason", Text),
)
"""Which worker has which unscored article, or why nobody could score it, since version 5 (`nlp.store.leases`)."""

SCORED = (
    select(articles, article_scores.c.model, article_scores.c.n_sentences, article_vectors.c.vector)
    .join(article_scores, article_scores.c.article_id == articles.c.id)
    .outerjoin(
        article_vectors,
        (article_vectors.c.article_id == article_scores.c.article_id)
        & (article_vectors.c.model == article_scores.c.model),
    )
)
"""Every scored article with what is said of it as a whole, a row per model."""

DIALECTS = frozenset({"sqlite", "postgresql"})


def insert_new(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert into `table` that leaves rows with a known primary key as they are."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
