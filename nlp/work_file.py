"""What a scoring run has so far, in one SQLite file beside its table: scored rows, their sketches, their sentences.

A batch is written whole or not at all, so that a process that was killed loses what was on its way and doubles none;
started again with the same input, model and options it goes on. When all articles are there the rows are read back in
the order of the input, each with its story (`nlp.stories_on_disk`), and memory stays flat whatever their number.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nlp.errors import InputError
from nlp.safety import harmless
from nlp.schema import Article
from nlp.sketches import FAR_FUTURE, Sketch
from nlp.stories import content_of

if TYPE_CHECKING:
    from nlp.outcome import Outcome

__all__ = ["WorkFile", "opened_work", "sketch_of_row"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS made_from (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, hash TEXT NOT NULL, run INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS article (
    place INTEGER PRIMARY KEY, id TEXT NOT NULL, row TEXT NOT NULL, sentences BLOB, content BLOB NOT NULL,
    known_at INTEGER, n_shingles INTEGER NOT NULL, hashes BLOB NOT NULL, numbers BLOB NOT NULL, figures BLOB NOT NULL,
    lang TEXT, vector BLOB, vector_type TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS article_id ON article (id);
"""
_MOST_PENDING = 10_000


class WorkFile:
    """An open work file; `opened_work` makes one.

    Attributes:
        connection: of `nlp.stories_on_disk`, which adds tables of its own.
        n_before: how many articles an earlier run left in it.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.n_before = len(self)
        self._run = 1 + (connection.execute("SELECT max(run) FROM seen").fetchone()[0] or 0)
        self._pending: dict[str, str] = {}

    def __len__(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM article").fetchone()[0])

    def __contains__(self, article_id: str) -> bool:
        """Whether an article is scored."""
        return self.connection.execute("SELECT 1 FROM article WHERE id = ?", (article_id,)).fetchone() is not None

    def met(self, article: Article) -> str | None:
        """The content hash of the article of this id that came before in this run, None of the first one."""
        known = self._pending.get(article.id)
        if known is None:
            found = self.connection.execute("SELECT hash, run FROM seen WHERE id = ?", (article.id,)).fetchone()
            known = found[0] if found and found[1] == self._run else None
        if known is None:
            self._pending[article.id] = article.content_hash
            if len(self._pending) >= _MOST_PENDING:
                self.add(())
        return known

    def add(self, batch: Iterable[tuple[int, Outcome]]) -> None:
        """Writes scored articles, each with its place in the input, and what was met, at once or not at all."""
        rows = [_row_of(place, outcome) for place, outcome in batch]
        with self.connection:
            self.connection.executemany(
                "INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", [(*met, self._run) for met in self._pending.items()]
            )
            self.connection.executemany("INSERT INTO article VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        self._pending.clear()

    def sentences(self) -> Iterator[list[dict[str, Any]]]:
        """The rows of every article's sentences, in the order of the input."""
        for (blob,) in self.connection.execute(
            "SELECT sentences FROM article WHERE sentences IS NOT NULL ORDER BY place"
        ):
            yield json.loads(zlib.decompress(blob))


def _row_of(place: int, outcome: Outcome) -> tuple[object, ...]:
    found, meaning = outcome.sketch, outcome.meaning
    if found is None:
        raise ValueError(f"article {outcome.id} was not scored")
    vector = None if meaning is None else np.ascontiguousarray(meaning.vector)
    dated = (found.known_at - _EPOCH) // timedelta(microseconds=1) if found.is_dated else None
    return (
        place,
        outcome.id,
        json.dumps(outcome.row),
        zlib.compress(json.dumps(outcome.sentences).encode(), 1) if outcome.sentences else None,
        blake2b(b"|".join(content_of(found)), digest_size=16).digest(),
        dated,
        found.n_shingles,
        found.hashes.tobytes(),
        found.numbers.tobytes(),
        found.figures.tobytes(),
        None if meaning is None else meaning.lang,
        None if vector is None else vector.tobytes(),
        None if vector is None else vector.dtype.str,
    )


def sketch_of_row(name: str, row: Sequence[Any]) -> Sketch:
    """From known_at, n_shingles, hashes, numbers and figures of an article, under a name of its own."""
    known_at, n_shingles, hashes, numbers, figures = row
    return Sketch(
        name,
        FAR_FUTURE if known_at is None else _EPOCH + timedelta(microseconds=known_at),
        n_shingles,
        np.frombuffer(hashes, np.uint32),
        np.frombuffer(numbers, np.uint64),
        np.frombuffer(figures, np.uint32),
    )


@contextmanager
def opened_work(path: Path, made_from: Mapping[str, str]) -> Iterator[WorkFile]:
    """The work file at `path`, begun or taken up again; removed when the work in it has ended, or nothing is in it.

    Args:
        path: of the file.
        made_from: what the rows follow from (input, model, options), by what it is called.

    Raises:
        InputError: it is of an earlier run that was made from something else, or cannot be opened.
    """
    try:
        connection = _connection(path)
    except sqlite3.Error as error:
        raise InputError(
            f"cannot work in {path} ({error}): wait until no other run writes the same table, or delete the file"
        ) from error
    ended = False
    try:
        _check(connection, path, made_from)
        work = WorkFile(connection)
        yield work
        ended = True
    finally:
        is_empty = not connection.execute("SELECT 1 FROM article LIMIT 1").fetchone()
        connection.close()
        if ended or is_empty:
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)


def _connection(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=1)
    connection.executescript(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
        "PRAGMA synchronous = NORMAL; PRAGMA temp_store = FILE;"
    )
    connection.executescript(_SCHEMA)
    return connection


def _check(connection: sqlite3.Connection, path: Path, made_from: Mapping[str, str]) -> None:
    """Writes down what a new file is made from; compares what is there."""
    before = dict(connection.execute("SELECT name, value FROM made_from"))
    if not before:
        with connection:
            connection.executemany("INSERT INTO made_from VALUES (?, ?)", made_from.items())
    changed = [name for name in made_from if before.get(name, made_from[name]) != made_from[name]]
    if changed:
        said = "; ".join(
            f"{name} was {harmless(before[name], 60)}, now {harmless(made_from[name], 60)}" for name in changed
        )
        raise InputError(
            f"{path} holds articles of a run that was broken off and made otherwise ({said}): "
            "start that run again to go on with it, or delete the file to begin anew"
        )
