"""What the parts of the claims reader hand on: a figure, the time it is about, the claim, the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

__all__ = ["Claim", "Direction", "Figure", "Per", "Relation", "Transform", "Unit", "Verdict", "Window", "WindowKind"]

Unit = Literal[
    "usd", "cny", "hkd", "eur", "gbp", "jpy", "money", "percent", "percentage_point", "basis_point", "multiple",
    "share", "point", "count",
]  # fmt: skip
"""money: a currency that the text leaves open; share: a fraction (三分之一); multiple: a ratio such as P/E 30x; point:
an index level or a change in index points; count: a plain number of something else (people, companies, jobs)."""

Relation = Literal["equal", "about", "above", "below", "range"]
"""above and below are bounds (超过, "more than", "at least"); about is an approximation (约, 近, "nearly")."""

Per = Literal["day", "week", "month", "quarter", "year"]
Direction = Literal["up", "down"]
Transform = Literal["level", "change", "relative_change", "pace"]
"""level: the series' value; change: end less start over the window; relative_change: the same in percent of the start;
pace: change per month or another span (600亿/月)."""

WindowKind = Literal["now", "at", "between", "peak", "trough", "unknown"]
Verdict = Literal["consistent", "stale", "contradicted", "not_checkable"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text; `text[start:end]` is all of it, with currency sign, unit and approximation words.

    Attributes:
        start: code point, the first.
        end: code point after the last.
        text: as written.
        value: in units of one (1.15万亿美元 is 1.15e12, 5% is 5.0 percent, 25bp is 25.0, 三分之一 is 1/3); of a range
            its middle.
        unit: of what.
        relation: how exact the writer is.
        low, high: the ends of a range, None otherwise.
        digit: the worth of the last digit written, same scale as `value` (1.15万亿 → 1e10, 79 → 1, 5,000 → 1).
        per: the span of a pace (每个月600亿, "a month"), None otherwise.
        direction: up or down where a word at the figure says that it is a change (下跌3%, "fell 3%"), None otherwise.
    """

    start: int
    end: int
    text: str
    value: float
    unit: Unit
    relation: Relation = "equal"
    low: float | None = None
    high: float | None = None
    digit: float = 1.0
    per: Per | None = None
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The time that a figure is about, resolved with the article's day.

    Attributes:
        kind: now: as the article appears; at: on or near the day(s) from start to end; between: a change from start to
            end; peak, trough: the extreme of the time from start to end (all history where start is None); unknown: a
            time is named that could not be resolved, so nothing can be checked.
        start: first day.
        end: last day.
        text: the words that say so, empty for a plain present.
    """

    kind: WindowKind
    start: date | None = None
    end: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure as it is checked.

    Attributes:
        figure: the number.
        indicator: id of the table's row, None where it speaks of none of them.
        transform: what of the series.
        window: of when.
        value: the figure in the indicator's unit (percent for a relative change), signed for a change (down is
            negative); None where it fits no unit.
        doubt: why it cannot be checked whatever the series says (a forecast, a negation), empty where it can.
        caution: why only agreement counts (a value from within the day, a link carried over from the sentence before):
            such a claim may be consistent, never stale or contradicted; empty where there is no such reason.
        plain: whether the indicator's name is plainly what the figure is told of.
    """

    figure: Figure
    indicator: str | None
    transform: Transform
    window: Window
    value: float | None
    doubt: str = ""
    caution: str = ""
    plain: bool = False
