"""The changes of a series that a figure may tell: of a session, from a day on, from a high or a low, a month.

A change may be counted from before or from the first day of its window, and from the high (a fall) or the low (a rise)
of a whole year or month that is named as its beginning.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from nlp.claims.indicators import Indicator
from nlp.claims.observed import (
    SHORT,
    Moment,
    Observed,
    day_has_begun,
    days_of,
    extreme_of,
    largest_move,
    nothing,
    places_in,
    recent,
)
from nlp.claims.records import Claim, Window
from nlp.claims.series import KnownSeries, to_days

__all__ = ["changes", "paces"]

_N_SESSIONS = 3
_LONGEST_SESSION = {"day": 6, "week": 10}
"""A change from one value to the next is a session's where no more days than these lie between."""

_HOLIDAYS = 12
_QUARTER = 66
_MONTH = 22
_N_USUAL = 400
_TOO_MUCH = 1.5
_LONGEST_MONTH = 31
_LONGEST_YEAR = 366
_NAMES_YEAR = re.compile("[去前]年|last year|(?:19|20)[0-9]{2}")
_NAMES_MONTH = re.compile(r"月|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)")
_A_MONTH = 25
_COUNTED = re.compile(
    "[一二两三四五六七八九十0-9]个?[月年周]"
    "|(?:[0-9]|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a|few) ?-?(?:weeks?|months?|years?|quarters?)"
)
"""A window that is counted in whole months or years: its beginning is not meant to the day."""

_SESSIONS_COUNTED = re.compile("(?:day|session)s?$|交易日|[0-9一二两三四五六七八九十][天日]$")
_LAGS_BEHIND = {"day": 4, "week": 12}
"""A change is that of its window where its last value lies no more days before the window's end."""

_NEAR_DAYS = 10
_LONG_AGO = 400
_NEW_DAYS = 60
"""What fell from a high longer ago may be told of any day since."""
_ABOUT = 1.1
_PACE_DAYS = (30, 61, 91, 183)
_DAYS_BY_SPAN = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "quarter": 365.25 / 4, "year": 365.25}


def changes(claim: Claim, window: Window, indicator: Indicator, series: KnownSeries, moment: Moment) -> Observed:
    """The changes that can be meant by one over a window, as they were known at a moment."""
    n_known, relative = series.n_known(moment.at), claim.transform == "relative_change"
    if _is_no_session(claim, window, series, n_known):
        return nothing("it is too much for one session, and over what time is not said")
    if window.kind == "now":
        ends = np.arange(max(1, n_known - _N_SESSIONS), n_known)
        return _sessions(ends, indicator, series, relative=relative, certain=False)
    if window.kind in ("peak", "trough"):
        return _from_extreme(claim, window, indicator, series, moment, relative=relative)
    first, beyond = places_in(window, series, n_known)
    if window.kind == "at" and days_of(window) < SHORT:
        ends = np.arange(max(1, first), min(n_known, max(beyond, first + 1)))
        own = bool(len(ends)) and beyond > first
        return _sessions(ends, indicator, series, relative=relative, certain=own)
    base = first - 1 if window.start is None else min(series.place(window.start, "right"), n_known) - 1
    if window.kind == "at":
        base = first - 1
    if base < 0 or beyond - 1 <= base:
        return nothing(f"{series.name} has no two values between {window.start} and {window.end}")
    found = _between(claim, window, series, base, _ends(window, indicator, series, base, beyond, n_known))
    seen = window.end is None or to_days(window.end) - int(series.days[beyond - 1]) <= _LAGS_BEHIND[indicator.every]
    if days_of(window) <= SHORT:  # it may have been written before the close
        seen &= moment.since is None or beyond <= series.n_known(moment.since)
    else:
        seen &= bool(window.text)  # else told by another sentence
        is_new = window.end is None or window.end >= moment.day
        if is_new and days_of(window) <= _NEAR_DAYS and day_has_begun(indicator, series, moment):
            move = largest_move(series, n_known)
            found = replace(found, unseen=100 * move / float(series.values[base]) if relative else move)
        is_over = window.end is not None and (moment.day - window.end).days > SHORT
        seen &= not (is_over and _was_reached(claim, series, window, base, beyond))
    return replace(found, certain=seen)


def _was_reached(claim: Claim, series: KnownSeries, window: Window, base: int, beyond: int) -> bool:
    """Whether the values rose or fell by so much at some time within a window that is over: that may be told.

    In a month counted from a high or low of the months before it too.
    """
    first = max(0, base - _QUARTER) if days_of(window) <= _LONGEST_MONTH else base
    values = series.values[first:beyond]
    value = claim.value or 0.0
    turns = np.maximum.accumulate(values) if value < 0 else np.minimum.accumulate(values)
    moves = values - turns
    if claim.transform == "relative_change":
        moves = 100 * moves / np.abs(turns)
    return bool(abs(value) <= _ABOUT * np.abs(moves[base - first :]).max())


def _is_no_session(claim: Claim, window: Window, series: KnownSeries, n_known: int) -> bool:
    """Whether a change that would be a session's is far larger than any of the last year and a half."""
    if claim.value is None or (window.kind != "now" and days_of(window) > SHORT) or window.kind in ("peak", "trough"):
        return False
    values = series.values[max(0, n_known - _N_USUAL) : n_known]
    if len(values) < _MONTH:
        return False
    moves = np.abs(np.diff(values))
    if claim.transform == "relative_change":
        moves = 100 * moves / np.abs(values[:-1])
    return bool(abs(claim.value) > _TOO_MUCH * moves.max())


