"""A report's tables read from disk: trend.csv and what lies beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nlp.errors import InputError
from nlp.report.data import NamedNarrative, ReportData, ReportNarrative
from nlp.tables import read_table
from nlp.trend import MEASURES, narratives_of_trend

__all__ = ["read_report_data"]


def read_report_data(
    trend_csv: Path,
    scores_csv: Path | None = None,
    sentences_csv: Path | None = None,
    *,
    narratives: Sequence[NamedNarrative] = (),
    title: str = ReportData.title,
) -> ReportData:
    """Read a trend table and what lies beside it; `failures.csv` beside it gives the number of failures.

    Args:
        trend_csv: a file by the trend.csv contract.
        scores_csv: by default `scores.csv` beside it, where there is one.
        sentences_csv: CSV or Parquet; by default `sentences.csv` or `sentences.parquet` beside it, where there is one.
        narratives: gives the names (and drivers) of the narratives found; the others are named after their column.
        title: heading of the page.

    Raises:
        InputError: a named file is missing or unreadable, or breaks its contract.
    """
    trend = read_table(trend_csv, ("date", "n_articles", "n_stories"))
    ids = narratives_of_trend(list(trend.columns))
    if not ids:
        raise InputError(
            f"{trend_csv} has no narrative: expected for one narrative n the columns "
            f"{', '.join('n' + measure for measure in MEASURES)}, found {', '.join(map(str, trend.columns[:12]))}; "
            "make it with `froth trend`"
        )
    scores_csv = scores_csv or _beside(trend_csv, "scores.csv")
    sentences_csv = sentences_csv or _beside(trend_csv, "sentences.csv", "sentences.parquet")
    failures = _beside(trend_csv, "failures.csv")
    by_id = {narrative.id: narrative for narrative in narratives}
    return ReportData(
        trend=trend,
        scores=read_table(scores_csv, ("article_id",)) if scores_csv else None,
        sentences=read_table(sentences_csv, ("article_id",)) if sentences_csv else None,
        narratives=[by_id.get(name) or ReportNarrative(name, name.replace("_", " ").capitalize()) for name in ids],
        title=title,
        n_failed=_n_unused(failures) if failures else 0,
    )


def _n_unused(failures: Path) -> int:
    """Items that were not read or scored; one whose date alone was not understood is scored, and counted as undated."""
    return int((read_table(failures, ("item", "stage"))["stage"] != "date").sum())


def _beside(path: Path, *names: str) -> Path | None:
    return next((path.with_name(name) for name in names if path.with_name(name).is_file()), None)
