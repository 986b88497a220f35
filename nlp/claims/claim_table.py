"""claims.csv: one row per figure of an article, written and read back; and its summary by source and month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from nlp.claims.articles import CheckedClaim
from nlp.claims.indicators import Indicator
from nlp.claims.records import Verdict
from nlp.columns import iso
from nlp.errors import InputError
from nlp.schema import Article
from nlp.tables import frame, read_table

__all__ = ["CLAIM_COLUMNS", "SUMMARY_COLUMNS", "ClaimCounts", "claim_rows", "read_claims"]

CLAIM_COLUMNS = (
    *("article_id", "start", "end", "text", "indicator", "value", "unit", "as_of", "series", "series_value"),
    *("series_date", "verdict", "reason", "transform", "window", "window_start", "window_end", "source", "lang"),
    "published",
)
SUMMARY_COLUMNS = ("date", "source", "n_claims", "n_checked", "n_failing", "share_checked", "share_failing")

_DIGITS = 12


def claim_rows(
    article: Article, claims: Iterable[CheckedClaim], indicators: Mapping[str, Indicator]
) -> list[dict[str, Any]]:
    """Rows of claims.csv.

    `value` and `series_value` are in `unit`: the indicator's (percent for a relative change) where the figure was read
    as one of it, else the figure's own.
    """
    rows = []
    for item in claims:
        claim, check, window = item.claim, item.check, item.claim.window
        dated = check.as_of is not None  # else the window was counted from no day
        row: dict[str, Any] = {
            "article_id": article.id,
            "start": claim.figure.start,
            "end": claim.figure.end,
            "text": claim.figure.text,
            "indicator": claim.indicator,
            "value": _rounded(claim.figure.value),
            "unit": claim.figure.unit,
            "as_of": iso(check.as_of),
            "series": check.series,
            "series_value": _rounded(check.series_value),
            "series_date": check.series_date.isoformat() if check.series_date else None,
            "verdict": check.verdict,
            "reason": check.reason,
            "window": window.kind,
            "window_start": window.start.isoformat() if dated and window.start else None,
            "window_end": window.end.isoformat() if dated and window.end else None,
            "source": article.source,
            "lang": article.script or article.lang,
            "published": iso(article.published),
        }
        if claim.indicator is not None and claim.value is not None:
            relative = claim.transform == "relative_change"
            row["value"] = _rounded(claim.value)
            row["unit"] = "percent" if relative else indicators[claim.indicator].unit
            row["transform"] = claim.transform
        rows.append(row)
    return rows


def read_claims(path: Path) -> pd.DataFrame:
    """Reads claims.csv, columns `CLAIM_COLUMNS`, for the report and for people's own work.

    Raises:
        InputError: no such table, a column is missing, or a verdict that is none.
    """
    table = read_table(path, CLAIM_COLUMNS)
    unknown = sorted(set(table["verdict"].astype(object).fillna("nothing").astype(str)) - set(get_args(Verdict)))
    if unknown:
        raise InputError(
            f"{path}: the column verdict holds {', '.join(unknown)}; it must be one of {', '.join(get_args(Verdict))}: "
            "write the file again with froth claims"
        )
    return table


class ClaimCounts:
    """Counts the rows of claims.csv as they are written."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Counts some rows."""
        for row in rows:
            self._counts[(row["published"] or "")[:7], row["source"], row["verdict"]] += 1

    def by_source(self) -> list[tuple[str, *tuple[int, ...]]]:
        """Per source its name and how many claims had each verdict, in the order of `Verdict`; most claims first."""
        counts: dict[str, Counter[str]] = {}
        for (_, source, verdict), n in self._counts.items():
            counts.setdefault(source, Counter())[verdict] += n
        ordered = sorted(counts.items(), key=lambda item: (-item[1].total(), item[0]))
        return [(source, *(counted[verdict] for verdict in get_args(Verdict))) for source, counted in ordered]

    def table(self) -> pd.DataFrame:
        """One row per month (of publication, UTC) and source, columns `SUMMARY_COLUMNS`; undated claims come first.

        checked is every verdict but not_checkable, failing is stale or contradicted; `share_checked` is of all claims,
        `share_failing` of those checked, empty where none was.
        """
        counts: dict[tuple[str, str], Counter[str]] = {}
        for (month, source, verdict), n in self._counts.items():
            counts.setdefault((month, source), Counter())[verdict] += n
        return frame((_summary(*key, counted) for key, counted in sorted(counts.items())), SUMMARY_COLUMNS)


def _summary(month: str, source: str, counted: Mapping[str, int]) -> dict[str, Any]:
    n_claims = sum(counted.values())
    n_failing = counted.get("stale", 0) + counted.get("contradicted", 0)
    n_checked = n_failing + counted.get("consistent", 0)
    return {
        "date": f"{month}-01" if month else None,
        "source": source,
        "n_claims": n_claims,
        "n_checked": n_checked,
        "n_failing": n_failing,
        "share_checked": round(n_checked / n_claims, 6),
        "share_failing": round(n_failing / n_checked, 6) if n_checked else None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{_DIGITS}g}")
