"""The tables of a database, made on first use, checked on every other, upgraded where an older froth made them.

Several processes may open a database at once: one of them makes or upgrades its tables, the others wait and find it
done. Each step of `_STEPS` leads from one version to the next; tables that a version brought are made where they are
missing, after the steps.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect, select, text, update

from nlp.errors import StoreError
from nlp.store.engine import in_turn, new_engine, shown, transaction, written
from nlp.store.tables import METADATA, SCHEMA_VERSION, article_scores, meta

__all__ = ["open_engine"]


def open_engine(url: str | Path) -> Engine:
    """An engine on a database that holds our tables, made now where there are none; a path is a SQLite file.

    Raises:
        StoreError: no such database, no driver for it, another program's database, or another schema version.
    """
    engine = new_engine(url)
    try:
        _prepare(engine)
    except StoreError:
        engine.dispose()
        raise
    return engine


def _prepare(engine: Engine) -> None:
    with transaction(engine) as connection:
        version = _version(connection)
    if version is None or version in _OLDER:
        version = written(engine, _bring_up_to_date)
    if version != str(SCHEMA_VERSION):
        raise StoreError(
            f"{shown(engine.url)} has schema version {version}, this froth writes {SCHEMA_VERSION}; "
            "use the froth that made it, or import the articles into a new database"
        )


def _bring_up_to_date(connection: Connection) -> str:
    """Make or upgrade the tables, unless another process was quicker; the version that they have then."""
    in_turn(connection, "schema")
    version, newest = _version(connection), str(SCHEMA_VERSION)
    if version is None:
        if taken := set(inspect(connection).get_table_names()) & set(METADATA.tables):
            raise StoreError(
                f"{shown(connection.engine.url)} has tables of another program ({', '.join(sorted(taken))}); "
                "use another database"
            )
        METADATA.create_all(connection)
        connection.execute(insert(meta), {"key": "schema_version", "value": newest})
        return newest
    if version not in _OLDER:
        return version
    for step in (step for older, steps in _STEPS.items() if older >= int(version) for step in steps):
        connection.execute(text(step))
    METADATA.create_all(connection)
    for index in article_scores.indexes:
        index.create(connection, checkfirst=True)
    connection.execute(update(meta).where(meta.c.key == "schema_version").values(value=newest))
    return newest


_STEPS: dict[int, tuple[str, ...]] = {
    1: (),  # 2 brought listed entries
    2: (),  # 3 the log of tests
    3: (),  # 4 vectors
    4: (  # 5 workers, leases, and what was read
        "ALTER TABLE article_scores ADD COLUMN reading TEXT",
        "DROP INDEX IF EXISTS article_scores_by_model",
    ),
}
_OLDER = frozenset(map(str, _STEPS))


def _version(connection: Connection) -> str | None:
    if "meta" not in inspect(connection).get_table_names():
        return None
    found = connection.execute(select(meta.c.value).where(meta.c.key == "schema_version")).scalar()
    return found or "none of froth's"
