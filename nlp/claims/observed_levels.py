"""The levels of a series that a figure may tell: of the present any of the last few, of a named day those around it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

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
from nlp.claims.records import Window
from nlp.claims.series import KnownSeries, to_days

__all__ = ["levels"]

_NEAR_DAYS = 10


def levels(window: Window, indicator: Indicator, series: KnownSeries, moment: Moment) -> Observed:
    """The levels that can be meant by one of a window, as they were known at a moment."""
    n_known = series.n_known(moment.at)
    found = _levels(window, indicator, series, n_known)
    if indicator.every != "day" or indicator.kind == "amount":
        return found
    within_day = window.kind in ("peak", "trough") and len(found.places) > 0
    if within_day:
        return replace(found, unseen=largest_move(series, min(int(found.places[-1]) + 2, n_known)))
    return replace(found, unseen=largest_move(series, n_known)) if day_has_begun(indicator, series, moment) else found


def _levels(window: Window, indicator: Indicator, series: KnownSeries, n_known: int) -> Observed:
    if window.kind == "now" or (window.start is not None and to_days(window.start) > int(series.days[n_known - 1])):
        places = recent(indicator, series, n_known)
        return Observed(series.values[places], places)
    first, beyond = places_in(window, series, n_known)
    if window.kind in ("peak", "trough"):
        if beyond <= first:
            return nothing(f"{series.name} has no value between {window.start} and {window.end}")
        place = extreme_of(window, series, first, beyond)
        return Observed(series.values[place : place + 1], np.array([place]))
    if beyond <= first or days_of(window) < SHORT:
        return _around(window, series, max(0, first - 1), min(n_known, beyond + 1), n_known)
    places = np.arange(first, beyond)
    return Observed(series.values[places], places, certain=window.kind == "at")


def _around(window: Window, series: KnownSeries, first: int, beyond: int, n_known: int) -> Observed:
    """The values of a few days and the one on either side of them."""
    near = np.arange(first, beyond)
    start, end = to_days(window.start or date.min), to_days(window.end or date.max)
    near = near[(series.days[near] >= start - _NEAR_DAYS) & (series.days[near] <= end + SHORT)]
    if not len(near):
        return nothing(f"{series.name} has no value near {window.start}")
    seen = window.end is None or to_days(window.end) <= int(series.days[n_known - 1])
    return Observed(series.values[near], near, certain=seen)
