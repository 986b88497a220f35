"""What a figure says of an indicator: its level, a change, a change in percent or a pace, in the indicator's unit.

A rule per kind of indicator: percentages of an index are changes, of a rate levels; basis points are changes unless the
words before them lead to a level; money is a level unless the words tell of a change. A figure that no rule fits is not
about the indicator.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from nlp.claims.folding import fold
from nlp.claims.indicators import Indicator
from nlp.claims.moves import direction_of, is_signed, leads_to_level, tells_change
from nlp.claims.records import Figure, Transform
from nlp.claims.surroundings import Surroundings
from nlp.claims.units import OTHER_MONEY
from nlp.claims.words_of_change import (
    AGAINST,
    BEYOND,
    CHANGE_AFTER,
    DIFFERENCE_NAME,
    INVERTED,
    MOVED_TO,
    OF_WHICH,
    ON_TOP_BEFORE,
    PART_OF,
    RANGE_WORD,
    RETURN_BEFORE,
    SHRINKING_NAME,
    TO_BEFORE,
)

__all__ = ["Link", "Reading", "read_figure"]

_LARGEST_RATE_CHANGE = 6.0
_LARGEST_RISE = 2000.0
_LEAST_CHANGE = 0.02
"""A change of an amount is at least this share of the lowest it has been."""

_A_SUM = 1e6
"""A bare number this large or larger is a sum whose currency is left out (1.8亿)."""


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


@dataclass(frozen=True, slots=True)
class Link:
    """An indicator, what a figure says of it, and where its name stands (None where it is told by two)."""

    indicator: str
    reading: Reading
    name: tuple[int, int] | None = None


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


def _rate(figure: Figure, indicator: Indicator, words: Surroundings) -> Reading | None:
    if figure.unit not in ("percent", "percentage_point", "basis_point"):
        return None
    if (
        figure.unit == "percent"
        and indicator.kind == "spread"
        and words.weak
        and not DIFFERENCE_NAME.search(words.name)
    ):
        return None  # what junk bonds yield, not what they yield more
    if (indicator.kind == "rate" and ON_TOP_BEFORE.search(words.before)) or RETURN_BEFORE.search(words.before):
        return None
    value = figure.value / 100 if figure.unit == "basis_point" else figure.value
    is_move = indicator.kind == "rate" or MOVED_TO.match(words.after)
    if is_move and figure.unit != "percent" and is_signed(figure):
        return Reading("change", value)
    if indicator.low < 0 and value > 0 and INVERTED.search(words.name + words.before + words.after):
        return _inverted(value, figure, indicator, words)
    return _rate_of(value, figure, indicator, words)


def _inverted(value: float, figure: Figure, indicator: Indicator, words: Surroundings) -> Reading | None:
    told = tells_change(figure, words) and not leads_to_level(words)
    if told and figure.unit != "percent" and not INVERTED.search(words.before[-16:]):
        return Reading("change", -value, "a curve that inverts by so much more, or is inverted by it")
    return _level(-value, indicator)


def _rate_of(value: float, figure: Figure, indicator: Indicator, words: Surroundings) -> Reading | None:
    is_level = leads_to_level(words)
    told = tells_change(figure, words)
    if figure.unit == "percent":
        if told and not is_level:
            doubt = "a change of a rate in percent may be meant in points or as a share of it"
            return Reading("change", _signed(value, figure, words), doubt)
        return None if words.after.startswith(" of ") else _level(value, indicator)  # 4 percent of all maturities
    if indicator.kind == "spread" and (is_level or not told):
        return _level(value, indicator)
    is_told = is_level and not told and RANGE_WORD.search(words.before) is None
    if is_told and figure.unit == "basis_point" and not BEYOND.match(words.after):
        return _level(value, indicator)
    if figure.unit == "percentage_point" and TO_BEFORE.search(words.before):
        return _level(value, indicator)
    direction = direction_of(figure, words)
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
    direction = direction_of(figure, words)
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
    if figure.per is not None and not (figure.per == "day" and direction_of(figure, words) is None):
        direction = direction_of(figure, words) or (-1 if shrinking else None)
        if direction is None or value > indicator.high / 4:
            return None
        return Reading("pace", direction * value)
    is_level = leads_to_level(words)
    told = tells_change(figure, words)
    if shrinking and (not is_level or value < indicator.low):
        return Reading("change", -value) if value <= indicator.high else None
    if told and not (is_level and not CHANGE_AFTER.match(words.after)):
        direction = direction_of(figure, words) or (-1 if shrinking else None)
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
    if is_signed(figure) and indicator.low > 0:
        return Reading("change", value)
    is_level = leads_to_level(words)
    if tells_change(figure, words) and not is_level and value < (indicator.low + indicator.high) / 2:
        direction = direction_of(figure, words)
        return Reading("change", direction * value) if direction is not None else None
    return _level(value, indicator)


def _level(value: float, indicator: Indicator) -> Reading | None:
    return Reading("level", value) if indicator.low <= value <= indicator.high else None


def _signed(value: float, figure: Figure, words: Surroundings) -> float:
    return (direction_of(figure, words) or 1) * value
