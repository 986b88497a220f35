"""`froth report`: a trend table and what lies behind it → one self-contained HTML page, and figures."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from scripts.console import main, parse_zone

__all__ = ["report"]

_PAGE = Path("report.html")


def report(
    trend: Annotated[Path, typer.Argument(help="A trend table from `froth trend`.", show_default=False)],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", help="The page; by default report.html, or none with --figure.", show_default=False
        ),
    ] = None,
    scores: Annotated[
        Path | None, typer.Option(help="The scores behind it; by default scores.csv beside TREND.", show_default=False)
    ] = None,
    sentences: Annotated[
        Path | None,
        typer.Option(help="The sentences behind those; by default sentences.csv beside TREND.", show_default=False),
    ] = None,
    claims: Annotated[
        Path | None,
        typer.Option(
            help="The figures checked in the articles; by default claims.csv beside TREND.", show_default=False
        ),
    ] = None,
    narratives: Annotated[
        Path | None,
        typer.Option(
            help="Names and drivers of further narratives (TOML, as a model's narratives.toml).", show_default=False
        ),
    ] = None,
    freq: Annotated[
        Literal["D", "W", "M"] | None,
        typer.Option(help="Length of a period; by default read off the dates.", show_default=False),
    ] = None,
    zone: Annotated[str, typer.Option(metavar="ZONE", help="The calendar that the trend was made in.")] = "UTC",
    confusion: Annotated[
        Path | None,
        typer.Option(help="The measured error that the trend was made with, as in `froth trend`.", show_default=False),
    ] = None,
    title: Annotated[str | None, typer.Option(help="The heading.", show_default=False)] = None,
    series: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A market series to show at first; may be repeated.", show_default=False),
    ] = None,
    figure: Annotated[
        list[Path] | None,
        typer.Option(help="The main figure as a picture, .png or .svg; may be repeated.", show_default=False),
    ] = None,
    language: Annotated[Literal["en", "zh"], typer.Option(help="The language of the figure.")] = "en",
) -> None:
    """Show narratives and market on one time axis, with the sentences behind every point."""
    from nlp.narratives import load_narratives
    from nlp.report import read_report_data, write_figure, write_report
    from nlp.tables import check_writable
    from scripts.trend import measured_error

    check_writable(out, *(figure or ()), read=[trend, scores, sentences, claims, confusion, narratives])
    known = (*load_narratives(), *(load_narratives(narratives) if narratives else ()))
    data = read_report_data(trend, scores, sentences, claims_csv=claims, narratives=known)
    freq, title = freq or data.freq, title or data.title
    data = replace(data, title=title, freq=freq, zone=parse_zone(zone), series=tuple(series or ()))
    for path in figure or ():
        write_figure(data, path, language)
    if out or not figure:
        if data.scores is None or not len(data.scores):
            sys.stderr.write(f"no scores.csv beside {trend}: the report shows no articles; give them with --scores\n")
        else:
            data = replace(data, confusion=measured_error(confusion, data.scores))
        write_report(data, out or _PAGE)
    sys.stderr.write(f"added {len(data.trend)}, skipped 0, failed 0\n")


if __name__ == "__main__":
    main(report)
