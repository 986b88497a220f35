"""Times of an English sentence: "in late October", "at the end of last year", "on Friday", "over the past month".

How they are written is `nlp.claims.time_patterns_en`. The words before a time make it the start of a stretch ("since
April") or what a change is counted from ("from October"), and two of them its ends ("from April to October").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from nlp.claims import day_spans
from nlp.claims.day_spans import DaySpan, Part, Period
from nlp.claims.time_patterns_en import (
    BEST_SINCE,
    BEYOND,
    DATELINE,
    ENDS_OF_STRETCH,
    HAS_OWN,
    IS_DUE,
    IS_YEAR,
    NAMES,
    OF_SOMETHING_ELSE,
    PASSED,
    SINCE,
    SOURCE,
    TO,
    WORDS,
)
from nlp.claims.time_words import Role, TimeWord, as_pair, as_stretch

__all__ = ["time_words_en"]

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
_SHIFTS = {"same_day": 0, "next_day": 1, "day_before": -1}
_NEW = 10
_FIRST_HALF = 6
_JUST_NOW = 3
"""Days: "last Thursday" is not said of one that is nearer."""

_PERIODS_AGO = {"this": 0, "the current": 0, "last": 1, "previous": 1, "prior": 1}
_PERIODS: Mapping[str, Period] = {
    "day": "day", "session": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year",
}  # fmt: skip

_LONGEST_OPENING = 16


def time_words_en(sentence: str, written: str, day: date) -> tuple[TimeWord, ...]:
    """The times that a sentence of an article of `day` names, by place, none overlapping another.

    Args:
        sentence: folded.
        written: as written, which tells May from may.
        day: the article's.
    """
    words: list[TimeWord] = []
    dateline = DATELINE.match(written)
    for match in WORDS.finditer(sentence, dateline.end() if dateline else 0):
        before = sentence[max(0, match.start() - 90) : match.start()]
        if (
            _is_other_word(match, written)
            or IS_DUE.search(before)
            or (match["y5"] and not IS_YEAR.search(before))
            or OF_SOMETHING_ELSE.match(sentence, match.end())
            or BEST_SINCE.search(before)
        ):
            continue
        word = _beside(before, _read(match, day), day)
        if HAS_OWN.match(sentence, word.end):
            word = replace(word, source=False)
        if word.role in ("peak", "trough"):
            word = replace(word, doubtful=PASSED.match(sentence, word.end) is not None)
        words.append(word)
    return _joined(sentence, words)


def _is_other_word(match: re.Match[str], written: str) -> bool:
    """Whether a month or weekday is written small: may, march, sun, sat."""
    places = (match.start(name) for name in NAMES if match[name])
    return any(not written[place].isupper() for place in places)


def _read(match: re.Match[str], day: date) -> TimeWord:
    groups = {name.rstrip("1234567"): value for name, value in match.groupdict().items() if value is not None}
    row = str(match.lastgroup).removeprefix("row_")
    reader = _READERS.get(row)
    word = TimeWord(match.start(), match.end(), "unknown")
    if row in _SHIFTS:
        return replace(word, role="that", shift=_SHIFTS[row])
    if row == "n_days_before":
        return replace(word, role="that", shift=-_number(groups["n_back"]))
    if row == "count":
        return replace(word, role="count", count=(_number(groups["n_count"]), _PERIODS[groups["unit"]]))
    if reader is None:
        return replace(word, role=cast(Role, row), holds=row == "now")
    try:
        named = reader(groups, day)
    except ValueError:  # February 30
        return word
    span = named.until(day) if named else None
    if named is None or span is None:
        return word
    origin = named.first + (named.last - named.first) / 2 if row == "ago" else None
    stretch = row in ("counted", "to_date", "on_period", "on_year") or (
        groups.get("rel") == "this" and "unit" in groups and "part" not in groups
    )
    number = int(groups.get("d", "0").rstrip("stndrh"))
    doubtful = "mo" in groups and _year_of(groups, day) is None
    doubtful = doubtful and day_spans.is_near_ahead(_month(groups["mo"]), number, day)
    return replace(
        word,
        role="over" if stretch else "at",
        span=span,
        origin=origin,
        doubtful=doubtful,
        holds=span.first == span.last,
    )


def _month(name: str) -> int:
    return _MONTHS.index(name[:3]) + 1


def _number(word: str) -> int:
    return _NUMBERS[word] if word in _NUMBERS else int(word)


def _year_of(groups: Mapping[str, str], day: date) -> int | None:
    if "y" in groups:
        return int(groups["y"])
    return day.year - (groups["rel_y"] == "last") if "rel_y" in groups else None


def _part(groups: Mapping[str, str]) -> Part | None:
    return _PARTS[groups["part"]] if "part" in groups else None


def _dated(groups: Mapping[str, str], day: date) -> DaySpan:
    """A span within a year; where none is named, in the last year in which it began by `day`."""
    year = _year_of(groups, day)
    if "mo" in groups:
        month = _month(groups["mo"])
        span = day_spans.month_span(day_spans.year_of_month(month, day) if year is None else year, month)
        if "d" not in groups:
            return day_spans.part_of(span, _part(groups))
        named = span.first.replace(day=int(groups["d"].rstrip("stndrh")))
        named = named.replace(year=named.year - 1) if year is None and named > day else named
        return DaySpan(named, named)
    if "q" in groups:
        quarter = _number(groups["q"])
        of = year if year is not None else day.year - (3 * quarter - 2 > day.month)
        return day_spans.part_of(day_spans.quarter_span(of, quarter), _part(groups))
    of = day.year if year is None else year
    span = day_spans.half_span(of, _number(groups["h"])) if "h" in groups else day_spans.year_span(of)
    return day_spans.part_of(span, _part(groups))


def _relative(groups: Mapping[str, str], day: date) -> DaySpan:
    n_ago = _PERIODS_AGO[groups["rel"]]
    if "wd" in groups:
        weekday = _WEEKDAYS.index(groups["wd"][:3])
        last = day_spans.last_weekday(day_spans.shifted(day, "day", _JUST_NOW * n_ago), weekday)
        return DaySpan(last, last)
    if "mo" in groups:
        month = _month(groups["mo"])
        year = day_spans.year_of_month(month, day)
        return day_spans.month_span(year - (n_ago == 1 and (year, month) == (day.year, day.month)), month)
    span = day_spans.period_before(day, _PERIODS[groups["unit"]], n_ago)
    if "part" in groups:
        return day_spans.part_of(span, _part(groups)) if groups["part"] != "earlier" else span
    return DaySpan(day_spans.before(span), span.last) if n_ago == 0 else span


def _ends(groups: Mapping[str, str], day: date) -> DaySpan:
    """The start of the year is this one's, its end the last one that has begun."""
    period = _PERIODS[groups.get("unit", "year")]
    span = day_spans.part_of(day_spans.period_of(day, period), _part(groups))
    return span if span.first <= day else day_spans.part_of(day_spans.period_before(day, period), _part(groups))


