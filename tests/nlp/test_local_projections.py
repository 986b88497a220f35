from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter
from statsmodels.regression.linear_model import OLS

from nlp.local_projections import local_projections
from nlp.series_pairs import LeadLagOptions, SeriesPair


def responding(n: int, seed: int = 0) -> SeriesPair:
    """An innovation of the narrative (deviation 1.5) adds itself to the market a period later, then decays by 0.8."""
    rng = np.random.default_rng(seed)
    shocks = 1.5 * rng.normal(size=n + 1)
    talk = lfilter([1], [1, -0.5], shocks)[1:]
    market = lfilter([1], [1, -0.8], shocks[:-1] + rng.normal(size=n))
    return SeriesPair("bubble", "vix", pd.Series(talk), pd.Series(market))


def test_a_known_response_is_found() -> None:
    table = local_projections(responding(2000), LeadLagOptions(max_horizon=8))
    assert table["lag"].tolist() == list(range(9))
    truth = np.array([0.0, *(1.5 * 0.8**h for h in range(8))])
    np.testing.assert_allclose(table["estimate"], truth, atol=0.2)
    assert ((table["low"] <= truth) & (truth <= table["high"])).sum() >= 7
    assert (table["p_value"].iloc[1:6] < 1e-3).all()


def test_the_worked_example_is_statsmodels_own() -> None:
    pair = responding(150)
    options = LeadLagOptions(max_horizon=3, n_controls=2, bandwidth="rule")
    row = local_projections(pair, options).set_index("lag").loc[3]
    x, y = pair.talk, pair.market
    known = pd.DataFrame({"one": 1.0, "x": x, "x1": x.shift(1), "x2": x.shift(2), "y1": y.shift(1), "y2": y.shift(2)})
    innovation = OLS(x, known[["one", "x1", "x2", "y1", "y2"]], missing="drop").fit()
    change = y.shift(-3) - y.shift(1)
    n_lags = 4
    covariance = {"maxlags": n_lags, "use_correction": True}
    theirs = OLS(change, known, missing="drop").fit(cov_type="HAC", cov_kwds=covariance)
    size, b = np.sqrt(innovation.scale), (n_lags + 1) / theirs.nobs
    assert row["n"] == theirs.nobs == 145
    assert row["estimate"] == pytest.approx(theirs.params["x"] * size)
    assert row["standard_error"] * np.sqrt(1 - b + b * b / 3) == pytest.approx(theirs.bse["x"] * size)


def test_units_and_levels_do_not_matter() -> None:
    pair = responding(120)
    plain = local_projections(pair)
    moved = local_projections(SeriesPair("bubble", "vix", pair.talk * 1e-4, pair.market * 50 + 20_000))
    np.testing.assert_allclose(moved["estimate"], plain["estimate"] * 50, rtol=1e-6)
    np.testing.assert_allclose(moved["p_value"], plain["p_value"], rtol=1e-6)


def test_the_kernel_covers_the_changes_that_overlap() -> None:
    table = local_projections(responding(120), LeadLagOptions(bandwidth="rule", max_horizon=9))
    assert [int(text.split()[2]) for text in table["settings"]] == [4, 4, 4, 4, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        (SeriesPair("bubble", "vix", responding(33).talk, responding(33).market), "too short: 29 usable"),
        (SeriesPair("bubble", "vix", responding(99).talk * 0, responding(99).market), "constant: bubble"),
        (SeriesPair("bubble", "vix", responding(99).talk, responding(99).market * 0 + 7), "constant: vix"),
        (SeriesPair("bubble", "vix", responding(99).talk, responding(99).market, window=12), "windows overlap"),
        (SeriesPair("bubble", "vix", responding(5).talk, responding(5).market), "too short: 1 usable"),
        (SeriesPair("bubble", "vix", responding(99).talk, responding(99).talk), "collinear"),
    ],
)
def test_what_cannot_be_tested_says_why(pair: SeriesPair, reason: str) -> None:
    row = local_projections(pair, LeadLagOptions(max_horizon=0, n_controls=4)).iloc[0]
    assert reason in row["note"]
    assert np.isnan(row["p_value"])
