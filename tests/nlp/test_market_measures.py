from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.errors import MarketError
from nlp.market import MarketSeries, read_series
from nlp.market_measures import MEASURES_BY_KIND, Kind, infer_kind, market_measures


def series(values: list[float], name: str = "sp500", column: str = "close", freq: str = "B") -> MarketSeries:
    days = pd.date_range("2024-01-01", periods=len(values), freq=freq)
    return MarketSeries(name, column, pd.Series(values, index=days, dtype=float))


def test_a_worked_example() -> None:
    table = market_measures(series([100.0, 110.0, 99.0, 121.0]))
    assert list(table.columns) == ["level", "return", "volatility", "drawdown"]
    assert table["level"].tolist() == [100, 110, 99, 121]
    expected = [math.nan, math.log(1.1), math.log(0.9), math.log(121 / 99)]
    np.testing.assert_allclose(table["return"], expected)
    np.testing.assert_allclose(table["drawdown"], [math.nan, 0, -0.1, 0], atol=1e-15)
    assert table["volatility"].isna().all()


def test_volatility_of_returns_of_one_size_is_that_size_annualised() -> None:
    values = [100 * math.exp(0.01 * (n % 2)) for n in range(30)]
    volatility = market_measures(series(values))["volatility"]
    assert volatility.isna().tolist() == [True] * 21 + [False] * 9
    np.testing.assert_allclose(volatility.iloc[21:], 0.01 * math.sqrt(252))


def test_volatility_against_the_sum_written_out() -> None:
    values = list(np.exp(np.cumsum(np.random.default_rng(2).normal(0, 0.01, 60))))
    volatility = market_measures(series(values))["volatility"]
    for t in range(21, 60):
        squares = sum(math.log(values[s] / values[s - 1]) ** 2 for s in range(t - 20, t + 1))
        assert volatility.iloc[t] == pytest.approx(math.sqrt(252 / 21 * squares), rel=1e-12)


def test_a_weekly_series_has_no_daily_volatility() -> None:
    values = [100.0 + n % 3 for n in range(80)]
    assert market_measures(series(values, freq="W"), "price")["volatility"].isna().all()
    assert market_measures(series(values, freq="D"), "price")["volatility"].notna().sum() == 59


def test_differences_of_what_has_no_returns() -> None:
    for kind in ("rate", "index"):
        table = market_measures(series([0.5, -0.2, 0.0], "NFCI_weekly", "NFCI"), kind)  # type: ignore[arg-type]
        assert list(table.columns) == ["level", "change"]
        np.testing.assert_allclose(table["change"], [math.nan, -0.7, 0.2])


def test_values_that_are_not_above_zero_have_no_returns_and_no_drawdown() -> None:
    # Oil on 2020-04-20 closed below zero.
    table = market_measures(series([18.27, -37.63, 10.01, 13.78]), "price")
    assert table["return"].isna().tolist() == [True, True, True, False]
    assert table["drawdown"].isna().tolist() == [True, True, False, False]
    assert table["drawdown"].iloc[2] == pytest.approx(10.01 / 18.27 - 1)
    amounts = market_measures(series([2.0, 0.0, 5.0, 6.0], "rrpontsyd", "RRPONTSYD"), "amount")
    assert list(amounts.columns) == ["level", "change", "return"]
    assert amounts["return"].isna().tolist() == [True, True, True, False]
    assert market_measures(series([-1.0] * 40), "price")[["return", "volatility", "drawdown"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("name", "column", "kind"),
    [
        ("sp500_daily", "close", "price"),
        ("hang_seng", "Close ", "price"),
        ("vix_daily", "close", "index"),
        ("VIX", "close", "index"),
        ("NFCI_weekly", "NFCI", "index"),
        ("nasdaq_composite_close", "NASDAQCOM", "price"),
        ("VIX9D", "close", "index"),
        ("fear_greed", "close", "index"),
    ],
)
def test_the_kind_is_inferred_by_names(name: str, column: str, kind: Kind) -> None:
    assert infer_kind(series([1.0, -1.0], name, column)) == kind
    assert list(market_measures(series([1.0, -1.0], name, column)).columns) == list(MEASURES_BY_KIND[kind])


def test_an_unknown_kind_says_which_there_are() -> None:
    with pytest.raises(MarketError, match="no kind of series 'stock': give one of price, rate, index, amount"):
        market_measures(series([1.0]), "stock")  # type: ignore[arg-type]


def test_short_series() -> None:
    assert market_measures(series([])).empty
    assert market_measures(series([5.0]))[["return", "volatility", "drawdown"]].isna().all(axis=None)


FLOATS = st.floats(-1e6, 1e12, allow_nan=False)


@given(
    st.lists(FLOATS | st.floats(50, 150), min_size=1, max_size=60),
    st.lists(FLOATS, max_size=30),
    st.sampled_from(sorted(MEASURES_BY_KIND)),
)
def test_later_values_change_no_earlier_bit(early: list[float], late: list[float], kind: Kind) -> None:
    before, after = market_measures(series(early), kind), market_measures(series(early + late), kind)
    pd.testing.assert_frame_equal(after.iloc[: len(early)], before, check_exact=True, check_freq=False)


@given(st.lists(st.floats(0.01, 1e9), min_size=2, max_size=80))
def test_ranges_and_scale(values: list[float]) -> None:
    table = market_measures(series(values))
    assert table["drawdown"].iloc[1:].between(-1, 0).all()
    assert (table["volatility"].dropna() >= 0).all()
    np.testing.assert_allclose(table["return"].iloc[1:].sum(), math.log(values[-1] / values[0]), atol=1e-9)
    doubled = market_measures(series([2 * value for value in values]))
    np.testing.assert_allclose(doubled["drawdown"], table["drawdown"], atol=1e-12)
    np.testing.assert_allclose(doubled["volatility"], table["volatility"], atol=1e-9)


@pytest.mark.shared
def test_known_days_of_the_sp500(shared: Path) -> None:
    table = market_measures(read_series(shared / "market" / "sp500_daily.csv"))
    assert table.loc["1987-10-19", "return"] == pytest.approx(math.log(224.839996 / 282.700012), abs=1e-4)
    assert table["drawdown"].min() == pytest.approx(-0.862, abs=0.001)
    assert table["drawdown"].idxmin() == pd.Timestamp("1932-06-01")
    assert table["volatility"].loc["2020":].idxmax() in pd.date_range("2020-03-16", "2020-04-15")
