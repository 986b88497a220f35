"""Which name a figure belongs to.

In this order: a name that the words right behind the figure lead to (a 2% fall in the S&P 500); the nearest name before
it in its clause, one that it is only compared with last; the nearest in its sentence, where nothing else is named
between; a name right behind it; the one name of the sentence before, where the figure's own names nothing. The name of
another thing (`Mention.indicator` None) takes a figure like any other, so that nothing is linked over it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.claims.indicators import Kind
from nlp.claims.mentions import Mention
from nlp.claims.wording import CHANGE_AFTER, EACH_ITS_OWN, is_bridge

__all__ = ["Place", "candidates", "carried_over", "each_its_own", "goes_on_from", "kinds_told"]

_LEADS_ON = re.compile(
    r"\s*(?:的)?(?:的|规模的|水平的|大关的|资金)?(?:[塞存放停躺趴压泊留流涌送投][^，,。]{0,8}|在)?[“\"]?$"
    r"|\s*(?:左右)?的(?:规模|速度|幅度|步伐|节奏|水平)[^，,。；]{0,6}$"
    r"|(?: +[a-z']+){0,9} +(?:in|on|for|of|by|at|into|from|off|with)(?: the| its| cboe's| cnn's"
    r"| wall street's)?(?: [a-z']+){0,2} $"
)
_LIES_IN = re.compile(r" [a-z' ]{0,24},? ?[a-z' ]{0,36}\b(?:in|at|with|by way of)(?: the| its)? ")
"""From a sum to where it lies: $1.5 trillion is waiting, in the reverse repo facility."""

_OPENS = re.compile(r"\s*[,，]\s*(?:the |cnn's |cboe's )?$")
_BESIDE_THE_POINT = re.compile(
    r"(?:随着?|跟随|跟着|受|因|由于|比|较|相对于|高于|低于|不像|不同于|而非|除了)的?$"
    r"|\b(?:than|with|as|against|above|below|versus|vs|after|despite|of|because of|unlike|like"
    r"|for)\s+(?:the |a |its )?$"
)
"""What stands behind these is compared with, or a reason: a figure is seldom its."""

_LIKENED = re.compile("(?:的走势)?(?:类似|相似|相同|一样|一致|同步|相比)")
"""What stands before these is compared with too."""

_OWN_NOUN = re.compile(
    r"\s*的?(?:国债|公债|债券|股票|贷款|存款|订单|购债|补贴|关税|基金|资金(?!面)|市值|营收|现金|税|产品"
    r"|股份|[^，,。]{0,4}(?:公司|企业|投资者|散户|股民|网民|用户|机构|概率|资金(?!面)|人(?![们民气])))"
    r"|\s+(?:of\s+)?(?:tariffs?|stakes?|chance|probability|of (?:households|companies|respondents|investors|workers))\b"
)
"""A thing that a figure counts: then it is no level or change of a name further off."""

_OF_ANOTHER = re.compile(
    r"\s+(?:decline|drop|fall|gain|rise|jump|advance|increase|loss|slide|rally|climb|surge|plunge|slump) (?:for|of|by)"
    r" (?:the |its )?(?=[A-Z])(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun))"
)
"""Behind a change that another thing made: a 15.4 percent decline for the Amex …"""

_CAPITAL = re.compile(r"\b[A-Z](?!\b)")
_LIST = re.compile(r"[\s、,，和与及跟以]*(?:and|the|both|of|分别)?[\s、,，和与及]*(?:the )?")
_PRONOUN = re.compile(
    r"它|其(?!中)|该|这一|这个|这项|这里|那里|账上|当中|\b(?:it|its|it's|they|they're|that|this|there"
    r"|the (?:index|gauge|measure|benchmark|yield|figure|balance|reading|level|rate|spread|indicator|ratio"
    r"|total|pool))\b"
)
_KIND_WORDS: tuple[tuple[re.Pattern[str], tuple[Kind, ...]], ...] = (
    (re.compile(r"(?<!率)指数|\bthe (?:index|gauge|benchmark|average)\b"), ("index", "gauge")),
    (re.compile(r"收益率|殖利率|\byields?\b"), ("rate",)),
    (re.compile(r"利差|息差|\bspreads?\b"), ("spread",)),
    (re.compile(r"余额|\b(?:the|its) (?:facility|balance|usage)\b"), ("amount",)),
)
_QUOTE = re.compile(r"[“「][^”」]*$")
_SPEAKER = re.compile(
    r"[^，,。]{0,12}?(?:预计|预测|认为|料|称|说|表示)|[a-z' ]{0,40}?\b(?:expects?|says?|thinks?|said|forecasts?)\b"
)
_COPULA = re.compile(r"[是为将会]|\b(?:is|was|are|will|as)\b")
_RESPECTIVELY = 40
"""So far behind the last figure may "respectively" stand."""

_LONGEST_BRIDGE = {"zh": 60, "en": 160}
_LONGEST_LEAD = {"zh": 12, "en": 60}
_STRANGERS = {"zh": 16, "en": 10}
"""How many unknown characters or words may stand between a name and a figure of one clause."""

_STRANGERS_AFTER_PRONOUN = {"zh": 7, "en": 2}
_STRANGERS_OF_A_VERB = {"zh": 1, "en": 2}
"""Of a clause that goes on about a name which has no figure yet."""

_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure stands.

    Attributes:
        text: as written.
        folded: the text, folded.
        start, end: of the figure.
        sentence, clause: where its sentence and its clause start and end.
        figures: where the figures of the sentence start.
        is_money: whether the figure is a sum.
    """

    text: str
    folded: str
    start: int
    end: int
    sentence: tuple[int, int]
    clause: tuple[int, int]
    figures: Sequence[int]
    is_money: bool = False

    @property
    def lang(self) -> str:
        """Zh or en, by the characters of the clause."""
        return "zh" if _HAN.search(self.folded, *self.clause) else "en"

    @property
    def has_pronoun(self) -> bool:
        """Whether a word before the figure in its clause refers to what was named before."""
        return _PRONOUN.search(self.folded, self.clause[0], self.start) is not None


