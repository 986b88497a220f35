"""What a figure says of an indicator: its level, a change, a change in percent or a pace, in the indicator's unit.

A rule per kind of indicator: percentages of an index are changes, of a rate levels; basis points are changes unless the
words before them lead to a level; money is a level unless the words tell of a change. A figure that no rule fits is not
about the indicator.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from nlp.claims.folding import fold
from nlp.claims.indicators import Indicator
from nlp.claims.records import Figure, Transform
from nlp.claims.units import OTHER_MONEY
from nlp.claims.wording import (
    ABOVE_SOMETHING,
    AGAINST,
    BELOW_SOMETHING,
    BEYOND,
    BY_BEFORE,
    CHANGE_AFTER,
    CHANGE_BEFORE,
    DIFFERENCE_NAME,
    DOWN,
    GONE_AFTER,
    INVERTED,
    LEVEL_BEFORE,
    LEVEL_WORD,
    OF_WHICH,
    ON_TOP_BEFORE,
    PART_OF,
    RAISING_NAME,
    RANGE_WORD,
    SHRINKING_NAME,
    TO_BEFORE,
    UP,
)

__all__ = ["Reading", "Surroundings", "read_figure"]

_LARGEST_RATE_CHANGE = 6.0
_LARGEST_RISE = 2000.0
_LEAST_CHANGE = 0.02
"""A change of an amount is at least this share of the lowest it has been."""

_A_SUM = 1e6
"""A bare number this large or larger is a sum whose currency is left out (1.8亿)."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The folded words around a figure and its name.

    Attributes:
        name: the name as written.
        before: from the start of the clause, or from the name where that is later, to the figure.
        after: what follows the figure in its clause.
        clause: all of the clause before the figure.
        inherited: the direction of the figure before, where this one's verb is left out ("the S&P 500 0.8%"); 0: none.
        since_name: all that stands between the name and the figure, where the name comes first.
        weak: whether the name is one that also stands for other things.
    """

    name: str
    before: str
    after: str
    clause: str
    inherited: int = 0
    since_name: str = ""
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure in the indicator's unit.

    Attributes:
        transform: what of the series.
        value: signed for a change.
        doubt: why the direction or the measure stays open.
        against: whether it is a change since the time that is named (8% below the close of May 1), not one in it.
    """

    transform: Transform
    value: float
    doubt: str = ""
    against: bool = False


def read_figure(figure: Figure, indicator: Indicator, words: Surroundings) -> Reading | None:
    """How a figure is to be read as one about `indicator`; None where its unit or its size does not fit."""
    if indicator.kind in ("rate", "spread"):
        reading = _rate(figure, indicator, words)
    elif figure.unit in ("percent", "share", "percentage_point"):
        reading = _relative(figure, indicator, words)
    elif indicator.kind == "amount":
        reading = _amount(figure, indicator, words)
    else:
        reading = _points(figure, indicator, words)
    if reading is not None and reading.transform != "level" and AGAINST.match(words.after):
        return replace(reading, against=True)
    return reading


def _rate(figure: Figure, indicator: Indicator, words: Surroundings) -> Reading | None:  # noqa: C901
    if figure.unit not in ("percent", "percentage_point", "basis_point") or ON_TOP_BEFORE.search(words.before):
        return None
    if (
        figure.unit == "percent"
        and indicator.kind == "spread"
        and words.weak
        and not DIFFERENCE_NAME.search(words.name)
    ):
        return None  # what junk bonds yield, not what they yield more
    value = figure.value / 100 if figure.unit == "basis_point" else figure.value
    leads_to_level = _leads_to_level(words)
    told = _tells_change(figure, words)
    if indicator.low < 0 and value > 0 and INVERTED.search(words.name + words.before + words.after):
        if told and not leads_to_level and figure.unit != "percent" and not INVERTED.search(words.before[-16:]):
            return Reading("change", -value, "a curve that inverts by so much more, or is inverted by it")
        return _level(-value, indicator)
    if figure.unit == "percent":
        if told and not leads_to_level:
            doubt = "a change of a rate in percent may be meant in points or as a share of it"
            return Reading("change", _signed(value, figure, words), doubt)
        return _level(value, indicator)
    if indicator.kind == "spread" and (leads_to_level or not told):
        return _level(value, indicator)
    is_level = leads_to_level and not told and RANGE_WORD.search(words.before) is None
    if figure.unit == "percentage_point" and TO_BEFORE.search(words.before):
        return _level(value, indicator)
    if is_level and figure.unit == "basis_point" and not BEYOND.match(words.after):
        return _level(value, indicator)
    direction = _direction(figure, words)
    if direction is None or value > _LARGEST_RATE_CHANGE:
        return None
    return Reading("change", direction * value)


