"""Stores as older versions of froth left them, made by taking from one of today what they did not have."""

from __future__ import annotations

from sqlalchemy import create_engine, text

ADDED = (
    (2, "DROP TABLE listed"),
    (3, "DROP TABLE tests_run"),
    (4, "DROP TABLE article_vectors"),
    (5, "DROP TABLE leases"),
    (5, "DROP TABLE workers"),
    (5, "DROP INDEX article_scores_by_reading"),
    (5, "ALTER TABLE article_scores DROP COLUMN reading"),
    (5, "CREATE INDEX article_scores_by_model ON article_scores (model)"),
)
"""Which version brought what, as the statements that take it away."""


def make_older(url: str, version: int) -> None:
    """Leave in a store what that version had."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for since, statement in ADDED:
            if since > version:
                connection.execute(text(statement))
        connection.execute(text("UPDATE meta SET value = :version"), {"version": str(version)})
    engine.dispose()
