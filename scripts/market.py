"""`froth market`: fetches or refreshes declared market series in a folder, one CSV per series."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.console import Tally, main, progress, recorded_failures

if TYPE_CHECKING:
    from scrapers.market_series import SeriesSource

__all__ = ["market"]


def market(
    out: Annotated[Path, typer.Option("-o", "--out", help="The market folder.")] = Path("market"),
    series: Annotated[
        list[str] | None,
        typer.Option(
            help="Id of a declared series, repeatable; by default all that can be fetched.", show_default=False
        ),
    ] = None,
    sources: Annotated[
        Path | None, typer.Option(help="Series declarations (TOML); by default froth's own.", show_default=False)
    ] = None,
    failures: Annotated[
        Path | None,
        typer.Option(help="The folder for failures.csv; by default the one around OUT.", show_default=False),
    ] = None,
) -> None:
    """Fetch or refresh market series; incomplete answers are refused and files of your own are left alone."""
    from nlp.errors import MarketError
    from scrapers.market_refresh import refresh_market
    from scrapers.market_series import load_series, select_series

    declared = load_series(sources)
    wanted = select_series(declared, series) if series else _fetchable(declared)
    # Every CSV in a market folder is a series, so that failures.csv has its place outside.
    folder = out.resolve().parent if failures is None else failures
    tally = Tally()
    with recorded_failures(tally, folder), progress("fetching") as advance:
        report = refresh_market(wanted, out, on_done=advance)
        for failure in report.failures:
            tally.fail(failure)
    for update in report.updates:
        sys.stdout.write(
            f"{update.id}  {update.n_days} days, {update.first} to {update.last}, "
            f"{update.n_added} new, {update.n_revised} revised\n"
        )
        tally.n_added += update.n_added
        tally.n_skipped += update.n_days - update.n_added
    if not report.updates:
        raise MarketError(f"not one series could be fetched; see {folder / 'failures.csv'}")
    tally.say(folder / "failures.csv")


def _fetchable(declared: tuple[SeriesSource, ...]) -> tuple[SeriesSource, ...]:
    """The series whose client is installed; says which are left out, and what would bring them."""
    from scrapers.market_providers import missing_extra

    left_out: dict[str, list[str]] = {}
    for source in declared:
        extra = missing_extra(source.provider)
        if extra is not None:
            left_out.setdefault(extra.name, []).append(source.id)
    for name, ids in left_out.items():
        sys.stderr.write(f"left out: {', '.join(ids)} (pip install 'froth-narratives[{name}]' brings their client)\n")
    return tuple(source for source in declared if missing_extra(source.provider) is None)


if __name__ == "__main__":
    main(market)
