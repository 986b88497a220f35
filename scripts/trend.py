"""`froth trend`: scores (a file, or the store's) and market series → trend.csv."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from nlp.safety import harmless
from scripts.console import DEFAULT_DB, DbOption, MarketOption, main, parse_zone

if TYPE_CHECKING:
    import pandas as pd

    from nlp.trend import TrendOptions

__all__ = ["trend", "write_trend"]


def trend(
    scores: Annotated[
        Path | None, typer.Argument(help="A scores file; without one, the store's scores.", show_default=False)
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="The trend table (.csv or .parquet).")] = Path("trend.csv"),
    market: MarketOption = None,
    freq: Annotated[Literal["D", "W", "M"], typer.Option(help="Days, weeks from Monday, or months.")] = "W",
    by: Annotated[
        Literal["lang", "source"] | None, typer.Option(help="Break each period down.", show_default=False)
    ] = None,
    zone: Annotated[str, typer.Option(metavar="ZONE", help="The calendar that days are counted in.")] = "UTC",
    db: DbOption = DEFAULT_DB,
    model: Annotated[
        str | None, typer.Option(help="Whose scores, where the store holds several models'.", show_default=False)
    ] = None,
) -> None:
    """Aggregate article scores by period, beside the market."""
    from nlp.tables import read_table
    from nlp.trend import TrendOptions

    required = ("article_id", "published", "first_seen", "story", "lang", "source")
    table = read_table(scores, required) if scores else _scores_of_store(db, model)
    write_trend(table, out, market, TrendOptions(freq=freq, by=by, zone=parse_zone(zone)))


def write_trend(scores: pd.DataFrame, out: Path, market: Path | None, options: TrendOptions) -> pd.DataFrame:
    """Writes trend.csv; says on stderr which articles and series had to be left out. Returns the table."""
    from nlp.market import read_market
    from nlp.tables import write_table
    from nlp.trend import known_moments, trend_table

    folder = read_market(market) if market else None
    for failure in folder.failures if folder else ():
        sys.stderr.write(f"failed: {harmless(failure.item)}: {harmless(failure.reason)}\n")
    table = trend_table(scores, folder.series if folder else (), options)
    write_table(table, out, list(table.columns))
    n_undated = int(known_moments(scores).isna().sum())
    n_failed = len(folder.failures) if folder else 0
    sys.stderr.write(f"added {len(scores) - n_undated}, skipped {n_undated} (no date), failed {n_failed}\n")
    return table


def _scores_of_store(db: str, model: str | None) -> pd.DataFrame:
    from nlp.score_table import ScoreTable
    from nlp.store import Store

    with Store.open(db) as store:
        scores = list(store.scores(store.one_model(model)))
    table = ScoreTable(tuple(scores[0].by_narrative))
    for item in scores:
        table.add(item)
    return table.table()


if __name__ == "__main__":
    main(trend)
