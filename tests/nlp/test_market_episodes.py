from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from nlp.drawdowns import Spell
from nlp.exuberance import exuberant_episodes
from nlp.market import MarketSeries
from nlp.market_episodes import MARKET_EPISODE_COLUMNS, Exuberance, exuberance_of, market_episodes, weekly_closes
from nlp.trend import trend_columns

WEEKS = pd.date_range("2010-01-04", periods=200, freq="W-MON")


def daily(values: object, start: str = "2010-01-04") -> pd.Series[float]:
    levels = np.asarray(values, dtype=float)
    return pd.Series(levels, index=pd.bdate_range(start, periods=len(levels)))


def boom_and_crash(seed: int = 3) -> pd.Series[float]:
    """Four years of days: noise, ever faster growth through the third year, half of it lost in a month, noise."""
    rng = np.random.default_rng(seed)
    growth = np.concatenate([np.zeros(500), np.linspace(0, 0.006, 250), np.full(22, -0.033), np.zeros(228)])
    return daily(100 * np.exp(np.cumsum(growth + 0.004 * rng.standard_normal(1000))))


def trend_with_episodes(*weeks: tuple[int, int], n: int = 200) -> pd.DataFrame:
    """A trend by weeks in which bubble is loud from one week to another, both included."""
    table = pd.DataFrame(0.0, index=range(n), columns=list(trend_columns(["bubble"])))
    table["date"] = WEEKS[:n].strftime("%Y-%m-%d")
    for first, last in weeks:
        table.loc[first:last, ["bubble", "bubble_z"]] = 0.5, 3.0
    return table


def test_every_episode_stands_beside_every_price() -> None:
    boom, calm = MarketSeries("boom", "close", boom_and_crash()), MarketSeries("calm", "close", daily([1.0] * 1000))
    mood = MarketSeries("vix", "close", boom_and_crash())
    found = market_episodes(trend_with_episodes((140, 150), (30, 32)), [boom, calm, mood])
    table = found.table
    assert found.failures == ()
    assert tuple(table.columns) == MARKET_EPISODE_COLUMNS
    assert table[["series", "start"]].to_numpy().tolist() == [
        [name, f"{WEEKS[week]:%Y-%m-%d}"] for name in ("boom", "calm") for week in (30, 140)
    ]
    early, late, *still = table.to_dict("records")
    assert (late["exuberant"], late["in_drawdown"], late["peak_intensity"], late["is_final"]) == (1, 1, 0.5, 0)
    assert 0.4 < late["depth"] < 0.6
    assert (early["exuberant"], early["in_drawdown"], early["is_final"]) == (0, 0, 0)
    assert early["days_to_trough"] > 600
    # What never moves cannot be tested, and has no drawdown.
    assert all(pd.isna(row["exuberant"]) and pd.isna(row["depth"]) and row["is_final"] == 0 for row in still)


def test_what_a_price_cannot_tell_is_empty() -> None:
    """Of episodes before its first day, before its twentieth week, within its years, and after its last day."""
    late = MarketSeries("late", "close", boom_and_crash()["2010-06-01":"2013-06-30"])  # type: ignore[misc]
    table = market_episodes(trend_with_episodes((5, 7), (30, 33), (120, 125), (185, 190)), [late]).table
    told = table[["exuberant", "in_drawdown", "depth", "is_final"]].astype(object).where(table.notna(), None)
    empty, early, within, after = told.to_numpy().tolist()
    assert empty == [None, None, None, 1]
    assert early[:2] == [None, 0]
    assert within[:2] == [1, 0]
    assert after == [None, None, None, 0]


def test_a_price_without_logarithm_is_a_failure_and_the_others_stay() -> None:
    good, bad = (MarketSeries(name, "close", boom_and_crash()) for name in ("good", "oil"))
    bad.values.iloc[30] = -37.63
    found = market_episodes(trend_with_episodes((140, 150)), [bad, good])
    assert found.table["series"].tolist() == ["good"]
    assert [(f.item, f.stage) for f in found.failures] == [("oil", "market")]
    assert market_episodes(trend_with_episodes(), [good]).table.empty


