"""`froth sources`: how every declared source fares."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING

from scripts.console import DEFAULT_DB, ArchiveOption, DbOption, SourcesOption, archive_folder, main, plain_table

if TYPE_CHECKING:
    from pathlib import Path

    from scrapers.health import SourceHealth
    from scrapers.sources import Source

__all__ = ["sources"]

_COLUMNS = ("id", "last success", "last attempt", "articles", "failures", "failed entries", "robots", "problem")


def sources(sources: SourcesOption = None, db: DbOption = DEFAULT_DB, archive: ArchiveOption = None) -> None:
    """Show when each source was read last, what it gave and what is wrong with it; times are UTC.

    `failures` counts the polls in a row, up to the last, in which the source could not be read; `failed entries`
    those of the last poll.
    """
    from scrapers.sources import load_sources

    declared = load_sources(sources)
    n_by_name, health_by_id = _n_articles(db), _health(archive_folder(db, archive))
    plain_table(_COLUMNS, [_row(source, health_by_id.get(source.id), n_by_name) for source in declared])
    n_failing = sum(health.n_failures > 0 for health in health_by_id.values())
    sys.stdout.write(f"{len(declared)} sources declared, {len(health_by_id)} ever polled, {n_failing} failing\n")


def _n_articles(db: str) -> dict[str, int]:
    """Stored articles by source name; a database that is not there yet is not made."""
    from nlp.store import Store, sqlite_file

    file = sqlite_file(db)
    if file is not None and not file.exists():
        return {}
    with Store.open(db) as store:
        return store.n_articles_by_source()


def _health(folder: Path) -> dict[str, SourceHealth]:
    """What the archive knows of the sources; nothing where there is none yet."""
    from scrapers.archive import Archive
    from scrapers.health import health_by_source

    if not (folder / "index.db").is_file():
        return {}
    with Archive.open(folder, create=False) as archive:
        return health_by_source(archive)


def _row(source: Source, health: SourceHealth | None, n_by_name: dict[str, int]) -> tuple[object, ...]:
    n_articles = n_by_name.get(source.name, 0)
    state = "" if source.enabled else "disabled"
    if health is None:
        return source.id, "never", "never", n_articles, 0, 0, "", state or ("" if source.url else "needs --rsshub")
    times = _minute(health.last_success), _minute(health.last_attempt)
    problem = health.problem or state
    return source.id, *times, n_articles, health.n_failures, health.n_failed_entries, health.robots or "", problem


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"


if __name__ == "__main__":
    main(sources)
