"""`froth collect`: polls the declared sources and adds new articles to the store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scripts.console import DEFAULT_DB, DbOption, FailuresOption, Tally, main, progress, recorded_failures

__all__ = ["collect"]


def collect(
    sources: Annotated[
        Path | None, typer.Option(help="Source declarations (TOML); by default froth's own.", show_default=False)
    ] = None,
    db: DbOption = DEFAULT_DB,
    failures: FailuresOption = Path(),
) -> None:
    """Poll feeds, fetch and extract their new pages, and store them with the moment they were first seen."""
    from nlp.store import Store
    from scrapers.collect import collect_now
    from scrapers.sources import load_sources

    tally = Tally()
    declared = load_sources(sources)
    with recorded_failures(tally, failures), Store.open(db) as store, progress("collecting") as advance:
        report = collect_now(declared, store, on_progress=lambda step: advance())
        for failure in report.failures:
            tally.fail(failure)
    tally.n_added, tally.n_skipped = report.n_added, report.n_skipped
    tally.say(failures / "failures.csv")


if __name__ == "__main__":
    main(collect)