def test_weekly_closes() -> None:
    days = pd.DatetimeIndex(["2024-03-04", "2024-03-08", "2024-03-10", "2024-03-14", "2024-03-25", "2024-03-29"])
    closes = weekly_closes(pd.Series([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], index=days))
    assert closes.to_dict() == {days[2]: 3.0, days[3]: 4.0}
    assert weekly_closes(pd.Series([], index=pd.DatetimeIndex([]), dtype=float)).empty


def test_exuberance_is_told_by_weeks_and_only_of_rising_prices() -> None:
    prices = boom_and_crash()
    found, fallen = exuberance_of(prices), exuberance_of(1e4 / prices)
    assert found is not None
    assert fallen is not None
    # Above the critical value from a Friday on until the day before the first Friday below it.
    assert found.spells == (Spell(date(2012, 3, 16), date(2012, 11, 29)),)
    assert fallen.spells == ()
    assert found.since == date(2010, 5, 21)
    assert found.settled == fallen.settled == date(2013, 9, 20)
    assert exuberance_of(prices.iloc[:100]) is None
    assert exuberance_of(prices.iloc[:105]) is not None


@pytest.mark.parametrize("seed", [3, 4, 11])
def test_later_closes_change_nothing_that_is_settled(seed: int) -> None:
    prices = boom_and_crash(seed)
    whole, fridays = exuberance_of(prices), pd.date_range("2010-01-08", periods=200, freq="W-FRI").date
    for n in range(500, 800, 5):
        known = exuberance_of(prices.iloc[:n])
        assert known is not None
        before = [day for day in fridays if day < known.settled]
        assert [is_exuberant(day, known) for day in before] == [is_exuberant(day, whole) for day in before]


def is_exuberant(day: date, found: Exuberance | None) -> bool:
    assert found is not None
    return any(spell.start <= day <= (spell.end or date.max) for spell in found.spells)


@pytest.mark.parametrize(("seed", "n_weeks"), [(3, 2), (5, 12), (4, 30)])
def test_what_comes_later_changes_no_final_row(seed: int, n_weeks: int) -> None:
    noise = 0.015 * np.random.default_rng(seed).standard_normal(1000)
    prices = boom_and_crash(seed) * np.exp(np.cumsum(noise))
    weeks = [(start, start + n_weeks - 1) for start in range(10, 190, n_weeks + 3)]

    def rows(n_days: int) -> dict[str, dict[str, object]]:
        market = [MarketSeries("s", "close", prices.iloc[:n_days])]
        table = market_episodes(trend_with_episodes(*weeks, n=n_days // 5), market).table
        return {row["start"]: row for row in table.to_dict("records")}

    last, n_final = rows(1000), 0
    for n_days in range(175, 1000, 50):
        final = {start: row for start, row in rows(n_days).items() if row["is_final"]}
        assert {start: last[start] for start in final} == final
        n_final += len(final)
    assert n_final > 10


def clustered(n: int, seed: int) -> NDArray[np.float64]:
    """A random walk whose volatility comes in clusters: GARCH(1, 1) of .09 and .90, shocks of t with six degrees."""
    rng = np.random.default_rng(seed)
    shocks = rng.standard_t(6, size=n) / np.sqrt(1.5)
    changes, variance = np.empty(n), 1.0
    for t in range(n):
        changes[t] = np.sqrt(variance) * shocks[t]
        variance = 0.01 + 0.09 * changes[t] ** 2 + 0.90 * variance
    return 0.01 * np.cumsum(changes)


@pytest.mark.slow
def test_how_often_a_walk_with_clusters_of_volatility_is_called_exuberant() -> None:
    """The numbers that the module names, of these hundred walks; a rate's standard error is 3 to 5 in 100."""
    found = {"D": 0, "W-SUN": 0, "M": 0}
    for seed in range(100):
        walk = daily(clustered(2500, seed))
        for freq in found:
            closes = walk[~pd.Series(walk.index.to_period(freq)).duplicated(keep="last").to_numpy()]
            found[freq] += bool(exuberant_episodes(closes))
    assert [found["D"], found["W-SUN"], found["M"]] == pytest.approx([63, 31, 9], abs=2)