def _relative(figure: Figure, indicator: Indicator, words: Surroundings) -> Reading | None:
    if indicator.kind == "gauge" or (figure.unit == "percentage_point"):
        return None
    if (OF_WHICH.search(words.clause) and figure.direction is None) or TO_BEFORE.search(words.before):
        return None
    value = figure.value * 100 if figure.unit == "share" else figure.value
    if value < 0:
        return Reading("relative_change", value)
    direction = _direction(figure, words)
    if direction is None:
        if figure.unit == "share" or indicator.kind == "amount" or PART_OF.match(words.after):
            return None
        return Reading("relative_change", value, "whether up or down is not said")
    if value > (100 if direction < 0 else _LARGEST_RISE):
        return None
    return Reading("relative_change", direction * value)


def _amount(figure: Figure, indicator: Indicator, words: Surroundings) -> Reading | None:
    if not _is_sum_in(figure, indicator):
        return None
    value = figure.value
    shrinking = SHRINKING_NAME.search(words.name) is not None
    if figure.per is not None:
        direction = _direction(figure, words) or (-1 if shrinking else None)
        if direction is None or value > indicator.high / 4:
            return None
        return Reading("pace", direction * value)
    leads_to_level = _leads_to_level(words)
    told = _tells_change(figure, words)
    if shrinking and (not leads_to_level or value < indicator.low):
        return Reading("change", -value) if value <= indicator.high else None
    if told and not (leads_to_level and not CHANGE_AFTER.match(words.after)):
        direction = _direction(figure, words) or (-1 if shrinking else None)
        if direction is None or not indicator.low * _LEAST_CHANGE <= value <= indicator.high:
            return None
        return Reading("change", direction * value)
    return _level(value, indicator)


def _is_sum_in(figure: Figure, indicator: Indicator) -> bool:
    """Whether a figure is a sum in the indicator's currency, or in one that the text leaves open."""
    if figure.unit == "count":
        return figure.value >= _A_SUM
    return figure.unit == indicator.unit or (figure.unit == "money" and OTHER_MONEY.search(fold(figure.text)) is None)


def _points(figure: Figure, indicator: Indicator, words: Surroundings) -> Reading | None:
    if figure.unit not in ("point", "count") or (figure.unit == "count" and figure.value >= _A_SUM):
        return None
    value = figure.value
    leads_to_level = _leads_to_level(words)
    if _tells_change(figure, words) and not leads_to_level and value < (indicator.low + indicator.high) / 2:
        direction = _direction(figure, words)
        return Reading("change", direction * value) if direction is not None else None
    return _level(value, indicator)


def _level(value: float, indicator: Indicator) -> Reading | None:
    return Reading("level", value) if indicator.low <= value <= indicator.high else None


def _leads_to_level(words: Surroundings) -> bool:
    """Whether a level follows the words before the figure: to, at, 报; a fall *of* is a change."""
    return LEVEL_BEFORE.search(words.before) is not None and CHANGE_BEFORE.search(words.before) is None


def _tells_change(figure: Figure, words: Surroundings) -> bool:
    """Whether the words directly at the figure tell of a change."""
    if LEVEL_WORD.match(figure.text.lower()):
        return False
    return (
        CHANGE_BEFORE.search(words.before) is not None
        or CHANGE_AFTER.match(words.after) is not None
        or (figure.direction is not None and LEVEL_BEFORE.search(words.before) is None)
        or (
            not words.before.strip()
            and (RAISING_NAME.search(words.name) or SHRINKING_NAME.search(words.name)) is not None
        )
    )


def _direction(figure: Figure, words: Surroundings) -> int | None:
    """1 up, -1 down, None where no word says; the nearest word before the figure, else one directly behind it."""
    if figure.direction is not None:
        return 1 if figure.direction == "up" else -1
    behind = _direction_behind(words.after)
    if behind is not None:
        return behind
    up, down = _last(UP, words.before), _last(DOWN, words.before)
    if up == down:
        up, down = _last(RAISING_NAME, words.name), _last(SHRINKING_NAME, words.name)
    if up == down:
        up, down = _last(UP, words.clause), _last(DOWN, words.clause)
    if up == down and (words.inherited or not BY_BEFORE.search(words.before)):
        return words.inherited or None
    if up == down:
        up, down = _last(UP, words.since_name), _last(DOWN, words.since_name)
    if up == down:
        return None
    return 1 if up > down else -1


def _direction_behind(after: str) -> int | None:
    """The direction of a change that the words directly behind a figure tell."""
    change = CHANGE_AFTER.match(after)
    told = change.group() if change else ""
    if DOWN.search(told) or BELOW_SOMETHING.match(told):
        return -1
    if UP.search(told) or ABOVE_SOMETHING.match(told):
        return 1
    return -1 if GONE_AFTER.search(after) else None


def _last(pattern: object, text: str) -> int:
    ends = [match.end() for match in pattern.finditer(text)]  # type: ignore[attr-defined]
    return ends[-1] if ends else -1


def _signed(value: float, figure: Figure, words: Surroundings) -> float:
    return (_direction(figure, words) or 1) * value
