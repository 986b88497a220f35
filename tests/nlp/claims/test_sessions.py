"""Sessions: over holidays, and those whose value was not known yet."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd

from nlp.claims.checking import Moment, check_claim
from nlp.claims.indicators import load_indicators
from nlp.claims.records import Claim, Figure, Transform, Window
from nlp.claims.series import KnownSeries, known_series
from nlp.market import MarketSeries

TABLE = load_indicators().by_id


def verdict(indicator: str, value: float, transform: Transform, days: pd.DatetimeIndex, values: list[float]) -> str:
    """Of a claim made in the night after the last day but two."""
    known: KnownSeries = known_series(MarketSeries("made", "value", pd.Series(values, index=days)), TABLE[indicator])
    made = days[-1].date()
    moment = Moment(
        datetime(made.year, made.month, made.day + 2, 22, tzinfo=UTC), date(made.year, made.month, made.day + 3)
    )
    unit = "percent" if transform == "relative_change" else "point"
    figure = Figure(0, 1, "1", abs(value), unit, digit=0.1)
    claim = Claim(figure, indicator, transform, Window("now"), value)
    return check_claim(claim, moment, TABLE, {indicator: known}).verdict


def test_a_session_may_follow_long_holidays() -> None:
    days = pd.bdate_range(end="2024-02-08", periods=30).append(pd.DatetimeIndex(["2024-02-19"]))
    values = [3000.0] * 30 + [2790.0]
    assert verdict("shanghai_composite", -7.0, "relative_change", days, values) == "consistent"


def test_a_session_that_is_not_known_yet_leaves_room() -> None:
    days = pd.bdate_range(end="2024-08-05", periods=21)
    values = [38000.0] * 20 + [33000.0]
    assert verdict("nikkei225", 35000.0, "level", days, values) == "not_checkable"
    assert verdict("nikkei225", 53000.0, "level", days, values) == "contradicted"
