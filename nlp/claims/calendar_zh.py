"""What the times of a Chinese sentence mean on the calendar: a reader for each row of `time_patterns_zh`.

A reader gets the named groups of a match and the article's day, and gives the days that are meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from nlp.claims import day_spans
from nlp.claims.day_spans import DaySpan, Part, Period

__all__ = ["PERIODS", "READERS", "number_of", "part_named", "year_of"]

_NUMBERS = {numeral: value for value, numeral in enumerate("一二三四五六七八九十", 1)}
_NUMBERS |= {"十一": 11, "十二": 12, "两": 2}
_DIGITS = {numeral: value for value, numeral in enumerate("零一二三四五六七八九")}
_YEARS_AGO = {"今年": 0, "本年": 0, "去年": 1, "上年": 1, "前年": 2, "明年": -1, "来年": -1, "后年": -2}
PERIODS: Mapping[str, Period] = {
    "年": "year", "季": "quarter", "季度": "quarter", "月": "month", "周": "week", "星期": "week", "天": "day",
    "日": "day", "交易日": "day",
}  # fmt: skip
_PERIODS_AGO = {
    "本": 0, "这": 0, "这个": 0, "当": 0, "上": 1, "上个": 1, "上一": 1, "上一个": 1, "上上": 2, "下": -1, "下个": -1,
}  # fmt: skip
_PARTS: Mapping[str, Part] = {
    "底": "end", "末": "end", "初": "start", "中": "middle", "上旬": "first_third", "中旬": "second_third",
    "下旬": "last_third",
}  # fmt: skip
_DAYS_AGO = {"今": 0, "昨": 1, "隔": 1, "前": 2}
_WEEKDAYS = {numeral: value for value, numeral in enumerate("一二三四五六日")} | {"天": 6}


def number_of(numeral: str) -> int:
    """A number in Chinese numerals or digits."""
    return _NUMBERS[numeral] if numeral in _NUMBERS else int(numeral)


def year_of(groups: Mapping[str, str], day: date) -> int | None:
    """The year that is named, None where none is."""
    if "ago_y" in groups:
        return day.year - _YEARS_AGO[groups["ago_y"]]
    if "y" not in groups:
        return None
    year = int("".join(str(_DIGITS.get(digit, digit)) for digit in groups["y"]))
    return year if year > 99 else 2000 + year


def _dated(groups: Mapping[str, str], day: date) -> DaySpan:
    """A span within a year; where none is named, in the last year in which it began by `day`."""
    year = year_of(groups, day)
    if "mo" in groups:
        month = number_of(groups["mo"])
        span = day_spans.month_span(day_spans.year_of_month(month, day) if year is None else year, month)
        if "mo_from" in groups:
            first = day_spans.month_span(span.first.year, number_of(groups["mo_from"]))
            return DaySpan(day_spans.start_of_change(first), span.last)
        if "d" in groups:
            named = span.first.replace(day=int(groups["d"]))
            named = named.replace(year=named.year - 1) if year is None and named > day else named
            return DaySpan(named, named)
        return day_spans.part_of(span, part_named(groups, "part_m"))
    if "q" in groups or "qq" in groups:
        quarter = number_of(groups.get("q") or groups["qq"])
        of = year if year is not None else day.year - (3 * quarter - 2 > day.month)
        return day_spans.part_of(day_spans.quarter_span(of, quarter), part_named(groups, "part_q"))
    if "n_months" in groups or "n_quarters" in groups:  # 前三个季度
        last = number_of(groups["n_months"]) if "n_months" in groups else 3 * number_of(groups["n_quarters"])
        of = day.year if year is None else year
        return DaySpan(date(of, 1, 1), day_spans.month_span(of, last).last)
    if "h" in groups:
        half = 1 if groups["h"] == "上" else 2
        return day_spans.half_span(year if year is not None else day.year - (half == 2 and day.month < 7), half)
    part = part_named(groups, "part_y")
    if year is None:
        year = day.year - 1 if part == "end" and day.month < 12 else day.year
    return day_spans.part_of(day_spans.year_span(year), part)


def part_named(groups: Mapping[str, str], name: str) -> Part | None:
    """The part of a span that the group `name` says, None where it says none."""
    return _PARTS[groups[name]] if name in groups else None


def _counted(groups: Mapping[str, str], day: date) -> DaySpan:
    return DaySpan(day_spans.shifted(day, PERIODS[groups["unit"]], number_of(groups["n"])), day)


def _ago(groups: Mapping[str, str], day: date) -> DaySpan:
    period = PERIODS[groups["unit"]]
    then = day_spans.shifted(day, period, number_of(groups["n_ago"]))
    return day_spans.around(then, period)


def _relative(groups: Mapping[str, str], day: date) -> DaySpan:
    span = day_spans.period_before(day, PERIODS[groups["unit"]], _PERIODS_AGO[groups["rel"]])
    if "wd" in groups:
        return day_spans.weekday_of(span, _WEEKDAYS[groups["wd"]])
    return day_spans.part_of(span, part_named(groups, "part_r"))


def _ends(groups: Mapping[str, str], day: date) -> DaySpan:
    """月初 is this month's, 月底 the last one that has begun."""
    period, part = PERIODS[groups["unit"]], part_named(groups, "part_e")
    span = day_spans.part_of(day_spans.period_of(day, period), part)
    return span if span.first <= day else day_spans.part_of(day_spans.period_before(day, period), part)


def _weekday(groups: Mapping[str, str], day: date) -> DaySpan:
    last = day_spans.last_weekday(day, _WEEKDAYS[groups["wd"]])
    return DaySpan(last, last)


def _near(groups: Mapping[str, str], day: date) -> DaySpan:
    n_days = 1 if "session" in groups else _DAYS_AGO[groups.get("near") or groups["night"]]
    then = day_spans.session(day_spans.shifted(day, "day", n_days))
    return DaySpan(then, then)


def _full(groups: Mapping[str, str], day: date) -> DaySpan:
    then = date(int(groups["iso"]), int(groups["mo_iso"]), int(groups["d_iso"]))
    return DaySpan(then, then)


def _day(groups: Mapping[str, str], day: date) -> DaySpan:
    """19日: of this month, or of the one before where this month's is still to come."""
    number = int(groups["d"])
    month = day if number <= day.day else day_spans.shifted(day.replace(day=1), "month", 1)
    return DaySpan(month.replace(day=number), month.replace(day=number))


def _to_date(groups: Mapping[str, str], day: date) -> DaySpan:
    return DaySpan(day_spans.before(day_spans.year_span(day.year)), day)


def _whole(groups: Mapping[str, str], day: date) -> DaySpan:
    """全年: of this year, in January of the one before."""
    span = day_spans.year_span(day.year - (day.month == 1))
    return DaySpan(day_spans.before(span), span.last)


def _on_year(groups: Mapping[str, str], day: date) -> DaySpan:
    return DaySpan(day_spans.shifted(day, "year", 1), day)


READERS: Mapping[str, Callable[[Mapping[str, str], date], DaySpan]] = {
    "dated": _dated, "undated": _dated, "counted": _counted, "ago": _ago, "relative": _relative, "ends": _ends,
    "weekday": _weekday, "near": _near, "full": _full, "day": _day, "to_date": _to_date, "on_year": _on_year,
    "whole": _whole,
}  # fmt: skip
