"""What a series says of the time that a claim is about: the values or changes that the figure may be compared with.

All of it as it was known at a moment. A present level may quote any of the last few values; a change may be counted from
before or from the first day of its window, and from the high (a fall) or the low (a rise) of a whole year or month that
is named as its beginning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from nlp.claims.indicators import Indicator
from nlp.claims.records import Claim, Window
from nlp.claims.series import KnownSeries, to_days

__all__ = ["Moment", "Observed", "observe"]

_RECENT_DAYS = 8
_N_RECENT = {"day": 5, "week": 2}
_FRESH_DAYS = {"day": 16, "week": 30}
_LONGEST_SESSION = {"day": 5, "week": 10}
"""A change from one value to the next is a session's where no more days than these lie between."""

_MONTH = 22
_N_USUAL = 400
_TOO_MUCH = 1.5
_A_MONTH = 25
_COUNTED = re.compile(
    r"[一二两三四五六七八九十0-9]个?[月年周]|(?:[0-9]|two|three|four|five|six|nine|a|few) ?-?(?:weeks?|months?|years?|quarters?)"
)
"""A window that is counted in whole months or years: its beginning is not meant to the day."""

_SATURDAY = 5
_OPENING = 9
"""Hour of the day from which prices of the day are quoted, on the indicator's clock."""

_SHORT = 4
_LAGS_BEHIND = {"day": 4, "week": 12}
"""A change is that of its window where its last value lies no more days before the window's end."""

_NEAR_DAYS = 10
_PACE_DAYS = (30, 61, 91, 183)
_DAYS_BY_SPAN = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "quarter": 365.25 / 4, "year": 365.25}


@dataclass(frozen=True, slots=True)
class Observed:
    """Values to compare with, and where each ends in the series.

    Attributes:
        values: levels or changes, in the claim's unit; none where `reason` says why. Shape: (n,).
        places: of the level, or of the last value of the change, in the series. Shape: (n,).
        certain: whether these are all that can be meant; else they can only confirm.
        unseen: by how much the newest value may differ from the last known one, where its day has begun.
        reason: why there is nothing to compare with.
    """

    values: NDArray[np.float64]
    places: NDArray[np.int64]
    certain: bool = True
    unseen: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a claim was made: an aware moment, and the day on the writer's calendar."""

    at: datetime
    day: date


def observe(claim: Claim, indicator: Indicator, series: KnownSeries, moment: Moment) -> Observed:
    """What the values that were known at a moment say of the claim's window."""
    window, today = claim.window, moment.day
    n_known = series.n_known(moment.at)
    if n_known == 0:
        return _nothing(f"{series.name} has no value that was known then")
    last = n_known - 1
    age = to_days(today) - int(series.days[last])
    if window.kind in ("now", "peak", "trough") and age > _FRESH_DAYS[indicator.every]:
        return _nothing(f"{series.name} ends on {series.day(last)}")
    if window.start is not None and window.start > today:
        return _nothing(f"it is about {window.start}, which had not come")
    if window.kind in ("at", "between", "peak", "trough") and window.end is not None:
        if window.end < series.day(0):
            return _nothing(f"{series.name} begins on {series.day(0)}")
        if to_days(min(window.end, today)) - int(series.days[last]) > _FRESH_DAYS[indicator.every]:
            return _nothing(f"{series.name} ends on {series.day(last)}")
    if claim.transform == "level":
        found = _levels(window, indicator, series, n_known)
        return (
            replace(found, unseen=_largest_move(series, n_known))
            if _day_has_begun(indicator, series, moment)
            else found
        )
    if claim.transform == "pace":
        return _paces(claim, indicator, series, n_known)
    return _changes(claim, indicator, series, n_known)


def _nothing(reason: str) -> Observed:
    return Observed(np.empty(0), np.empty(0, dtype=np.int64), reason=reason)


def _levels(window: Window, indicator: Indicator, series: KnownSeries, n_known: int) -> Observed:
    if window.kind == "now":
        places = _recent(indicator, series, n_known)
        return Observed(series.values[places], places)
    first, beyond = _inside(window, series, n_known)
    if window.kind in ("peak", "trough"):
        if beyond <= first:
            return _nothing(f"{series.name} has no value between {window.start} and {window.end}")
        place = _extreme_of(window, series, first, beyond)
        return Observed(series.values[place : place + 1], np.array([place]))
    if beyond <= first or _length(window) < _SHORT:
        first, beyond = max(0, first - 1), min(n_known, beyond + 1)
        near = np.arange(first, beyond)
        start, end = to_days(window.start or date.min), to_days(window.end or date.max)
        near = near[(series.days[near] >= start - _NEAR_DAYS) & (series.days[near] <= end + _SHORT)]
        if not len(near):
            return _nothing(f"{series.name} has no value near {window.start}")
        seen = window.end is None or to_days(window.end) <= int(series.days[n_known - 1])
        return Observed(series.values[near], near, certain=seen)
    places = np.arange(first, beyond)
    return Observed(series.values[places], places, certain=window.kind == "at")


