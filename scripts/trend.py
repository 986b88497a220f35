"""`froth trend`: scores (a file, or the store's) and market series → trend.csv."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from nlp.errors import InputError
from nlp.safety import harmless
from scripts.console import DEFAULT_DB, DbOption, MarketOption, Tally, main, parse_zone, recorded_failures

if TYPE_CHECKING:
    import pandas as pd

    from nlp.confusion import Confusion
    from nlp.market import MarketSeries
    from nlp.trend import TrendOptions

__all__ = ["market_series", "measured_error", "say_if_unmeasured", "trend", "write_trend"]


def trend(
    scores: Annotated[
        list[str] | None,
        typer.Argument(
            help="Scores files, or folders that --engine ray wrote, also as URLs; without any, the store's scores.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="The trend table (.csv or .parquet).")] = Path("trend.csv"),
    market: MarketOption = None,
    freq: Annotated[Literal["D", "W", "M"], typer.Option(help="Days, weeks from Monday, or months.")] = "W",
    by: Annotated[
        Literal["lang", "source"] | None, typer.Option(help="Break each period down.", show_default=False)
    ] = None,
    zone: Annotated[str, typer.Option(metavar="ZONE", help="The calendar that days are counted in.")] = "UTC",
    lead_lag: Annotated[
        Path | None,
        typer.Option(
            help="Test how narratives and market series move with each other, into this table.", show_default=False
        ),
    ] = None,
    episodes: Annotated[
        Path | None,
        typer.Option(help="List when each narrative was unusually loud, in this table.", show_default=False),
    ] = None,
    published: Annotated[
        Path | None,
        typer.Option(
            help="Columns date, n_published: all articles of the press, where the scored ones are a selection.",
            show_default=False,
        ),
    ] = None,
    confusion: Annotated[
        Path | None,
        typer.Option(
            help="The measured error of the model (froth evaluate --confusion); that of a bundled one is known.",
            show_default=False,
        ),
    ] = None,
    correlations: Annotated[
        Path | None,
        typer.Option(
            help="Correlate narratives and baselines with the market series within periods, into this table.",
            show_default=False,
        ),
    ] = None,
    beside: Annotated[
        Path | None,
        typer.Option(
            help="Set each episode beside exuberance and drawdowns of every price in --market, in this table.",
            show_default=False,
        ),
    ] = None,
    sessions: Annotated[
        Path | None,
        typer.Option(
            help="Set articles beside the next session that opens after each, in this table.", show_default=False
        ),
    ] = None,
    exchange: Annotated[
        Literal["XNYS", "XSHG", "XHKG"] | None,
        typer.Option(help="Whose sessions; XNYS if left out.", show_default=False),
    ] = None,
    db: DbOption = DEFAULT_DB,
    model: Annotated[
        str | None, typer.Option(help="Whose scores, where the store holds several models'.", show_default=False)
    ] = None,
) -> None:
    """Aggregate article scores by period, beside the market."""
    from nlp.published import read_published
    from nlp.score_tables import read_scores
    from nlp.store import sqlite_file
    from nlp.tables import check_writable
    from nlp.trend import TrendOptions
    from scripts.side_tables import (
        write_beside,
        write_correlations,
        write_episodes,
        write_lead_lag,
        write_sessions,
    )

    for wrong, reason in (
        (by and published, "--published counts the whole press: leave --by out"),
        (
            by and (lead_lag or episodes or beside or sessions),
            "--lead-lag, --episodes, --beside and --sessions are about the whole: leave --by out",
        ),
        (lead_lag and market is None, "--lead-lag needs --market, the folder of the series to test against"),
        (
            correlations and (by or market is None),
            "--correlations needs --market, the folder of the series, and no --by",
        ),
        (beside and market is None, "--beside needs --market, the folder of the prices to set episodes beside"),
        (exchange and sessions is None, "--exchange says whose sessions --sessions has: give both"),
    ):
        if wrong:
            raise typer.BadParameter(reason)
    read = [published, confusion, sqlite_file(db), *(scores or ())]
    check_writable(out, lead_lag, episodes, beside, sessions, correlations, read=read)
    tally = Tally()
    table = read_scores(scores) if scores else _scores_of_store(db, model)
    options = TrendOptions(
        freq=freq,
        by=by,
        zone=parse_zone(zone),
        confusion=measured_error(confusion, table),
        published=read_published(published) if published else None,
    )
    with recorded_failures(tally, out.parent, keep=True):
        series = market_series(market, tally)
        made = write_trend(table, out, series, options)
        if episodes:
            write_episodes(made, episodes)
        if lead_lag:
            write_lead_lag(made, lead_lag, series, options, store=None if scores else db)
        if correlations:
            write_correlations(made, correlations, series, options)
        if beside:
            write_beside(made, beside, series, tally)
        if sessions:
            write_sessions(table, sessions, series, exchange or "XNYS")
    tally.n_added = int(made["n_articles"].sum())
    tally.n_skipped = len(table) - tally.n_added
    tally.say(out.with_name("failures.csv"))


def market_series(market: Path | None, tally: Tally) -> tuple[MarketSeries, ...]:
    """The series of the market folder, if one is given; an unreadable file goes to the tally."""
    from nlp.market import read_market

    if market is None:
        return ()
    folder = read_market(market)
    for failure in folder.failures:
        tally.fail(failure)
    return folder.series


def write_trend(scores: pd.DataFrame, out: Path, series: Sequence[MarketSeries], options: TrendOptions) -> pd.DataFrame:
    """Writes trend.csv and its snapshot; says how many articles have no date and so no place. Returns the table."""
    from nlp.snapshot import snapshot_of
    from nlp.tables import write_table
    from nlp.trend import trend_table

    settings = {f.name: getattr(options, f.name) for f in fields(options)}
    with ThreadPoolExecutor(1) as beside:
        taken = beside.submit(snapshot_of, scores, series, settings)
        table = trend_table(scores, series, options)
    if n_undated := len(scores) - int(table["n_articles"].sum()):
        sys.stderr.write(f"{n_undated} of {len(scores)} articles have no date and are left out of the trend\n")
    write_table(table, out, list(table.columns))
    snapshot = taken.result()
    snapshot.write(out)
    sys.stderr.write(f"snapshot {snapshot.id}\n")
    return table


def measured_error(path: Path | None, scores: pd.DataFrame) -> Confusion | None:
    """The classifier's measured error, as given, else of a bundled model; says so where there is none."""
    from models.measured_error import bundled_confusion, read_confusion

    models = scores["model"].dropna().unique().astype(str).tolist() if "model" in scores else []
    found = read_confusion(path, models) if path else bundled_confusion(models)
    say_if_unmeasured(found)
    return found


def say_if_unmeasured(confusion: Confusion | None) -> None:
    """Says that bands do not carry the model's own error where there is none."""
    if confusion is None:
        sys.stderr.write("the bands do not carry the model's own error, which was not measured (see --confusion)\n")


def _scores_of_store(db: str, model: str | None) -> pd.DataFrame:
    from nlp.score_table import ScoreTable
    from nlp.store import Store

    table: ScoreTable | None = None
    with Store.existing(db) as store:
        for scored in store.scores(store.one_model(model)):
            table = table or ScoreTable(tuple(scored.by_narrative))
            table.add(scored)
    if table is None:
        raise InputError(f"no scores in {harmless(db)}: run `froth score --db` first")
    return table.table()


if __name__ == "__main__":
    main(trend)
