"""Per which span a figure counts: 每个月600亿, 600亿/月, "$60 billion a month".

In the folded form (`nlp.claims.folding`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nlp.claims.records import Per

__all__ = ["EN", "ZH", "Pace", "PaceWords"]

_LONGEST_BEFORE = 28


@dataclass(frozen=True, slots=True)
class Pace:
    """A span named behind a number, and the code point after its words."""

    per: Per
    end: int


@dataclass(frozen=True, slots=True)
class PaceWords:
    """The words of one language: regular expressions whose one group that matches is a key of `per_by_word`."""

    after_number: re.Pattern[str]
    before_number: re.Pattern[str]
    per_by_word: Mapping[str, Per]

    def after(self, text: str, end: int) -> Pace | None:
        """The span named directly behind a number that ends at `end`."""
        match = self.after_number.match(text, end)
        return Pace(self._per(match), match.end()) if match else None

    def before(self, text: str, start: int, floor: int) -> Per | None:
        """The span named in the words before a number at `start`; nothing before `floor` is looked at."""
        match = self.before_number.search(text[max(floor, start - _LONGEST_BEFORE) : start])
        return self._per(match) if match else None

    def _per(self, match: re.Match[str]) -> Per:
        return self.per_by_word[match[match.lastindex or 0]]


ZH = PaceWords(
    after_number=re.compile(r" ?(?:/|每一?个?|一个?)(月|年|周(?!年)|季|日|天)度?(?![0-9初末底中内])"),
    before_number=re.compile(
        r"(?:(?:每一?|平均每)个?(月|年|周|季|日|天|交易日)|([日月年周季])均)[^，。；：！？、0-9\n]{0,10}$"
    ),
    per_by_word={"月": "month", "年": "year", "周": "week", "季": "quarter", "日": "day", "天": "day", "交易日": "day"},
)
_SPAN = "day|week|month|quarter|year"
EN = PaceWords(
    after_number=re.compile(
        rf"(?: an? | per | each | every |-an?-|-per-| ?/ ?)({_SPAN})(?![a-z])(?! (?:ago|earlier|later|before|after"
        rf"|low|high)|-)"
        r"|/(mo|yr)(?![a-z])|[ -](daily|weekly|monthly|quarterly|annually|yearly)(?![a-z])| (per annum|p\.a\.)"
    ),
    before_number=re.compile(
        rf"(?<![a-z])(?:(daily|weekly|monthly|quarterly)|(?:each|every|per) ({_SPAN}))(?: [a-z-]+){{0,3}} $"
    ),
    per_by_word={
        "day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year", "mo": "month",
        "yr": "year", "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "annually": "year",
        "yearly": "year", "per annum": "year", "p.a.": "year",
    },
)  # fmt: skip
