"""What the finder of figures needs to know of a language: its tables, by language tag."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from nlp.claims import bounds, counts, directions, gauges, paces, units
from nlp.claims.measures_en import settle_en
from nlp.claims.measures_zh import settle_zh
from nlp.claims.numerals import Measure, Numeral
from nlp.claims.numerals_en import NUMERAL_START_EN, read_numeral_en
from nlp.claims.numerals_zh import NUMERAL_START_ZH, read_numeral_zh
from nlp.claims.records import Direction

__all__ = ["GRAMMARS", "Grammar"]


@dataclass(frozen=True, slots=True)
class Grammar:
    """The tables of one language; patterns read the folded form of a text (`nlp.claims.folding`).

    Attributes:
        numeral_start: where a number may start.
        read: the number that starts at a place.
        units, bounds, paces, gauges, counts, directions: see the modules of these names.
        settle: what a measure is in the end: its unit as its surroundings have it, or None if it is no figure.
        sign: ends where the measure starts; its group `sign` is plus, minus or a word for it.
        range_join: between the ends of a range.
        list_join: between two numbers that share a unit, and between the ends of a range that `between` opens.
        between: ends where such a range starts.
        starting: ends where a number starts that the next one came from (从5%到8%, "from 5 to 8 percent").
    """

    numeral_start: re.Pattern[str]
    read: Callable[[str, int], Numeral | None]
    units: units.UnitWords
    bounds: bounds.BoundWords
    paces: paces.PaceWords
    gauges: gauges.GaugeWords
    counts: counts.CountWords
    directions: directions.DirectionWords
    settle: Callable[[str, Measure, Direction | None], Measure | None]
    sign: re.Pattern[str]
    range_join: re.Pattern[str]
    list_join: re.Pattern[str]
    between: re.Pattern[str]
    starting: re.Pattern[str]


_ZH = Grammar(
    numeral_start=NUMERAL_START_ZH,
    read=read_numeral_zh,
    units=units.ZH,
    bounds=bounds.ZH,
    paces=paces.ZH,
    gauges=gauges.ZH,
    counts=counts.ZH,
    directions=directions.ZH,
    settle=settle_zh,
    sign=re.compile(r"(?<![0-9a-z%)-])(?P<sign>[+-]|(?<!正)负的?)$"),
    range_join=re.compile(r" ?(?:-{1,2}|—{1,2}|~|[到至]) ?"),
    list_join=re.compile(r"个?[和与及、] ?"),
    between=re.compile(r"(?:介于|在)约?$"),
    starting=re.compile(r"[从由自]约?$"),
)
_EN = Grammar(
    numeral_start=NUMERAL_START_EN,
    read=read_numeral_en,
    units=units.EN,
    bounds=bounds.EN,
    paces=paces.EN,
    gauges=gauges.EN,
    counts=counts.EN,
    directions=directions.EN,
    settle=settle_en,
    sign=re.compile(r"(?<![0-9a-z%)-])(?P<sign>[+-]|(?:minus|negative) )$"),
    range_join=re.compile(r"(?: to |-to-| ?--? ?| ?— ?| through )"),
    list_join=re.compile(r" (?:and|or) "),
    between=re.compile(r"(?<![a-z])between (?:about |around |roughly )?$"),
    starting=re.compile(r"(?<![a-z])from (?:about |around |roughly |nearly |the |a )?$"),
)
GRAMMARS: Mapping[str, Grammar] = {"zh": _ZH, "zh-hant": replace(_ZH, units=units.ZH_HANT), "en": _EN}
