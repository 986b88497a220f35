from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.signal import lfilter

from nlp.correlations import cross_correlations
from nlp.series_pairs import LeadLagOptions, SeriesPair
from nlp.tested import COLUMNS

AT_ONCE = LeadLagOptions(max_lag=0)


def leading(n: int = 160, sign: float = -1.0) -> SeriesPair:
    """The narrative is two periods before the market."""
    rng = np.random.default_rng(1)
    talk = rng.normal(size=n)
    market = sign * np.concatenate([[0, 0], talk[:-2]]) + 0.3 * rng.normal(size=n)
    index = pd.period_range("2020-01-01", periods=n, freq="W-SUN")
    return SeriesPair("bubble", "vix", pd.Series(talk, index), pd.Series(market, index))


def test_a_narrative_that_leads_by_two_is_found_at_minus_two_with_its_sign() -> None:
    table = cross_correlations(leading(), LeadLagOptions(max_lag=4))
    assert tuple(table.columns) == COLUMNS
    assert table["lag"].tolist() == list(range(-4, 5))
    found = table.loc[table["p_value"].idxmin()]
    assert (found["lag"], found["n"], found["start"]) == (-2, 158, "2020-01-13")
    assert -1 <= found["low"] < found["estimate"] < found["high"] < -0.8
    assert (table["p_value"] < 0.001).sum() == 1


def test_estimates_are_pearson_correlations_of_the_pairs_that_are_there() -> None:
    pair = leading()
    talk, market = pair.talk.copy(), pair.market.copy()
    talk.iloc[[3, 50, 51]] = np.nan
    market.iloc[[4, 52]] = np.nan
    table = cross_correlations(SeriesPair("a", "b", talk, market), LeadLagOptions(max_lag=3)).set_index("lag")
    for lag in range(-3, 4):
        both = pd.concat([talk.shift(-lag), market], axis=1).dropna()
        assert table.loc[lag, "estimate"] == pytest.approx(both.corr().iloc[0, 1])
        assert table.loc[lag, "n"] == len(both)


def test_independent_series_that_persist_are_told_from_related_ones() -> None:
    """At 5%: the textbook's test of a correlation rejects every second time, ours about as often as it says."""
    rng = np.random.default_rng(5)
    n_ours = n_naive = 0
    for _ in range(100):
        shocks = rng.normal(size=(2, 300))
        talk, market = lfilter([1], [1, -0.9], shocks, axis=1)[:, 100:]
        n_naive += stats.pearsonr(talk, market).pvalue < 0.05
        pair = SeriesPair("a", "b", pd.Series(talk), pd.Series(market))
        n_ours += cross_correlations(pair, AT_ONCE)["p_value"].iloc[0] < 0.05
    assert n_naive > 35
    assert n_ours <= 11  # a rate of 5% exceeds this once in 200 samples


def test_walks_are_noted() -> None:
    rng = np.random.default_rng(2)
    walks = pd.DataFrame(rng.normal(size=(120, 2)).cumsum(axis=0))
    pair = SeriesPair("a", "b", walks[0], walks[1])
    assert "test differences" in cross_correlations(pair, AT_ONCE)["note"].iloc[0]
    assert cross_correlations(pair.differenced(talk=True), AT_ONCE)["note"].iloc[0] == ""


def test_windows_that_overlap_widen_the_kernel_or_are_not_tested() -> None:
    pair = leading()
    assert "HAC with 16 lags, window 1" in cross_correlations(pair, AT_ONCE)["settings"].iloc[0]
    wide = SeriesPair("a", "b", pair.talk, pair.market, window=12)
    rule = LeadLagOptions(max_lag=0, bandwidth="rule")
    assert cross_correlations(wide, rule)["settings"].iloc[0] == "HAC with 12 lags, window 12"
    wider = SeriesPair("a", "b", pair.talk, pair.market, window=20)
    row = cross_correlations(wider, AT_ONCE).iloc[0]
    assert "windows overlap" in row["note"]
    assert np.isnan(row["p_value"])


@pytest.mark.parametrize(
    ("talk", "reason"),
    [
        (lambda t: t.where(t.index < t.index[20]), "too short: 20 usable"),
        (lambda t: t * 0 + 0.3, "constant: bubble"),
        (lambda t: t * np.nan, "too short: 0 usable"),
    ],
)
def test_what_cannot_be_tested_is_a_row_that_says_why(talk: object, reason: str) -> None:
    pair = leading()
    row = cross_correlations(SeriesPair("bubble", "vix", talk(pair.talk), pair.market), AT_ONCE).iloc[0]  # type: ignore[operator]
    assert reason in row["note"]
    assert row[["estimate", "standard_error", "statistic", "p_value"]].isna().all()


def test_a_series_with_itself_has_no_error() -> None:
    pair = leading()
    assert "exact" in cross_correlations(SeriesPair("a", "b", pair.talk, pair.talk * 2), AT_ONCE)["note"].iloc[0]
