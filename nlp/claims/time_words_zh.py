"""Times of a Chinese sentence: 去年10月底, 三季度末, 昨日, 过去三个月, 今年以来, 高峰时刻, 曾经.

How they are written is `nlp.claims.time_patterns_zh`. What stands beside a time makes it the start of a stretch
(4月以来) or what a change is counted from (较上月末), and two of them its ends (从去年到今年10月).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from nlp.claims import day_spans
from nlp.claims.day_spans import DaySpan, Part, Period
from nlp.claims.time_patterns_zh import (
    AGAINST,
    AND,
    BEFORE,
    OF_SOMETHING_ELSE,
    PASSED,
    SINCE,
    SINCE_RECORD,
    SOURCE,
    TO,
    WORDS,
)
from nlp.claims.time_words import Role, TimeWord, as_pair, as_stretch

__all__ = ["time_words_zh"]

_NUMBERS = {numeral: value for value, numeral in enumerate("一二三四五六七八九十", 1)}
_NUMBERS |= {"十一": 11, "十二": 12, "两": 2}
_DIGITS = {numeral: value for value, numeral in enumerate("零一二三四五六七八九")}
_YEARS_AGO = {"今年": 0, "本年": 0, "去年": 1, "上年": 1, "前年": 2, "明年": -1, "来年": -1, "后年": -2}
_PERIODS: Mapping[str, Period] = {
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
_NEAR = 4
_COUNTS_FROM = re.compile("[从自由较比]$")
_NEW, _DECEMBER = 3, 12
"""Months: 年底 is that of the year before until March, of this one in December, else either."""
_SHIFTS = {"same_day": 0, "next_day": 1, "day_before": -1}
_DAYS_AGO = {"今": 0, "昨": 1, "隔": 1, "前": 2}
_WEEKDAYS = {numeral: value for value, numeral in enumerate("一二三四五六日")} | {"天": 6}


def time_words_zh(sentence: str, day: date) -> tuple[TimeWord, ...]:
    """The times that a folded sentence of an article of `day` names, by place, none overlapping another."""
    words: list[TimeWord] = []
    for match in WORDS.finditer(sentence):
        if words and match["row_weekday"] and sentence[words[-1].end : match.start()] in ("", " ", "("):
            continue  # 6月11日(周四)
        if OF_SOMETHING_ELSE.match(sentence, match.end()):
            continue
        word = _beside(sentence, _read(match, day), day)
        if word.role not in ("peak", "trough"):
            words.append(word)
        elif not SINCE_RECORD.search(sentence[max(0, word.start - 6) : word.start]):
            words.append(replace(word, doubtful=PASSED.match(sentence, word.end) is not None))
    return _joined(sentence, words, day)


def _read(match: re.Match[str], day: date) -> TimeWord:
    groups = {name.rstrip("12345"): value for name, value in match.groupdict().items() if value is not None}
    row = str(match.lastgroup).removeprefix("row_")
    reader = _READERS.get(row)
    word = TimeWord(match.start(), match.end(), "unknown")
    if row in _SHIFTS:
        return replace(word, role="that", shift=_SHIFTS[row])
    if row == "count":
        return replace(word, role="count", count=(_number(groups["n_count"]), _PERIODS[groups["unit"]]))
    if reader is None:
        return replace(word, role=cast(Role, row), holds=row == "now")
    try:
        named = reader(groups, day)
    except ValueError:  # 2月30日
        return word
    span = named.until(day)
    if span is None:
        return word
    stretch = row in ("counted", "to_date", "on_year", "whole") or "mo_from" in groups
    role: Role = "over" if stretch else "at"
    origin = named.first + (named.last - named.first) / 2 if row == "ago" else None
    doubtful = "mo" in groups and _year_of(groups, day) is None
    doubtful = doubtful and day_spans.is_near_ahead(_number(groups["mo"]), int(groups.get("d", "0")), day)
    doubtful |= row == "undated" and _part(groups, "part_y") == "end" and _NEW < day.month < _DECEMBER
    return replace(word, role=role, span=span, origin=origin, doubtful=doubtful, holds=span.first == span.last)


def _number(numeral: str) -> int:
    return _NUMBERS[numeral] if numeral in _NUMBERS else int(numeral)


def _year_of(groups: Mapping[str, str], day: date) -> int | None:
    if "ago_y" in groups:
        return day.year - _YEARS_AGO[groups["ago_y"]]
    if "y" not in groups:
        return None
    year = int("".join(str(_DIGITS.get(digit, digit)) for digit in groups["y"]))
    return year if year > 99 else 2000 + year


def _dated(groups: Mapping[str, str], day: date) -> DaySpan:
    """A span within a year; where none is named, in the last year in which it began by `day`."""
    year = _year_of(groups, day)
    if "mo" in groups:
        month = _number(groups["mo"])
        span = day_spans.month_span(day_spans.year_of_month(month, day) if year is None else year, month)
        if "mo_from" in groups:
            first = day_spans.month_span(span.first.year, _number(groups["mo_from"]))
            return DaySpan(day_spans.start_of_change(first), span.last)
        if "d" in groups:
            named = span.first.replace(day=int(groups["d"]))
            named = named.replace(year=named.year - 1) if year is None and named > day else named
            return DaySpan(named, named)
        return day_spans.part_of(span, _part(groups, "part_m"))
    if "q" in groups or "qq" in groups:
        quarter = _number(groups.get("q") or groups["qq"])
        of = year if year is not None else day.year - (3 * quarter - 2 > day.month)
        return day_spans.part_of(day_spans.quarter_span(of, quarter), _part(groups, "part_q"))
    if "n_months" in groups or "n_quarters" in groups:  # 前三个季度
        last = _number(groups["n_months"]) if "n_months" in groups else 3 * _number(groups["n_quarters"])
        start = date(day.year if year is None else year, 1, 1)
        return DaySpan(start, day_spans.month_span(start.year, last).last)
    if "h" in groups:
        half = 1 if groups["h"] == "上" else 2
        return day_spans.half_span(year if year is not None else day.year - (half == 2 and day.month < 7), half)
    part = _part(groups, "part_y")
    if year is None:
        year = day.year - 1 if part == "end" and day.month < 12 else day.year
    return day_spans.part_of(day_spans.year_span(year), part)


def _part(groups: Mapping[str, str], name: str) -> Part | None:
    return _PARTS[groups[name]] if name in groups else None


def _counted(groups: Mapping[str, str], day: date) -> DaySpan:
    return DaySpan(day_spans.shifted(day, _PERIODS[groups["unit"]], _number(groups["n"])), day)


def _ago(groups: Mapping[str, str], day: date) -> DaySpan:
    period = _PERIODS[groups["unit"]]
    then = day_spans.shifted(day, period, _number(groups["n_ago"]))
    return day_spans.around(then, period)


def _relative(groups: Mapping[str, str], day: date) -> DaySpan:
    span = day_spans.period_before(day, _PERIODS[groups["unit"]], _PERIODS_AGO[groups["rel"]])
    if "wd" in groups:
        return day_spans.weekday_of(span, _WEEKDAYS[groups["wd"]])
    return day_spans.part_of(span, _part(groups, "part_r"))


def _ends(groups: Mapping[str, str], day: date) -> DaySpan:
    """月初 is this month's, 月底 the last one that has begun."""
    period, part = _PERIODS[groups["unit"]], _part(groups, "part_e")
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


