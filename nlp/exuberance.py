"""When prices run away: the recursive right-tailed unit root tests of Phillips, Shi and Yu, point in time.

Phillips, Shi and Yu 2015, "Testing for Multiple Bubbles", International Economic Review 56(4), 1043-1078. In a window
of log prices y the regression

    Δy_s = a + b y_{s-1} (+ c Δy_{s-1}) + e_s

gives the t-statistic of b. BSADF_t is the largest of these over all windows that end at t and hold at least w_t
observations, GSADF the largest BSADF of a sample. There is no loop over windows: each end point takes a few
cumulative sums of distances from its own last price, which keeps every digit and needs nothing that comes later.

The original takes its shortest window from the length T of the whole sample, so each added observation changes the
past. Here an end point t stands for the sample that ends at t: w_t = 0.01 t + 1.8 √t, rounded down, and its critical
value is that of t observations. At t = T this is the original's own statistic. The critical values are the business of
`exuberance_critical`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.errors import MarketError
from nlp.exuberance_critical import FIRST, Statistic, critical_values

__all__ = [
    "ExuberantEpisode",
    "backward_adf",
    "bsadf",
    "exuberant_episodes",
    "forward_adf",
    "gsadf",
    "log_prices_of",
    "minimal_window",
]

_ROUNDING = 1e-12
"""A sum of squares below this share of what it was taken from is rounding, not variance."""


@dataclass(frozen=True, slots=True)
class ExuberantEpisode:
    """A spell in which BSADF stands above its critical value for at least log(t) observations, t that of its start.

    Attributes:
        start: the first day above.
        confirmed: the day on which it had lasted long enough; before it nobody could know of the episode.
        peak: the day of the largest statistic so far.
        end: the first day no longer above; None while it goes on.
        statistic: BSADF at the peak.
        rising: whether the price when confirmed is above that before the start; the test also answers to a crash.
    """

    start: pd.Timestamp
    confirmed: pd.Timestamp
    peak: pd.Timestamp
    end: pd.Timestamp | None
    statistic: float
    rising: bool


def minimal_window(n: int) -> int:
    """The shortest window of a sample of n observations, n (0.01 + 1.8 / √n) rounded down.

    >>> [minimal_window(n) for n in (20, 100, 400, 1600)]
    [8, 19, 40, 88]
    """
    # The sum can fall short of a whole number by rounding.
    return math.floor(0.01 * n + 1.8 * math.sqrt(n) + 1e-9)


def log_prices_of(prices: pd.Series[float]) -> pd.Series[float]:
    """The natural logarithms of prices.

    Raises:
        MarketError: a price that is zero or less.
    """
    below = prices[prices <= 0]
    if not below.empty:
        raise MarketError(
            f"{below.index[0]}: the price {below.iloc[0]} has no logarithm: exuberance is tested on positive prices, "
            "give rates and spreads as they are instead of their logarithms"
        )
    return pd.Series(np.log(prices.to_numpy(dtype=float)), index=prices.index)


def bsadf(log_prices: pd.Series[float], lags: int = 0) -> pd.DataFrame:
    """BSADF at every observation, from what was known then: later observations change no earlier row.

    Args:
        log_prices: over ascending days, without gaps in its values; evenly spaced observations are assumed.
        lags: earlier changes in the regression, 0 or 1.

    Returns:
        Columns date and statistic, one row an observation; the first 19 have no statistic, nor has one all of whose
        windows stand still.

    Raises:
        MarketError: too short, a missing or infinite value, a constant, days out of order.

    Time grows with the square of the length: about 0.05 s for 1,000 observations, 5 s for 14,000.
    """
    levels = _checked(log_prices, lags)
    statistics = np.full(len(levels), np.nan)
    for n in range(FIRST, len(levels) + 1):
        statistics[n - 1] = backward_adf(levels[:n], minimal_window(n), lags).max()
    statistics[np.isneginf(statistics)] = np.nan
    return pd.DataFrame({"date": log_prices.index, "statistic": statistics})


def gsadf(log_prices: pd.Series[float], lags: int = 0) -> float:
    """GSADF, the test of a whole sample with one shortest window for all its end points, as in the original.

    Compare with the last of `critical_values(n, level, "gsadf")`. Raises as `bsadf` does.
    """
    levels = _checked(log_prices, lags)
    window = minimal_window(len(levels))
    return float(max(backward_adf(levels[:n], window, lags).max() for n in range(window, len(levels) + 1)))


def exuberant_episodes(
    log_prices: pd.Series[float], level: float = 0.95, lags: int = 0, against: Statistic = "sadf"
) -> list[ExuberantEpisode]:
    """The episodes of exuberance, earliest first; later observations change none that has ended.

    Of random walks of 200 observations about 8 in 100 have an episode against `sadf` at 0.95, 36 against `bsadf`
    (tests/nlp/test_exuberance.py counts them).

    Args:
        log_prices: as for `bsadf`.
        level: 0.90, 0.95 or 0.99.
        lags: as for `bsadf`.
        against: whose critical values, see `critical_values`.

    Raises:
        MarketError: as `bsadf`, or longer than the critical values reach.
        InputError: another level.
    """
    statistics = bsadf(log_prices, lags)["statistic"].to_numpy()
    above = statistics > critical_values(len(statistics), level, against, lags)
    edges = np.flatnonzero(np.diff(above, prepend=False, append=False))
    episodes = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        confirmed = start + math.ceil(math.log(start + 1)) - 1
        if end <= confirmed:
            continue
        peak = start + int(np.argmax(statistics[start:end]))
        days = log_prices.index
        episodes.append(
            ExuberantEpisode(
                start=days[start],
                confirmed=days[confirmed],
                peak=days[peak],
                end=days[end] if end < len(days) else None,
                statistic=float(statistics[peak]),
                rising=bool(log_prices.iloc[confirmed] > log_prices.iloc[start - 1]),
            )
        )
    return episodes


def backward_adf(levels: NDArray[np.float64], window: int, lags: int = 0) -> NDArray[np.float64]:
    """t-statistics of all windows of at least `window` levels that end with the last level, the shortest first.

    Shape: (..., n) to (..., n - window + 1). `window` is at least 4, with a lag 6. A window that stands still or fits
    to the last digit gets -inf.
    """
    return _t_statistics(levels[..., ::-1] - levels[..., -1:], -1, window, lags)


def forward_adf(levels: NDArray[np.float64], window: int, lags: int = 0) -> NDArray[np.float64]:
    """The same for the windows that begin with the first level; the largest of them is SADF (Phillips, Wu, Yu 2011)."""
    return _t_statistics(levels - levels[..., :1], 1, window, lags)


def _t_statistics(away: NDArray[np.float64], direction: int, window: int, lags: int) -> NDArray[np.float64]:
    """t-statistics of ever longer windows from the first of `away` on, in which time runs in `direction` (1 or -1).

    The constant and, with a lag, the earlier change are taken out of d = Δy_s and x = y_{s-1} first (Frisch, Waugh,
    Lovell), then t = S_xd √df / √(S_xx S_dd - S_xd²).
    """
    changes = direction * np.diff(away, axis=-1)
    x = away[..., :-1] if direction > 0 else away[..., 1:]
    n_rows = np.arange(window - 1 - lags, changes.shape[-1] + 1 - lags)
    d = e = changes
    if lags:
        last, first = slice(1, None), slice(None, -1)
        late, early = (last, first) if direction > 0 else (first, last)
        d, x, e = changes[..., late], x[..., late], changes[..., early]

    def total(terms: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.cumsum(terms, axis=-1)[..., n_rows[0] - 1 :]

    def product(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
        return total(a * b) - total(a) * total(b) / n_rows

    def square(a: NDArray[np.float64]) -> NDArray[np.float64]:
        raw = total(a * a)
        return _left(raw - total(a) ** 2 / n_rows, raw)

    dd, xd, xx = square(d), product(x, d), square(x)
    with np.errstate(invalid="ignore"):
        if lags:
            ee, ed, ex = square(e), product(e, d), product(e, x)
            dd, xd, xx = _left(dd - ed**2 / ee, dd), xd - ex * ed / ee, _left(xx - ex**2 / ee, xx)
        t = xd * np.sqrt(n_rows - 2 - lags) / np.sqrt(_left(xx * dd - xd**2, xx * dd))
    return np.where(np.isnan(t), -np.inf, t)


def _left(squares: NDArray[np.float64], of: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is left of sums of squares after something was taken out; NaN where that is only rounding."""
    return np.where(squares > _ROUNDING * of, squares, np.nan)


def _checked(log_prices: pd.Series[float], lags: int) -> NDArray[np.float64]:
    """The values of a series that can be tested."""
    if lags not in (0, 1):
        raise MarketError(f"{lags} lags: the test has critical values for 0 or 1")
    if not log_prices.index.is_monotonic_increasing or not log_prices.index.is_unique:
        raise MarketError(
            "the observations are not in the order of their days, or a day stands twice: sort_index() first"
        )
    try:
        levels = np.asarray(log_prices, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise MarketError(f"the log prices are no numbers ({error})") from error
    bad = np.flatnonzero(~np.isfinite(levels))
    if len(bad):
        raise MarketError(
            f"{log_prices.index[bad[0]]}: {levels[bad[0]]} is no log price ({len(bad)} like it): drop missing days "
            "with dropna(), and take logarithms of positive prices only"
        )
    if len(levels) < FIRST:
        raise MarketError(f"{len(levels)} observations are too few to test for exuberance: give at least {FIRST}")
    if np.ptp(levels) == 0:
        raise MarketError(f"all {len(levels)} log prices are {levels[0]}: a constant cannot be tested for exuberance")
    return levels
