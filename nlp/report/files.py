"""A report's tables read from disk: trend.csv and what lies beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from nlp.claims.claim_table import read_claims
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
    claims_csv: Path | None = None,
    narratives: Sequence[NamedNarrative] = (),
) -> ReportData:
    """Read a trend table and what lies beside it: its snapshot, `lead_lag.csv`, `failures.csv`, where they are there.

    Args:
        trend_csv: a file by the trend.csv contract.
        scores_csv: by default `scores.csv` beside it, where there is one.
        sentences_csv: CSV or Parquet; by default `sentences.csv` or `sentences.parquet` beside it, where there is one.
        claims_csv: by default `claims.csv` beside it, where there is one.
        narratives: gives the names (and drivers) of the narratives found; the others are named after their column.

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
    claims_csv = claims_csv or _beside(trend_csv, "claims.csv")
    lead_lag, failures = _beside(trend_csv, "lead_lag.csv"), _beside(trend_csv, "failures.csv")
    snapshot = _beside(trend_csv, f"{trend_csv.stem}.snapshot.json")
    by_id = {narrative.id: narrative for narrative in narratives}
    return ReportData(
        trend=trend,
        scores=read_table(scores_csv, ("article_id",)) if scores_csv else None,
        sentences=read_table(sentences_csv, ("article_id",)) if sentences_csv else None,
        narratives=[by_id.get(name) or ReportNarrative(name, name.replace("_", " ").capitalize()) for name in ids],
        lead_lag=read_table(lead_lag, ("narrative", "series")) if lead_lag else None,
        claims=read_claims(claims_csv) if claims_csv else None,
        snapshot=_read_snapshot(snapshot) if snapshot else None,
        failures_by_stage=_count_failures(failures) if failures else {},
    )


def _read_snapshot(path: Path) -> Mapping[str, str]:
    try:
        snapshot = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read ({error}): make the trend again, or remove the file") from error
    if not isinstance(snapshot, dict) or not isinstance(snapshot.get("id"), str):
        raise InputError(f"{path} names no snapshot id: make the trend again, or remove the file")
    return {str(name): str(value) for name, value in snapshot.items()}


def _count_failures(path: Path) -> Mapping[str, int]:
    stages = read_table(path, ("item", "stage"))["stage"].fillna("unknown stage").value_counts()
    return {str(stage): int(n) for stage, n in sorted(stages.items(), key=lambda pair: (-pair[1], str(pair[0])))}


def _beside(path: Path, *names: str) -> Path | None:
    return next((path.with_name(name) for name in names if path.with_name(name).is_file()), None)
