"""A number with its sign, currency and unit, as it stands in a text; and two of them as a range (5.25%-5.5%).

In the folded form (`nlp.claims.folding`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from nlp.claims.grammars import Grammar
from nlp.claims.numbered_names import is_part_of_name
from nlp.claims.numerals import Measure
from nlp.claims.records import Unit
from nlp.claims.units import MONEY, after_signs, currency_before

__all__ = ["measures_at"]

_UNIT_BY_KIND: dict[str, Unit] = {"percent": "percent", "fraction": "share"}
_LISTED = frozenset({"percentage_point", "basis_point"})
_YEARS = range(1900, 2101)
_MONTH_BEFORE = re.compile(r"(?<![a-z])(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? $")
_RATE_NAME = re.compile("(?<![a-z])(?:libor|sofr|vix|iorb|dxy)$")
"""Names in Latin letters that a number may touch in Chinese text."""

_LONGEST_SIGN = 10
_LONGEST_OPENING = 16
_WIDEST_UNLIKE = 10.0
"""How many times a first number that keeps no magnitude of the second (8000到1万点) the second may be."""
_WIDEST = 3.0
"""How many times the first of two numbers behind a verb the second may be to make a range: 上涨50点至3000点 is none."""


def measures_at(text: str, start: int, floor: int, grammar: Grammar) -> tuple[Measure, ...]:
    """What is measured from the number at `start` on, none where no number is.

    One measure; a range as one; or two where the first has the second's unit ("from 25 to 50 basis points"). Nothing
    before `floor` is looked at.
    """
    first = _measure(text, start, floor, grammar)
    if first is None or is_part_of_name(text, first.number.start, first.number.end):
        return ()
    if first.low is not None:
        return (first,)
    return _joined(text, first, floor, grammar) or (first,)


def _measure(text: str, start: int, floor: int, grammar: Grammar) -> Measure | None:
    number = grammar.read(text, start)
    if number is None:
        return None
    currency = currency_before(text, start, floor)
    opening = currency.start if currency else start
    touching = text[max(floor, opening - 1) : opening]
    if touching.isascii() and touching.isalpha() and not _RATE_NAME.search(text[max(floor, opening - 6) : opening]):
        return None
    unit, factor, end = _UNIT_BY_KIND.get(number.kind), 1.0, number.end
    found = grammar.units.match(text, number.end) if number.kind != "percent" else None
    fits_fraction = found is not None and found.unit in _LISTED  # 四分之一个百分点
    fits_number = found is not None and (currency is None or found.unit in MONEY)
    if found and (fits_number if unit is None else fits_fraction):
        unit, factor, end = found.unit, found.factor, found.end
    if currency and unit in (None, "money"):
        unit = currency.unit
    near = max(floor, opening - _LONGEST_SIGN)
    sign = grammar.sign.search(text[max(0, near - 1) : opening])  # what stands before a sign may refuse it
    if sign and opening - len(sign["sign"]) >= floor:
        opening -= len(sign["sign"])
        factor = factor if sign["sign"] == "+" else -factor
    low = None if number.lowest is None else number.lowest * factor
    measure = Measure(opening, end, number, unit, factor, low)
    return replace(measure, unit="count") if unit is None and grammar.counts.is_amount(text, measure) else measure


def _joined(text: str, first: Measure, floor: int, grammar: Grammar) -> tuple[Measure, ...]:
    """The measures that `first` and the number behind it make together, none where they do not belong together."""
    before = text[max(floor, first.start - _LONGEST_OPENING) : first.start]
    listed = grammar.list_join.match(text, first.end)
    join = grammar.range_join.match(text, first.end) or listed
    if join is None:
        return ()
    second = _measure(text, after_signs(text, join.end()), join.end(), grammar)
    if second is None or _is_date(text, first, second) or _is_move(text, first, second):
        return ()
    if second.unit is None and second.number.kind == "plain" and first.number.kind == "percent":
        second = replace(second, unit=first.unit, factor=first.factor)
    if first.unit in MONEY and first.end == first.number.end and second.unit in (None, "count"):
        second = replace(second, unit=first.unit) if second.unit or "-" in join.group() else second
    if first.unit not in (None, "count", second.unit):
        return ()
    if grammar.starting.search(before):
        return (_like(first, second), second) if second.unit else ()
    if listed and not grammar.between.search(before):
        return (_like(first, second), second) if first.unit is None and second.unit in _LISTED else ()
    return _range(text, first, second, floor, grammar)


def _is_date(text: str, first: Measure, second: Measure) -> bool:
    """Whether the first number is a year or a day: "in April 2022 to 7.9 trillion", "on June 3 to 5 percent"."""
    if first.unit is not None:
        return False
    if _MONTH_BEFORE.search(text[max(0, first.start - 12) : first.start]):
        return True
    is_year = len(text[first.start : first.end]) == 4 and first.number.value in _YEARS
    return is_year and (second.number.magnitude != 1.0 or second.unit in ("percent", *_LISTED))


def _is_move(text: str, first: Measure, second: Measure) -> bool:
    """Whether the first number is a change and the second the level that it led to: +2bp to 310bp."""
    signs = [text[measure.start : measure.start + 1] in "+-" for measure in (first, second)]
    return signs[0] and not signs[1] and first.unit is not None


def _like(first: Measure, second: Measure) -> Measure:
    """`first` in the unit of `second`, and in its magnitude where it has none of its own (2到2.5万亿)."""
    factor = abs(second.factor) if first.factor > 0 else -abs(second.factor)
    if first.unit == second.unit:
        factor = first.factor
    if first.number.magnitude == 1.0 and second.number.kind == "plain":
        factor *= second.number.magnitude
    return replace(first, unit=second.unit, factor=factor)


def _range(text: str, first: Measure, second: Measure, floor: int, grammar: Grammar) -> tuple[Measure, ...]:
    lows = [_like(first, second).value]
    if first.number.magnitude == 1.0 and second.number.magnitude != 1.0:
        lows.append(lows[0] / second.number.magnitude)
    low = next(
        (low for low in lows if second.value / _WIDEST_UNLIKE < low < second.value or low == lows[0] < second.value),
        None,
    )
    if low is None:
        return ()
    if first.unit and second.value > _WIDEST * low and grammar.directions.of(text, first.start, first.end, floor):
        return ()
    return (replace(second, start=first.start, low=low),)
