"""A narrative's series and a market series over the same periods, checked before anything is tested on them.

A row is a period. Values may be missing; a period in which something that a test needs is missing is left out of that
test and never filled, while lags are counted in rows, so that a lag of two stays two periods across a gap.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.errors import InputError

__all__ = ["LeadLagOptions", "SeriesPair", "has_unit_root", "pairs_of_trend", "why_not_testable"]

MIN_WINDOWS = 10
"""So many windows that do not overlap must fit into the usable periods."""
_UNIT_ROOT_LEVEL = 0.05
_FLAT = 1e-12


@dataclass(frozen=True, slots=True)
class LeadLagOptions:
    """What to test.

    Attributes:
        max_lag: correlations go from minus this lag to this lag.
        max_order: Granger tests choose their order by BIC from 1 to this.
        max_horizon: local projections go from 0 to this horizon.
        n_controls: lags of both series that local projections control for.
        bandwidth: see `nlp.robust_errors.n_hac_lags`.
        min_periods: with fewer usable periods nothing is tested; 30 or more.
    """

    max_lag: int = 8
    max_order: int = 6
    max_horizon: int = 12
    n_controls: int = 4
    bandwidth: Literal["automatic", "rule"] = "automatic"
    min_periods: int = 30

    def __post_init__(self) -> None:
        floors = {"max_lag": 0, "max_order": 1, "max_horizon": 0, "n_controls": 1, "min_periods": 30}
        for name, floor in floors.items():
            if getattr(self, name) < floor:
                raise InputError(f"{name} is {getattr(self, name)}: give {floor} or more")
        if self.bandwidth not in ("automatic", "rule"):
            raise InputError(f"bandwidth is {self.bandwidth!r}: give automatic or rule")


@dataclass(frozen=True, slots=True, eq=False)
class SeriesPair:
    """Two series with one index.

    Attributes:
        narrative: its name.
        series: the market series' name.
        talk: the narrative's values, float, NaN where a period has none.
        market: the market's, a level (a price's logarithm, a spread, an index), float.
        window: how many periods a market value covers; 1 but for overlapping windows, 12 for twelve-month returns
            month by month. It cannot be seen in the numbers: the caller says it.
    """

    narrative: str
    series: str
    talk: pd.Series[float]
    market: pd.Series[float]
    window: int = 1

    def __post_init__(self) -> None:
        where = f"{self.narrative} and {self.series}"
        if not self.talk.index.equals(self.market.index):
            raise InputError(f"{where} are not over the same periods: reindex both to one index, with NaN in the gaps")
        index = self.talk.index
        if not (index.is_unique and index.is_monotonic_increasing):
            raise InputError(f"the periods of {where} are not in ascending order without repeats: sort them")
        if isinstance(index, pd.PeriodIndex) and len(index) and len(pd.period_range(index[0], index[-1])) != len(index):
            raise InputError(f"periods are missing between those of {where}: reindex to all of them, with NaN")
        if self.window < 1:
            raise InputError(f"window of {where} is {self.window}: give 1, or the number of periods a value covers")
        for name in ("talk", "market"):
            object.__setattr__(self, name, _floats(getattr(self, name), where))

    @property
    def values(self) -> NDArray[np.float64]:
        """Shape (n, 2): the narrative's values, the market's."""
        return np.column_stack([np.asarray(self.talk, dtype=np.float64), np.asarray(self.market, dtype=np.float64)])

    @property
    def data_id(self) -> str:
        """The first 16 hex digits of a SHA-256 over periods and values: the same data are the same test again."""
        rows = zip(map(_text, self.talk.index), *self.values.T.tolist(), strict=True)
        return hashlib.sha256(repr(list(rows)).encode()).hexdigest()[:16]

    def differenced(self, *, talk: bool = False, market: bool = True) -> SeriesPair:
        """The same pair with changes from the row before in place of levels; the names of what changed get `d_`."""
        changes: dict[str, object] = {}
        if talk:
            changes |= {"narrative": f"d_{self.narrative}", "talk": self.talk.diff()}
        if market:
            changes |= {"series": f"d_{self.series}", "market": self.market.diff()}
        return replace(self, **changes)  # type: ignore[arg-type]

    def span(self, usable: NDArray[np.bool_]) -> tuple[str, str]:
        """The first and the last usable period as text; empty where there is none."""
        places = np.flatnonzero(usable)
        if not len(places):
            return "", ""
        return _text(self.talk.index[places[0]]), _text(self.talk.index[places[-1]])


def pairs_of_trend(table: pd.DataFrame, narratives: Sequence[str], series: Sequence[str]) -> list[SeriesPair]:
    """Every narrative with every series of a trend table (columns `<n>` and `market_<s>`), without a breakdown.

    Raises:
        InputError: a column is missing or the table has several rows a date.
    """
    wanted = ["date", *narratives, *(f"market_{s}" for s in series)]
    if missing := [column for column in wanted if column not in table.columns]:
        raise InputError(f"the trend table lacks {', '.join(missing)}: it has {', '.join(map(str, table.columns))}")
    rows = table.set_index("date")
    return [SeriesPair(n, s, rows[n], rows[f"market_{s}"]) for n in narratives for s in series]


def why_not_testable(columns: NDArray[np.float64], pair: SeriesPair, at_least: int) -> str:
    """Why usable periods cannot be tested, in words for a `note`; empty where they can.

    Args:
        columns: Shape (n, k), the usable values of each series.
        pair: whose they are.
        at_least: how many periods there must be.
    """
    n = len(columns)
    if n < at_least:
        return f"too short: {n} usable periods, {at_least} needed"
    if n < MIN_WINDOWS * pair.window:
        return f"windows overlap: {n} usable periods hold fewer than {MIN_WINDOWS} separate windows of {pair.window}"
    flat = np.ptp(columns, axis=0) <= _FLAT * np.maximum(1e-300, np.abs(columns).max(axis=0))
    if flat.any():
        return f"constant: {' and '.join(np.array([pair.narrative, pair.series])[flat])}"
    return ""


def has_unit_root(values: pd.Series[float]) -> bool:
    """Whether the augmented Dickey–Fuller test (constant, lags by BIC) fails to reject a unit root at 5%.

    Said and Dickey 1984; p-value after MacKinnon 1994. Missing periods are passed over. A test of low power: a series
    that only comes back slowly looks like one, too.
    """
    from statsmodels.tsa.stattools import adfuller

    known = values.dropna().to_numpy()
    if len(known) < MIN_WINDOWS or np.ptp(known) == 0:
        return False
    if np.ptp(np.diff(known)) <= _FLAT * np.ptp(known):
        return True  # a straight line, on which the test has nothing to estimate
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # the result will be an object, which unpacks alike
        _, p_value, *_ = adfuller(known, autolag="BIC")
    return bool(p_value >= _UNIT_ROOT_LEVEL)


def _floats(values: pd.Series[float], where: str) -> pd.Series[float]:
    try:
        numbers = values.astype(float)
    except (TypeError, ValueError) as error:
        raise InputError(f"a series of {where} holds something that is no number ({error})") from error
    if np.isinf(numbers.to_numpy()).any():
        raise InputError(f"a series of {where} holds an infinite value: put NaN where there is no value")
    return numbers


def _text(period: object) -> str:
    if isinstance(period, pd.Period):
        period = period.start_time
    return period.date().isoformat() if isinstance(period, pd.Timestamp) else str(period)
