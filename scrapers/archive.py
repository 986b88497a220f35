"""The archive: every answer taken from a source or a page, as it came, so that articles can be extracted again offline.

A folder. `bodies/ab/abcd….gz` holds a body under the SHA-256 of its decompressed bytes: equal bodies are kept once,
and a damaged one is found out. `index.db` (SQLite) says which address gave which body, when first and when last. A
body is in place, whole, before its row is: a process that is killed leaves at most a body without a row. gzip,
because the standard library reads it for as long as anybody will want to.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from nlp.errors import ArchiveError
from scrapers.bodies import Body, BodyError
from scrapers.responses import Response

__all__ = ["Archive", "Exchange"]

_VERSION = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS exchanges (
    url TEXT NOT NULL, sha256 TEXT NOT NULL, final_url TEXT NOT NULL, status INTEGER NOT NULL, headers TEXT NOT NULL,
    n_bytes INTEGER NOT NULL, fetched_at TEXT NOT NULL, confirmed_at TEXT NOT NULL,
    PRIMARY KEY (url, sha256));
CREATE INDEX IF NOT EXISTS exchanges_in_time ON exchanges (url, fetched_at);
CREATE TABLE IF NOT EXISTS health (
    source TEXT PRIMARY KEY, last_attempt TEXT NOT NULL, last_success TEXT, n_failures INTEGER NOT NULL,
    n_failed_entries INTEGER NOT NULL, robots TEXT, problem TEXT);
"""
_COLUMNS = "url, sha256, final_url, status, headers, n_bytes, fetched_at, confirmed_at"
_KEEP = f"""
INSERT INTO exchanges ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (url, sha256) DO UPDATE SET final_url = excluded.final_url, status = excluded.status,
    headers = excluded.headers, confirmed_at = max(confirmed_at, excluded.confirmed_at)
RETURNING {_COLUMNS}
"""  # noqa: S608  # constants
_HISTORY = f"SELECT {_COLUMNS} FROM exchanges WHERE url = ? ORDER BY fetched_at"  # noqa: S608
_LATEST = f"SELECT {_COLUMNS} FROM exchanges WHERE url = ? ORDER BY confirmed_at DESC LIMIT 1"  # noqa: S608
_AS_OF = f"""
SELECT {_COLUMNS} FROM exchanges WHERE url = ? AND fetched_at <= ? ORDER BY fetched_at DESC LIMIT 1
"""  # noqa: S608
_BUSY_SECONDS = 60
_ABANDONED_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Exchange:
    """One answer that an address gave, once or many times.

    Attributes:
        url: the address that was asked, with a hash of what was posted to it (`scrapers.sending.Sent.key`).
        sha256: of the decompressed body.
        final_url: the address that answered, after redirects.
        status: of the answer.
        headers: the kept ones (`scrapers.responses.KEPT_HEADERS`), as last seen.
        n_bytes: length of the decompressed body.
        fetched_at: when this body came first, aware UTC.
        confirmed_at: when it came, or a 304 stood for it, last.
    """

    url: str
    sha256: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    n_bytes: int
    fetched_at: datetime
    confirmed_at: datetime


