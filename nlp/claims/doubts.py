"""Why a figure that speaks of an indicator is not a statement of fact: a forecast, a condition, a negation.

And why it can only be confirmed: a value from within the day, which daily closes do not hold.
"""

from __future__ import annotations

from dataclasses import dataclass

from nlp.claims.records import Window
from nlp.claims.wording import (
    APPOSED,
    CAP,
    CONDITION,
    EXPECTED,
    FORECAST,
    FORECAST_OPENING,
    FROM_BEFORE,
    NEGATION,
    PAST_TOLD,
    QUESTION,
    STATED_PRESENT,
    TARGET_AFTER,
    WHEN_PAST,
    WITHIN_DAY,
    WOULD_AFTER,
)

__all__ = ["Scope", "caution_of", "doubt_of"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The folded words that may take the fact out of a figure.

    Attributes:
        sentence: from the sentence's start to the figure.
        previous: the clause before the figure's own, empty where there is none or it has a figure of its own.
        clause: from the clause's start to the figure.
        after: what follows the figure in its clause.
        story: what stands before the figure in its paragraph, some 250 characters.
        year: the article's.
    """

    sentence: str
    previous: str
    clause: str
    after: str
    story: str
    year: int


def doubt_of(scope: Scope, window: Window, transform: str) -> str:
    """The reason why a figure cannot be checked, empty where none is seen."""
    if STATED_PRESENT.search(scope.clause) or APPOSED.match(scope.clause):
        return ""
    if CONDITION.search(scope.sentence) or QUESTION.match(scope.after):
        return "it stands under a condition or in a question"
    if (
        EXPECTED.search(scope.sentence)
        or WOULD_AFTER.match(scope.after)
        or FORECAST.search(scope.clause)
        or FORECAST_OPENING.search(scope.previous)
        or TARGET_AFTER.match(scope.after)
    ):
        return "it tells what is expected, not what is"
    if window.kind == "now" and WHEN_PAST.search(scope.clause):
        return "it is of a time that is not told"
    if NEGATION.search(scope.clause):
        return "it is negated"
    if transform == "level" and window.kind in ("now", "between") and FROM_BEFORE.search(scope.clause):
        return "it is a level that was left behind, and when it held is not said"
    if transform == "pace" and CAP.search(scope.sentence[-60:] + scope.after):
        return "it is the most that was allowed, not what happened"
    return ""


def caution_of(scope: Scope, window: Window) -> str:
    """The reason why disagreement with daily values proves nothing, empty where none is seen."""
    if window.kind == "now" and not window.text:
        told = list(PAST_TOLD.finditer(scope.story))
        if told and (told[-1][2] or int(told[-1][1]) != scope.year):
            return "the text before tells of another time"
    return "it may be a value from within the day" if WITHIN_DAY.search(scope.sentence + scope.after) else ""
