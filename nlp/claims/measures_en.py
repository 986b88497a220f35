"""What an English measure is in the end: fractions as shares or points, "times" as a ratio or none, words as numbers.

In the folded form (`nlp.claims.folding`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from nlp.claims.numerals import Measure
from nlp.claims.records import Direction, Unit

__all__ = ["settle_en"]

_LETTER = re.compile("[0-9][a-z]$")
_OF_UNIT = re.compile(
    r"[ -](?:of )?(?:an? |one )?(?:(?P<percentage_point>(?:full )?(?:percentage[ -])?points?)|(?P<percent>per ?cent|%)"
    r"|(?P<basis_point>basis points?))(?![a-z])"
)
_OF_WHOLE = re.compile(
    r" (?:of (?!(?:an? )?(?:century|year|decade|day|hour|20[0-9]{2}|19[0-9]{2}|the (?:year|month|century|decade"
    r"|day|game|season))(?![a-z]))"
    r"|(?:the|its|their|all) (?!time|way))|-(?:way|owned)"
)
_WORTH_BEFORE = re.compile(
    r"(?<![a-z])(?:by|down|up|lost|about|around|nearly|almost|roughly|over|than|least|lose|losing|shed|fell|rose"
    r"|dropped|gained|another"
    r"|approximately|cut|some|to|only|just|under) $"
)
_CHANGED_BEFORE = re.compile(
    r"(?<![a-z])(?:by|down|up|lost|lose|losing|fell|rose|dropped|gained|cut) (?:about |nearly |almost |over )?$"
)
_ENDS_PHRASE = re.compile(
    r"[,.;:)]|\n|\Z| (?:since|in|from|to|and|on|this|last|over|as|lower|higher|less|more|after|when|during|between"
    r"|by|but|or|at|its|for)(?![a-z])"
)
_NTH_BEFORE = re.compile(
    r"(?<![a-z])(?:first|second|third|fourth|other|latter|last|past|next|previous|for|1st|2nd|in|every|early|late"
    r"|this|that) $"
)
_RATIO_BEHIND = re.compile(
    r" (?:(?:the|its|their|this|next|last|forward|trailing|expected|estimated|prospective|projected|forecast"
    r"|current|annual|gross|net|book|core|his|our"
    r"|one-year|12-month|20[0-9]{2}|operating|consensus|analysts|historical|tangible|normali[sz]ed"
    r"|peak)(?: year)?(?:'s?)? )*"
    r"(?:earnings|sales|revenues?|book|cash|profits?|ebitda?|gdp|value|income|amount|average|size|level|number"
    r"|price|free|debt|equity|as|more|higher"
    r"|larger|bigger|greater|faster|what|that|leverage|dividends?|assets|oversubscribed|covered|rate|deposits"
    r"|capital|money|normal|worth|volume)(?![a-z])"
)
_RATIO_BEFORE = re.compile(
    r"(?<![a-z])(?:at|of|to|multiple of|leverage of|ratio of|trad\w+ at|valued at) (?:about |around |nearly "
    r"|roughly )?$"
)
_RATIO_ENDS = re.compile(r"[,.;)]|$| (?:and|in|for|or|from) ")
_WORD_UNITS: frozenset[Unit] = frozenset({"percent", "percentage_point", "basis_point", "share"})


def settle_en(text: str, measure: Measure, direction: Direction | None) -> Measure | None:
    """`measure` with its unit as the surroundings have it, None where it is no figure."""
    number, written = measure.number, text[measure.number.end : measure.end].strip(" -")
    if number.kind == "fraction":
        return _fraction(text, measure)
    if measure.unit == "count" and _LETTER.search(text[number.start : number.end]):
        return None  # 3M, 401k
    if written == "times":
        ratio = _RATIO_BEHIND.match(text, measure.end) or (
            not number.in_words
            and _RATIO_BEFORE.search(text[max(0, measure.start - 24) : measure.start])
            and _RATIO_ENDS.match(text, measure.end)
        )
        return measure if ratio else None
    if not number.in_words or measure.unit in _WORD_UNITS or number.magnitude != 1.0 or measure.unit is None:
        return measure
    # "at one point", "two pounds": of the words only what is plainly an amount.
    return measure if number.value >= 20 or (measure.unit != "point" and "dollar" in written) else None


def _fraction(text: str, measure: Measure) -> Measure | None:
    if match := _OF_UNIT.match(text, measure.end):
        units: dict[str, Unit] = {"percent": "percent", "basis_point": "basis_point"}
        return replace(measure, end=match.end(), unit=units.get(str(match.lastgroup), "percentage_point"))
    before = text[max(0, measure.start - 16) : measure.start]
    joined = "-" in text[measure.start : measure.end] or text[measure.start : measure.end].endswith("thirds")
    if text.startswith("-", measure.end) or _NTH_BEFORE.search(before):
        return None
    if _OF_WHOLE.match(text, measure.end) or joined:
        return measure
    least = _CHANGED_BEFORE if text.endswith("quarter", measure.start, measure.end) else _WORTH_BEFORE
    return measure if least.search(before) and _ENDS_PHRASE.match(text, measure.end) else None