def _day_has_begun(indicator: Indicator, series: KnownSeries, moment: Moment) -> bool:
    """Whether the market was at work on a day whose value was not known yet."""
    if indicator.every != "day" or indicator.kind == "amount":
        return False
    local = moment.at.astimezone(indicator.zone)
    unknown = to_days(local.date()) > int(series.days[series.n_known(moment.at) - 1])
    return unknown and local.weekday() < _SATURDAY and local.hour >= _OPENING


def _largest_move(series: KnownSeries, n_known: int) -> float:
    """The largest change from one value to the next of the last month: a writer may quote what came since."""
    moves = np.abs(np.diff(series.values[max(0, n_known - _MONTH) : n_known]))
    return float(moves.max()) if len(moves) else 0.0


def _changes(claim: Claim, indicator: Indicator, series: KnownSeries, n_known: int) -> Observed:
    window, relative = claim.window, claim.transform == "relative_change"
    if claim.value is not None and _is_no_session(claim, indicator, series, n_known):
        return _nothing("it is too much for one session, and over what time is not said")
    if window.kind == "now":
        ends = np.arange(max(1, n_known - 3), n_known)
        return _sessions(ends, indicator, series, relative=relative, certain=False)
    if window.kind in ("peak", "trough"):
        return _from_extreme(claim, indicator, series, n_known, relative=relative)
    first, beyond = _inside(window, series, n_known)
    if window.kind == "at" and _length(window) < _SHORT:
        ends = np.arange(max(1, first), min(n_known, max(beyond, first + 1)))
        own = bool(len(ends)) and beyond > first
        return _sessions(ends, indicator, series, relative=relative, certain=own)
    base = first - 1 if window.start is None else min(series.place(window.start, "right"), n_known) - 1
    if window.kind == "at":
        base = first - 1
    if base < 0 or beyond - 1 <= base:
        return _nothing(f"{series.name} has no two values between {window.start} and {window.end}")
    changes: list[float] = []
    places: list[int] = []
    for end in _ends(indicator, series, window, base, beyond, n_known):
        bases = _bases(claim, series, base, end)
        change = series.values[end] - series.values[bases]
        changes.extend(100 * change / series.values[bases] if relative else change)
        places.extend([end] * len(bases))
    seen = window.end is None or to_days(window.end) - int(series.days[beyond - 1]) <= _LAGS_BEHIND[indicator.every]
    return Observed(np.array(changes), np.array(places, dtype=np.int64), certain=seen)


def _is_no_session(claim: Claim, indicator: Indicator, series: KnownSeries, n_known: int) -> bool:
    """Whether a change that would be a session's is far larger than any of the last year and a half."""
    window = claim.window
    if claim.value is None or (window.kind != "now" and _length(window) > _SHORT) or window.kind in ("peak", "trough"):
        return False
    values = series.values[max(0, n_known - _N_USUAL) : n_known]
    if len(values) < _MONTH:
        return False
    moves = np.abs(np.diff(values))
    if claim.transform == "relative_change":
        moves = 100 * moves / np.abs(values[:-1])
    return bool(abs(claim.value) > _TOO_MUCH * moves.max())


def _ends(
    indicator: Indicator, series: KnownSeries, window: Window, base: int, beyond: int, n_known: int
) -> NDArray[np.int64]:
    """Where a change may end: with the last value of its window; one up to the present with any of the last few."""
    if beyond < n_known or _length(window) <= _NEAR_DAYS:
        return np.array([beyond - 1])
    return _recent(indicator, series, n_known, first=base + 1)


def _recent(indicator: Indicator, series: KnownSeries, n_known: int, *, first: int = 0) -> NDArray[np.int64]:
    """The places of the last few values, from `first` on."""
    places = np.arange(max(first, n_known - _N_RECENT[indicator.every]), n_known)
    recent = series.days[places] >= series.days[n_known - 1] - _RECENT_DAYS
    return places[recent] if indicator.every == "day" else places