def _between(claim: Claim, window: Window, series: KnownSeries, base: int, ends: NDArray[np.int64]) -> Observed:
    """The changes from each place that a window can begin with to each of its ends."""
    found: list[float] = []
    places: list[int] = []
    for end in ends:
        bases = _bases(claim, window, series, base, int(end))
        change = series.values[end] - series.values[bases]
        found.extend(100 * change / series.values[bases] if claim.transform == "relative_change" else change)
        places.extend([int(end)] * len(bases))
    return Observed(np.array(found), np.array(places, dtype=np.int64))


def _ends(
    window: Window, indicator: Indicator, series: KnownSeries, base: int, beyond: int, n_known: int
) -> NDArray[np.int64]:
    """Where a change may end: with the last value of its window; one up to the present with any of the last few."""
    if beyond < n_known or days_of(window) <= _NEAR_DAYS:
        return np.array([beyond - 1])
    return recent(indicator, series, n_known, first=base + 1)


def _bases(claim: Claim, window: Window, series: KnownSeries, base: int, end: int) -> NDArray[np.int64]:
    """From where a change may be counted: the value of the window's start, or that before it where it is long.

    And the extreme and the last of a year or month that is named as the beginning.
    """
    bases = {base}
    falls = claim.value is not None and claim.value < 0
    length = days_of(window)
    if length > SHORT:
        bases |= {base - 1, base + 1}
    if _SESSIONS_COUNTED.search(window.text):
        bases.add(end - length)
    if length > _A_MONTH and _COUNTED.search(window.text):
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
    if window.start is None or window.end is None:
        return 0
    first = window.start if window.start.day == 1 else window.start + timedelta(days=1)
    length = (window.end - first).days
    if first.day != 1 or length < _LONGEST_MONTH:
        return 0
    if first.month == 1 and length > _LONGEST_YEAR and _NAMES_YEAR.search(window.text):
        return _LONGEST_YEAR
    return _LONGEST_MONTH if _NAMES_MONTH.search(window.text) else 0


def _sessions(
    ends: NDArray[np.int64], indicator: Indicator, series: KnownSeries, *, relative: bool, certain: bool
) -> Observed:
    longest = _longest_session(indicator, series, int(ends[-1])) if len(ends) else 0
    close = series.days[ends] - series.days[ends - 1] <= longest
    ends = ends[close]
    if not len(ends):
        return nothing(f"{series.name} has no two sessions in a row there")
    change = series.values[ends] - series.values[ends - 1]
    return Observed(100 * change / series.values[ends - 1] if relative else change, ends, certain)


def _longest_session(indicator: Indicator, series: KnownSeries, end: int) -> int:
    """Days from one session to the next at most: over holidays more, where the days before have a value each."""
    days = series.days[max(0, end - _MONTH) : end + 1]
    is_dense = len(days) > _MONTH and float(np.median(np.diff(days))) <= 1.0
    return _HOLIDAYS if is_dense and indicator.every == "day" else _LONGEST_SESSION[indicator.every]


def _from_extreme(
    claim: Claim, window: Window, indicator: Indicator, series: KnownSeries, moment: Moment, *, relative: bool
) -> Observed:
    """Changes from the window's extreme to any of the last few values; one long past may not be meant up to now."""
    n_known = series.n_known(moment.at)
    first, beyond = places_in(window, series, n_known)
    if beyond <= first:
        return nothing(f"{series.name} has no value between {window.start} and {window.end}")
    base = extreme_of(window, series, first, beyond)
    ends = recent(indicator, series, n_known, first=base)
    change = series.values[ends] - series.values[base]
    told = window.start is not None and window.end is not None and (moment.day - window.end).days <= _LONG_AGO
    if told and (moment.day - (window.end or moment.day)).days > _NEW_DAYS:
        told = not _was_reached(claim, series, window, base, n_known)
    factor = 100 / float(series.values[base]) if relative else 1.0
    unseen = largest_move(series, min(base + 2, n_known))  # the extreme may be one from within its day
    if day_has_begun(indicator, series, moment):
        unseen += largest_move(series, n_known)
    return Observed(factor * change, ends, certain=told, unseen=abs(factor) * unseen)


def paces(claim: Claim, series: KnownSeries, n_known: int) -> Observed:
    """Mean changes per span over the last one, two, three and six months, or over the claim's own window."""
    window = claim.window
    end = n_known - 1
    starts = [int(series.days[end]) - days for days in _PACE_DAYS]
    if window.kind in ("at", "between") and window.start is not None:
        end = max(places_in(window, series, n_known)[1] - 1, 0)
        starts = [to_days(window.start)]
    elif window.kind in ("peak", "trough"):
        starts = [int(series.days[extreme_of(window, series, *places_in(window, series, n_known))])]
    per = _DAYS_BY_SPAN[claim.figure.per or "month"]
    bases = np.unique(np.searchsorted(series.days[: end + 1], starts, side="right") - 1)
    bases = bases[(bases >= 0) & (bases < end)]
    if not len(bases):
        return nothing(f"{series.name} does not reach back far enough")
    found = (series.values[end] - series.values[bases]) / (series.days[end] - series.days[bases]) * per
    return Observed(found, np.full(len(bases), end))
