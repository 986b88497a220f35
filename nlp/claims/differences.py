"""Figures told as the difference of two indicators: twos yield 30 bp more than tens, 两年期比十年期高30个基点."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from nlp.claims.bridges import is_bridge
from nlp.claims.indicators import Indicator
from nlp.claims.mentions import Mention
from nlp.claims.places import Place
from nlp.claims.readings import Reading
from nlp.claims.records import Figure
from nlp.claims.words_of_change import INVERTED

__all__ = ["read_difference"]

_BEHIND = re.compile(
    r"\s*(?:of yield )?(?:(?P<more>more|higher|above|over)|(?P<less>less|lower|below|under))(?: than)?"
    r"(?: the| those on)?\s*$"
)
_BETWEEN = re.compile(
    r"[^,，。]{0,12}?(?:(?P<more>over|above|more than|minus|比|高于|高过|减)|(?P<less>below|under|less than|低于)"
    r"|(?P<and>和|与|对|及|、|and|versus|vs))(?: the| in)?\s*"
)
_OF_BOTH = re.compile(r" (?:between (?:them|the two)|apart)\b")
_INVERTED_BY = re.compile(r"\binvert(?:s|ed) by (?:about |nearly |almost |some )?$")
_WITH_OTHER = re.compile(r"(?:与|和|跟|同|对|較|较)$")
_GAP_OPENS = re.compile("的?(?:期限)?(?:利差|息差|差距|倒挂)")
"""Behind a maturity: 十年期2.65%，与两年期利差17个基点."""

_LOWER = re.compile(r"低|少|below|lower|less")
_GAP = re.compile(r"差|倒挂|息差|spread|gap|inver")
_UNITS = ("basis_point", "percentage_point")


def read_difference(
    figure: Figure, place: Place, names: Sequence[Mention], indicators: Iterable[Indicator]
) -> tuple[str, Reading] | None:
    """The indicator and its level, where the figure stands between or behind the two that it is a difference of."""
    if figure.unit not in _UNITS:
        return None
    value = figure.value / 100 if figure.unit == "basis_point" else figure.value
    for indicator in indicators:
        if len(indicator.difference) != 2:
            continue
        pair = [name for name in names if name.indicator in indicator.difference]
        before = [name for name in pair if name.end <= place.start]
        behind = [name for name in pair if name.start >= place.end]
        sign = _of_two_sides(place, before, behind) if behind else None
        first = before[-1] if sign is not None else None
        if sign is None and len(before) > 1 and _WITH_OTHER.search(place.folded, place.clause[0], before[-1].start):
            rest = place.folded[before[-1].end : place.start]
            others = [name for name in before[:-1] if name.indicator != before[-1].indicator]
            if others and _GAP_OPENS.match(rest) and is_bridge(_GAP_OPENS.sub("", rest), 2):
                sign, first = 0, others[-1]
        if sign is None and len(before) > 1 and before[-1].start >= place.clause[0]:
            sign, first = _of_two_before(place, before[-2], before[-1]), before[-2]
        if sign is None and _is_of_both(place) and len({name.indicator for name in before}) == 2:
            sign, first = 0, before[0]
        if sign is None or first is None:
            continue
        if sign == 0:  # a gap of two: its sign is told only where it is upside down
            around = place.folded[first.start : place.clause[1]]
            return indicator.id, Reading("level", -value if INVERTED.search(around) else value)
        return indicator.id, Reading("level", value * sign * (1 if first.indicator == indicator.difference[0] else -1))
    return None


def _is_of_both(place: Place) -> bool:
    """Whether a figure is one of two names before it: 30 points between them, so we're inverted by 30 points."""
    inverted = _INVERTED_BY.search(place.folded, place.clause[0], place.start)
    return (inverted or _OF_BOTH.match(place.folded, place.end)) is not None


def _of_two_sides(place: Place, before: Sequence[Mention], behind: Sequence[Mention]) -> int | None:
    if not before or before[-1].indicator == behind[0].indicator:
        return None
    told = _BEHIND.match(place.folded[place.end : behind[0].start])
    if told is None or not is_bridge(place.folded[before[-1].end : place.start], 8):
        return None
    return 1 if told["more"] else -1


def _of_two_before(place: Place, first: Mention, second: Mention) -> int | None:
    if first.indicator == second.indicator:
        return None
    told = _BETWEEN.fullmatch(place.folded, first.end, second.start)
    rest = place.folded[second.end : place.start]
    if told is None or not is_bridge(rest, 4):
        return None
    if told["and"]:
        return 0 if _GAP.search(rest) else None
    return -1 if told["less"] or _LOWER.search(rest) else 1
