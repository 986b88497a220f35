from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nlp.errors import MarketError
from nlp.exuberance import (
    ExuberantEpisode,
    backward_adf,
    bsadf,
    exuberant_episodes,
    forward_adf,
    gsadf,
    log_prices_of,
    minimal_window,
)
from nlp.exuberance_critical import FIRST, critical_values
from nlp.market import read_series


def dated(values: object) -> pd.Series[float]:
    levels = np.asarray(values, dtype=float)
    return pd.Series(levels, index=pd.date_range("1990-01-31", periods=len(levels), freq="ME"))


def random_walk(n: int, seed: int) -> NDArray[np.float64]:
    return np.cumsum(np.random.default_rng(seed).standard_normal(n) + 1 / n)


def bubble(n: int, seed: int) -> NDArray[np.float64]:
    """The process of Phillips, Shi and Yu 2015, section 4: mildly explosive from 0.4 n to 0.6 n, then back."""
    shocks = 6.79 * np.random.default_rng(seed).standard_normal(n)
    first, last = int(0.4 * n), int(0.6 * n)
    levels = np.full(n, 100.0)
    for t in range(1, n):
        if t == last + 1:
            levels[t] = levels[first] + shocks[t]
        else:
            levels[t] = levels[t - 1] * (1 + n**-0.6 if first < t <= last else 1) + shocks[t]
    return levels


def by_least_squares(levels: NDArray[np.float64], lags: int) -> float:
    import statsmodels.api as sm

    changes = np.diff(levels)
    columns = [np.ones(len(changes) - lags), levels[lags:-1], *([changes[:-1]] if lags else [])]
    return float(sm.OLS(changes[lags:], np.column_stack(columns)).fit().tvalues[1])


@pytest.mark.parametrize("lags", [0, 1])
@pytest.mark.parametrize("offset", [0.0, 1000.0])
def test_every_window_has_the_statistic_of_least_squares(lags: int, offset: float) -> None:
    levels = offset + random_walk(500, 7)
    rng = np.random.default_rng(11)
    for _ in range(40):
        start = int(rng.integers(0, 480))
        end = int(rng.integers(start + 12, 501))
        expected = by_least_squares(levels[start:end], lags)
        window = end - start
        assert backward_adf(levels[:end], window, lags)[0] == pytest.approx(expected, abs=1e-8)
        assert backward_adf(levels[:end], 10, lags)[window - 10] == pytest.approx(expected, abs=1e-8)
        assert forward_adf(levels[start:], 10, lags)[window - 10] == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("lags", [0, 1])
def test_the_supremum_is_over_all_starts(lags: int) -> None:
    levels = random_walk(60, 3)
    table = bsadf(dated(levels), lags)
    assert table["statistic"].head(FIRST - 1).isna().all()
    for n in (FIRST, 41, 60):
        starts = range(n - minimal_window(n) + 1)
        expected = max(by_least_squares(levels[start:n], lags) for start in starts)
        assert table["statistic"][n - 1] == pytest.approx(expected, abs=1e-8)


def test_gsadf_takes_one_window_for_all_end_points() -> None:
    levels = random_walk(50, 5)
    window = minimal_window(50)
    expected = max(by_least_squares(levels[a:b], 0) for b in range(window, 51) for a in range(b - window + 1))
    assert gsadf(dated(levels)) == pytest.approx(expected, abs=1e-8)


def test_a_batch_of_paths_is_as_one_by_one() -> None:
    paths = np.stack([random_walk(70, seed) for seed in range(5)])
    for adf in (backward_adf, forward_adf):
        assert np.array_equal(adf(paths, 14, 1), np.stack([adf(path, 14, 1) for path in paths]))


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.integers(FIRST, 90), st.sampled_from([0, 1]), st.sampled_from([random_walk, bubble]))
def test_appending_the_future_changes_no_earlier_bit(seed: int, n: int, lags: int, process: object) -> None:
    prices = dated(process(120, seed))  # type: ignore[operator]
    pd.testing.assert_frame_equal(bsadf(prices[:n], lags), bsadf(prices, lags).head(n), check_exact=True)
    known, all_of_them = exuberant_episodes(prices[:n], lags=lags), exuberant_episodes(prices, lags=lags)
    ended = [episode for episode in known if episode.end is not None]
    assert all_of_them[: len(ended)] == ended
    assert [e.start for e in all_of_them if e.confirmed <= prices.index[n - 1]] == [e.start for e in known]


