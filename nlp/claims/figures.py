"""The figures of a text: every number that states an amount, a percentage, a ratio or a level, with its unit.

From the left: find where a number may start, read it with its unit, join it to a second one if the two are a range,
then read what stands around it: how exact, per which span, up or down. What a language says in which words is
`nlp.claims.grammars`. Numbers without a unit are figures where they state the level of a gauge or are large amounts;
others (dates, counts of things, section numbers, codes) are none. Nothing is looked for beyond the line of a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from nlp.claims.folding import fold
from nlp.claims.grammars import GRAMMARS, Grammar
from nlp.claims.measures import measures_at
from nlp.claims.numerals import Measure
from nlp.claims.records import Direction, Figure, Per, Relation, Unit
from nlp.claims.units import MONEY

__all__ = ["find_figures"]

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w.-]+")
_PACED = MONEY | {"count"}


def find_figures(text: str, lang: str) -> tuple[Figure, ...]:
    """The figures of `text` by place, none overlapping another; `text[figure.start : figure.end] == figure.text`.

    Args:
        text: anything, of any length; the time is linear in it.
        lang: ISO 639-1 code, a script may follow (`zh-Hant`). Chinese and English are read; other languages have none.

    >>> [(f.text, f.value, f.unit, f.relation) for f in find_figures("逆回购只有约1.15万亿美元", "zh")]
    [('约1.15万亿美元', 1150000000000.0, 'usd', 'about')]
    >>> [(f.text, f.direction) for f in find_figures("The S&P 500 fell 3% to 3,000.", "en")]
    [('3%', 'down'), ('3,000', None)]
    """
    grammar = GRAMMARS.get(lang.lower()) or GRAMMARS.get(lang.partition("-")[0].lower())
    if grammar is None:
        return ()
    folded = fold(text)
    if "://" in folded or "www." in folded or "@" in folded:
        folded = _ADDRESS.sub(lambda address: " " * len(address.group()), folded)
    return grammar.counts.with_currency(list(_figures(folded, text, grammar)), folded)


def _figures(text: str, written: str, grammar: Grammar) -> Iterator[Figure]:
    """The figures of a folded text, each with its own text as written."""
    position = line = 0
    last: Figure | None = None
    while start := grammar.numeral_start.search(text, position):
        line = max(line, text.rfind("\n", position, start.start()) + 1)
        floor = max(line, last.end if last else 0)
        measures = measures_at(text, start.start(), floor, grammar)
        position = measures[-1].number.end if measures else start.start() + 1
        for measure in measures:
            settled = _settled(text, measure, _Place(line, floor), grammar)
            if settled is not None:
                figure = _figure(text, written, settled, floor, grammar)
                last = figure if last is None else _carried_over(text, last, figure, grammar)
                floor, position = last.end, max(position, last.end)
                yield last


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the line of a measure starts, and the first code point that no earlier figure holds."""

    line: int
    floor: int


@dataclass(frozen=True, slots=True)
class _Settled:
    """A measure that is a figure, where the figure starts, and what stands before it."""

    start: int
    measure: Measure
    relation: Relation | None
    direction: Direction | None


def _settled(text: str, measure: Measure, place: _Place, grammar: Grammar) -> _Settled | None:
    """A measure that is a figure, with its last unit; None where it is none."""
    if measure.unit is None:
        unit = grammar.gauges.unit_of(text, measure, place.line)
        if unit is None:
            return None
        measure = replace(measure, unit=unit)
    before = grammar.bounds.before(text, measure.start, place.floor)
    start = before.edge if before else measure.start
    direction = grammar.directions.of(text, start, _tail(text, measure, grammar).end, place.floor)
    settled = grammar.settle(text, measure, direction)
    return _Settled(start, settled, before.relation if before else None, direction) if settled else None


def _figure(text: str, written: str, settled: _Settled, floor: int, grammar: Grammar) -> Figure:
    measure, start = settled.measure, settled.start
    unit = cast(Unit, measure.unit)
    tail = _tail(text, measure, grammar)
    per = tail.per or (grammar.paces.before(text, start, floor) if unit in _PACED else None)
    relation = _relation(measure, settled.relation, tail.relation)
    if relation == "equal" and (unit in ("point", "percent") or unit in _PACED):
        relation = grammar.bounds.passed(text, start, floor) or relation
    value = measure.value if measure.low is None else (measure.low + measure.value) / 2
    return Figure(
        start, tail.end, written[start : tail.end], value, unit, relation,
        measure.low, None if measure.low is None else measure.value, measure.digit, per, settled.direction,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Tail:
    """What stands behind a measure and belongs to its figure, up to the code point `end`."""

    end: int
    relation: Relation | None
    per: Per | None


def _tail(text: str, measure: Measure, grammar: Grammar) -> _Tail:
    end, relation, per = measure.end, None, None
    for _ in range(2):  # 600亿/月左右, 600亿左右每月
        if relation is None and (bound := grammar.bounds.after(text, end)):
            end, relation = bound.edge, bound.relation
        if per is None and (pace := grammar.paces.after(text, end)):
            end, per = pace.end, pace.per
    return _Tail(end, relation, per)


def _relation(measure: Measure, before: Relation | None, after: Relation | None) -> Relation:
    """A word beside the number tells more than the number; 近5% or 5%左右 of a range is still a range."""
    if measure.low is not None:
        return "range"
    if before or after:
        return next(relation for relation in (before, after) if relation)
    return "above" if measure.number.exceeded else "equal"


def _carried_over(text: str, last: Figure, figure: Figure, grammar: Grammar) -> Figure:
    """`figure` with the direction of the one before it, where it goes on with it and has none of its own."""
    if figure.direction is None and last.direction is not None:
        between, same_unit = text[last.end : figure.start], last.unit == figure.unit
        if grammar.directions.is_carried_over(between, same_unit=same_unit):
            return replace(figure, direction=last.direction)
    return figure
