from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nlp.market import MarketSeries
from nlp.market_study import study_pairs

DATES = pd.date_range("2020-01-06", periods=60, freq="W-MON").strftime("%Y-%m-%d")


def table(**market: np.ndarray) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame({"date": DATES, "bubble": rng.random(60), **{f"market_{k}": v for k, v in market.items()}})


def series(name: str, column: str) -> MarketSeries:
    return MarketSeries(name, column, pd.Series([1.0], index=pd.to_datetime(["2020-01-01"])))


def test_prices_are_tested_as_returns_and_walks_in_differences() -> None:
    rng = np.random.default_rng(2)
    price, walk, noise = (
        np.exp(np.cumsum(rng.normal(size=60)) / 50),
        np.cumsum(rng.normal(size=60)),
        rng.normal(size=60),
    )
    market = [series("sp500", "close"), series("walcl", "WALCL"), series("nfci", "NFCI")]
    pairs = study_pairs(table(sp500=price, walcl=walk, nfci=noise), ["bubble"], market)
    assert [pair.series for pair in pairs] == ["d_sp500", "d_walcl", "nfci"]
    np.testing.assert_allclose(pairs[0].market.to_numpy()[1:], np.diff(np.log(price)))
    np.testing.assert_allclose(pairs[2].market.to_numpy(), noise)


@pytest.mark.filterwarnings("error")
def test_a_price_of_nothing_is_a_gap() -> None:
    price = np.full(60, 2.0)
    price[5] = 0.0
    (pair,) = study_pairs(table(x=price), ["bubble"], [series("x", "close")])
    assert pair.market.isna().sum() == 3