def candidates(place: Place, names: Sequence[Mention]) -> list[Mention]:  # noqa: C901
    """The names of the figure's own sentence that it may belong to, the likeliest first.

    The first whose unit and range fit is meant; the name of another thing ends the list.
    """
    text, lang = place.folded, place.lang
    before = [name for name in names if name.end <= place.start]
    behind = next((name for name in names if name.start >= place.end), None)
    found: list[Mention] = []
    other = _OF_ANOTHER.match(place.text, place.end)
    if other and (behind is None or behind.start > other.end()):
        return []
    if behind is not None and _leads_on(place, before, behind):
        found.append(behind)
    beside: list[Mention] = []
    for name in reversed(before):
        between = text[name.end : place.start]
        own = _without_speaker(text[max(place.clause[0], name.end) : place.start])
        if len(between) > _LONGEST_BRIDGE[lang]:
            break
        if name.start >= place.clause[0]:
            if not is_bridge(between, _STRANGERS[lang]):
                break
            if name.indicator and _is_compared(text, name, place.clause[0]):
                beside.append(name)
                continue
        elif name.indicator and _LIKENED.match(text, name.end):
            beside.append(name)
            continue
        elif _OWN_NOUN.match(text, place.end) or not _goes_on(place, name, own):
            break
        found.append(name)
        if name.indicator is None:
            break
    found.extend(beside)
    if not before and not found and behind is not None:
        lead = text[place.end : behind.start]
        is_near = len(lead) <= _LONGEST_LEAD[lang] and not _COPULA.search(lead)
        if (behind.start < place.clause[1] and is_near) or (place.is_money and _LIES_IN.fullmatch(lead)):
            found.append(behind)
    return found


def _is_compared(text: str, name: Mention, start: int) -> bool:
    """Whether a name is only what another thing is set beside."""
    beside = _BESIDE_THE_POINT.search(text, max(start, name.start - 14), name.start)
    return beside is not None or _LIKENED.match(text, name.end) is not None


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
    if len(lead) > _LONGEST_LEAD[place.lang] or _LEADS_ON.fullmatch(lead) is None:
        return False
    own = [name for name in before if name.start >= place.clause[0]]
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
    has_pronoun = _PRONOUN.search(opening) is not None
    if not names or (names[-1].indicator is None and not has_pronoun):
        return []
    if _OWN_NOUN.match(place.folded, place.end) or not is_bridge(opening, _slack(opening, place.lang, 0)):
        return []
    return [name for name in reversed(names) if name.indicator is not None]


def _without_speaker(words: str) -> str:
    """What is left of words before a figure without who says it."""
    speaker = _SPEAKER.match(words)
    return words[speaker.end() :] if speaker else words


def _slack(words: str, lang: str, otherwise: int) -> int:
    return _STRANGERS_AFTER_PRONOUN[lang] if _PRONOUN.search(words) else otherwise


def kinds_told(place: Place) -> tuple[tuple[Kind, ...], int]:
    """The kinds of indicator that the figure's clause can go on about, where it says "the index", 利差 or the like.

    And where it says so: names before that place are of such a kind, or not what the figure is about.
    """
    for word, kinds in _KIND_WORDS:
        if found := word.search(place.folded, place.clause[0], place.start):
            return kinds, found.start()
    return (), 0


def goes_on_from(place: Place, end: int) -> bool:
    """Whether nothing but fillers stands between the end of the figure before and this one."""
    return is_bridge(place.folded[end : place.start])


def each_its_own(
    folded: str, names: Sequence[Mention], figures: Sequence[tuple[int, int]]
) -> dict[int, Mention | None]:
    """Names by the start of their figure in a sentence that says 分别 or "respectively"; None where it stays open.

    As many figures in a row as names in a row before them go to these in order; other numbers of them stay open.
    """
    told: dict[int, Mention | None] = {}
    if len(figures) < 2:
        return told
    start = min([figures[0][0], *(name.start for name in names)])
    for mark in EACH_ITS_OWN.finditer(folded, start, figures[-1][1] + _RESPECTIVELY):
        is_behind = mark.group() == "respectively"
        limit = figures[0][0] if is_behind else mark.start()
        run = _last_run(folded, [name for name in names if name.end <= limit])
        row = _first_row(folded, [figure for figure in figures if is_behind or (run and figure[0] >= run[-1].end)])
        if len(row) > 1 and (len(run) > 1 or (is_behind and not run)):
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
