"""Whether a figure is plainly told of a name, at a plain time: only such a one can be wrong.

In real articles nearly every figure that seems wrong was not told of the name that it stands beside, or not of the time
that its sentence seems to name. So a failing verdict needs a clause whose subject is the name (no companies *on the*
S&P 500, no gap *between* twos and tens, no other market, nothing but fillers up to the figure) and no sign of another
time: a date elsewhere in the sentence, a stretch that was not understood, a record of long ago. All else can only be
confirmed.
"""

from __future__ import annotations

import re

from nlp.claims.bridges import is_bridge
from nlp.claims.clauses import CLAUSE_MARK
from nlp.claims.indicators import Indicator
from nlp.claims.places import Place
from nlp.claims.records import Figure, Transform, Window
from nlp.claims.words_of_change import DIFFERENCE_NAME
from nlp.claims.words_of_plainness import (
    AFTER_WHAT,
    ANOTHER_TIME,
    ASIDE,
    AT_OPENS,
    CAPITAL,
    CHANGES_OF_SPREAD,
    COUNTRY,
    DAYS_AND_TITLES,
    EXPECTED_BEFORE,
    HOME,
    LIES_IN,
    LONG_AGO,
    MATURITY,
    NO_SUBJECT,
    OTHER_MARKET,
    OWN_SUBJECT,
    OWNER,
    PRICE,
    RANGE_OPENS,
    RECORD_SINCE,
    SPREAD_BETWEEN,
    STRETCH_AFTER,
    SUBJECT_ALL_THE_SAME,
    TAKES_UP,
    THE,
    VERSUS,
    YEAR_TOLD,
)

__all__ = ["is_plain"]

_STRANGERS = {"zh": 3, "en": 2}
"""How many unknown characters or words may stand between a name and a figure that is plainly its."""

_OF_ONE_COUNTRY = frozenset({"libor_3m", "sofr", "ted_spread"})
_A_VERB = 1
_NEAR = 300
_BEFORE = 160
_A_DAY = re.compile(r"(?i)day|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|[月日]|周[一二三四五六日]")
_SHORT = 40


def is_plain(
    place: Place,
    name: tuple[int, int] | None,
    indicator: Indicator,
    figure: Figure,
    transform: Transform,
    window: Window,
) -> bool:
    """Whether the figure at a place is plainly told of the `indicator`, at `window`.

    `name` is where it is named (start, end), None where it is told by two names (twos yield 30 bp more than tens).
    """
    is_here = name is not None and name[0] >= place.sentence[0] and _is_subject(place, name, indicator)
    is_its = name is None or is_here or _is_taken_up(place, name)
    start = place.start if name is None else min(name[0], place.start)
    return is_its and _is_a_fact(place, figure, transform) and _is_of_its_time(place, start, transform, window)


def _is_subject(place: Place, name: tuple[int, int], indicator: Indicator) -> bool:
    start, end = name
    folded, lang = place.folded, place.lang
    clause = _clause_start(place, min(start, place.start))
    around = folded[clause:start] + " " + folded[end : place.clause[1]]
    if OTHER_MARKET[lang].search(around) or not _has_owner(place, indicator):
        return False
    is_home = HOME.search(folded, max(clause, start - _SHORT), end)
    is_rate = indicator.kind in ("rate", "spread")
    is_of_a_country = is_rate and indicator.id not in _OF_ONE_COUNTRY and not is_home
    if is_of_a_country and COUNTRY.search(folded, max(0, place.sentence[0] - _BEFORE), place.end):
        return False
    own = max(place.sentence[0], folded.rfind(";", place.sentence[0], place.start))
    if indicator.kind not in ("spread", "gauge") and SPREAD_BETWEEN.search(folded, own, place.start):
        return False
    if start >= place.end:
        is_at, is_of = AT_OPENS.fullmatch(folded[clause : place.start]), THE.fullmatch(folded[place.end : start])
        is_told = is_at is not None and is_of is not None and (is_at["compared"] is None) == (is_of["of"] is None)
        return is_told or (place.is_money and LIES_IN.fullmatch(folded[place.end : start]) is not None)
    between = folded[end : place.start]
    if is_rate and MATURITY.search(between):
        return False
    if indicator.kind == "spread" and lang == "zh" and not DIFFERENCE_NAME.search(folded, start, end):
        return False  # 投资级: what it is over something else may be against another
    if NO_SUBJECT[lang].search(folded[clause:start]) and not SUBJECT_ALL_THE_SAME.match(between):
        return False
    return not OWNER.search(place.text[clause:start]) and _leads_to_figure(
        place, end, is_index=indicator.kind == "index"
    )


