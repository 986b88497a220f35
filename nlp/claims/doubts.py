"""Why a figure that speaks of an indicator is not a statement of fact: a forecast, a condition, a negation.

And why it can only be confirmed: a value from within the day, which daily closes do not hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.claims.records import Window
from nlp.claims.words_of_doubt import (
    A_YIELD,
    APPOSED,
    AS_A_MARK,
    BEST_OF,
    CAP,
    CONDITION,
    CORRECTED,
    DISTANCE,
    EXPECTED,
    FORECAST,
    FORECAST_OPENING,
    FROM_BEFORE,
    IS_SO,
    MEAN,
    NEGATION,
    PAST_TOLD,
    QUESTION,
    STATED_PRESENT,
    TARGET_AFTER,
    WHEN_PAST,
    WITHIN_DAY,
    WOULD_AFTER,
    YIELD_AFTER,
)

__all__ = ["Scope", "caution_of", "doubt_of"]


_COUNTED = re.compile("[0-9一二两三四五六七八九十]+个?(?:年|月|周|星期|天|日|季度|交易日)")
"""A stretch that is counted, back from the article's day unless the text tells of another."""


_CHRONICLE = re.compile(r"\W*((?:19|20)[0-9]{2}) ?[:：]")
_OF_YEAR = re.compile(
    "(?:for|of|on|in) the (?:year|month|quarter|week)|(?:end|close|finish)(?:e?s|ed) the year", re.IGNORECASE
)
_REFERRED = re.compile("that (?:day|session)|for the session|那[天日]|当[日天]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scope:
    """The folded words that may take the fact out of a figure.

    Attributes:
        sentence: from the sentence's start to the figure.
        previous: the clause before the figure's own, empty where there is none or it has a figure of its own.
        clause: from the clause's start to the figure.
        after: what follows the figure in its clause.
        rest: what follows it in its sentence, some 40 characters.
        story: what stands before the figure in its paragraph, some 250 characters.
        year: the article's.
    """

    sentence: str
    previous: str
    clause: str
    after: str
    rest: str
    story: str
    year: int


def doubt_of(scope: Scope, window: Window, transform: str) -> str:
    """The reason why a figure cannot be checked, empty where none is seen."""
    if STATED_PRESENT.search(scope.clause) or APPOSED.match(scope.clause):
        return ""
    if A_YIELD.search(scope.clause) and YIELD_AFTER.match(scope.rest):
        return "it is a level that may be, not one that is"
    if CONDITION.search(scope.sentence) or QUESTION.match(scope.rest):
        return "it stands under a condition or in a question"
    if _is_expected(scope):
        return "it tells what is expected, not what is"
    if window.kind == "now" and WHEN_PAST.search(scope.clause):
        return "it is of a time that is not told"
    if NEGATION.search(scope.clause) or CORRECTED.match(scope.rest):
        return "it is negated"
    if transform == "level":
        return _doubt_of_level(scope, window)
    if transform in ("change", "relative_change") and MEAN.search(scope.clause):
        return "it is a mean of changes"
    if transform == "pace" and CAP.search(scope.sentence[-60:] + scope.after):
        return "it is the most that was allowed, not what happened"
    return ""


def _is_expected(scope: Scope) -> bool:
    before = EXPECTED.search(scope.sentence) or FORECAST.search(scope.clause) or FORECAST_OPENING.search(scope.previous)
    return (before or WOULD_AFTER.match(scope.after) or TARGET_AFTER.match(scope.rest)) is not None


def _doubt_of_level(scope: Scope, window: Window) -> str:
    if window.kind in ("now", "between") and FROM_BEFORE.search(scope.clause):
        return "it is a level that was left behind, and when it held is not said"
    return "it is a mark, not what was reached" if _is_mark(scope, window) else ""


def _is_mark(scope: Scope, window: Window) -> bool:
    if window.kind != "now" and DISTANCE.search(scope.clause):
        return True
    return not scope.sentence.strip() and AS_A_MARK.match(scope.after) is not None


def caution_of(scope: Scope, window: Window, transform: str, *, is_amount: bool = False) -> str:
    """The reason why disagreement with daily values proves nothing, empty where none is seen.

    An amount has no values from within the day.
    """
    chronicle = _CHRONICLE.match(scope.sentence)
    if chronicle and int(chronicle[1]) != scope.year:
        return "it stands in a list of years"
    if transform == "level" and not window.text and FROM_BEFORE.search(scope.clause):
        return "when the level that was left behind held is not said"
    is_so = transform == "level" and IS_SO.search(scope.clause)
    if (
        (window.kind == "now" and not window.text and not is_so)
        or _COUNTED.match(window.text)
        or _OF_YEAR.match(window.text)
    ):
        told = list(PAST_TOLD.finditer(scope.story))
        if told and (told[-1][2] or int(told[-1][1]) != scope.year):
            return "the text before tells of another time"
    if transform == "level" and DISTANCE.search(scope.clause):
        return "it may be a mark that was not reached"
    if _REFERRED.fullmatch(window.text):
        return "the day that it refers to may be another"
    if is_amount:
        return ""
    if transform == "level" and BEST_OF.match(scope.rest):
        return "it may be a value from within the day"
    return "it may be a value from within the day" if WITHIN_DAY.search(scope.sentence + scope.after) else ""
