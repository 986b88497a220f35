"""`froth collect`: polls the declared sources and adds new articles to the store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scripts.console import DEFAULT_DB, DbOption, Tally, main, progress

__all__ = ["collect"]


def collect(
    sources: Annotated[
        Path | None, typer.Option(help="Source declarations (TOML); by default froth's own.", show_default=False)
    ] = None,
    db: DbOption = DEFAULT_DB,
    failures: Annotated[Path, typer.Option(help="Where items that could not be used are listed.")] = Path(
        "failures.csv"
    ),
) -> None:
    """Poll feeds, fetch and extract their new pages, and store them with the moment they were first seen."""
    from nlp.store import Store
    from nlp.tables import write_failures
    from scrapers.collect import collect_now
    from scrapers.sources import load_sources

    tally = Tally()
    with Store.open(db) as store, progress("collecting") as advance:
        report = collect_now(load_sources(sources), store, on_progress=lambda step: advance())
    for failure in report.failures:
        tally.fail(failure)
    tally.n_added, tally.n_skipped = report.n_added, report.n_skipped
    write_failures(tally.failures, failures)
    tally.say(failures)


if __name__ == "__main__":
    main(collect)