def _bases(claim: Claim, series: KnownSeries, base: int, end: int) -> NDArray[np.int64]:
    """From where a change may be counted: the value of the window's start, or that before it where it is long.

    And the extreme and the last of a year or month that is named as the beginning.
    """
    window = claim.window
    bases = {base}
    falls = claim.value is not None and claim.value < 0
    if _length(window) > _NEAR_DAYS:
        bases |= {base - 1, base + 1}
    if _length(window) > _A_MONTH and _COUNTED.search(window.text):
        near = np.flatnonzero(np.abs(series.days[:end] - series.days[base]) <= _NEAR_DAYS)
        if len(near):
            stretch = series.values[near]
            bases.add(int(near[np.argmax(stretch) if falls else np.argmin(stretch)]))
    days = _beginning(window)
    if days and window.start is not None:
        first = series.place(window.start)
        until = min(series.place(window.start + timedelta(days=days)), end)
        if until > first:
            stretch = series.values[first:until]
            bases |= {first + int(np.argmax(stretch) if falls else np.argmin(stretch)), until - 1}
    return np.array(sorted(place for place in bases if 0 <= place < end), dtype=np.int64)


def _beginning(window: Window) -> int:
    """Days of the year or month that a window is said to begin with, 0 where it begins with a day."""
    if window.start is None or window.end is None or (window.end - window.start).days < 45:
        return 0
    text = window.text
    if (
        window.start.month == 1
        and window.start.day == 1
        and any(word in text for word in ("去年", "前年", "last year"))
    ):
        return 366
    return 31 if window.start.day == 1 else 0


def _sessions(
    ends: NDArray[np.int64], indicator: Indicator, series: KnownSeries, *, relative: bool, certain: bool
) -> Observed:
    close = series.days[ends] - series.days[ends - 1] <= _LONGEST_SESSION[indicator.every]
    ends = ends[close]
    if not len(ends):
        return _nothing(f"{series.name} has no two sessions in a row there")
    change = series.values[ends] - series.values[ends - 1]
    return Observed(100 * change / series.values[ends - 1] if relative else change, ends, certain)


def _from_extreme(claim: Claim, indicator: Indicator, series: KnownSeries, n_known: int, *, relative: bool) -> Observed:
    """Changes from the window's extreme to any of the last few values."""
    first, beyond = _inside(claim.window, series, n_known)
    if beyond <= first:
        return _nothing(f"{series.name} has no value between {claim.window.start} and {claim.window.end}")
    base = _extreme_of(claim.window, series, first, beyond)
    ends = _recent(indicator, series, n_known, first=base)
    change = series.values[ends] - series.values[base]
    told = claim.window.start is not None
    return Observed(100 * change / series.values[base] if relative else change, ends, certain=told)


def _extreme_of(window: Window, series: KnownSeries, first: int, beyond: int) -> int:
    """The place of a window's highest or lowest value."""
    stretch = series.values[first:beyond]
    return first + int(np.argmax(stretch) if window.kind == "peak" else np.argmin(stretch))


def _paces(claim: Claim, indicator: Indicator, series: KnownSeries, n_known: int) -> Observed:
    """Mean changes per span over the last one, two, three and six months, or over the claim's own window."""
    window = claim.window
    end = n_known - 1
    starts = [int(series.days[end]) - days for days in _PACE_DAYS]
    if window.kind in ("at", "between") and window.start is not None:
        end = max(_inside(window, series, n_known)[1] - 1, 0)
        starts = [to_days(window.start)]
    elif window.kind in ("peak", "trough"):
        starts = [int(series.days[_extreme_of(window, series, *_inside(window, series, n_known))])]
    per = _DAYS_BY_SPAN[claim.figure.per or "month"]
    bases = np.unique(np.searchsorted(series.days[: end + 1], starts, side="right") - 1)
    bases = bases[(bases >= 0) & (bases < end)]
    if not len(bases):
        return _nothing(f"{series.name} does not reach back far enough")
    paces = (series.values[end] - series.values[bases]) / (series.days[end] - series.days[bases]) * per
    return Observed(paces, np.full(len(bases), end))


def _inside(window: Window, series: KnownSeries, n_known: int) -> tuple[int, int]:
    """The places of the window's first value and of the one after its last."""
    first = 0 if window.start is None else min(series.place(window.start), n_known)
    beyond = n_known if window.end is None else min(series.place(window.end, "right"), n_known)
    return first, beyond


def _length(window: Window) -> int:
    if window.start is None or window.end is None:
        return _SHORT
    return (window.end - window.start).days
