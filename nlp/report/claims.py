"""What the articles of a report claim: their figures with the verdicts on them, and how many fail, by source and month.

The table is `nlp.claims`': a figure is checked unless its verdict is not_checkable, and fails where it is stale or
contradicted. Every article counts, copies too. The band of a share is Wilson's (1927, J. Am. Stat. Assoc. 22: 209), as
if claims were independent; those of one article are not, so it is rather too narrow.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import UTC
from math import sqrt
from typing import Any

import pandas as pd

from nlp.claims.indicators import load_indicators
from nlp.claims.quantities import quantity
from nlp.report.data import ReportData
from nlp.safety import harmless

__all__ = ["MAX_CLAIMS", "MAX_SOURCES", "claim_summary", "claims_by_article"]

MAX_CLAIMS = 6
MAX_SOURCES = 10

_FAILING = ("contradicted", "stale")
_VERDICTS = (*_FAILING, "consistent")
"""Of a checked figure, in the order shown."""

_Z = 1.959964
_NO_SHARE: dict[str, float | None] = {"share": None, "low": None, "high": None}


def claims_by_article(data: ReportData, wanted: Set[str]) -> dict[str, dict[str, Any]]:
    """Per article its checked figures `shown`, failing ones first, how many more there are and how many unchecked."""
    if data.claims is None:
        return {}
    names = {row.id: row.names.get("en", row.id) for row in load_indicators().by_id.values()}
    table = data.claims[data.claims["article_id"].isin(wanted)]
    place = table["verdict"].map({verdict: i for i, verdict in enumerate(_VERDICTS)}).fillna(len(_VERDICTS))
    ordered = table.assign(place=place).sort_values(["article_id", "place", "start"], kind="stable")
    told: dict[str, dict[str, Any]] = {}
    for row in ordered.to_dict("records"):
        article = told.setdefault(row["article_id"], {"shown": [], "more": 0, "unchecked": 0})
        if row["verdict"] not in _VERDICTS:
            article["unchecked"] += 1
        elif len(article["shown"]) == MAX_CLAIMS:
            article["more"] += 1
        else:
            article["shown"].append(_claim({str(name): cell for name, cell in row.items()}, names))
    return told


def claim_summary(data: ReportData) -> dict[str, Any] | None:
    """Counts and the share failing: of `all`, of the sources with most figures, by month; None without a table."""
    if data.claims is None:
        return None
    names = {source: harmless(source, 80) for source in data.claims["source"].unique()}
    sources = data.claims["source"].map(names)
    rows = [{"source": str(source), **_counted(part["verdict"])} for source, part in data.claims.groupby(sources)]
    rows.sort(key=lambda row: (-row["n"], row["source"]))
    return {
        "all": _counted(data.claims["verdict"]),
        "sources": rows[:MAX_SOURCES],
        "n_sources": len(rows),
        **_by_month(data.claims, data),
    }


def _claim(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, str]:
    seen = "" if pd.isna(row["series_value"]) else quantity(row["series_value"], row["unit"])
    return {
        "verdict": row["verdict"],
        "text": harmless(row["text"], 80),
        "indicator": harmless(names.get(row["indicator"]) or row["indicator"].replace("_", " "), 60),
        "reason": harmless(row["reason"], 300),
        "seen": seen,
        "day": harmless(row["series_date"], 10),
    }


def _counted(verdicts: pd.Series) -> dict[str, Any]:
    """How many figures, how many with each verdict, the share failing of those checked with its 95% band."""
    by_verdict = {verdict: int((verdicts == verdict).sum()) for verdict in _VERDICTS}
    n_checked = sum(by_verdict.values())
    failing = _share(sum(by_verdict[verdict] for verdict in _FAILING), n_checked) if n_checked else _NO_SHARE
    return {"n": len(verdicts), "checked": n_checked, **by_verdict, **failing}


def _share(n: int, of: int) -> dict[str, float | None]:
    share, weight = n / of, _Z**2 / of
    centre, half = share + weight / 2, _Z * sqrt(share * (1 - share) / of + (weight / _Z) ** 2 / 4)
    low, high = (centre - half) / (1 + weight), (centre + half) / (1 + weight)
    return {"share": round(share, 4), "low": round(max(0.0, low), 4), "high": round(min(1.0, high), 4)}


def _by_month(claims: pd.DataFrame, data: ReportData) -> dict[str, Any]:
    """From the first month with a figure to the last: the counts of each; and how many figures have no date.

    A month is that of publication (else of when the article was first seen) in the report's calendar.
    """
    moments = _moments(claims["published"])
    if data.scores is not None:
        seen = data.scores.drop_duplicates("article_id").set_index("article_id")["first_seen"]
        moments = moments.fillna(_moments(claims["article_id"].map(seen)))
    months = moments.dt.tz_convert(data.zone or UTC).dt.tz_localize(None).dt.to_period("M")
    told = months.dropna()
    if told.empty:
        return {"months": [], "by_month": [], "n_undated": len(claims)}
    verdicts_by_month = {month: part["verdict"] for month, part in claims.groupby(months)}
    every = pd.period_range(told.min(), told.max(), freq="M")
    return {
        "months": [f"{month.start_time:%Y-%m-%d}" for month in every],
        "by_month": [_counted(verdicts_by_month.get(month, claims["verdict"].iloc[:0])) for month in every],
        "n_undated": int(months.isna().sum()),
    }


def _moments(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column, utc=True, errors="coerce", format="ISO8601").astype("datetime64[ns, UTC]")
