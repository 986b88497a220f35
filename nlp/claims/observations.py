"""What a series says of the time that a claim is about: the values or changes that the figure may be compared with.

All of it as it was known at a moment. Levels are read by `nlp.claims.observed_levels`, changes by `observed_changes`;
here is whether the series reaches that time, and what else the words for it can mean.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import numpy as np

from nlp.claims.indicators import Indicator
from nlp.claims.observed import SHORT, Moment, Observed, day_has_begun, days_of, nothing
from nlp.claims.observed_changes import changes, paces
from nlp.claims.observed_levels import levels
from nlp.claims.records import Claim, Window
from nlp.claims.series import KnownSeries, to_days

__all__ = ["observe"]

_FRESH_DAYS = {"day": 16, "week": 30}
_OVERNIGHT = re.compile("overnight|隔夜|夜盘|当[日天]|單日|单日|(?:on|for) the day", re.IGNORECASE)
_LAST_WEEK = re.compile("last week|上周|上週", re.IGNORECASE)
_SATURDAY = 5


def observe(claim: Claim, indicator: Indicator, series: KnownSeries, moment: Moment) -> Observed:
    """What the values that were known at a moment say of the claim's window."""
    n_known = series.n_known(moment.at)
    if n_known == 0:
        return nothing(f"{series.name} has no value that was known then")
    reason = _out_of_reach(claim.window, indicator, series, moment)
    if reason:
        return nothing(reason)
    if claim.transform == "pace":
        return paces(claim, series, n_known)
    found = [_of(claim, window, indicator, series, moment) for window in _readings(claim, moment)]
    first = found[0]
    seen = [item for item in found if not item.reason]
    if not seen:
        return first
    return Observed(
        np.concatenate([item.values for item in seen]),
        np.concatenate([item.places for item in seen]),
        certain=first.certain
        and not first.reason
        and (len(found) == 1 or not day_has_begun(indicator, series, moment)),
        unseen=max(item.unseen for item in seen),
    )


def _of(claim: Claim, window: Window, indicator: Indicator, series: KnownSeries, moment: Moment) -> Observed:
    if claim.transform == "level":
        return levels(window, indicator, series, moment)
    return changes(claim, window, indicator, series, moment)


def _out_of_reach(window: Window, indicator: Indicator, series: KnownSeries, moment: Moment) -> str:
    """Why the series says nothing of a window, empty where it does."""
    today, last = moment.day, series.n_known(moment.at) - 1
    fresh = _FRESH_DAYS[indicator.every]
    if window.kind in ("now", "peak", "trough") and to_days(today) - int(series.days[last]) > fresh:
        return f"{series.name} ends on {series.day(last)}"
    if window.start is not None and window.start > today:
        return f"it is about {window.start}, which had not come"
    if window.kind in ("at", "between", "peak", "trough") and window.end is not None:
        if window.end < series.day(0):
            return f"{series.name} begins on {series.day(0)}"
        if to_days(min(window.end, today)) - int(series.days[last]) > fresh:
            return f"{series.name} ends on {series.day(last)}"
    return ""


def _readings(claim: Claim, moment: Moment) -> tuple[Window, ...]:
    """The claim's window, and what else its words can mean.

    A session that is told by no word of the figure's own sentence, or only by its night, may be any of the last few;
    at a weekend the last week is also the one that has just ended.
    """
    window = claim.window
    if window.kind == "between" and days_of(window) <= SHORT and (not window.text or _OVERNIGHT.search(window.text)):
        return window, Window("now")
    if window.kind == "between" and not window.text:  # of the stretch that the text told of, or of the last session
        return window, Window("now")
    is_weekend = moment.day.weekday() >= _SATURDAY
    if is_weekend and window.start and window.end and _LAST_WEEK.fullmatch(window.text):
        week = timedelta(days=7)
        return window, replace(window, start=window.start + week, end=min(window.end + week, moment.day))
    return (window,)
