"""Times of a Chinese sentence: 去年10月底, 三季度末, 昨日, 过去三个月, 今年以来, 高峰时刻, 曾经.

How they are written is `nlp.claims.time_patterns_zh`. What stands beside a time makes it the start of a stretch
(4月以来) or what a change is counted from (较上月末), and two of them its ends (从去年到今年10月).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from nlp.claims import day_spans
from nlp.claims.calendar_zh import PERIODS, READERS, number_of, part_named, year_of
from nlp.claims.day_spans import DaySpan
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
    UP_TO,
    WORDS,
)
from nlp.claims.time_words import Role, TimeWord, as_pair, as_stretch

__all__ = ["time_words_zh"]

_NEAR = 4
_COUNTS_FROM = re.compile("[从自由较比]$")
_NEW, _DECEMBER = 3, 12
"""Months: 年底 is that of the year before until March, of this one in December, else either."""

_SHIFTS = {"same_day": 0, "next_day": 1, "day_before": -1}


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
    reader = READERS.get(row)
    word = TimeWord(match.start(), match.end(), "unknown")
    if row in _SHIFTS:
        return replace(word, role="that", shift=_SHIFTS[row])
    if row == "count" and PERIODS[groups["unit"]] == "day" and number_of(groups["n_count"]) == 1:
        return replace(word, role="that")  # 一天跌去200点: the session's, as 单日
    if row == "count":
        return replace(word, role="count", count=(number_of(groups["n_count"]), PERIODS[groups["unit"]]))
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
    doubtful = "mo" in groups and year_of(groups, day) is None
    doubtful = doubtful and day_spans.is_near_ahead(number_of(groups["mo"]), int(groups.get("d", "0")), day)
    doubtful |= row == "undated" and part_named(groups, "part_y") == "end" and _NEW < day.month < _DECEMBER
    return replace(word, role=role, span=span, origin=origin, doubtful=doubtful, holds=span.first == span.last)


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
        elif joined and UP_TO.fullmatch(sentence, joined[-1].end, word.start):  # 5月份截至30日
            both = _so_far(joined[-1], word)
        elif joined and AND.fullmatch(sentence, joined[-1].end, word.start):
            both = as_pair(joined[-1], word)
        joined[-1:] = [both] if both else [*joined[-1:], word]
    return tuple(joined)


def _so_far(span: TimeWord, until: TimeWord) -> TimeWord | None:
    """A month or year up to a day of it."""
    whole, last = span.span, until.span
    if span.role != "at" or whole is None or last is None or not whole.first < last.last <= whole.last:
        return None
    return replace(until, start=span.start, role="over", span=DaySpan(day_spans.before(whole), last.last), holds=False)


def _up_to_now(first: TimeWord, now: TimeWord, day: date) -> TimeWord:
    """从4月到现在 as a stretch, 从高点到现在 as that high, from which something changes."""
    if first.role == "at" and first.span:
        span = DaySpan(day_spans.start_of_change(first.span), day)
        return replace(first, end=now.end, role="over", span=span, source=False)
    return replace(first, end=now.end)
