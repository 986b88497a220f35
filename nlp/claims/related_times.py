"""Times that hang on another one named before: the same day, a day later, 同期, "in two sessions" up to then.

They refer to the last such time of their sentence, else of the sentence before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from nlp.claims import day_spans
from nlp.claims.day_spans import DaySpan
from nlp.claims.time_words import TimeWord

__all__ = ["needs_another", "resolved"]

_LONGEST_IN_SESSIONS = 10


def needs_another(words: Sequence[TimeWord]) -> bool:
    """Whether one of the times cannot be told without the sentence before: none that it may refer to comes first."""
    if not any(word.role in ("that", "like") for word in words):
        return False
    first = next(place for place, word in enumerate(words) if word.role in ("that", "like"))
    return not any(word.span for word in words[:first])


def resolved(words: Sequence[TimeWord], before: Sequence[TimeWord], day: date) -> tuple[TimeWord, ...]:
    """The times with those that refer to another one as that says; what refers to none is unknown, or left out.

    Args:
        words: of the sentence, by place.
        before: of the sentence before.
        day: of the article.
    """
    told: list[TimeWord] = []
    known = [word for word in before if word.span and not word.source]
    n_outside = len(known)
    for word in words:
        days = [other for other in known if other.span and other.span.first == other.span.last]
        if word.role == "that":
            if days and days[-1].span:
                then = _sessions_after(days[-1].span.first, word.shift, day)
                word = replace(word, role="at", span=DaySpan(then, then), holds=True)
            elif word.shift == 0:
                continue
            else:
                word = replace(word, role="unknown")
        elif word.role == "like":
            last = _stretch_among(known)
            word = replace(word, role=last.role, span=last.span) if last else replace(word, role="unknown")
        elif word.role == "count" and word.count:
            if word.count == (1, "day") and not days:
                continue
            own = [other for other in known[n_outside:] if other in days]
            end = own[-1].span.first if own and own[-1].span else day
            word = replace(word, role="over", span=DaySpan(_counted_back(end, *word.count), end), only_change=True)
        told.append(word)
        if word.span and word.role in ("at", "over") and not word.source:
            known.append(word)
    return tuple(told)


def _stretch_among(known: Sequence[TimeWord]) -> TimeWord | None:
    """The stretch that "the same period" is: the last told as one, else the only time that was."""
    stretches = [word for word in known if word.role == "over"]
    if stretches:
        return stretches[-1]
    return known[-1] if len({word.span for word in known}) == 1 else None


def _sessions_after(day: date, n: int, last: date) -> date:
    """So many weekdays later (earlier where negative), no later than `last`."""
    step = timedelta(days=1 if n > 0 else -1)
    for _ in range(abs(n)):
        day += step
        while day.weekday() > 4:
            day += step
    return min(day, last)


def _counted_back(end: date, n: int, period: day_spans.Period) -> date:
    if period == "day" and n <= _LONGEST_IN_SESSIONS:
        return _sessions_after(day_spans.session(end), -n, end)
    return day_spans.shifted(end, period, n)