class Archive:
    """An open archive; a context manager, used from one thread. Several processes may keep answers at once."""

    def __init__(self, folder: Path, index: sqlite3.Connection) -> None:
        self.folder = folder
        self.index = index

    @classmethod
    def open(cls, folder: Path, *, create: bool = True) -> Self:
        """The archive in `folder`, made now if it is not there and `create` allows it.

        Raises:
            ArchiveError: there is none, it cannot be opened, or another version of froth wrote it.
        """
        path = folder / "index.db"
        if not create and not path.is_file():
            raise ArchiveError(f"{folder} is no archive of froth: it has no index.db; `froth collect` makes one")
        index = None
        try:
            (folder / "bodies").mkdir(parents=True, exist_ok=True)
            index = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)
            (version,) = index.execute("PRAGMA user_version").fetchone()
            if version not in (0, _VERSION):
                index.close()
                raise ArchiveError(
                    f"the archive {folder} has version {version}, this froth writes {_VERSION}; use another"
                )
            index.execute("PRAGMA journal_mode = WAL")
            index.execute("PRAGMA synchronous = NORMAL")
            index.executescript(_TABLES)
            if version == 0:
                index.execute(f"PRAGMA user_version = {_VERSION}")
            archive = cls(folder, index)
            archive._sweep()
        except (OSError, sqlite3.Error) as error:
            if index is not None:
                index.close()
            raise ArchiveError(f"the archive {folder} cannot be opened: {error}") from error
        return archive

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.index.close()

    def keep(self, url: str, response: Response) -> Exchange:
        """Keep what `url` answered; what comes back knows when the same body came first.

        Raises:
            ArchiveError: the disk or the index refuses.
        """
        sha256 = hashlib.sha256(response.body).hexdigest()
        headers = json.dumps(dict(response.headers), sort_keys=True)
        moment = response.fetched_at.isoformat(timespec="microseconds")
        values = (url, sha256, response.url, response.status, headers, len(response.body), moment, moment)
        try:
            self._put(sha256, response.body)
            return _exchange(self.index.execute(_KEEP, values).fetchone())
        except (OSError, sqlite3.Error) as error:
            raise ArchiveError(f"the archive {self.folder} cannot keep {url}: {error}") from error

    def history(self, url: str) -> list[Exchange]:
        """What `url` answered, each body once, by the time that it came first.

        Raises:
            ArchiveError: the index cannot be read.
        """
        return self._select(_HISTORY, url)

    def latest(self, url: str) -> Exchange | None:
        """What `url` answered last, or None; errors as of `history`."""
        return next(iter(self._select(_LATEST, url)), None)

    def as_of(self, url: str, moment: datetime) -> Exchange | None:
        """The newest body that `url` had given by `moment` (aware UTC), or None; errors as of `history`."""
        return next(iter(self._select(_AS_OF, url, moment.isoformat(timespec="microseconds"))), None)

    def body(self, exchange: Exchange) -> bytes:
        """The body of an exchange, decompressed.

        Raises:
            ArchiveError: it is missing or damaged.
        """
        path = self._path(exchange.sha256)
        try:
            body = Body("gzip", max(exchange.n_bytes, path.stat().st_size))
            body.feed(path.read_bytes())
            data = body.close()
        except (OSError, BodyError) as error:
            raise ArchiveError(f"{path}: the body of {exchange.url} cannot be read: {error}") from error
        if hashlib.sha256(data).hexdigest() != exchange.sha256:
            raise ArchiveError(
                f"{path}: the body of {exchange.url} is damaged; it is fetched anew when it is met again"
            )
        return data

    def response(self, exchange: Exchange) -> Response:
        """An exchange as the answer that it was.

        Raises:
            ArchiveError: the body is missing or damaged.
        """
        return Response(exchange.final_url, exchange.status, exchange.headers, self.body(exchange), exchange.fetched_at)

    def _select(self, query: str, *values: str) -> list[Exchange]:
        try:
            return [_exchange(row) for row in self.index.execute(query, values)]
        except sqlite3.Error as error:
            raise ArchiveError(f"the index of the archive {self.folder} cannot be read: {error}") from error

    def _path(self, sha256: str) -> Path:
        return self.folder / "bodies" / sha256[:2] / f"{sha256}.gz"

    def _put(self, sha256: str, body: bytes) -> None:
        """Write a body under its name, whole or not at all; one that is there intact stays."""
        path = self._path(sha256)
        try:
            if gzip.decompress(path.read_bytes()) == body:
                return
        except (OSError, EOFError, ValueError):
            pass  # none there yet, or a damaged one, which is replaced
        path.parent.mkdir(exist_ok=True)
        scratch = path.with_suffix(f".{os.getpid()}.part")
        scratch.write_bytes(gzip.compress(body, 6, mtime=0))
        scratch.replace(path)

    def _sweep(self) -> None:
        """Remove what killed processes left unfinished."""
        for scratch in self.folder.glob("bodies/*/*.part"):
            with suppress(FileNotFoundError):  # another process was quicker
                if time.time() - scratch.stat().st_mtime > _ABANDONED_SECONDS:
                    scratch.unlink()


def _exchange(row: tuple[Any, ...]) -> Exchange:
    url, sha256, final_url, status, headers, n_bytes, fetched_at, confirmed_at = row
    return Exchange(
        url=url,
        sha256=sha256,
        final_url=final_url,
        status=status,
        headers=MappingProxyType(json.loads(headers)),
        n_bytes=n_bytes,
        fetched_at=datetime.fromisoformat(fetched_at),
        confirmed_at=datetime.fromisoformat(confirmed_at),
    )
