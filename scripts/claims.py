"""`froth claims`: the figures in articles, checked against market series as they were known → claims.csv."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import tee
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from nlp.errors import Failure, InputError
from scripts.console import (
    DEFAULT_DB,
    DbOption,
    Tally,
    ZoneOption,
    articles_of,
    main,
    plain_table,
    progress,
    recorded_failures,
)
from scripts.score import each_once
from scripts.trend import market_series

if TYPE_CHECKING:
    from nlp.claims.batches import Against
    from nlp.market import MarketSeries
    from nlp.schema import Article

__all__ = ["Rows", "against_market", "claims", "claims_of"]

Rows = list[dict[str, Any]]
"""The rows of claims.csv of an article."""

_AT_ONCE = 2000
"""Rows that are written at once."""


def claims(
    market: Annotated[
        Path, typer.Option("--market", help="Folder with one CSV per market series.", show_default=False)
    ],
    inputs: Annotated[
        list[str] | None,
        typer.Argument(help="Files or folders; without any, the store's articles are read.", show_default=False),
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="The claims table (.csv or .parquet).")] = Path("claims.csv"),
    indicators: Annotated[
        Path | None, typer.Option(help="Indicators (TOML) to add, or to put in place of ours.", show_default=False)
    ] = None,
    summary: Annotated[
        Path | None,
        typer.Option(
            help="Also write the shares of checked and failing claims by month and source.", show_default=False
        ),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes to read articles with.")] = 1,
    db: DbOption = DEFAULT_DB,
    zone: ZoneOption = None,
) -> None:
    """Check the figures that articles state against market series, as these were known when the article appeared."""
    from typing import get_args

    from nlp.claims.claim_table import SUMMARY_COLUMNS, ClaimCounts
    from nlp.claims.records import Verdict
    from nlp.store import sqlite_file
    from nlp.tables import check_writable, write_table

    check_writable(out, summary, read=[indicators, sqlite_file(db), *(inputs or ())])
    tally, counts = Tally(), ClaimCounts()
    with recorded_failures(tally, out.parent):
        against = against_market(market_series(market, tally), zone, indicators)
        if not against.series_by_id:
            raise InputError(f"no file in {market} is a series of an indicator: see the stems in indicators.toml")
        articles = each_once(articles_of(inputs, zone, tally) if inputs else _stored(db), tally)
        with progress("reading claims") as advance:
            for _, rows in claims_of(articles, against, out, tally, workers=workers):
                advance()
                tally.n_added += rows is not None
                counts.add(rows or ())
        if summary:
            write_table(counts.table(), summary, SUMMARY_COLUMNS)
    plain_table(("source", *get_args(Verdict)), [(source or "-", *n) for source, *n in counts.by_source()])
    tally.say(out.with_name("failures.csv"))


def claims_of(
    articles: Iterable[Article], against: Against, out: Path, tally: Tally, *, workers: int = 1
) -> Iterator[tuple[Article, Rows | None]]:
    """Writes claims.csv while articles go by; gives each with its rows, None where reading it failed.

    One article is held at a time, with several workers what these read ahead. The file appears with the last one.
    """
    from nlp.claims.batches import claim_rows_of
    from nlp.claims.claim_table import CLAIM_COLUMNS
    from nlp.tables import TableWriter

    given, read = tee(articles)
    waiting: Rows = []
    with TableWriter(out, CLAIM_COLUMNS) as writer:
        for article, rows in zip(given, claim_rows_of(read, against, workers=workers), strict=True):
            if isinstance(rows, Failure):
                tally.fail(rows)
                yield article, None
                continue
            waiting.extend(rows)
            if len(waiting) >= _AT_ONCE:
                writer.add(waiting)
                waiting.clear()
            yield article, rows
        writer.add(waiting)


def against_market(series: Sequence[MarketSeries], zone: ZoneInfo | None, indicators: Path | None = None) -> Against:
    """What claims are checked against: froth's indicators (with those of a file) and the series of these."""
    from nlp.claims.batches import Against
    from nlp.claims.indicators import load_indicators
    from nlp.claims.series import series_by_indicator

    table = load_indicators(indicators)
    return Against(table, series_by_indicator(series, table.by_id), zone)


def _stored(db: str) -> Iterator[Article]:
    from nlp.store import Store

    with Store.existing(db) as store:
        if not store.counts().n_articles:
            raise InputError(f"the store {db} holds no articles: name files to read, or fill it with froth add")
        yield from store.articles()


if __name__ == "__main__":
    main(claims)
