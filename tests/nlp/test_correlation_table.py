from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.signal import lfilter

from nlp.correlation_table import CORRELATION_COLUMNS, beside_baselines, correlation_table
from nlp.errors import InputError
from nlp.market import MarketSeries
from nlp.trend import trend_columns

BASELINES = ("bubble_keywords", "bubble_tfidf", "stress_words")
MONTHS = pd.period_range("2010-01", periods=144, freq="M")
RHO = 0.6


def persistent(rng: np.random.Generator, rho: float = RHO) -> tuple[np.ndarray, np.ndarray]:
    """Two autoregressions of the first order with this correlation."""
    shocks = rng.normal(size=(2, len(MONTHS) + 100))
    shocks[1] = rho * shocks[0] + np.sqrt(1 - rho**2) * shocks[1]
    talk, market = lfilter([1], [1, -0.5], shocks, axis=1)[:, 100:]
    return talk, market


def trend_of(talk: np.ndarray, **columns: np.ndarray) -> pd.DataFrame:
    noise = np.random.default_rng(9)
    table = pd.DataFrame(
        {name: noise.normal(size=len(talk)) for name in trend_columns(["bubble"], (), None, BASELINES)}
    )
    dates = [str(month.start_time.date()) for month in MONTHS[: len(talk)]]
    return table.assign(date=dates, bubble=talk, **columns)


def daily(monthly: np.ndarray, name: str = "vix") -> MarketSeries:
    """Days that swing widely around each month's mean, which is `monthly`; the last day of a month says nothing."""
    days = pd.date_range("2010-01-01", MONTHS[-1].end_time.date())
    month = days.to_period("M")
    swing = pd.Series(np.random.default_rng(4).normal(scale=9, size=len(days)), days)
    swing -= swing.groupby(month).transform("mean")
    return MarketSeries(name, "close", swing + pd.Series(monthly, MONTHS).reindex(month).to_numpy())


def row_of(table: pd.DataFrame, measure: str, series: str = "vix") -> pd.Series:
    (row,) = table[(table["measure"] == measure) & (table["series"] == series)].to_dict("records")
    return pd.Series(row)


def test_a_series_stands_as_its_mean_over_the_period() -> None:
    talk, market = persistent(np.random.default_rng(1))
    table = correlation_table(trend_of(talk, bubble_keywords=market), [daily(market)], "M")
    assert tuple(table.columns) == CORRELATION_COLUMNS
    row = row_of(table, "bubble")
    assert row["n"] == len(MONTHS)
    assert row["pearson"] == pytest.approx(stats.pearsonr(talk, market).statistic, abs=1e-6)
    assert row["spearman"] == pytest.approx(stats.spearmanr(talk, market).statistic, abs=1e-6)
    assert row["pearson_low"] < RHO < row["pearson_high"]
    assert row_of(table, "bubble_keywords")["pearson"] == pytest.approx(1)
    assert abs(row_of(table, "stress_words")["pearson"]) < 0.2


def test_bands_hold_what_is_true_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(2)
    true_ranks = 6 / np.pi * np.arcsin(RHO / 2)  # of two normal variables
    beside = ["bubble_index", "bubble_attention", *BASELINES]
    n_held = np.zeros(2)
    for _ in range(40):
        talk, market = persistent(rng)
        row = row_of(correlation_table(trend_of(talk).drop(columns=beside), [daily(market)], "M"), "bubble")
        n_held += [
            row["pearson_low"] <= RHO <= row["pearson_high"],
            row["spearman_low"] <= true_ranks <= row["spearman_high"],
        ]
    assert (n_held >= 35).all()  # with 95% fewer come out once in 200 samples


def test_ranks_see_a_curve_that_a_line_does_not() -> None:
    talk, market = persistent(np.random.default_rng(3), rho=1.0)
    row = row_of(correlation_table(trend_of(talk), [daily(np.exp(3 * market))], "M"), "bubble")
    assert row["pearson"] < 0.7
    assert row["spearman"] == pytest.approx(1)


def test_measures_are_those_of_the_trend_and_the_short_form_sets_baselines_beside() -> None:
    talk, market = persistent(np.random.default_rng(5))
    trend = trend_of(talk, bubble_index=np.full(len(talk), np.nan))
    table = correlation_table(trend, [daily(market), daily(-market, "spread")], "M")
    narrative = ["bubble", "bubble_share", "bubble_index", "bubble_attention", "bubble_balance", "bubble_trailing"]
    measures = [*narrative, *BASELINES, *(f"{baseline}_trailing" for baseline in BASELINES)]
    assert list(dict.fromkeys(table["measure"])) == measures
    assert row_of(table, "bubble_index")[["n", "pearson", "spearman_low"]].tolist() == pytest.approx(
        [0, np.nan, np.nan], nan_ok=True
    )
    shown = beside_baselines(table, ["bubble"])
    assert list(shown.columns)[3:] == ["of", "intensity", "balance", "keywords", "tfidf", "stress_words"]
    assert shown["of"].tolist() == ["period", "trailing"] * 2
    vix, spread = (row_of(table, "bubble", series) for series in ("vix", "spread"))
    assert shown["intensity"].tolist()[::2] == [
        f"{row['pearson']:.2f} / {row['spearman']:.2f}" for row in (vix, spread)
    ]
    slow = row_of(table, "bubble_keywords_trailing")
    assert shown["keywords"][1] == f"{slow['pearson']:.2f} / {slow['spearman']:.2f}"
    bare = trend.drop(columns=list(BASELINES))
    assert list(beside_baselines(correlation_table(bare, [daily(market)], "M"), ["bubble"]).columns)[4:] == [
        "intensity",
        "balance",
    ]


def test_few_periods_have_an_estimate_and_no_band() -> None:
    talk, market = persistent(np.random.default_rng(6))
    few = correlation_table(trend_of(talk[:29]), [daily(market)], "M")
    row = row_of(few, "bubble")
    assert row["pearson"] == pytest.approx(np.corrcoef(talk[:29], market[:29])[0, 1], abs=1e-6)
    assert np.isnan(row["pearson_low"])
    assert np.isnan(row_of(correlation_table(trend_of(talk[:2]), [daily(market)], "M"), "bubble")["pearson"])
    flat = correlation_table(trend_of(talk * 0), [daily(market)], "M")
    assert np.isnan(row_of(flat, "bubble")["spearman"])


def test_a_trend_that_is_broken_down_is_refused() -> None:
    talk, market = persistent(np.random.default_rng(7))
    twice = pd.concat([trend_of(talk), trend_of(talk)])
    with pytest.raises(InputError, match="without a breakdown"):
        correlation_table(twice, [daily(market)], "M")


def test_a_baseline_that_is_smoothed_alike_is_the_trailing_mean_of_the_trend() -> None:
    talk, market = persistent(np.random.default_rng(8))
    alike = trend_of(talk, bubble_keywords=market)
    mean, weight, expected = 0.0, 0.0, []
    for months, value in zip(MONTHS, market, strict=True):
        decay = 0.5 ** ((months.start_time - (months - 1).start_time).days / 30)
        mean, weight = mean * decay + value, weight * decay + 1
        expected.append(mean / weight)
    row = row_of(correlation_table(alike, [daily(market)], "M"), "bubble_keywords_trailing")
    assert row["pearson"] == pytest.approx(np.corrcoef(expected, market)[0, 1], abs=1e-6)
