"""Spans of days that time words mean, by the calendar: a month, its end, a quarter, the week before, three months ago.

Whoever leaves the year out means the last time it was that month, so that no span starts after the article.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

__all__ = [
    "DaySpan",
    "Part",
    "Period",
    "around",
    "before",
    "half_span",
    "is_near_ahead",
    "last_weekday",
    "month_span",
    "part_of",
    "period_before",
    "period_of",
    "quarter_span",
    "session",
    "shifted",
    "start_of_change",
    "weekday_of",
    "year_of_month",
    "year_span",
]

Part = Literal["start", "middle", "end", "first_third", "second_third", "last_third"]
Period = Literal["day", "week", "month", "quarter", "year"]
_ENDS = {31: 7, 92: 10, 366: 12}
"""How many days the end (or start) of a span of at most so many days has."""

_NEAR_MONTHS = 2
_LONGEST_END = 15
"""Days; a change since a longer span starts before it."""


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def until(self, day: date) -> DaySpan | None:
        """The part that is not after `day`, None where all of it is."""
        return DaySpan(self.first, min(self.last, day)) if self.first <= day else None


def month_span(year: int, month: int) -> DaySpan:
    """All of a month."""
    return DaySpan(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def quarter_span(year: int, quarter: int) -> DaySpan:
    """All of a quarter, 1 to 4."""
    return DaySpan(date(year, 3 * quarter - 2, 1), month_span(year, 3 * quarter).last)


def half_span(year: int, half: int) -> DaySpan:
    """All of a half-year, 1 or 2."""
    return DaySpan(date(year, 6 * half - 5, 1), month_span(year, 6 * half).last)


def year_span(year: int) -> DaySpan:
    """All of a year."""
    return DaySpan(date(year, 1, 1), date(year, 12, 31))


def part_of(span: DaySpan, part: Part | None) -> DaySpan:
    """A part of a span: its first or last days, its middle, or a third of a month (上旬, 中旬, 下旬)."""
    n_days = (span.last - span.first).days + 1
    edge = timedelta(days=next(days for longest, days in _ENDS.items() if n_days <= longest) - 1)
    third = timedelta(days=n_days // 3)
    spans = {
        "start": DaySpan(span.first, span.first + edge),
        "middle": DaySpan(span.first + third, span.last - third),
        "end": DaySpan(span.last - edge, span.last),
        "first_third": DaySpan(span.first, span.first + third - timedelta(days=1)),
        "second_third": DaySpan(span.first + third, span.first + 2 * third - timedelta(days=1)),
        "last_third": DaySpan(span.first + 2 * third, span.last),
    }
    return spans[part] if part else span


def period_of(day: date, period: Period) -> DaySpan:
    """The calendar day, week (from Monday), month, quarter or year of `day`."""
    if period == "day":
        return DaySpan(day, day)
    if period == "week":
        monday = day - timedelta(days=day.weekday())
        return DaySpan(monday, monday + timedelta(days=6))
    if period == "month":
        return month_span(day.year, day.month)
    return quarter_span(day.year, (day.month + 2) // 3) if period == "quarter" else year_span(day.year)


def period_before(day: date, period: Period, n: int = 1) -> DaySpan:
    """The calendar period `n` before that of `day`; negative `n` for later ones."""
    if period == "day":
        return period_of(day - timedelta(days=n), period)
    return period_of(shifted(period_of(day, period).first, period, n), period)


def shifted(day: date, period: Period, n: int) -> date:
    """`day` so many periods earlier, in a shorter month its last day.

    Raises:
        ValueError: there is no such day in the calendar of Python, which begins with the year 1.
    """
    if period in ("day", "week"):
        try:
            return day - timedelta(days=n * (7 if period == "week" else 1))
        except OverflowError as error:
            raise ValueError(f"{n} times a {period} before {day} is beyond the calendar") from error
    months = day.year * 12 + day.month - 1 - n * {"month": 1, "quarter": 3, "year": 12}[period]
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(f"{n} times a {period} before {day} is beyond the calendar")
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def year_of_month(month: int, day: date) -> int:
    """The year of the last time that `month` began, seen from `day`."""
    return day.year if month <= day.month else day.year - 1


def is_near_ahead(month: int, number: int, day: date) -> bool:
    """Whether a month without a year (of it the day `number`, 0 where none is named) may as well be to come soon."""
    n_ahead = (month - day.month) % 12
    return 1 <= n_ahead <= _NEAR_MONTHS or (n_ahead == 0 and number > day.day)


def around(day: date, period: Period) -> DaySpan:
    """The days near `day` that may be meant where it was counted in so coarse a period."""
    margin = timedelta(days={"day": 0, "week": 2, "month": 7, "quarter": 15, "year": 30}[period])
    return DaySpan(day - margin, day + margin)


def before(span: DaySpan) -> date:
    """The last day before a span, whose value a change over the span starts from."""
    return span.first - timedelta(days=1)


def start_of_change(span: DaySpan) -> date:
    """The day whose value a change since `span` starts from: the last of an end (去年底以来), else that before it."""
    is_end = (span.last - span.first).days < _LONGEST_END and not (span.first.day == 1 and span.last > span.first)
    return span.last if is_end else before(span)


def weekday_of(week: DaySpan, weekday: int) -> DaySpan:
    """A day of a week, Monday is 0."""
    day = week.first + timedelta(days=weekday)
    return DaySpan(day, day)


def last_weekday(day: date, weekday: int) -> date:
    """The last such weekday (Monday is 0) that is not after `day`."""
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def session(day: date) -> date:
    """`day` itself on a weekday, the Friday before it on a weekend: a market was open, but for holidays."""
    return day - timedelta(days=max(0, day.weekday() - 4))
