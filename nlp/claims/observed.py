"""What a claim is compared with: the moment that it was made, and values of a series with their places.

Beside these two records, what `observed_levels` and `observed_changes` share of reading a window in a series.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from nlp.claims.indicators import Indicator
from nlp.claims.records import Window
from nlp.claims.series import KnownSeries

__all__ = [
    "SHORT",
    "Moment",
    "Observed",
    "day_has_begun",
    "days_of",
    "extreme_of",
    "largest_move",
    "nothing",
    "places_in",
    "recent",
]

SHORT = 4
"""Days: a window no longer than a long weekend is one of a session."""

_RECENT_DAYS = 8
_N_RECENT = {"day": 5, "week": 2}
_MONTH = 22
_SATURDAY = 5
_OPENING = 9
"""Hour of the day from which prices of the day are quoted, on the indicator's clock."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a claim was made.

    Attributes:
        at: aware, the last moment at which it can have been made.
        day: on the writer's calendar.
        since: the first such moment, where only the day is known; None: `at`.
    """

    at: datetime
    day: date
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Observed:
    """Values to compare with, and where each ends in the series.

    Attributes:
        values: levels or changes, in the claim's unit; none where `reason` says why. Shape: (n,).
        places: of the level, or of the last value of the change, in the series. Shape: (n,).
        certain: whether these are all that can be meant; else they can only confirm.
        unseen: by how much prices may have differed from the values, within the day or since the last one known.
        reason: why there is nothing to compare with.
    """

    values: NDArray[np.float64]
    places: NDArray[np.int64]
    certain: bool = True
    unseen: float = 0.0
    reason: str = ""


def day_has_begun(indicator: Indicator, series: KnownSeries, moment: Moment) -> bool:
    """Whether the market may have been at work on a day whose value was not known yet."""
    if moment.since is not None and series.n_known(moment.since) < series.n_known(moment.at):
        return True
    local = moment.at.astimezone(indicator.zone)
    last, today = series.day(series.n_known(moment.at) - 1), local.date()
    if np.busday_count(last + timedelta(days=1), today) > 0:
        return True  # a session since then is not known yet
    return today > last and local.weekday() < _SATURDAY and local.hour >= _OPENING


def nothing(reason: str) -> Observed:
    """No value, and why."""
    return Observed(np.empty(0), np.empty(0, dtype=np.int64), reason=reason)


def places_in(window: Window, series: KnownSeries, n_known: int) -> tuple[int, int]:
    """The places of a window's first value and of the one after its last."""
    first = 0 if window.start is None else min(series.place(window.start), n_known)
    beyond = n_known if window.end is None else min(series.place(window.end, "right"), n_known)
    return first, beyond


def days_of(window: Window) -> int:
    """The length of a window, `SHORT` where it has no ends."""
    if window.start is None or window.end is None:
        return SHORT
    return (window.end - window.start).days


def recent(indicator: Indicator, series: KnownSeries, n_known: int, *, first: int = 0) -> NDArray[np.int64]:
    """The places of the last few values that may be quoted as the present one, from `first` on. Shape: (n,)."""
    places = np.arange(max(first, n_known - _N_RECENT[indicator.every]), n_known)
    near = series.days[places] >= series.days[n_known - 1] - _RECENT_DAYS
    return places[near] if indicator.every == "day" else places


def extreme_of(window: Window, series: KnownSeries, first: int, beyond: int) -> int:
    """The place of the highest value from place `first` to before `beyond`, of the lowest for a trough."""
    stretch = series.values[first:beyond]
    return first + int(np.argmax(stretch) if window.kind == "peak" else np.argmin(stretch))


def largest_move(series: KnownSeries, n_known: int) -> float:
    """The largest change from one value to the next of the last month."""
    moves = np.abs(np.diff(series.values[max(0, n_known - _MONTH) : n_known]))
    return float(moves.max()) if len(moves) else 0.0
