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
        stating_years: those of them after which even 2015 is a level.
        open_after: begins where the number ends, if it counts nothing.
        gauge: the name of something that has a level, found from the right in what stands before the number.
        ratio: those whose number is a multiple.
        other: something else whose level it may be, if it stands between the gauge and the number.
        reach: how far before the number the name may stand.
        sentence: ends of sentences, beyond which no name is looked for.
    """

    stating: re.Pattern[str]
    stating_years: re.Pattern[str]
    open_after: re.Pattern[str]
    gauge: re.Pattern[str]
    ratio: re.Pattern[str]
    other: re.Pattern[str]
    reach: int
    sentence: re.Pattern[str]

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
        if number.value < _LEAST and number.value.is_integer():
            return None
        before = text[max(floor, measure.start - self.reach) : measure.start]
        if not self.stating.search(before) or not self.open_after.match(text, number.end):
            return None
        digits = text[number.start : number.end]
        is_year = digits.isdigit() and len(digits) == 4 and int(digits) in _YEARS
        if is_year and not self.stating_years.search(before):
            return None
        sentence = self.sentence.split(before)[-1]
        named = list(self.gauge.finditer(sentence))
        if not named or self.other.search(sentence, named[-1].end()):
            return None
        return "multiple" if self.ratio.search(named[-1].group()) else "point"


_GAUGE_ZH = (
    "指数|指标|综指|成指|沪指|深指|股指|道指|纳指|恒指|标普|日经|纳斯达克|道琼斯|创业板|vix|dxy|pmi|ism|move|kospi|大盘|a股|rsi"
    "|市盈率|市净率|市销率|p/?e|p/?b|cape|比率"
)
ZH = GaugeWords(
    stating=re.compile(
        rf"(?:为|是|报收?于?|收[于报在]?|[升涨跌降落回滑探冲飙攀读][至到]|[至到达于在破穿上]|录得|徘徊在?|读数|[终初前]值|预期|站稳|点位|仅|只有|才|约|近|逼近|逾|超过?"
        rf"|失守|突破|:|：|指数|指标|vix|dxy|pmi|rsi) ?[（(]?了?$"
    ),
    stating_years=re.compile(r"(?:报|收于|收报|[升涨跌降落回][至到]|[破穿]|失守|突破) ?$"),
    open_after=re.compile(
        r" ?(?:[，。；、！？,;)）”】]|\.(?![0-9])|\Z|\n|左右|附近|上方|下方|以上|以下|之上|之下|关口|大关|一线|水平|的|也|后|时|[（(]|[升涨跌降收创]|，|至今)"
    ),
    gauge=re.compile(_GAUGE_ZH),
    ratio=re.compile("市盈率|市净率|市销率|p/?e|p/?b|cape"),
    other=re.compile(r"欧元|英镑|日元|[澳加纽]元|瑞郎|人民币|黄金|金价|原油|油价|比特币|股价|个股|公司|失业|，[^，]{6,}[^，]*，(?=[^，]{7,}$)"),
    reach=60,
    sentence=re.compile(r"[。；！？\n]"),
)
_GAUGE_EN = (
    r"s ?& ?p|spx|ndx|dow|nasdaq|vix|nikkei|ftse|dax|cac|stoxx|hang seng|russell|topix|kospi|sensex|nifty|ibex|csi|dxy|pmi|ism|move"
    r"|ind(?:ex|exes|ices)|gauge|barometer|industrials?|composite|benchmark|blue[ -]chips?|p/?e|price[ -]to[ -](?:earnings|book|sales)|cape|multiple|put/call"
    r"|futures|component"
)
_NO_END = "".join(
    f"(?<!{word})" for word in "inc corp co cos ltd no vs mr ms dr st jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
EN = GaugeWords(
    stating=re.compile(
        r"(?<![a-z])(?:at|to|(?:reading|range|level|high|low|close|peak|record|value|score|print|index|vix|average|total|gauge|ratio|p/?e|multiple) of|above|below|near|around|past|through|over|under|about|nearly|almost|hits?|hitting|reach(?:ed|es|ing)?"
        r"|touch(?:ed|es|ing)?|topp(?:ed|ing)|tops|cross(?:ed|es|ing)|is|was|from|towards?|breach(?:ed|es|ing)?|broke|stands?|breaks?"
        r"|surpass(?:ed|es|ing)?|exceed(?:ed|s|ing)?|read|reads|as (?:high|low) as|between|just|vix|a record|index|reclaim(?:ed|s|ing)?)"
        r" (?:an? |the |record )?\(?$|'s $"
    ),
    stating_years=re.compile(r"(?<![a-z])(?:at|above|below|near|hit) (?:an? |the |record )?$"),
    open_after=re.compile(
        r"(?! ?(?:a\.?m|p\.?m|gmt|e[ds]?t|o'clock)(?![a-z]))(?:[,;)”\"'\]?!]|\.(?![0-9])|:(?![0-9])|\Z|\n| -+ |—| \(| (?:and|or|on|in|by|as|after|before|for|from|to|with|while|but|at|when|which|that"
        r"|last|this|late|early|monday|tuesday|wednesday|thursday|friday|mark|level|levels|again|versus|vs|compared|since|today|yesterday"
        r"|during|amid|over|a|its|the|range|area|intraday|now|where|so|territory|until|than|its|is|was|has|had|will|would|could|may|means|reflects|suggests|signals|shows|indicates|handle|threshold|resistance|support|zone|region)(?![a-z]))"
    ),
    gauge=re.compile(rf"(?<![a-z])(?:{_GAUGE_EN})(?![a-z])"),
    ratio=re.compile("p/?e|price|cape|multiple"),
    other=re.compile(r"(?<![a-z])(?:euro|sterling|pound|yen|yuan|franc|crude|brent|gold|oil|bitcoin|unemployment|shares|stock|currency)(?![a-z])"),
    reach=220,
    sentence=re.compile(rf"(?<!\.[a-z]){_NO_END}[.!?] +|\n"),
)
