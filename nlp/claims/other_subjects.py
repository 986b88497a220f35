"""Signs that a figure is of another thing than a name near it: a comparison, an owner, a thing that is counted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.claims.mentions import Mention
from nlp.claims.places import Place

__all__ = [
    "counts_another",
    "is_compared",
    "is_only_owner",
    "is_part",
    "told_of_another",
    "where_told_of_another",
    "without_asides",
]

_BESIDE_THE_POINT = re.compile(
    r"(?:随着?|跟随|跟着|受|因|由于|比|较|相对于|高于|低于|不像|不同于|而非|除了)的?$"
    r"|\b(?:than|with|as|against|above|below|versus|vs|after|despite|of|because of|unlike|like"
    r"|for)\s+(?:the |a |its )?$"
)
"""What stands behind these is compared with, or a reason: a figure is seldom its."""

_LIKENED = re.compile("(?:的走势)?(?:类似|相似|相同|一样|一致|同步|相比)")
"""What stands before these is compared with too."""

_ITS_BEST = re.compile(" (?:best|worst|top|biggest|largest) (?:perform|gain|los|declin|stock)")
"""What stands before these is only the market of what is told."""

_BELONGS = re.compile(
    r"\b(?:ratio|multiple|valuation|correlation|volume|earnings|profits?|estimate)s? (?:for|of|on|in) (?:the )?$"
    r"|\bcorrelation between [^,.;]{0,40}$"
)
"""Before a name that is not what is told, but whose this is."""

_OWN_NOUN = re.compile(
    r"\s*的?(?:国债|公债|债券|股票|贷款|存款|订单|购债|补贴|关税|基金|资金(?!面)|市值|营收|现金|税|产品"
    r"|股份|[^，,。]{0,4}(?:公司|企业|投资者|散户|股民|网民|用户|机构|概率|资金(?!面)|人(?![们民气])))"
    r"|\s+(?:of\s+)?(?:coupon|tariffs?|stakes?|chance|probability|of (?:households|companies|respondents|investors"
    r"|workers))\b"
)
"""A thing that a figure counts: then it is no level or change of a name further off."""

_OF_ANOTHER = re.compile(
    r"\s+(?:decline|drop|fall|gain|rise|jump|advance|increase|loss|slide|rally|climb|surge|plunge|slump) (?:for|of|by)"
    r" (?:the |its )?(?=[A-Z])(?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun))"
)
"""Behind a change that another thing made: a 15.4 percent decline for the Amex …"""

_A_PART = re.compile(
    r"\s+(?:in|of) (?:[a-z.]+ ){0,2}(?:treasur|mortgage|mbs|agency|bonds|notes|bills|loans|currency"
    r"|gold|securities|debt)"
)
"""Behind a sum that is only a part of what is held."""

_APPOSED = re.compile(r"\s*(?:up|down|off) (?:[a-z]+ ){0,3}")
_ANOTHER = re.compile(
    r"\b(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|(?:Jan|Feb|March|Apr|May|June|July|Aug|Sep|Oct|Nov|Dec))"
    r"[A-Z][A-Za-z.]+[^,]{0,24}[,)][ ,]*$"
)
"""A clause that begins with "down 1.5 percent" tells of the company named right before it."""

_WITH_OPENS = re.compile(r"[\s,]*with (?:the |a |its )?")
_STATES = re.compile(r" (?:now |still |already )?(?:at|up|down|trading|standing|yielding|closing|paying)\b")
"""Before and behind a name that a clause of its own tells of: …, with the VIX at 30."""

_BY_THE_WAY = re.compile(
    r", (?:which|whose|who|the|an?) [^,;.:0-9]{3,80}, (?=(?:is|was|now|has|stands?|stood|yields?|pays?|fell|rose|closed"
    r"|ended|gained|lost)\b)"
)
"""Right behind a name that the sentence goes on about."""

_ASIDE = re.compile(r"--|—")
_SHORT = 14


def where_told_of_another(place: Place) -> int | None:
    """Where the words end that say, right behind a figure, that another thing made the change; None without them."""
    other = _OF_ANOTHER.match(place.text, place.end)
    return other.end() if other else None


def counts_another(place: Place) -> bool:
    """Whether the words right behind a figure say what it counts: companies, a coupon."""
    return _OWN_NOUN.match(place.folded, place.end) is not None


def is_part(place: Place) -> bool:
    """Whether a sum is only a part of what is held: $581 billion in Treasury securities."""
    return place.is_money and _A_PART.match(place.folded, place.end) is not None


def without_asides(place: Place, names: Sequence[Mention]) -> list[Mention]:
    """Names of a sentence without those of things told of one of them by the way: Libor, which sets …, is 2%."""
    kept: list[Mention] = []
    until = 0
    for name in names:
        if name.indicator is None and name.end <= until:
            continue
        kept.append(name)
        aside = _BY_THE_WAY.match(place.folded, name.end, place.start) if name.indicator else None
        until = aside.end() if aside else until
    return kept


def told_of_another(place: Place, name: Mention, own: str) -> bool:
    """Whether the clause of a figure, `own` up to it, tells of what stands right before it, later than a name."""
    return _APPOSED.fullmatch(own) is not None and _ANOTHER.search(place.text, name.end, place.clause[0]) is not None


def is_only_owner(place: Place, name: Mention) -> bool:
    """Whether what is told is something of what a name stands for: its price-earnings ratio, its best stock."""
    is_its = _BELONGS.search(place.folded, place.sentence[0], name.start) is not None
    return is_its or _ITS_BEST.match(place.folded, name.end) is not None


def is_compared(place: Place, name: Mention) -> bool:
    """Whether a name is only what another thing is set beside."""
    if _LIKENED.match(place.folded, name.end):
        return True
    if _ASIDE.search(place.folded, place.sentence[0], name.start) and _ASIDE.search(
        place.folded, name.end, place.start
    ):
        return True  # mortgage rates -- which track the 10-year Treasury -- rose
    opens = _WITH_OPENS.fullmatch(place.folded, place.clause[0], max(place.clause[0], name.start))
    if opens and _STATES.match(place.folded, name.end):
        return False
    start = max(place.clause[0], name.start - _SHORT)
    return name.start >= place.clause[0] and _BESIDE_THE_POINT.search(place.folded, start, name.start) is not None
