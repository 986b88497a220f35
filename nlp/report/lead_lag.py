"""What the page shows of a lead–lag table: the strongest tests, and how many were run, found and counted.

The table is `nlp.lead_lag`'s. Neighbouring lags of one pair say much the same, so of each narrative, series and method
only the strongest lag is listed; all of them count.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Set
from typing import Any

import pandas as pd

from nlp.report.checks import MARKET_PREFIX
from nlp.report.data import ReportData
from nlp.report.market import series_names
from nlp.safety import harmless
from nlp.series_pairs import LeadLagOptions

__all__ = ["FALSE_DISCOVERIES", "MAX_TESTS", "lead_lag_summary"]

FALSE_DISCOVERIES = 0.05
MAX_TESTS = 12

_CHANGED = "d_"
_NUMBERS = ("estimate", "low", "high", "statistic", "p_value", "q_value")
_KEY = ["narrative", "series", "method"]


def lead_lag_summary(data: ReportData) -> dict[str, Any] | None:
    """None where no table is at hand; `rows` holds the strongest tests by q-value, of equal ones by p-value."""
    if data.lead_lag is None:
        return None
    tests = data.lead_lag
    tested = tests[tests["p_value"].notna()]
    called = series_names(dict.fromkeys(_tested(name, _series_of(data)) for name in tests["series"]))
    strongest = tested.sort_values(["q_value", "p_value"], kind="stable").drop_duplicates(_KEY)
    return {
        "n_tests": len(tested),
        "n_untested": len(tests) - len(tested),
        "n_counted": int(tested["n_tests"].max()) if len(tested) else 0,
        "n_found": int((tested["q_value"] <= FALSE_DISCOVERIES).sum()),
        "n_found_by": int((tested["q_value_by"] <= FALSE_DISCOVERIES).sum()),
        "level": FALSE_DISCOVERIES,
        "min_periods": LeadLagOptions().min_periods,
        "why_untested": _reasons(tests[tests["p_value"].isna()]),
        "n_strongest": len(strongest),
        "rows": [_row(row, data, called) for row in strongest.head(MAX_TESTS).to_dict("records")],
    }


def _series_of(data: ReportData) -> set[str]:
    columns = map(str, data.trend.columns)
    return {name.removeprefix(MARKET_PREFIX) for name in columns if name.startswith(MARKET_PREFIX)}


def _tested(name: str, known: Set[str]) -> str:
    """Whose values or changes were tested; a name of the reader's own may begin like that of changes."""
    return name if name in known else name.removeprefix(_CHANGED)


def _row(row: dict[Hashable, Any], data: ReportData, called: Mapping[str, str]) -> dict[str, Any]:
    """One test; `narrative` is its position in the report or None, and `changed` says whose changes were tested."""
    narrative, series = row["narrative"], row["series"]
    talk, market = _tested(narrative, {one.id for one in data.narratives}), _tested(series, _series_of(data))
    place = next((i for i, one in enumerate(data.narratives) if one.id == talk), None)
    return {
        "narrative": place,
        "name": harmless(data.narratives[place].name if place is not None else talk, 80),
        "series": called[market],
        "changed": [talk != narrative, market != series],
        "method": harmless(row["method"], 60),
        "lag": int(row["lag"]),
        "n": int(row["n"]),
        "span": [harmless(row["start"], 10), harmless(row["end"], 10)],
        "note": harmless(row["note"], 200),
        **{name: None if pd.isna(row[name]) else row[name] for name in _NUMBERS},
    }


def _reasons(untested: pd.DataFrame) -> list[list[Any]]:
    """What kept tests from being run, the kind of reason (the note up to its colon) with how many."""
    kinds = untested["note"].str.split(":").str[0].replace("", "no reason given").value_counts()
    return [[harmless(kind, 60), int(n)] for kind, n in kinds.head(3).items()]
