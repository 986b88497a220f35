"""`froth report`: a trend table and the scores behind it → one self-contained HTML page."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from scripts.console import main, parse_zone

__all__ = ["report"]


def report(
    trend: Annotated[Path, typer.Argument(help="A trend table from `froth trend`.", show_default=False)],
    out: Annotated[Path, typer.Option("-o", "--out", help="The page.")] = Path("report.html"),
    scores: Annotated[
        Path | None, typer.Option(help="The scores behind it; by default scores.csv beside TREND.", show_default=False)
    ] = None,
    sentences: Annotated[
        Path | None,
        typer.Option(help="The sentences behind those; by default sentences.csv beside TREND.", show_default=False),
    ] = None,
    freq: Annotated[
        Literal["D", "W", "M"] | None,
        typer.Option(help="Length of a period; by default read off the dates.", show_default=False),
    ] = None,
    zone: Annotated[str, typer.Option(metavar="ZONE", help="The calendar that the trend was made in.")] = "UTC",
) -> None:
    """Show narratives and market on one time axis, with the sentences behind every point."""
    from nlp.narratives import load_narratives
    from nlp.report import read_report_data, write_report

    data = read_report_data(trend, scores, sentences, narratives=load_narratives())
    if data.scores is None or not len(data.scores):
        sys.stderr.write(f"no scores.csv beside {trend}: the report shows no articles; give them with --scores\n")
    data = replace(data, freq=freq or data.freq, zone=parse_zone(zone))
    write_report(data, out)
    sys.stderr.write(f"added {len(data.trend)}, skipped 0, failed 0\n")


if __name__ == "__main__":
    main(report)
