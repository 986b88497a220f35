"""What a market series says of itself day by day: level, change, return, realised volatility, drawdown.

Every value is point in time: it rests on the series up to its own day, so that rows that are added later change
nothing earlier. Which measures make sense depends on what the series is: a spread or a stress index has differences,
not returns. A measure that cannot be told yet is NaN, never 0. Reading series is `nlp.market`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
import pandas as pd

from nlp.errors import MarketError
from nlp.market import MarketSeries

__all__ = [
    "MEASURES_BY_KIND",
    "N_RETURNS",
    "SESSIONS_PER_YEAR",
    "Kind",
    "Measure",
    "infer_kind",
    "market_measures",
]

Kind = Literal["price", "rate", "index", "amount"]
"""price: a share, an index of shares; rate: yields, spreads, in percent; index: of stress, sentiment, volatility, may
be negative; amount: a balance sheet, a volume, never negative."""

Measure = Literal["level", "change", "return", "volatility", "drawdown"]

MEASURES_BY_KIND: dict[Kind, tuple[Measure, ...]] = {
    "price": ("level", "return", "volatility", "drawdown"),
    "rate": ("level", "change"),
    "index": ("level", "change"),
    "amount": ("level", "change", "return"),
}

N_RETURNS = 21
"""Returns in the window of the realised volatility: a month of sessions."""

SESSIONS_PER_YEAR = 252
"""What a daily volatility is annualised with, the convention in New York (Shanghai has about 243 sessions)."""

_LONGEST_WINDOW = pd.Timedelta(days=60)
"""Twenty-two daily closes span a month, with the longest holidays six weeks; a weekly series spans five months."""

_PRICES = ("nasdaq_composite",)
"""Closes that FRED keeps in a column of another name."""

_NO_PRICES = (
    *("vix", "vxn", "vxd", "vvix", "ovx", "gvz", "move", "vhsi"),
    *("fear_greed", "cnn_fear_greed", "tnx", "irx"),
)
"""Beginnings of the names of indices of volatility and mood, and of yields: they have a close and are no prices."""


def infer_kind(series: MarketSeries) -> Kind:
    """`price` where the value is a close and the name begins like no known index's, else `index`, which claims least.

    It looks at names only, not at values, so that the answer does not change as a series grows. Give the kind where
    you know better.
    """
    name, is_close = series.name.lower(), series.column.strip().lower() == "close"
    return "price" if name.startswith(_PRICES) or (is_close and not name.startswith(_NO_PRICES)) else "index"


def market_measures(series: MarketSeries, kind: Kind | None = None) -> pd.DataFrame:
    """The measures of a series, one row per value, columns and order by `MEASURES_BY_KIND`.

    Shape: (number of values, number of measures), float, over the days of the series.

    - level: the value v_t itself.
    - change: v_t - v_{t-1}, in the series' own unit.
    - return: ln(v_t / v_{t-1}); NaN where either value is not above 0.
    - volatility: sqrt(252/21 · Σ r²) over the last 21 returns r, a fraction per year (.2 is 20%). Realised volatility
      with a mean of 0, after Andersen and Bollerslev 1998 (International Economic Review 39:885). NaN until there are
      21 returns, where one of them is NaN, and where they span more than 60 days, since 252 is for daily series.
    - drawdown: v_t / max(v_s, s ≤ t) - 1, in [-1, 0]; NaN for the first value, which is its own maximum and says
      nothing, and where v_t is not above 0.

    `t-1` is the value before in the series, not the day before.

    Args:
        series: the series.
        kind: what it is; `infer_kind` unless given.

    Raises:
        MarketError: no such kind.
    """
    kind = infer_kind(series) if kind is None else kind
    if kind not in get_args(Kind):
        raise MarketError(f"{series.name}: no kind of series {kind!r}: give one of {', '.join(get_args(Kind))}")
    values = series.values.astype(float)
    return pd.DataFrame({name: _FORMULAS[name](values) for name in MEASURES_BY_KIND[kind]}, index=values.index)


def _return(values: pd.Series[float]) -> pd.Series[float]:
    logs = pd.Series(np.log(values.where(values > 0)), index=values.index)
    return logs.diff()


def _volatility(values: pd.Series[float]) -> pd.Series[float]:
    volatility = np.full(len(values), np.nan)
    if len(values) > N_RETURNS:
        # Each window is summed for itself: a running sum would carry the rounding of what left the window.
        windows = np.lib.stride_tricks.sliding_window_view(_return(values).to_numpy()[1:], N_RETURNS)
        realised = np.sqrt(SESSIONS_PER_YEAR / N_RETURNS * np.square(windows).sum(axis=1))
        daily = (values.index[N_RETURNS:] - values.index[:-N_RETURNS]) <= _LONGEST_WINDOW
        volatility[N_RETURNS:] = np.where(daily, realised, np.nan)
    return pd.Series(volatility, index=values.index)


def _drawdown(values: pd.Series[float]) -> pd.Series[float]:
    positive = values.where(values > 0)
    drawdown = positive / positive.cummax() - 1
    return drawdown.where(positive.notna().cumsum() > 1)


_FORMULAS: dict[Measure, Callable[[pd.Series[float]], pd.Series[float]]] = {
    "level": lambda values: values,
    "change": lambda values: values.diff(),
    "return": _return,
    "volatility": _volatility,
    "drawdown": _drawdown,
}
