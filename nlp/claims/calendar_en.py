"""What the times of an English sentence mean on the calendar: a reader for each row of `time_patterns_en`.

A reader gets the named groups of a match and the article's day, and gives the days that are meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from nlp.claims import day_spans
from nlp.claims.day_spans import DaySpan, Part, Period

__all__ = ["PERIODS", "READERS", "month_of", "number_of", "year_of"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12,
    "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "twenty": 20,
}  # fmt: skip
_NUMBERS |= {"a": 1, "an": 1, "first": 1, "second": 2, "third": 3, "fourth": 4, "few": 0, "several": 0}
_PARTS: Mapping[str, Part | None] = {
    "end": "end", "close": "end", "late": "end", "start": "start", "beginning": "start", "early": "start",
    "middle": "middle", "mid": "middle", "earlier": None, "later": None,
}  # fmt: skip
_NEW = 10
_MIDWEEK = 2
_FIRST_HALF = 6
_JUST_NOW = 3
"""Days: "last Thursday" is not said of one that is nearer."""

_PERIODS_AGO = {"this": 0, "the current": 0, "last": 1, "previous": 1, "prior": 1}
PERIODS: Mapping[str, Period] = {
    "day": "day", "session": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year",
}  # fmt: skip


def month_of(name: str) -> int:
    """1 to 12, by the name of a month or the first three letters of it."""
    return _MONTHS.index(name[:3]) + 1


def number_of(word: str) -> int:
    """A number in words or digits, 0 where it is left open (few)."""
    return _NUMBERS[word] if word in _NUMBERS else int(word)


def year_of(groups: Mapping[str, str], day: date) -> int | None:
    """The year that is named, None where none is."""
    if "y" in groups:
        return int(groups["y"])
    return day.year - (groups["rel_y"] == "last") if "rel_y" in groups else None


def _part(groups: Mapping[str, str]) -> Part | None:
    return _PARTS[groups["part"]] if "part" in groups else None


def _dated(groups: Mapping[str, str], day: date) -> DaySpan:
    """A span within a year; where none is named, in the last year in which it began by `day`."""
    year = year_of(groups, day)
    if "mo" in groups:
        month = month_of(groups["mo"])
        span = day_spans.month_span(day_spans.year_of_month(month, day) if year is None else year, month)
        if "d" not in groups:
            return day_spans.part_of(span, _part(groups))
        named = span.first.replace(day=int(groups["d"].rstrip("stndrh")))
        named = named.replace(year=named.year - 1) if year is None and named > day else named
        return DaySpan(named, named)
    if "q" in groups:
        quarter = number_of(groups["q"])
        of = year if year is not None else day.year - (3 * quarter - 2 > day.month)
        return day_spans.part_of(day_spans.quarter_span(of, quarter), _part(groups))
    of = day.year if year is None else year
    span = day_spans.half_span(of, number_of(groups["h"])) if "h" in groups else day_spans.year_span(of)
    return day_spans.part_of(span, _part(groups))


def _relative(groups: Mapping[str, str], day: date) -> DaySpan:
    n_ago = _PERIODS_AGO[groups["rel"]]
    if "wd" in groups:
        weekday = _WEEKDAYS.index(groups["wd"][:3])
        last = day_spans.last_weekday(day_spans.shifted(day, "day", _JUST_NOW * n_ago), weekday)
        return DaySpan(last, last)
    if "mo" in groups:
        month = month_of(groups["mo"])
        year = day_spans.year_of_month(month, day)
        return day_spans.month_span(year - (n_ago == 1 and (year, month) == (day.year, day.month)), month)
    span = day_spans.period_before(day, PERIODS[groups["unit"]], n_ago)
    if "part" in groups:
        return day_spans.part_of(span, _part(groups)) if groups["part"] != "earlier" else span
    return DaySpan(day_spans.before(span), span.last) if n_ago == 0 else span


def _ends(groups: Mapping[str, str], day: date) -> DaySpan:
    """The start of the year is this one's, its end the last one that has begun."""
    period = PERIODS[groups.get("unit", "year")]
    span = day_spans.part_of(day_spans.period_of(day, period), _part(groups))
    return span if span.first <= day else day_spans.part_of(day_spans.period_before(day, period), _part(groups))


def _weekday(groups: Mapping[str, str], day: date) -> DaySpan:
    last = day_spans.last_weekday(day, _WEEKDAYS.index(groups["wd"][:3]))
    return DaySpan(last, last)


def _near(groups: Mapping[str, str], day: date) -> DaySpan:
    then = day_spans.session(day_spans.shifted(day, "day", groups["near"] not in ("today", "tonight")))
    return DaySpan(then, then)


def _counted(groups: Mapping[str, str], day: date) -> DaySpan | None:
    n_periods = number_of(groups.get("n", "one"))
    return DaySpan(day_spans.shifted(day, PERIODS[groups["unit"]], n_periods), day) if n_periods else None


def _ago(groups: Mapping[str, str], day: date) -> DaySpan:
    period = PERIODS[groups["unit"]]
    return day_spans.around(day_spans.shifted(day, period, number_of(groups.get("n", "one"))), period)


def _to_date(_: Mapping[str, str], day: date) -> DaySpan:
    return DaySpan(day_spans.before(day_spans.year_span(day.year)), day)


def _on_period(groups: Mapping[str, str], day: date) -> DaySpan | None:
    """For the week: this one, until Tuesday the one before; in the month: the one that has just ended."""
    period = PERIODS[groups["unit"]]
    span = day_spans.period_of(day, period)
    is_new = day.weekday() <= 1 if period == "week" else (day - span.first).days < _NEW
    if is_new:
        span = day_spans.period_before(day, period)
    elif groups["how"] in ("in", "over") and period != "year":
        return None
    return DaySpan(day_spans.before(span), span.last)


def _year_began(_: Mapping[str, str], day: date) -> DaySpan:
    first = day_spans.year_span(day.year).first
    return DaySpan(day_spans.shifted(first, "day", 1), day_spans.shifted(first, "day", -4))


def _year_ended(groups: Mapping[str, str], day: date) -> DaySpan | None:
    if "y" in groups:
        last = day_spans.year_span(int(groups["y"])).last
        return DaySpan(day_spans.shifted(last, "day", 4), last)
    last = day_spans.year_span(day.year - 1).last
    return DaySpan(day_spans.shifted(last, "day", 4), last) if day.month <= _FIRST_HALF else None


def _ended(groups: Mapping[str, str], day: date) -> DaySpan:
    """The last days of a week, month or quarter that is over, or nearly."""
    period = PERIODS[groups["unit"]]
    span = day_spans.period_of(day, period)
    is_new = day.weekday() <= _MIDWEEK if period == "week" else (day - span.first).days < _NEW
    span = day_spans.period_before(day, period) if is_new or groups["which"] == "last" else span
    last = day_spans.session(span.last)
    return DaySpan(last, last)


def _on_year(_: Mapping[str, str], day: date) -> DaySpan:
    return DaySpan(day_spans.shifted(day, "year", 1), day)


READERS: Mapping[str, Callable[[Mapping[str, str], date], DaySpan | None]] = {
    "dated": _dated, "relative": _relative, "ends": _ends, "weekday": _weekday, "near": _near, "counted": _counted,
    "ago": _ago, "to_date": _to_date, "on_period": _on_period, "on_year": _on_year,
    "year_began": _year_began, "year_ended": _year_ended, "ended": _ended,
}  # fmt: skip
