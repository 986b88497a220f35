"""How exact a figure is: the words around a number that approximate it or make it a bound.

In the folded form (`nlp.claims.folding`). Words of size (超过, "more than") belong to the figure; verbs that say that a
level was passed (跌破, 突破, "topped") make it a bound too but stay outside of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from nlp.claims.records import Relation

__all__ = ["EN", "ZH", "Bound", "BoundWords"]

_LONGEST_BEFORE = 28
_NUMBER = r"(?=[\s\S]\Z)"
"""The first character of the number, which patterns of what stands before it see and leave out."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A word beside a number: the relation, and the code point at which it starts (before it) or ends (behind it)."""

    relation: Relation
    edge: int


@dataclass(frozen=True, slots=True)
class BoundWords:
    """The words of one language, as regular expressions whose named groups are relations.

    Patterns of what stands before a number are run on a text that ends with the number's first character.
    """

    before_number: re.Pattern[str]
    after_number: re.Pattern[str]
    passing: re.Pattern[str]

    def before(self, text: str, start: int, floor: int) -> Bound | None:
        """The word of size directly before a number at `start`; nothing before `floor` is looked at."""
        near = max(floor, start - _LONGEST_BEFORE)
        match = self.before_number.search(text[near : start + 1])
        return Bound(_relation(match), near + match.start()) if match else None

    def after(self, text: str, end: int) -> Bound | None:
        """The word of size directly behind a number that ends at `end`."""
        match = self.after_number.match(text, end)
        return Bound(_relation(match), match.end()) if match else None

    def passed(self, text: str, start: int, floor: int) -> Relation | None:
        """The bound that a verb directly before a level at `start` makes of it (跌破3000点 is below)."""
        match = self.passing.search(text[max(floor, start - _LONGEST_BEFORE) : start + 1])
        return _relation(match) if match else None


def _relation(match: re.Match[str]) -> Relation:
    return cast(Relation, match.lastgroup)


def _pattern(words: Mapping[Relation, str], *, before: str = "", after: str = "") -> re.Pattern[str]:
    alternatives = "|".join(f"(?P<{relation}>{expression})" for relation, expression in words.items())
    return re.compile(f"{before}(?:{alternatives}){after}")


ZH = BoundWords(
    before_number=_pattern(
        {
            "above": "超过|超出|超|逾|高于|大于|多于|不少于|不低于|不下|至少|最少|起码|高过|大过|优于|强于|>=?|≥"
            "|(?<![通经超透])过(?=[0-9百千万])|(?<!成千)上(?=[百千万亿])",
            "below": "低于|不足|不到|少于|小于|不超过|不超|不高于|不多于|不及|最多|至多|未满|低过|小过|<=?|≤",
            "about": "大约|大概|大致|约莫|约为|约有|约合|约|将近|接近|逼近|迫近|靠近|差不多|几乎|近|左右|估计|~|≈",
        },
        before=r"(?<![不未])",
        after=r"[为在有是达了到]?(?: |其)?" + _NUMBER,
    ),
    after_number=_pattern(
        {
            "about": "左右|上下(?!游)|附近|前后(?!期)",
            "above": "以上|之上|上方|有余|多(?![头空方年次得])|余(?!额)|出头|往上",
            "below": "以下|之下|下方|以内|之内|不到|封顶",
        },
        before=" ?(?:点?关口|大关|一线|整数关口|水平)?(?:的(?=[以之上下]))?",
    ),
    passing=_pattern(
        {
            "above": "突破|升破|涨破|站上|站稳|站回|冲破|冲上|攻破|收复|冲过|越过|升穿|涨穿|上破"
            "|(?<![跌失下击攻冲升涨上突])破",
            "below": "跌破|跌穿|失守|下破|击穿|跌落|失掉|丢掉",
        },
        after=r"[了过]?(?:关键的?|重要的?|整数|心理)?(?:关口|支撑位?)?[“\"]?" + _NUMBER,
    ),
)
_A_BIT = "(?:(?:slightly|just|well|far|much|significantly|substantially|somewhat|a (?:bit|little)) )?"
_MOVERS = (
    "ticked edged inched moved pushed climbed went rose rises rising rise going goes shot jumped bounced ramped crept",
    "drifted revised way back right straight it rate rates yield yields vix index ratio",
)
_NOT_MOVED = "".join(f"(?<!{mover} )" for mover in " ".join(_MOVERS).split())
"""What makes "up to" a way to a level (ticked up to 9.8 percent) instead of a bound."""
EN = BoundWords(
    before_number=_pattern(
        {
            "above": rf"{_A_BIT}(?:(?<!no )(?<!not )more than|(?:greater|higher|larger|bigger) than|over|above"
            rf"|exceeding|past"
            r"|in excess of|north of|upwards? of)|at least|no less than|not less than|no fewer than|a minimum of"
            r"|topping"
            r"|surpassing|beyond|>=?|≥",
            "below": rf"{_A_BIT}(?:(?<!no )(?<!not )less than|(?<!no )fewer than|(?:lower|smaller) than|under|below"
            rf"|south of|shy of"
            rf"|short of)|no more than|not more than|no greater than|not exceeding|{_NOT_MOVED}up to|as much as"
            rf"|as many as|at most|sub"
            "|a maximum of|<=?|≤",
            "about": r"about|around|approximately|roughly|nearly|almost|close to|circa|approx\.?|some|an estimated"
            r"|estimated"
            r"|near|in the (?:region|neighbou?rhood|area) of|on the order of|virtually|just about|more or less|~|≈",
        },
        before=r"(?<![a-z])",
        after=r"(?:(?<=[a-z.]) (?:an? (?=[0-9$])|the )?|(?<=[a-z])-|(?<=[~≈<>=≤≥]) ?)" + _NUMBER,
    ),
    after_number=_pattern(
        {
            "above": r" or (?:more|above|higher|greater|over|better)|-?plus|\+(?![0-9])|-odd",
            "below": r" or (?:less|below|lower|under|fewer)",
            "about": r" or so| or thereabouts|-ish| give or take",
        },
        after=r"(?![a-z])",
    ),
    passing=_pattern(
        {
            "above": r"topp(?:ed|ing)|tops|surpass(?:ed|es|ing)?|exceed(?:ed|s)?|cross(?:ed|es|ing)"
            r"|(?:broke|broken|breaks?|breaking|pushed|moved|crossed|climbed|rose|risen|surged|jumped|vaulted) through",
            "below": r"(?:fell|fallen|falls|falling|sank|slid|dropped|dipped|plunged|tumbled|crashed|dropping) through",
        },
        before=r"(?<![a-z])",
        after=r" (?:the |its |a )?(?:key |psychological |crucial )?" + _NUMBER,
    ),
)
