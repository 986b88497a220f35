"""Which name a figure belongs to.

In this order: a name that the words right behind the figure lead to (a 2% fall in the S&P 500); the nearest name before
it in its clause; the nearest in its sentence, where nothing else is named between; a name right behind it; the one name
of the sentence before, where the figure's own names nothing. The name of another thing (`Mention.indicator` None) takes
a figure like any other, so that nothing is linked over it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.claims.mentions import Mention
from nlp.claims.wording import CHANGE_AFTER, EACH_ITS_OWN, is_bridge

__all__ = ["Subject", "candidates", "each_its_own"]

_LEADS_ON = re.compile(
    r"\s*(?:的)?(?:的|规模的|水平的|大关的|资金(?:在|停在|躺在)|停在|躺在|存放在|存放于|停泊在|放在)?[“\"]?$"
    r"|(?:[ ,]+[a-z]+){0,3}[ ,]+(?:in|on|for|of|by|at|into|from|off)(?: the| its| cboe's| cnn's| wall street's)?(?: [a-z']+){0,2} $"
)
_OPENS = re.compile(r"\s*[,，]\s*(?:the |cnn's |cboe's )?$")
_LIST = re.compile(r"[\s、,，和与及跟以]*(?:and|the|both|of|分别)?[\s、,，和与及]*(?:the )?")
_REFERRING = re.compile(
    r"\s*[“\"]?(?:它|其|该|这一|这个|这项|此|当前|目前|现在|如今|当时|最新|截至|仅|但|而|不过|然而|指数|余额|规模|收益率|指标|相比|到了?|在|从|去年|今年|上周|上月|高峰|最高|最低|一度|随后|此后|较|比|[0-9])"
    r"|\s*[\"“']*(?:it|its|the (?:index|gauge|measure|benchmark|yield|figure|balance|reading|level|rate|spread|facility|indicator|ratio|total|volatility)|that|this|now|today|currently|a year|last|by|in|at|since|from|after|on|as of|the (?:latest|current|last))\b"
)
_LONGEST_BRIDGE = {"zh": 45, "en": 110}
_LONGEST_LEAD = {"zh": 12, "en": 45}
_STRANGERS = {"zh": 16, "en": 9}
"""How many unknown characters or words may stand between a name and a figure of one clause."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A name that a figure may belong to; `carried` where it stands in the sentence before."""

    mention: Mention
    carried: bool = False


def candidates(
    folded: str, span: tuple[int, int], clause: tuple[int, int], names: Sequence[Mention], figures: Sequence[int]
) -> list[Subject]:
    """The names of the figure's own sentence that it may belong to, the likeliest first.

    The first whose unit and range fit is meant; the name of another thing ends the list.

    Args:
        folded: the text.
        span: of the figure.
        clause: of its clause.
        names: those of the sentence.
        figures: starts of all figures of the sentence.
    """
    lang = "zh" if _is_chinese(folded, clause) else "en"
    before = [name for name in names if name.end <= span[0]]
    behind = next((name for name in names if name.start >= span[1]), None)
    found: list[Subject] = []
    if behind is not None:
        lead = folded[span[1] : behind.start]
        near = len(lead) <= _LONGEST_LEAD[lang] and _LEADS_ON.fullmatch(lead) is not None
        if near and (CHANGE_AFTER.match(lead) or not _has_name(before, clause, span, figures)):
            found.append(Subject(behind))
        elif not before and len(lead) <= 20 and _OPENS.fullmatch(lead):
            found.append(Subject(behind))
    for name in reversed(before):
        between = folded[name.end : span[0]]
        if len(between) > 2 * _LONGEST_BRIDGE[lang]:
            break
        own = folded[max(clause[0], name.end) : span[0]]
        if name.start >= clause[0]:
            if not is_bridge(between, _STRANGERS[lang]):
                break
        elif not is_bridge(own) or (name.indicator is not None and len(between) > _LONGEST_BRIDGE[lang]):
            break
        found.append(Subject(name))
        if name.indicator is None:
            break
    if not before and not found and behind is not None and behind.start < clause[1]:
        lead = folded[span[1] : behind.start]
        if len(lead) <= _LONGEST_LEAD[lang]:
            found.append(Subject(behind))
    return found


def carried(folded: str, span: tuple[int, int], start: int, names: Sequence[Mention]) -> Subject | None:
    """The one indicator that the sentence before (its `names`) speaks of, where the figure's own goes on about it.

    Args:
        start: of the figure's sentence, which names nothing before the figure.
    """
    if not names or names[-1].indicator is None or len({name.indicator for name in names} - {None}) != 1:
        return None
    opening = folded[start : span[0]]
    if not _REFERRING.match(opening) or not is_bridge(opening, 3):
        return None
    return Subject(names[-1], carried=True)


def each_its_own(
    folded: str, names: Sequence[Mention], figures: Sequence[tuple[int, int]]
) -> dict[int, Mention | None]:
    """Names by the start of their figure in a sentence that says 分别 or "respectively"; None where it stays open.

    As many figures in a row as names in a row before them go to these in order; other numbers of them stay open.
    """
    told: dict[int, Mention | None] = {}
    for mark in EACH_ITS_OWN.finditer(folded, names[0].start if names else len(folded)):
        limit = figures[0][0] if mark.group() == "respectively" and figures else mark.start()
        run = _last_run(folded, [name for name in names if name.end <= limit])
        row = _first_row(folded, [figure for figure in figures if run and figure[0] >= run[-1].end])
        if len(run) > 1 and len(row) > 1:
            fits = len(run) == len(row)
            told |= {figure[0]: run[place] if fits else None for place, figure in enumerate(row)}
    return told


def _first_row(folded: str, figures: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    row: list[tuple[int, int]] = []
    for figure in figures:
        if row and not _LIST.fullmatch(folded, row[-1][1], figure[0]):
            break
        row.append(figure)
    return row


def _last_run(folded: str, names: Sequence[Mention]) -> list[Mention]:
    run: list[Mention] = []
    for name in reversed(names):
        if run and not _LIST.fullmatch(folded, name.end, run[0].start):
            break
        run.insert(0, name)
    return run


def _has_name(
    before: Sequence[Mention], clause: tuple[int, int], span: tuple[int, int], figures: Sequence[int]
) -> bool:
    """Whether a name stands before the figure in its clause that has no figure of its own yet."""
    if not before or before[-1].start < clause[0]:
        return False
    return not any(before[-1].end <= figure < span[0] for figure in figures)


def _is_chinese(folded: str, clause: tuple[int, int]) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in folded[clause[0] : clause[1]])
