"""What a Chinese measure is in the end: 点 as points of an index or of the clock, 个点 as percent, 成 as a tenth.

In the folded form (`nlp.claims.folding`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from nlp.claims.gauges import ZH as GAUGES
from nlp.claims.numerals import Measure
from nlp.claims.records import Direction

__all__ = ["settle_zh"]

_REACH = 24
_HOURS = 24
_CLOCK_BEFORE = re.compile(
    r"(?:[上下]午|[早晚午夜]上?|凌晨|清晨|傍晚|中午|[日号天今明昨]|时间|周.|星期.|截[至止])"
    r" ?(?:[0-9]+(?::[0-9]+)?点?[-至到~] ?)?$"
)
_CLOCK_BEHIND = re.compile("钟|半|整(?!数)|[0-9零一二三四五六七八九几前后许开]")
_SHARES = "半一二三四五六七八九"
_LOOSE_MOST = 25.0
"""个点 up to so many are percent (跌了6个点), more are points of an index (全天落差75个点)."""
_INTEREST = re.compile(r"[加降减]息|利率|收益率|利差")
_IN_POINTS = re.compile(r"vix|恐慌|波动率|情绪指数|贪婪")
_CLAUSE = re.compile(r"[，。；：！？\n]|,(?![0-9])")


def settle_zh(text: str, measure: Measure, direction: Direction | None) -> Measure | None:
    """`measure` with its unit as the surroundings have it, None where it is no figure."""
    number, written = measure.number, text[measure.number.end : measure.end].strip()
    if measure.unit == "point":
        return _points(text, measure, written, direction)
    if written == "成":
        return _tenths(text, measure)
    if written[:1] in ("元", "块") and number.in_words and number.value < 10:
        return None  # 一元, 三块: dimensions and pieces as often as money
    return measure


def _points(text: str, measure: Measure, written: str, direction: Direction | None) -> Measure | None:
    number = measure.number
    before = _CLAUSE.split(text[max(0, measure.start - _REACH) : measure.start])[-1]
    if written == "个点":
        if direction is None or number.value == 1:
            return None  # a point that somebody makes
        if _INTEREST.search(before):
            return replace(measure, unit="basis_point")
        in_points = number.value > _LOOSE_MOST or _IN_POINTS.search(before)
        return measure if in_points else replace(measure, unit="percent")
    if number.in_words and number.value < 20:
        return None
    if number.value <= _HOURS and number.value.is_integer():
        if _CLOCK_BEFORE.search(before) or _CLOCK_BEHIND.match(text, measure.end):
            return None
        return measure if direction or GAUGES.gauge.search(before) else None
    return measure


def _tenths(text: str, measure: Measure) -> Measure | None:
    """成 counts tenths of a whole, 两成半 is a quarter; it follows one numeral."""
    number = measure.number
    if not 1 <= number.value < 10 or number.magnitude != 1.0 or not number.value.is_integer():
        return None
    tail = text[measure.end : measure.end + 1]
    if not tail or tail not in _SHARES:
        return measure
    tenths = 0.5 if tail == "半" else _SHARES.index(tail) / 10.0
    read = replace(number, value=number.value + tenths, digit=tenths if tail == "半" else 0.1)
    return replace(measure, end=measure.end + 1, number=read)
