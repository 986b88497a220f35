"""The stories of the articles in a work file, as `nlp.stories` assigns them, with memory that stays flat.

Numbers are kept in memory for each article (twelve bytes); everything else is in the file.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from nlp.copies_on_disk import copied_places
from nlp.figures import FigureCounts
from nlp.sketches import Sketch
from nlp.translations import Meaning, Translations
from nlp.work_file import sketch_of_row

__all__ = ["rows_with_stories"]

_SCHEMA = """
DROP TABLE IF EXISTS in_time;
CREATE TABLE in_time (at INTEGER PRIMARY KEY, place INTEGER NOT NULL);
INSERT INTO in_time (place) SELECT place FROM article ORDER BY known_at IS NULL, known_at, id;
DROP TABLE IF EXISTS first_of;
CREATE TABLE first_of (content BLOB PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
INSERT OR IGNORE INTO first_of SELECT content, at FROM in_time JOIN article USING (place) ORDER BY at;
DROP TABLE IF EXISTS story;
CREATE TABLE story (place INTEGER PRIMARY KEY, root INTEGER NOT NULL);
DROP TABLE IF EXISTS figure;
CREATE TABLE figure (figure INTEGER PRIMARY KEY, n INTEGER NOT NULL);
DROP VIEW IF EXISTS text;
CREATE VIEW text AS SELECT in_time.at AS at, first_of.at AS first, lang, vector, vector_type,
    known_at, n_shingles, hashes, numbers, figures
    FROM in_time CROSS JOIN article USING (place) CROSS JOIN first_of USING (content);
"""


def rows_with_stories(connection: sqlite3.Connection, folder: Path) -> Iterator[tuple[str, str]]:
    """Every article's row (JSON) with its story, in the order of the input.

    Args:
        connection: to the work file.
        folder: where the parts of an index may be meanwhile; it is removed.
    """
    connection.executescript(_SCHEMA)
    n = 1 + int(connection.execute("SELECT count(*) FROM in_time").fetchone()[0])
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
    folder.mkdir()
    try:
        copied = copied_places(_distinct(connection), n, lambda at: _sketch_at(connection, at), folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    roots = copied  # what is before `at` is done with
    reader = _TranslationReader(connection)
    with connection:
        for at, first, item, meaning in _in_time(connection):
            if meaning is not None:
                reader.translations.add(item, meaning)
            earlier = first
            if first == at:
                earlier = int(copied[at]) if copied[at] >= 0 else reader.earliest(item, at)
            roots[at] = at if earlier == at else roots[earlier]
        places = connection.execute("SELECT at, place FROM in_time ORDER BY at")
        root_place = connection.cursor()
        for at, place in places:
            root = root_place.execute("SELECT place FROM in_time WHERE at = ?", (int(roots[at]),)).fetchone()[0]
            root_place.execute("INSERT INTO story VALUES (?, ?)", (place, root))
    yield from connection.execute(
        "SELECT article.row, root.id FROM article JOIN story USING (place) "
        "JOIN article AS root ON root.place = story.root ORDER BY article.place"
    )


class _TranslationReader:
    """Translations, with the counts of figures in the file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.translations = Translations(_StoredCounts(connection))

    def earliest(self, item: Sketch, at: int) -> int:
        found = self.translations.earliest(item)
        return at if found is None else int(found.article_id)


class _StoredCounts(FigureCounts):
    """The counts in a table: there are more figures than memory should hold."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._cursor = connection.cursor()

    def _count_up(self, figures: list[int]) -> None:
        self._cursor.executemany(
            "INSERT INTO figure VALUES (?, 1) ON CONFLICT (figure) DO UPDATE SET n = n + 1", [(f,) for f in figures]
        )

    def count(self, figure: int) -> int:
        found = self._cursor.execute("SELECT n FROM figure WHERE figure = ?", (figure,)).fetchone()
        return found[0] if found else 0


def _distinct(connection: sqlite3.Connection) -> Iterator[tuple[int, Sketch]]:
    """Place in time and sketch of each text that no earlier one equals."""
    rows = connection.execute(
        "SELECT at, known_at, n_shingles, hashes, numbers, figures FROM text WHERE first = at ORDER BY at"
    )
    for at, *row in rows:
        yield at, sketch_of_row(str(at), row)


def _sketch_at(connection: sqlite3.Connection, at: int) -> Sketch:
    row = connection.execute(
        "SELECT known_at, n_shingles, hashes, numbers, figures FROM text WHERE at = ?", (at,)
    ).fetchone()
    return sketch_of_row(str(at), row)


def _in_time(connection: sqlite3.Connection) -> Iterator[tuple[int, int, Sketch, Meaning | None]]:
    """Every article's place in time and that of the first with its text, of its sketch the figures, and its meaning."""
    rows = connection.execute(
        "SELECT at, first, lang, vector, vector_type, known_at, n_shingles, figures FROM text ORDER BY at"
    )
    for at, first, lang, vector, kind, known_at, n_shingles, figures in rows:
        yield at, first, sketch_of_row(str(at), (known_at, n_shingles, b"", b"", figures)), _meaning(lang, vector, kind)


def _meaning(lang: str | None, vector: bytes | None, kind: Any) -> Meaning | None:  # noqa: ANN401
    return None if lang is None or vector is None else Meaning(lang, np.frombuffer(vector, np.dtype(kind)))