@settings(max_examples=20)
@given(st.floats(-50, 50), st.sampled_from([-1.0, 0.01, 1.0, 300.0]))
def test_neither_level_nor_unit_matters(shift: float, scale: float) -> None:
    levels = random_walk(60, 2)
    plain, moved = bsadf(dated(levels)), bsadf(dated(shift + scale * levels))
    np.testing.assert_allclose(moved["statistic"], plain["statistic"], atol=1e-8)


def test_the_dates_of_a_simulated_bubble() -> None:
    """Prices run away after observation 80 and fall back at 121; some bubbles drown in their shocks."""
    n_found = n_elsewhere = 0
    for seed in range(20):
        prices = dated(bubble(200, seed))
        for episode in exuberant_episodes(prices):
            start, end = prices.index.get_loc(episode.start), prices.index.get_loc(episode.end)
            n_found += 80 < start <= 115 and end == 121 and episode.rising
            n_elsewhere += end <= 80 or start >= 121
    assert n_found >= 14
    assert n_elsewhere <= 4


def test_the_rule_of_the_shortest_episode() -> None:
    prices = dated(bubble(200, 1))
    statistics = bsadf(prices)["statistic"].to_numpy()
    above = statistics > critical_values(200)
    for episode in exuberant_episodes(prices):
        start, confirmed = (prices.index.get_loc(day) for day in (episode.start, episode.confirmed))
        assert not above[start - 1]
        assert confirmed - start + 1 == math.ceil(math.log(start + 1))
        assert above[start : confirmed + 1].all()
        assert episode.end is not None
        end = prices.index.get_loc(episode.end)
        assert above[start:end].all()
        assert not above[end]
        assert episode.statistic == statistics[start:end].max()


def test_an_episode_that_goes_on_has_no_end() -> None:
    (episode,) = exuberant_episodes(dated(bubble(200, 1)[:118]))
    assert episode.end is None
    assert episode.rising


def test_a_crash_is_told_from_a_boom() -> None:
    (boom,) = exuberant_episodes(dated(bubble(200, 1)[:118]))
    (crash,) = exuberant_episodes(dated(-bubble(200, 1)[:118]))
    assert dataclasses.replace(crash, rising=True, statistic=boom.statistic) == boom
    assert not crash.rising


def test_how_often_a_random_walk_is_called_exuberant() -> None:
    """Against its own quantile BSADF is above at the nominal rate; episodes are as rare as their docstring says."""
    n_walks, n = 200, 200
    walks = np.stack([random_walk(n, 1000 + seed) for seed in range(n_walks)])
    ends, window = range(FIRST, n + 1), minimal_window(n)
    own = np.stack([backward_adf(walks[:, :end], minimal_window(end)).max(axis=1) for end in ends], axis=1)
    # The walks, not their points, are independent: the rate's standard error over walks is 0.006.
    assert (own > critical_values(n, 0.95, "bsadf")[FIRST - 1 :]).mean() == pytest.approx(0.05, abs=0.018)
    whole = np.max([backward_adf(walks[:, :end], window).max(axis=1) for end in range(window, n + 1)], axis=0)
    # Binomial standard errors of 0.015, 0.018 and 0.033; three of them.
    assert (whole > critical_values(n, 0.95, "gsadf")[-1]).mean() == pytest.approx(0.05, abs=0.045)
    assert np.mean([bool(exuberant_episodes(dated(w))) for w in walks]) == pytest.approx(0.08, abs=0.054)
    assert np.mean([bool(exuberant_episodes(dated(w), against="bsadf")) for w in walks]) == pytest.approx(0.36, abs=0.1)


