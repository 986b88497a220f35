"""Which name a figure belongs to.

In this order: a name that the words right behind the figure lead to (a 2% fall in the S&P 500); the nearest name before
it in its clause, one that it is only compared with last; the nearest in its sentence, where nothing else is named
between; a name right behind it; the one name of the sentence before, where the figure's own names nothing. The name of
another thing (`Mention.indicator` None) takes a figure like any other, so that nothing is linked over it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.claims.bridges import is_bridge
from nlp.claims.indicators import Kind
from nlp.claims.mentions import Mention
from nlp.claims.other_subjects import (
    counts_another,
    is_compared,
    is_only_owner,
    is_part,
    told_of_another,
    where_told_of_another,
    without_asides,
)
from nlp.claims.places import PRONOUN, Place
from nlp.claims.words_of_change import CHANGE_AFTER

__all__ = ["candidates", "carried_over", "goes_on_from", "kinds_told"]

_LEADS_ON = re.compile(
    r"\s*(?:的)?(?:的|规模的|水平的|大关的|资金)?(?:[塞存放停躺趴压泊留流涌送投][^，,。]{0,8}|在)?[“\"]?$"
    r"|\s*(?:左右)?的(?:规模|速度|幅度|步伐|节奏|水平)[^，,。；]{0,6}$"
    r"|(?: +[a-z']+){0,9} +(?:in|on|for|of|by|at|into|from|off|with)(?: the| its| cboe's| cnn's"
    r"| wall street's)?(?: [a-z']+){0,2} $"
)
_LIES_IN = re.compile(r" [a-z' ]{0,24},? ?[a-z' ]{0,36}\b(?:in|at|with|by way of)(?: the| its)? ")
"""From a sum to where it lies: $1.5 trillion is waiting, in the reverse repo facility."""

_IN_A_TIME = re.compile(
    r" (?:ytd|year to date)\b| (?:in|on|for|over) (?:the|this|that|one|a|last)"
    r" (?:year|month|week|day|quarter|session|night|close)\b"
)
_OPENS = re.compile(r"\s*[,，]\s*(?:the |cnn's |cboe's )?$")
_GAINS_OF = re.compile(r"\bof (?:[a-z]+ ){0,3}$")
_ON_THE = re.compile(r" (?:on|in|for) (?:the )?(?:[a-z]+ )?$")

_CAPITAL = re.compile(r"\b[A-Z](?!\b)")
_KIND_WORDS: tuple[tuple[re.Pattern[str], tuple[Kind, ...]], ...] = (
    (re.compile(r"(?<!率)指数|\bthe (?:index|gauge|benchmark|average)\b"), ("index", "gauge")),
    (re.compile(r"收益率|殖利率|\byields?\b"), ("rate",)),
    (re.compile(r"利差|息差|\b(?:spreads?|gap)\b"), ("spread",)),
    (re.compile(r"余额|\b(?:the|its) (?:facility|balance|usage)\b"), ("amount",)),
)
_QUOTE = re.compile(r"[“「][^”」]*$")
_SPEAKER = re.compile(
    r"[^，,。：:]{0,14}(?:发|写|传|报|称|说|指|道|讯|快报|消息|观点|提到|转发|截图)[^，,。：:]{0,4}[：:]"
    r"|[^，,。]{0,12}?(?:预计|预测|认为|料|称|说|表示)|[a-z' ]{0,40}?\b(?:expects?|says?|thinks?|said|forecasts?)\b"
)
_COPULA = re.compile(r"[是为将会]|\b(?:is|was|are|will|as)\b")
_LONGEST_BRIDGE = {"zh": 60, "en": 160}
_LONGEST_LEAD = {"zh": 12, "en": 60}
_STRANGERS = {"zh": 16, "en": 10}
"""How many unknown characters or words may stand between a name and a figure of one clause."""

_STRANGERS_AFTER_PRONOUN = {"zh": 7, "en": 2}
_STRANGERS_OF_A_VERB = {"zh": 1, "en": 2}
"""Of a clause that goes on about a name which has no figure yet."""


def candidates(place: Place, names: Sequence[Mention]) -> list[Mention]:
    """The names of the figure's own sentence that it may belong to, the likeliest first.

    The first whose unit and range fit is meant; the name of another thing ends the list.
    """
    before = without_asides(place, [name for name in names if name.end <= place.start])
    behind = next((name for name in names if name.start >= place.end), None)
    other = where_told_of_another(place)
    if other is not None and (behind is None or behind.start > other):
        return []
    found = [behind] if behind is not None and _leads_on(place, before, behind) else []
    found.extend(_before(place, before))
    if not before and not found and behind is not None and _lies_ahead(place, behind):
        found.append(behind)
    return found


def _before(place: Place, names: Sequence[Mention]) -> list[Mention]:
    """The names before a figure that it may belong to, the nearest first, what it is only compared with last."""
    found: list[Mention] = []
    beside: list[Mention] = []
    for name in reversed(names):
        if place.start - name.end > _LONGEST_BRIDGE[place.lang] or is_only_owner(place, name):
            break
        if name.indicator and is_compared(place, name):
            beside.append(name)
        elif _reaches(place, name):
            found.append(name)
            if name.indicator is None:
                break
        else:
            break
    return found + beside


def _reaches(place: Place, name: Mention) -> bool:
    """Whether a name before a figure is what its clause is about."""
    if is_part(place):
        return False
    if name.start >= place.clause[0]:
        return is_bridge(place.folded[name.end : place.start], _STRANGERS[place.lang])
    own = _without_speaker(place.folded[max(place.clause[0], name.end) : place.start])
    if told_of_another(place, name, own) or counts_another(place):
        return False
    return _goes_on(place, name, own)


def _lies_ahead(place: Place, behind: Mention) -> bool:
    """Whether a figure without a name before it belongs to the one behind it."""
    lead = place.folded[place.end : behind.start]
    is_near = len(lead) <= _LONGEST_LEAD[place.lang] and not _COPULA.search(lead)
    return (behind.start < place.clause[1] and is_near) or (place.is_money and _LIES_IN.fullmatch(lead) is not None)


def _goes_on(place: Place, name: Mention, own: str) -> bool:
    """Whether a clause goes on about a name of an earlier one: it names no other subject before the figure."""
    if is_bridge(own, _slack(own, place.lang, 0)):
        return True
    start = place.start - len(own)
    has_figure = any(name.end <= figure < start for figure in place.figures)
    has_subject = place.lang == "en" and _CAPITAL.search(place.text, start, place.start) is not None
    return not has_figure and not has_subject and is_bridge(own, _STRANGERS_OF_A_VERB[place.lang])


def _leads_on(place: Place, before: Sequence[Mention], behind: Mention) -> bool:
    """Whether the words between a figure and a name behind it lead from one to the other."""
    lead = place.folded[place.end : behind.start]
    if not before and len(lead) <= 20 and _OPENS.fullmatch(lead):
        return True
    if len(lead) > _LONGEST_LEAD[place.lang] or _LEADS_ON.fullmatch(lead) is None or _IN_A_TIME.match(lead):
        return False
    own = [name for name in before if name.start >= place.clause[0]]
    if _ON_THE.fullmatch(lead) and (
        place.folded.endswith(("basis points", "bp", "bps"), place.start, place.end)
        or _GAINS_OF.search(place.folded, place.clause[0], place.start)
    ):
        return True
    if CHANGE_AFTER.match(lead) or not own or (own[-1].indicator is None and place.is_money):
        return True
    return any(own[-1].end <= figure < place.start for figure in place.figures)


def carried_over(place: Place, names: Sequence[Mention]) -> list[Mention]:
    """The indicators of the sentence before (its `names`) that a figure may be about, the last first.

    Only where the words before the figure name no other subject; the caller takes the one that fits, if it is one.
    """
    opening = place.folded[place.clause[0] if place.has_pronoun else place.sentence[0] : place.start]
    quoted = _QUOTE.search(opening)
    opening = opening[quoted.start() :] if quoted else opening
    opening = _without_speaker(opening)
    has_pronoun = PRONOUN.search(opening) is not None
    if not names or (names[-1].indicator is None and not has_pronoun):
        return []
    if counts_another(place) or not is_bridge(opening, _slack(opening, place.lang, 0)):
        return []
    return [name for name in reversed(names) if name.indicator is not None]


def _without_speaker(words: str) -> str:
    """What is left of words before a figure without who says it."""
    speaker = _SPEAKER.match(words)
    return words[speaker.end() :] if speaker else words


def _slack(words: str, lang: str, otherwise: int) -> int:
    return _STRANGERS_AFTER_PRONOUN[lang] if PRONOUN.search(words) else otherwise


def kinds_told(place: Place) -> tuple[Kind, ...]:
    """The kinds of indicator that the figure's clause can go on about, where it says "the index", 利差 or the like."""
    told = (kinds for word, kinds in _KIND_WORDS if word.search(place.folded, place.clause[0], place.start))
    return next(told, ())


def goes_on_from(place: Place, end: int) -> bool:
    """Whether nothing but fillers stands between the end of the figure before and this one."""
    return is_bridge(place.folded[end : place.start])
