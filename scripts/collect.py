"""`froth collect`: polls the declared sources and adds new articles to the store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from scripts.console import DEFAULT_DB, DbOption, FailuresOption, Tally, main, progress, recorded_failures

__all__ = ["collect"]


def collect(
    sources: Annotated[
        Path | None, typer.Option(help="Source declarations (TOML); by default froth's own.", show_default=False)
    ] = None,
    rsshub: Annotated[
        str | None,
        typer.Option(
            envvar="FROTH_RSSHUB",
            help="Your RSSHub, such as http://localhost:1200, for the sources that give a route of one.",
            show_default=False,
        ),
    ] = None,
    db: DbOption = DEFAULT_DB,
    failures: FailuresOption = Path(),
) -> None:
    """Poll feeds, portals and sitemaps, fetch and extract new pages, and store them with when they were first seen."""
    from nlp.store import Store
    from scrapers.collect import collect_now
    from scrapers.sources import load_sources, with_rsshub

    tally = Tally()
    declared = with_rsshub(load_sources(sources), rsshub)
    for source in declared:
        if source.enabled and not source.url:
            sys.stderr.write(f"skipped: {source.id} ({source.name}): give --rsshub URL or FROTH_RSSHUB to collect it\n")
    with recorded_failures(tally, failures), Store.open(db) as store, progress("collecting") as advance:
        report = collect_now(declared, store, on_progress=lambda step: advance())
        for failure in report.failures:
            tally.fail(failure)
    tally.n_added, tally.n_skipped = report.n_added, report.n_skipped
    tally.say(failures / "failures.csv")


if __name__ == "__main__":
    main(collect)
