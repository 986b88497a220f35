"""A market series as it can be compared with: values in the indicator's unit, and the moment from which each was known.

Arrays that are sorted once, so that a claim is a few binary searches. A value counts from its day of publication
(`nlp.publication_lags`), at the time of that day that the table of indicators gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.claims.indicators import Indicator
from nlp.market import MarketSeries
from nlp.publication_lags import find_lag, published_on

__all__ = ["KnownSeries", "known_series", "series_by_indicator", "to_days"]

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class KnownSeries:
    """One series of an indicator.

    Attributes:
        name: the file's stem.
        days: days since 1970-01-01, ascending. Shape: (n,).
        values: in the indicator's unit. Shape: (n,).
        known: seconds since 1970-01-01 UTC from which each value is known, ascending. Shape: (n,).
    """

    name: str
    days: NDArray[np.int64]
    values: NDArray[np.float64]
    known: NDArray[np.int64]

    def n_known(self, moment: datetime) -> int:
        """How many values were known at a moment: the first so many."""
        return int(np.searchsorted(self.known, int(moment.timestamp()), side="right"))

    def place(self, day: date, side: str = "left") -> int:
        """Where a day is among the days: of the first value on or after it (left), or after it (right)."""
        return int(np.searchsorted(self.days, to_days(day), side=side))  # type: ignore[call-overload]

    def day(self, place: int) -> date:
        """The day of a value."""
        return date.fromordinal(_EPOCH.toordinal() + int(self.days[place]))


def to_days(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH.toordinal()


def known_series(series: MarketSeries, indicator: Indicator) -> KnownSeries:
    """A market series as one of an indicator."""
    days = pd.DatetimeIndex(series.values.index)
    clock = pd.Timedelta(hours=indicator.known.hour, minutes=indicator.known.minute)
    published = published_on(days, find_lag(series.name)) + clock
    known = published.tz_localize(indicator.zone, ambiguous="NaT", nonexistent="shift_forward").tz_convert(UTC)
    return KnownSeries(
        name=series.name,
        days=days.to_numpy().astype("datetime64[D]").astype(np.int64),
        values=np.asarray(series.values, dtype=np.float64) * indicator.scale,
        known=known.tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.int64),
    )


def series_by_indicator(market: Iterable[MarketSeries], indicators: Mapping[str, Indicator]) -> dict[str, KnownSeries]:
    """The series of each indicator that the market folder has one for: the first of its stems that is there."""
    by_stem = {series.name.lower(): series for series in market}
    found = {}
    for indicator in indicators.values():
        stem = next((stem for stem in indicator.series if stem in by_stem), None)
        if stem is not None:
            found[indicator.id] = known_series(by_stem[stem], indicator)
    return found
