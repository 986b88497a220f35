"""Times of an English sentence: "in late October", "at the end of last year", "on Friday", "over the past month".

How they are written is `nlp.claims.time_patterns_en`. The words before a time make it the start of a stretch ("since
April") or what a change is counted from ("from October"), and two of them its ends ("from April to October").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import cast

from nlp.claims import day_spans
from nlp.claims.calendar_en import PERIODS, READERS, month_of, number_of, year_of
from nlp.claims.day_spans import DaySpan
from nlp.claims.time_patterns_en import (
    BEST_IN,
    BEST_SINCE,
    BEYOND,
    DATELINE,
    ENDS_OF_STRETCH,
    HAS_OWN,
    IS_DUE,
    IS_YEAR,
    NAMES,
    OF_EXTREME,
    OF_SOMETHING_ELSE,
    PASSED,
    SINCE,
    SOURCE,
    THROUGH,
    TO,
    WAS,
    WORDS,
)
from nlp.claims.time_words import Role, TimeWord, as_pair, as_stretch

__all__ = ["time_words_en"]

_SHIFTS = {"same_day": 0, "next_day": 1, "day_before": -1}


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
            or (match["row_count"] and BEST_IN.search(before))
        ):
            continue
        word = _beside(before, _read(match, day, before), day)
        if HAS_OWN.match(sentence, word.end):
            word = replace(word, source=False, holds=False)
        if OF_EXTREME.match(sentence, word.end):
            word = replace(word, only_change=True)
        if word.role in ("peak", "trough"):
            word = replace(word, doubtful=PASSED.match(sentence, word.end) is not None)
        words.append(word)
    return _joined(sentence, words)


def _is_other_word(match: re.Match[str], written: str) -> bool:
    """Whether a month or weekday is written small: may, march, sun, sat."""
    places = (match.start(name) for name in NAMES if match[name])
    return any(not written[place].isupper() for place in places)


def _read(match: re.Match[str], day: date, before: str = "") -> TimeWord:
    groups = {name.rstrip("12345678"): value for name, value in match.groupdict().items() if value is not None}
    row = str(match.lastgroup).removeprefix("row_")
    reader = READERS.get(row)
    word = TimeWord(match.start(), match.end(), "unknown")
    if row in _SHIFTS:
        return replace(word, role="that", shift=_SHIFTS[row])
    if row == "n_days_before":
        return replace(word, role="that", shift=-number_of(groups["n_back"]))
    if row == "count":
        return replace(word, role="count", count=(number_of(groups["n_count"]), PERIODS[groups["unit"]]))
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
    doubtful = "mo" in groups and year_of(groups, day) is None
    doubtful = doubtful and day_spans.is_near_ahead(month_of(groups["mo"]), number, day)
    doubtful = doubtful and not WAS.search(before)
    return replace(
        word,
        role="over" if stretch else "at",
        span=span,
        origin=origin,
        doubtful=doubtful,
        holds=span.first == span.last,
    )


def _beside(before: str, word: TimeWord, day: date) -> TimeWord:
    """`word` as what stands directly before it makes it."""
    word = replace(word, source=SOURCE.search(before) is not None)
    if word.role != "at" or word.span is None:
        return word
    if SINCE.search(before):
        return replace(word, role="over", doubtful=False, span=DaySpan(day_spans.start_of_change(word.span), day))
    is_end = THROUGH.search(before) or (BEYOND.search(before) and not word.holds)
    return replace(word, role="unknown", span=None) if is_end else word


def _joined(sentence: str, words: Sequence[TimeWord]) -> tuple[TimeWord, ...]:
    """The words, two that are named together as one."""
    joined: list[TimeWord] = []
    for word in words:
        both: TimeWord | None = None
        if joined and (gap := TO.fullmatch(sentence, joined[-1].end, word.start)):
            before = sentence[max(0, joined[-1].start - _LONGEST_OPENING) : joined[-1].start]
            if ENDS_OF_STRETCH.search(before) or gap.group() == "-":
                both = as_stretch(joined[-1], word)
            elif gap.group().startswith(" and"):
                both = as_pair(joined[-1], word)
        joined[-1:] = [both] if both else [*joined[-1:], word]
    return tuple(joined)
