"""Words that name a time in a sentence, as `time_words_zh` and `time_words_en` find them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from nlp.claims.day_spans import DaySpan, Period, start_of_change

__all__ = ["Role", "TimeWord", "as_pair", "as_stretch"]

Role = Literal["at", "over", "now", "peak", "trough", "unknown", "that", "like", "count"]
"""at: a day or a longer span by name; over: a stretch from its first to its last day, over which something changes;
unknown: a time that the calendar does not tell (曾经, "once") or that is still to come; that, like, count: one that
`related_times` tells from another (a day, a stretch, so many periods up to one)."""


@dataclass(frozen=True, slots=True)
class TimeWord:
    """A time named in a sentence.

    Attributes:
        start, end: its code points in the sentence.
        role: what it says.
        span: its days, None where the role needs none.
        origin: the day from which a change counts that has its source here, None where that is the span's last.
        source: whether it is where a change comes from (从去年底, "from October", 较上月).
        doubtful: whether it may as well be still to come (1月 in December); of an extreme, whether it is over by the
            time of what follows (新高后回落).
        holds: whether it speaks for later clauses too, wherever it stands in its own: days and `now` do.
        shift: of `that`: sessions after the day that it refers to.
        count: of `count`: how many of which period.
        only_change: whether it can only be the time of a change (两周跌3%), not of a level.
    """

    start: int
    end: int
    role: Role
    span: DaySpan | None = None
    origin: date | None = None
    source: bool = False
    doubtful: bool = False
    holds: bool = False
    shift: int = 0
    count: tuple[int, Period] | None = None
    only_change: bool = False


def as_stretch(first: TimeWord, second: TimeWord) -> TimeWord | None:
    """The stretch from one named time to another (去年到今年10月), None where the second is not the later one."""
    if first.span is None or second.span is None or not first.role == second.role == "at":
        return None
    if first.span.first >= second.span.last:
        return None
    span = DaySpan(start_of_change(first.span), second.span.last)
    return replace(first, end=second.end, role="over", span=span, source=False)


def as_pair(first: TimeWord, second: TimeWord) -> TimeWord | None:
    """Two times named together (周一和周二): which of them is a figure's cannot be told."""
    if first.span is None or second.span is None:
        return None
    return replace(first, end=second.end, role="unknown", span=None)
