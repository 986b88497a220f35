"""How the sources fare: one row per source in the archive's index, brought up to date by every poll."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from nlp.errors import ArchiveError
from scrapers.archive import Archive
from scrapers.polls import Poll

__all__ = ["SourceHealth", "health_by_source", "record_poll"]

_COLUMNS = "source, last_attempt, last_success, n_failures, n_failed_entries, robots, problem"
_RECORD = f"""
INSERT INTO health ({_COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (source) DO UPDATE SET last_attempt = ?2, last_success = coalesce(?3, last_success),
    n_failures = CASE WHEN ?4 THEN n_failures + 1 ELSE 0 END, n_failed_entries = ?5,
    robots = coalesce(?6, robots), problem = ?7
"""  # noqa: S608  # constants


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How a source fares.

    Attributes:
        source: its id.
        last_attempt: when it was polled last, aware UTC.
        last_success: when it could be read last, or None.
        n_failures: polls in a row, up to the last, in which it could not be read.
        n_failed_entries: entries that failed in the last poll.
        robots: what robots.txt said last: `allowed`, `forbidden`, `unreadable`; None where it was never come to.
        problem: why the last poll could not read it, or None.
    """

    source: str
    last_attempt: datetime
    last_success: datetime | None
    n_failures: int
    n_failed_entries: int
    robots: str | None
    problem: str | None


def record_poll(archive: Archive, poll: Poll, at: datetime) -> None:
    """Note how a source's poll at `at` (aware UTC) went.

    Raises:
        ArchiveError: the index refuses.
    """
    moment, failed = at.isoformat(timespec="seconds"), poll.problem is not None
    succeeded = None if failed else moment
    n_failed_entries = len(poll.failures) - failed
    values = (poll.source.id, moment, succeeded, int(failed), n_failed_entries, poll.robots, poll.problem)
    try:
        archive.index.execute(_RECORD, values)
    except sqlite3.Error as error:
        raise ArchiveError(f"the archive {archive.folder} cannot note a poll of {poll.source.id}: {error}") from error


def health_by_source(archive: Archive) -> dict[str, SourceHealth]:
    """How every source that was ever polled fares, by its id.

    Raises:
        ArchiveError: the index cannot be read.
    """
    try:
        rows = archive.index.execute(f"SELECT {_COLUMNS} FROM health ORDER BY source").fetchall()  # noqa: S608
    except sqlite3.Error as error:
        raise ArchiveError(f"the archive {archive.folder} cannot tell how its sources fare: {error}") from error
    found = {}
    for row in rows:
        source, attempt, success, *rest = row
        last_success = datetime.fromisoformat(success) if success else None
        found[source] = SourceHealth(source, datetime.fromisoformat(attempt), last_success, *rest)
    return found