def _is_taken_up(place: Place, name: tuple[int, int]) -> bool:
    """Whether a clause goes on about a name of the sentence before with nothing but a pronoun: it stands at 68."""
    folded, lang = place.folded, place.lang
    clause = _clause_start(place, place.start)
    opening = TAKES_UP.match(folded, clause, place.start)
    if opening is None or clause - name[1] > _BEFORE or OTHER_MARKET[lang].search(folded, name[1], place.clause[1]):
        return False
    told = place.text[name[1] : clause] + place.text[slice(*opening.span("when"))]
    others = CAPITAL.search(DAYS_AND_TITLES.sub("", told))
    return others is None and is_bridge(folded[opening.end() : place.start], _A_VERB)


def _has_owner(place: Place, indicator: Indicator) -> bool:
    """Whether the text before a figure of an indicator with an everyday name (total assets) says whose it is."""
    own = OWN_SUBJECT.get(indicator.id)
    return own is None or own.search(place.folded, max(0, place.sentence[0] - _NEAR), place.sentence[1]) is not None


def _leads_to_figure(place: Place, end: int, *, is_index: bool) -> bool:
    """Whether nothing but fillers and an aside stands between a name and its figure."""
    written, between = place.text[end : place.start], place.folded[end : place.start]
    aside = ASIDE.match(between)
    if aside and not CAPITAL.search(DAYS_AND_TITLES.sub("", written[: aside.end()])):
        written, between = written[aside.end() :], between[aside.end() :]
    if not is_bridge(between, _STRANGERS[place.lang]) or VERSUS.search(between) or (is_index and PRICE.search(between)):
        return False
    return place.lang == "zh" or not CAPITAL.search(DAYS_AND_TITLES.sub("", written))


def _is_a_fact(place: Place, figure: Figure, transform: Transform) -> bool:
    before = place.folded[place.sentence[0] : place.start]
    if EXPECTED_BEFORE.search(before) or RANGE_OPENS.search(before[-_SHORT:]):
        return False
    return not (transform == "level" and figure.unit == "basis_point" and CHANGES_OF_SPREAD.search(before[-_SHORT:]))


def _is_of_its_time(place: Place, name: int, transform: Transform, window: Window) -> bool:
    folded, text = place.folded, place.text
    after = min((start for start in place.figures if start > place.start), default=place.sentence[1])
    behind = folded[place.end : after]
    if RECORD_SINCE.match(behind) or (transform == "level" and LONG_AGO.search(folded, *place.sentence)):
        return False
    if transform == "level" and not window.text:
        return ANOTHER_TIME.search(folded, _clause_start(place, name), place.clause[1]) is None
    named = text.find(window.text, *place.sentence) if window.text else -1
    if transform != "level" and (named < 0 or _names_two_times(folded, place, named, name, window)):
        return False
    if _is_of_a_year_told(place, window):
        return False
    if 0 <= named < name and AFTER_WHAT.search(folded, place.sentence[0], name):
        return False
    return transform == "level" or STRETCH_AFTER.match(behind) is None or place.end <= named < after


def _is_of_a_year_told(place: Place, window: Window) -> bool:
    """Whether a day without its year stands in a paragraph that told of another year (last year the Monday after)."""
    if window.start is None or not _A_DAY.search(window.text) or YEAR_TOLD.search(window.text):
        return False
    start = max(place.text.rfind("\n", 0, place.sentence[0]) + 1, place.sentence[0] - _NEAR)
    return YEAR_TOLD.search(place.folded, start, place.sentence[0]) is not None


def _names_two_times(folded: str, place: Place, named: int, name: int, window: Window) -> bool:
    """Whether a clause with a change up to now names another time before it too: at 3.77 on February 9, up 40.

    One before the `name` since when something else happened does not count: after the crash since May, the S&P …
    """
    start = max(_clause_start(place, place.start) - _SHORT, place.sentence[0])
    is_open = window.kind == "between" and named > place.start and window.end is not None
    others = ANOTHER_TIME.finditer(folded, start, place.start)
    return is_open and any(other.end() > name or not other.group().startswith("since") for other in others)


def _clause_start(place: Place, before: int) -> int:
    marks = CLAUSE_MARK.finditer(place.folded, place.sentence[0], before)
    return max((mark.end() for mark in marks), default=place.sentence[0])
