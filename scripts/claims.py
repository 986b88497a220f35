"""`froth claims`: the figures in articles, checked against market series as they were known → claims.csv."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    from nlp.claims.claim_table import ClaimCounts
    from nlp.schema import Article

__all__ = ["claims"]

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

    from nlp.claims.batches import Against
    from nlp.claims.claim_table import SUMMARY_COLUMNS
    from nlp.claims.indicators import load_indicators
    from nlp.claims.records import Verdict
    from nlp.claims.series import series_by_indicator
    from nlp.tables import check_writable, write_table

    check_writable(out, summary)
    tally = Tally()
    table = load_indicators(indicators)
    with recorded_failures(tally, out.parent):
        series = series_by_indicator(market_series(market, tally), table.by_id)
        if not series:
            raise InputError(f"no file in {market} is a series of an indicator: see the stems in indicators.toml")
        articles = articles_of(inputs, zone, tally) if inputs else _stored(db)
        counts = _write(each_once(articles, tally), Against(table, series, zone), out, tally, workers=workers)
        if summary:
            write_table(counts.table(), summary, SUMMARY_COLUMNS)
    plain_table(("source", *get_args(Verdict)), [(source or "-", *n) for source, *n in counts.by_source()])
    tally.say(out.with_name("failures.csv"))


def _write(articles: Iterable[Article], against: Against, out: Path, tally: Tally, *, workers: int) -> ClaimCounts:
    from nlp.claims.batches import claim_rows_of
    from nlp.claims.claim_table import CLAIM_COLUMNS, ClaimCounts
    from nlp.tables import TableWriter

    counts = ClaimCounts()
    waiting: list[dict[str, object]] = []
    with ExitStack() as stack:
        writer = stack.enter_context(TableWriter(out, CLAIM_COLUMNS))
        advance = stack.enter_context(progress("reading claims"))
        for rows in claim_rows_of(articles, against, workers=workers):
            advance()
            if isinstance(rows, Failure):
                tally.fail(rows)
                continue
            tally.n_added += 1
            counts.add(rows)
            waiting.extend(rows)
            if len(waiting) >= _AT_ONCE:
                writer.add(waiting)
                waiting.clear()
        writer.add(waiting)
    return counts


def _stored(db: str) -> Iterator[Article]:
    from nlp.store import Store

    with Store.open(db) as store:
        if not store.counts().n_articles:
            raise InputError(f"the store {db} holds no articles: name files to read, or fill it with froth add")
        yield from store.articles()


if __name__ == "__main__":
    main(claims)
