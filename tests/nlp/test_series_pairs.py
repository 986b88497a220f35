from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nlp.errors import InputError
from nlp.series_pairs import LeadLagOptions, SeriesPair, has_unit_root, pairs_of_trend, why_not_testable

WEEKS = pd.period_range("2024-01-01", periods=4, freq="W-SUN")
VALUES = pd.Series([1.0, np.nan, 3.0, 5.0], index=WEEKS)


def test_series_must_be_over_the_same_periods_in_order() -> None:
    with pytest.raises(InputError, match="not over the same periods: reindex"):
        SeriesPair("bubble", "vix", VALUES, VALUES.iloc[:3])
    with pytest.raises(InputError, match="ascending order without repeats"):
        SeriesPair("bubble", "vix", VALUES[::-1], VALUES[::-1])
    twice = pd.Series([1.0, 2.0], index=["2024-01-01"] * 2)
    with pytest.raises(InputError, match="ascending order without repeats"):
        SeriesPair("bubble", "vix", twice, twice)
    gap = VALUES.iloc[[0, 1, 3]]
    with pytest.raises(InputError, match="periods are missing"):
        SeriesPair("bubble", "vix", gap, gap)


@pytest.mark.parametrize(("value", "reason"), [(np.inf, "infinite"), (-np.inf, "infinite"), ("much", "no number")])
def test_what_is_no_number_is_refused(value: object, reason: str) -> None:
    hostile = pd.Series([1.0, value], dtype=object)
    with pytest.raises(InputError, match=reason):
        SeriesPair("bubble", "vix", pd.Series([1.0, 2.0]), hostile)


@pytest.mark.parametrize(
    "changes", [{"max_lag": -1}, {"max_order": 0}, {"n_controls": 0}, {"min_periods": 29}, {"bandwidth": "wide"}]
)
def test_options_that_make_no_sense_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InputError, match=f"{next(iter(changes))} is"):
        LeadLagOptions(**changes)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="window of bubble and vix is 0"):
        SeriesPair("bubble", "vix", VALUES, VALUES, window=0)


def test_differences_keep_gaps_and_say_so_in_the_name() -> None:
    pair = SeriesPair("bubble", "vix", VALUES, VALUES).differenced()
    assert (pair.narrative, pair.series) == ("bubble", "d_vix")
    assert pair.talk.equals(VALUES)
    assert pair.market.isna().tolist() == [True, True, True, False]
    assert pair.market.iloc[3] == 2
    assert pair.differenced(talk=True, market=False).narrative == "d_bubble"


def test_a_span_is_that_of_the_usable_periods() -> None:
    pair = SeriesPair("bubble", "vix", VALUES, VALUES)
    assert pair.span(np.array([False, True, True, False])) == ("2024-01-08", "2024-01-15")
    assert pair.span(np.zeros(4, dtype=bool)) == ("", "")


def test_pairs_of_a_trend_table() -> None:
    table = pd.DataFrame({"date": ["2024-01-01", "2024-01-08"], "bubble": [0.1, None], "market_vix": [15, 16]})
    (pair,) = pairs_of_trend(table, ["bubble"], ["vix"])
    assert (pair.narrative, pair.series, pair.market.tolist()) == ("bubble", "vix", [15.0, 16.0])
    with pytest.raises(InputError, match="lacks liquidity_crisis, market_dxy"):
        pairs_of_trend(table, ["liquidity_crisis"], ["dxy"])
    with pytest.raises(InputError, match="without repeats"):
        pairs_of_trend(pd.concat([table, table]), ["bubble"], ["vix"])


def test_why_periods_cannot_be_tested() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(60, 2))
    empty = pd.Series(dtype=float)
    pair = SeriesPair("bubble", "vix", empty, empty, window=6)
    assert why_not_testable(values, pair, 30) == ""
    assert why_not_testable(values[:29], pair, 30) == "too short: 29 usable periods, 30 needed"
    assert "fewer than 10 separate windows of 6" in why_not_testable(values[:59], pair, 30)
    assert why_not_testable(values * [0, 1] + 0.1, pair, 30) == "constant: bubble"
    assert why_not_testable(values * 0, pair, 30) == "constant: bubble and vix"


def test_a_random_walk_has_a_unit_root_and_noise_has_none() -> None:
    rng = np.random.default_rng(0)
    noise = pd.Series(rng.normal(size=150))
    noise[7] = np.nan
    assert not has_unit_root(noise)
    assert has_unit_root(noise.fillna(0).cumsum())
    assert has_unit_root(pd.Series(np.arange(50.0)))
    assert not has_unit_root(pd.Series(np.ones(50)))
    assert not has_unit_root(noise.head(5))
