"""Numbers without a unit that state the level of a named gauge: 指数为79, "the VIX at 30", "closed at 12,345.67".

In the folded form (`nlp.claims.folding`). Three things have to agree: a word that states a level directly before the
number, nothing that the number counts behind it, and the name of a gauge earlier in the sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlp.claims.numerals import Measure
from nlp.claims.records import Unit

__all__ = ["EN", "ZH", "GaugeWords"]

_YEARS = range(1900, 2101)
_LEAST = 10
"""The least whole number that is taken for a level: below are numbers of sections and counts of small things."""


@dataclass(frozen=True, slots=True)
class GaugeWords:
    """The words of one language.

    Attributes:
        stating: ends where the number starts.
        small: those of them after which even a number below ten is a level.
        stating_years: those of them after which even 2015 is a level.
        open_after: begins where the number ends, if it counts nothing.
        gauge: the name of something that has a level, found from the right in what stands before the number.
        ratio: those whose number is a multiple.
        other: something else whose level it may be, if it stands between the gauge and the number.
        reach: how far before the number the name may stand.
        sentence: ends of sentences, beyond which no name is looked for,
        goes_on: unless one begins with this.
    """

    stating: re.Pattern[str]
    small: re.Pattern[str]
    stating_years: re.Pattern[str]
    open_after: re.Pattern[str]
    gauge: re.Pattern[str]
    ratio: re.Pattern[str]
    other: re.Pattern[str]
    reach: int
    sentence: re.Pattern[str]
    goes_on: re.Pattern[str]

    def unit_of(self, text: str, measure: Measure, floor: int) -> Unit | None:
        """The unit of the level that `measure` states without naming one, None where it states none.

        Args:
            text: folded.
            measure: of no unit.
            floor: where the line begins.
        """
        number = measure.number
        if number.in_words or number.magnitude != 1.0 or number.kind != "plain":
            return None
        before = text[max(floor, measure.start - self.reach) : measure.start]
        if number.value < _LEAST and number.value.is_integer() and not self.small.search(before):
            return None
        if not self.stating.search(before) or not self.open_after.match(text, number.end):
            return None
        digits = text[number.start : number.end]
        is_year = digits.isdigit() and len(digits) == 4 and int(digits) in _YEARS
        if is_year and not self.stating_years.search(before):
            return None
        sentences = self.sentence.split(before)
        sentence = sentences.pop()
        while sentences and self.goes_on.match(sentence):
            sentence = f"{sentences.pop()} {sentence}"
        named = list(self.gauge.finditer(sentence))
        if not named or self.other.search(sentence, named[-1].end()):
            return None
        return "multiple" if self.ratio.search(named[-1].group()) else "point"


_GAUGE_ZH = (
    "指数|指标|[综成]指|[沪深股道纳恒]指|标普|日经|纳斯达克|道琼斯|创业板|大盘|a股|比率|市[盈净销]率"
    "|vix|dxy|pmi|ism|move|kospi|rsi|p/?e|p/?b|cape"
)
_NUMBERED_ZH = "标普 ?500|标准普尔 ?500|日经 ?225|[纳斯达克指] ?100|沪深 ?300|罗素 ?2000|cac ?40|ibex ?35"
"""Names that end with a number, behind which a level may stand at once."""

ZH = GaugeWords(
    stating=re.compile(
        r"(?:为|是|报收?于?|收[于报在]?|[升涨跌降落回滑探冲飙攀读][至到]|[至到达于在破穿上]|录得|徘徊在?|读数"
        r"|[终初前]值"
        r"|预期|剩下?|已经?|目前|现在|眼下|如今|当前|还[有在]|(?:指数|vix)[从由自]"
        rf"|(?:{_NUMBERED_ZH})(?:指数)?(?= )"
        r"|站稳|点位|仅|只有|才|约|近|逼近|逾|超过?|失守|突破|:|：|指数|指标|vix|dxy|pmi|rsi) ?[（(]?了?$"
    ),
    stating_years=re.compile("(?:报|收于|收报|[升涨跌降落回][至到]|[破穿]|失守|突破) ?$"),
    open_after=re.compile(
        r" ?(?:[，。；、！？,;()（）”】]|\.(?![0-9])|\Z|\n|左右|附近|[上下]方|以[上下]|之[上下]|关口|大关|一线|水平"
        r"|[的也后时升涨跌降收创跳飙回冲]|至今)"
    ),
    small=re.compile("贪婪(?:指[数标])?(?:为|是|[至到在报]|只有|仅)? ?$"),
    gauge=re.compile(_GAUGE_ZH),
    ratio=re.compile("市[盈净销]率|p/?e|p/?b|cape"),
    other=re.compile(
        "欧元|英镑|日元|[澳加纽]元|瑞郎|人民币|黄金|金价|原油|油价|比特币|股价|个股|公司|失业"
        "|，[^，]{6,}[^，]*，(?=[^，]{7,}$)"  # two clauses further on, each with a subject of its own
    ),
    reach=60,
    sentence=re.compile(r"[。；！？\n]"),
    goes_on=re.compile(r"(?!)"),
)


def _words(*lines: str) -> str:
    return "|".join(" ".join(lines).split())


_GAUGE_EN = _words(
    r"s\s?&\s?p spx ndx dow nasdaq vix nikkei ftse dax cac stoxx hang\sseng russell topix kospi sensex nifty ibex",
    r"csi dxy pmi ism move ind(?:ex|exes|ices) gauge barometer industrials? composite benchmark blue[\s-]chips?",
    r"fear\s(?:&|and)\sgreed greed f&g component p/?e price[\s-]to[\s-](?:earnings|book|sales) cape multiple put/call",
    r"standard\s(?:&|and)\spoor'?s futures",
)
_BARE_EN = _words(
    r"s\s?&\s?p(?:\s500)? spx ndx dow(?:\sjones)? nasdaq(?:\s(?:composite|100))? nikkei(?:\s225)? ftse(?:\s100)? dax",
    r"cac(?:[\s-]?40)? (?:euro\s)?stoxx\s(?:50|600) hang\sseng russell\s2000 topix kospi ibex(?:[\s-]?35)? csi\s300",
    r"dxy shanghai\scomposite (?:fear\s(?:&|and)\s)?greed(?:\sindex)? f&g vix put/call(?:\sratio)?",
)
_OF_EN = _words(
    "readings? range levels? high low close peak record value score print index vix average total gauge ratio p/?e",
    "multiple forecasts?",
)
_STATING_EN = _words(
    "at from to above below near around past through over under about nearly almost hits? hitting reach(?:ed|es|ing)?",
    "touch(?:ed|es|ing)? topp(?:ed|ing) tops cross(?:ed|es|ing) is was towards? breach(?:ed|es|ing)? broke stands?",
    r"breaks? surpass(?:ed|es|ing)? exceed(?:ed|s|ing)? reads? as\s(?:high|low)\sas between just vix a\srecord index",
    "reclaim(?:ed|s|ing)? against after sees?",
)
_FOLLOWING_EN = _words(
    "and or on in by as after before for from to with while but at when which that last this late early monday tuesday",
    "wednesday thursday friday mark levels? again versus vs compared since today yesterday during amid over a its the",
    "range area intraday now where so territory until than is was has had i'll we'll will would could may means",
    "reflects suggests signals shows indicates handle threshold resistance support zone region",
)
_NO_END = "".join(
    f"(?<!{word})"
    for word in _words("inc corp co cos ltd no vs mr dr st jan feb mar apr jun jul aug sep oct nov dec sept").split("|")
)
EN = GaugeWords(
    stating=re.compile(
        rf"(?<![a-z])(?:{_STATING_EN}|from [0-9.,]{{1,9}} to|(?:{_OF_EN}) of)(?<![0-9]{{3}} to)"
        r" (?:an? |the |record |uh |um )?\(?$|'s $"
        rf"|(?<![a-z])(?:{_BARE_EN})(?: <[.a-z0-9]+>)?:? $"
    ),
    small=re.compile(
        r"(?<![a-z])(?:greed(?: index)?|f&g)(?: (?:is|was|stands|stood|sits|fell|dropped|sank|now))*"
        r"(?: (?:at|to|only|just))*:? $"
    ),
    stating_years=re.compile("(?<![a-z])(?:at|above|below|near|hit) (?:an? |the |record )?$"),
    open_after=re.compile(
        r"(?! ?(?:a\.?m|p\.?m|gmt|e[ds]?t|o'clock)(?![a-z]))"
        rf"(?:[,;)”\"'\]?!]|\.(?![0-9])|:(?![0-9])|\Z|\n| -+ |—| \(| (?:{_FOLLOWING_EN})(?![a-z]))"
    ),
    gauge=re.compile(rf"(?<![a-z])(?:{_GAUGE_EN})(?![a-z])"),
    ratio=re.compile("p/?e|price|cape|multiple"),
    other=re.compile(
        "(?<![a-z])(?:euro|sterling|pound|yen|yuan|franc|crude|brent|gold|oil|bitcoin|unemployment|currency"
        "|(?:shares|stock) (?:of|in|rose|fell|was|were|closed|gained|lost|added|dropped))(?![a-z])"
    ),
    reach=220,
    sentence=re.compile(rf"(?<!\.[a-z]){_NO_END}[.!?] +|\n"),
    goes_on=re.compile(
        r"(?:on [a-z]+day,? |yesterday,? )?it"
        r"(?:'s| (?:had |has |then )?(?:closed|ended|finished|stood|rose|fell|was|is))\b"
    ),
)
