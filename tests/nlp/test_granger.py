from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import OLS

from nlp.granger import granger_tests
from nlp.series_pairs import LeadLagOptions, SeriesPair

FORTH, BACK = "granger_narrative_to_series", "granger_series_to_narrative"


def driven(n: int = 250) -> SeriesPair:
    """The market follows its own last value and the narrative's last but one."""
    rng = np.random.default_rng(4)
    talk, market = np.zeros(n), np.zeros(n)
    for t in range(2, n):
        talk[t] = 0.4 * talk[t - 1] + rng.normal()
        market[t] = 0.3 * market[t - 1] + 0.5 * talk[t - 2] + rng.normal()
    return SeriesPair("bubble", "vix", pd.Series(talk), pd.Series(market))


def test_the_direction_and_the_order_are_found() -> None:
    table = granger_tests(driven()).set_index("method")
    assert list(table.index) == [FORTH, BACK]
    assert table.loc[FORTH, "p_value"] < 1e-4
    assert table.loc[FORTH, "low"] > 0
    assert table.loc[FORTH, "lag"] == 2
    assert table.loc[BACK, "p_value"] > 0.05


def test_the_worked_example_is_statsmodels_own() -> None:
    pair = driven()
    row = granger_tests(pair, LeadLagOptions(bandwidth="rule")).set_index("method").loc[FORTH]
    talk, market = ((s - s.iloc[6:].mean()) / s.iloc[6:].std(ddof=0) for s in (pair.talk, pair.market))
    known = pd.DataFrame({"y": market, "y1": market.shift(1), "y2": market.shift(2)})
    known = known.assign(x1=talk.shift(1), x2=talk.shift(2), one=1.0).dropna()
    names = ["one", "y1", "y2", "x1", "x2"]
    n_lags = 4
    assert row["settings"].startswith(f"HAC with {n_lags} lags")
    options = {"maxlags": n_lags, "use_correction": True}
    theirs = OLS(known["y"], known[names]).fit(cov_type="HAC", cov_kwds=options)
    b = (n_lags + 1) / len(known)
    degrees = 1.5 / b
    wald = theirs.wald_test("x1 = 0, x2 = 0", use_f=False, scalar=True).statistic * (1 - b + b**2 / 3)
    assert row["n"] == len(known)
    assert row["estimate"] == pytest.approx(theirs.params[["x1", "x2"]].sum(), rel=1e-2)
    assert row["statistic"] == pytest.approx(wald * (degrees - 1) / (2 * degrees), rel=1e-6)


def test_the_order_is_that_of_statsmodels_bic() -> None:
    pair = driven()
    scores = []
    both = {"y": pair.market, "x": pair.talk}
    lags = pd.DataFrame({f"{name}{lag}": both[name].shift(lag) for lag in range(1, 7) for name in both})
    lags = lags.assign(one=1.0).iloc[6:]
    for order in range(1, 7):
        names = ["one", *(f"{name}{lag}" for lag in range(1, order + 1) for name in "yx")]
        scores.append(OLS(pair.market.iloc[6:], lags[names]).fit().bic)
    assert granger_tests(pair)["lag"].iloc[0] == 1 + int(np.argmin(scores))


def test_a_unit_root_gets_an_untested_lag_and_a_note() -> None:
    rng = np.random.default_rng(3)
    pair = driven()
    walk = SeriesPair("bubble", "dxy", pair.talk, pd.Series(rng.normal(size=250).cumsum()))
    table = granger_tests(walk)
    assert table["note"].str.startswith("dxy: looks like a unit root").all()
    assert table["settings"].str.endswith("1 more untested").all()
    assert (granger_tests(walk.differenced())["note"] == "").all()


@pytest.mark.parametrize(
    ("pair", "reason"),
    [
        (SeriesPair("bubble", "vix", driven().talk, driven().market, window=3), "windows overlap: values of 3"),
        (SeriesPair("bubble", "vix", driven().talk.head(40), driven().market.head(40)), "too short: 34 usable"),
        (SeriesPair("bubble", "vix", driven().talk * 0, driven().market), "constant: bubble"),
        (SeriesPair("bubble", "vix", driven().talk, driven().market * 0), "constant: vix"),
        (SeriesPair("bubble", "vix", driven().talk, driven().talk * 2), "collinear"),
        (SeriesPair("bubble", "vix", driven().talk, pd.Series(np.arange(250.0))), "exact|collinear"),
    ],
)
def test_what_cannot_be_tested_says_why(pair: SeriesPair, reason: str) -> None:
    table = granger_tests(pair)
    assert table["note"].str.contains(reason).any()
    assert table.loc[table["note"].str.contains(reason), "p_value"].isna().all()


def test_gaps_take_only_the_rows_they_touch() -> None:
    pair = driven()
    talk = pair.talk.copy()
    talk.iloc[100] = np.nan
    row = granger_tests(SeriesPair("a", "b", talk, pair.market)).iloc[0]
    assert (row["lag"], row["n"]) == (2, 250 - 2 - 2)  # only the two periods after the gap miss a lag