def test_a_stretch_that_stands_still_has_no_statistic() -> None:
    prices = dated([*[1.0] * 40, *random_walk(40, 4)])
    table = bsadf(prices)
    assert table["statistic"].iloc[:40].isna().all()
    assert np.isfinite(table["statistic"].iloc[45:]).all()
    assert not np.isinf(table["statistic"]).any()


@pytest.mark.parametrize("lags", [0, 1])
@pytest.mark.parametrize("line", [np.arange(60.0), 0.1 * np.arange(60), 7 + np.exp(0.01 * np.arange(60))])
def test_a_perfect_fit_is_no_evidence(line: NDArray[np.float64], lags: int) -> None:
    """Steady growth leaves no residual: a t-statistic of its rounding errors would be nonsense."""
    assert bsadf(dated(line), lags)["statistic"].isna().all()
    assert exuberant_episodes(dated(line), lags=lags) == []


@pytest.mark.parametrize(
    ("prices", "says"),
    [
        (dated(range(19)), "19 observations are too few"),
        (dated([]), "0 observations are too few"),
        (dated([3.5] * 30), "all 30 log prices are 3.5"),
        (dated([*range(30), math.nan, math.nan]), r"1992-07-31.*nan is no log price \(2 like it\)"),
        (dated([*range(30), -math.inf]), "-inf is no log price"),
        (dated(random_walk(30, 1))[::-1], r"sort_index\(\)"),
        (pd.concat([dated(random_walk(30, 1))] * 2).sort_index(), "a day stands twice"),
        (dated(random_walk(30, 1)).astype(str).str.replace("0", "x"), "are no numbers"),
    ],
)
def test_a_series_that_cannot_be_tested(prices: pd.Series[float], says: str) -> None:
    for test in (bsadf, gsadf, exuberant_episodes):
        with pytest.raises(MarketError, match=says):
            test(prices)


def test_lags_beyond_one() -> None:
    with pytest.raises(MarketError, match="2 lags"):
        bsadf(dated(random_walk(30, 1)), 2)


@pytest.mark.parametrize("price", [0.0, -1.0])
def test_prices_without_a_logarithm(price: float) -> None:
    with pytest.raises(MarketError, match=r"1990-02-28.*has no logarithm"):
        log_prices_of(dated([1.0, price, 2.0]))
    assert log_prices_of(dated([1.0, math.e])).tolist() == [0.0, 1.0]


def test_an_episode_is_frozen() -> None:
    day = pd.Timestamp("2000-01-31")
    with pytest.raises(dataclasses.FrozenInstanceError):
        ExuberantEpisode(day, day, day, None, 1.0, True).end = day  # type: ignore[misc]


@pytest.mark.shared
def test_the_nasdaq_of_1999(shared: Path) -> None:
    """What Phillips, Wu and Yu 2011 found in this index; no dividends here, so the dates are our own."""
    months = read_series(shared / "market" / "nasdaq_composite_close.csv").values.resample("ME").last()
    prices = log_prices_of(months["1990":"2005"])  # type: ignore[misc]
    assert gsadf(prices) > critical_values(len(prices), 0.95, "gsadf")[-1]
    table = bsadf(prices)
    above = table["date"][table["statistic"] > critical_values(len(prices))]
    months_above = above.dt.strftime("%Y-%m").tolist()
    assert [month for month in months_above if month >= "1997"] == ["1999-12", "2000-01", "2000-02", "2000-03"]
    assert {month[:4] for month in months_above} <= {"1995", "1996", "1999", "2000"}
    last = exuberant_episodes(prices, against="bsadf")[-1]
    assert pd.Timestamp("1999-01-01") <= last.start <= pd.Timestamp("1999-12-31")
    assert last.peak == pd.Timestamp("2000-02-29")
    # With the history since 1971 the windows can be longer; it is then the only episode until 2005.
    (whole,) = exuberant_episodes(log_prices_of(months[:"2005"]))  # type: ignore[misc]
    assert (whole.start, whole.rising) == (pd.Timestamp("1999-10-31"), True)
    assert whole.end is not None
    assert whole.end.year == 2000