_READERS: Mapping[str, Callable[[Mapping[str, str], date], DaySpan]] = {
    "dated": _dated, "undated": _dated, "counted": _counted, "ago": _ago, "relative": _relative, "ends": _ends,
    "weekday": _weekday, "near": _near, "full": _full, "day": _day, "to_date": _to_date, "on_year": _on_year,
    "whole": _whole,
}  # fmt: skip


def _beside(sentence: str, word: TimeWord, day: date) -> TimeWord:
    """`word` as what stands directly before and behind it makes it."""
    before = sentence[max(0, word.start - 4) : word.start]
    word = replace(word, source=bool(SOURCE.search(before) or AGAINST.search(before)))
    word = replace(word, doubtful=word.doubtful and not _COUNTS_FROM.search(before))
    if word.role != "at" or word.span is None:
        return word
    if BEFORE.match(sentence, word.end):
        return replace(word, role="unknown", span=None)
    since = SINCE.match(sentence, word.end)
    if since and (word.source or since.group() in ("以来", "至今", "来")):
        return replace(
            word,
            end=since.end(),
            role="over",
            doubtful=False,
            span=DaySpan(day_spans.start_of_change(word.span), day),
            source=False,
        )
    return word


def _joined(sentence: str, words: Sequence[TimeWord], day: date) -> tuple[TimeWord, ...]:
    """The words, two that are named together as one."""
    joined: list[TimeWord] = []
    for word in words:
        both: TimeWord | None = None
        if joined and word.role == "now" and TO.fullmatch(sentence, joined[-1].end, word.start):
            both = _up_to_now(joined[-1], word, day)
            joined[-1:] = [both]
            continue
        if joined and TO.fullmatch(sentence, joined[-1].end, word.start):
            both = as_stretch(joined[-1], word)
            if both is None and len(joined) > 1 and joined[-1].role in ("peak", "trough"):  # 从7月16日的高点到8月5日
                both = as_stretch(joined[-2], word) if joined[-1].start - joined[-2].end <= _NEAR else None
                joined[-1:] = [] if both else joined[-1:]
        elif joined and AND.fullmatch(sentence, joined[-1].end, word.start):
            both = as_pair(joined[-1], word)
        joined[-1:] = [both] if both else [*joined[-1:], word]
    return tuple(joined)


def _up_to_now(first: TimeWord, now: TimeWord, day: date) -> TimeWord:
    """从4月到现在 as a stretch, 从高点到现在 as that high, from which something changes."""
    if first.role == "at" and first.span:
        span = DaySpan(day_spans.start_of_change(first.span), day)
        return replace(first, end=now.end, role="over", span=span, source=False)
    return replace(first, end=now.end)