def _weekday(groups: Mapping[str, str], day: date) -> DaySpan:
    last = day_spans.last_weekday(day, _WEEKDAYS.index(groups["wd"][:3]))
    return DaySpan(last, last)


def _near(groups: Mapping[str, str], day: date) -> DaySpan:
    then = day_spans.session(day_spans.shifted(day, "day", groups["near"] not in ("today", "tonight")))
    return DaySpan(then, then)


def _counted(groups: Mapping[str, str], day: date) -> DaySpan | None:
    n_periods = _number(groups.get("n", "one"))
    return DaySpan(day_spans.shifted(day, _PERIODS[groups["unit"]], n_periods), day) if n_periods else None


def _ago(groups: Mapping[str, str], day: date) -> DaySpan:
    period = _PERIODS[groups["unit"]]
    return day_spans.around(day_spans.shifted(day, period, _number(groups.get("n", "one"))), period)


def _to_date(_: Mapping[str, str], day: date) -> DaySpan:
    return DaySpan(day_spans.before(day_spans.year_span(day.year)), day)


def _on_period(groups: Mapping[str, str], day: date) -> DaySpan | None:
    """For the week: this one, until Tuesday the one before; in the month: the one that has just ended."""
    period = _PERIODS[groups["unit"]]
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


def _year_ended(_: Mapping[str, str], day: date) -> DaySpan | None:
    last = day_spans.year_span(day.year - 1).last
    return DaySpan(day_spans.shifted(last, "day", 4), last) if day.month <= _FIRST_HALF else None


def _on_year(_: Mapping[str, str], day: date) -> DaySpan:
    return DaySpan(day_spans.shifted(day, "year", 1), day)


_READERS: Mapping[str, Callable[[Mapping[str, str], date], DaySpan | None]] = {
    "dated": _dated, "relative": _relative, "ends": _ends, "weekday": _weekday, "near": _near, "counted": _counted,
    "ago": _ago, "to_date": _to_date, "on_period": _on_period, "on_year": _on_year,
    "year_began": _year_began, "year_ended": _year_ended,
}  # fmt: skip


def _beside(before: str, word: TimeWord, day: date) -> TimeWord:
    """`word` as what stands directly before it makes it."""
    word = replace(word, source=SOURCE.search(before) is not None)
    if word.role != "at" or word.span is None:
        return word
    if SINCE.search(before):
        return replace(word, role="over", doubtful=False, span=DaySpan(day_spans.start_of_change(word.span), day))
    return replace(word, role="unknown", span=None) if BEYOND.search(before) and not word.holds else word


def _joined(sentence: str, words: Sequence[TimeWord]) -> tuple[TimeWord, ...]:
    """The words, two that are named together as one."""
    joined: list[TimeWord] = []
    for word in words:
        both: TimeWord | None = None
        if joined and (gap := TO.fullmatch(sentence, joined[-1].end, word.start)):
            before = sentence[max(0, joined[-1].start - _LONGEST_OPENING) : joined[-1].start]
            if ENDS_OF_STRETCH.search(before):
                both = as_stretch(joined[-1], word)
            elif gap.group().startswith(" and"):
                both = as_pair(joined[-1], word)
        joined[-1:] = [both] if both else [*joined[-1:], word]
    return tuple(joined)
