"""The words that keep a figure from being plainly told of a name, for folded text; used by `nlp.claims.plainness`."""

from __future__ import annotations

import re

__all__ = [
    "AFTER_WHAT",
    "ANOTHER_TIME",
    "ASIDE",
    "AT_OPENS",
    "CAPITAL",
    "CHANGES_OF_SPREAD",
    "COUNTRY",
    "DAYS_AND_TITLES",
    "EXPECTED_BEFORE",
    "HOME",
    "LIES_IN",
    "LONG_AGO",
    "MATURITY",
    "NO_SUBJECT",
    "OTHER_MARKET",
    "OWNER",
    "OWN_SUBJECT",
    "PRICE",
    "RANGE_OPENS",
    "RECORD_SINCE",
    "SPREAD_BETWEEN",
    "STRETCH_AFTER",
    "SUBJECT_ALL_THE_SAME",
    "TAKES_UP",
    "THE",
    "VERSUS",
    "YEAR_TOLD",
]

NO_SUBJECT = {
    "en": re.compile(
        r"\b(?<!cushion )(?<!pool )(?<!usage )(?<!balance )(?:of|on|in|for|to|from|than|over|versus|vs|against|between"
        r"|excluding|outside|track(?:s|ing)?|into|within|beat(?:s|ing)?|outperform\w*|underperform\w*|lagg?\w*|like"
        r"|unlike|behind|across|through|per|via|by|after|before|below|above|each|every|which|mirror\w*|follow\w*"
        r"|despite)(?: the| its| a| an| u\.s\.| us| cboe's| broad| broader| benchmark| overall)*\s*$"
    ),
    "zh": re.compile(
        "(?:[对比较跟与随像如除每用以把将]|除了|跟踪|追踪|参照|按照|根据|相对|跑赢|跑输|低于|高于|优于|对比|相比|类似"
        "|挂钩|投资|买入|持有)[于了着]?(?:美国|的)?$"
    ),
}
"""Before a name that is no subject: companies on the S&P 500, a fund that tracks it."""

SUBJECT_ALL_THE_SAME = re.compile(r",? (?:which|there|now|currently)\b| at $|(?:目前|现在|当前|现有|眼下)?的$")
"""Behind a name after a preposition: out of the facility, which holds …"""

ASIDE = re.compile(
    r" of [a-z ]{3,40}(?= (?:is|was|are|were|stood|stands|rose|fell|closed|ended|gained|lost|added|dropped|slipped)\b)"
    r"| (?:has been|is|was|remains|had been) [a-z ]{3,50}(?= and (?:is|has|was|stands|stood)\b)"
    r"|[,，][^,，0-9]{3,60}[,，]| [-–—] [^-–—0-9]{3,60} [-–—]"
)
"""Right behind a name: what is said by the way."""

_COUNTRIES_EN = (
    r"german|germany|italian?|italy|spain|spanish|greece|greek|portug\w+|irish|ireland|french|france|uk|gilts?|british"
    r"|britain|jgbs?|australia\w*|canad\w+|mexic\w+|brazil\w*|india\w*|russia\w*|swiss|euro zone|eurozone"
)
_COUNTRIES_ZH = "德国|意大利|西班牙|希腊|法国|英国|澳洲|澳大利亚|加拿大|印度|俄罗斯|韩国|欧元区"

OTHER_MARKET = {
    "en": re.compile(
        rf"\b(?:{_COUNTRIES_EN}|mortgages?|municipal|corporates?|sector|subindex|futures|options?|calls?|puts?|etf"
        r"|funds?(?! rate)|shares of|earnings|case-shiller|dividends?|tips|swaps?|portfolio|strategy|average|model"
        r"|auction\w*|coupon|trading range)\b"
    ),
    "zh": re.compile(f"{_COUNTRIES_ZH}|期货|期权|etf|板块|行业指数|个股|基金净值|均值|平均|模型|策略|仓位|持仓"),
}
"""Around a name: what else a figure may be of."""

COUNTRY = re.compile(rf"\b(?:{_COUNTRIES_EN}|bunds?|japan\w*)\b|{_COUNTRIES_ZH}|葡萄牙|爱尔兰|日本")
"""Near a yield or a spread: it may be that country's."""

HOME = re.compile(r"\bu\.s\.|\bus\b|treasur|\bfed|america|美")
"""In or before the name of a yield or a spread: it is the American one."""

MATURITY = re.compile("(?<![0-9])(?:[1-9]|[1-3]0|[两二三五七]|三?十)年(?![来内前后里以])|个月期")
"""Between the name of a rate and a figure: it may be of that maturity."""

OWNER = re.compile(
    r"(?<=\w )(?!(?:US|U\.S\.|CBOE|CNN|Fed|Treasury|American|Wall|Street|Hong|Kong|China|Japan|Index|Benchmark|The|And"
    r"|But|With|Meanwhile|Today|Yesterday|Monday|Tuesday|Wednesday|Thursday|Friday)\b)[A-Z][\w&.]* $"
    r"|(?<![\w.])(?!(?:US|CBOE|CNN|VIX|NYSE|AND|BUT|THE|IN|ON|AS|A)\b)[A-Z&]{2,} $"
)
"""A name's owner right before it, within its clause: GM credit spreads."""

OWN_SUBJECT = {
    "fed_assets": re.compile(
        r"\bfed\b|federal reserve|central bank|balance sheet|quantitative|run-?off|tightening|美联储|联储|联准会"
        r"|资产负债表|缩表|扩表|qt|qe|量化"
    )
}
"""By indicator: what must be named besides, where the indicator's own names are everyday words."""

SPREAD_BETWEEN = re.compile(
    r"\b(?:spreads?|gap|differences?|differential)\b[^.;]{0,60}\b(?:between|over|to)\b|\bpremium\b|利差|息差|溢价"
)
LIES_IN = re.compile(
    r" (?:still |now )?(?:sits?|lies?|waits?|remains?) "
    r"| [a-z' ]{0,24},? ?[a-z' ]{0,36}\b(?:in|at|with|by way of)(?: the| its)? (?:[a-z']+ ){0,1}"
)
"""From a sum to where it lies: $1.5 trillion is waiting, in the reverse repo facility."""

CAPITAL = re.compile(r"\b[A-Z][a-z]")
DAYS_AND_TITLES = re.compile(
    r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Index|Composite|Volatility"
    r"|Average|Treasur|Fed|Christmas|New Year|Easter|And|But)[a-z]*"
)
"""Capitals between a name and a figure that name no other subject."""

VERSUS = re.compile(r"\btheoretical|理论|\bvs\b|\bversus\b|[(（]例如|。")
PRICE = re.compile(r"[$€£¥][0-9]")
"""Between the name of an index and a figure: a share was spoken of."""

RANGE_OPENS = re.compile(r"\brang(?:e|es|ed|ing) (?:from|between)\b|\bfrom [\d.,]+ to $|\bbetween\b[^.;]{0,16}$")
CHANGES_OF_SPREAD = re.compile(r"\b(?:flatten|steepen|widen|narrow|tighten)\w* (?:by )?(?:a |an |about |some )*$")
"""Before basis points that are how much a spread moved."""

EXPECTED_BEFORE = re.compile(
    r"预计|预期|计划|打算|假设|目标|单日下跌后|历史上|\bcorrespond\w*|\bassociated with\b|\btypically\b|\bon average\b"
    r"|\b(?:as|so) long as\b|\bprior to\b|\btipping point\b"
)
ANOTHER_TIME = re.compile(
    r"\b(?:january|february|march|april|june|july|august|september|october|november|december|(?:jan|feb|mar|apr|jun|jul"
    r"|aug|sept?|oct|nov|dec)\.) ?\d|\b(?:in|since|of|by|from) (?:january|february|march|april|may|june|july|august"
    r"|september|october|november|december)\b|(?<![\d.,$])(?<!russell )(?:19[5-9]|20[0-4])\d(?![\d,.%])"
    r"|[月天周]前|当时|那时|[12][09]\d\d年"
)
"""In the clause of a level without a time of its own: a time all the same."""

LONG_AGO = re.compile(r"\b(?:years?|months?|decades?) ago\b|\bthe day that\b|年前")
"""Anywhere in the sentence of a level."""

YEAR_TOLD = re.compile(r"\b(?:in|since|of|by) (?:19|20)\d\d\b|\blast year\b|(?:19|20)\d\d ?年|去年|前年")
"""In the paragraph before a day without its year: it may be one of that year."""

AFTER_WHAT = re.compile(r"\b(?:after|following|since|despite)\b")
"""Before a name, where a time is named there too: it may be that of what came before."""

TAKES_UP = re.compile(
    r"[\s\"“”'‘’]*(?:at present |now |still |and |but |today )*(?:(?:at|in|on|by) (?P<when>(?:[a-z0-9]+ ){1,5}?))?"
    r"(?:it|they|它|其|指数)(?=['\s\u4e00-\u9fff])"
)
"""All of a clause before its verb: the name of the sentence before is meant."""

AT_OPENS = re.compile(r"[\s\"“]*(?:at|(?P<compared>compared (?:with|to)|against|versus)) ")
THE = re.compile(r"(?P<of> (?:for|on))? the (?:us |u\.s\. |american )?")
"""At 2.8 per cent the ten-year …; compared with 2.5 percent for the two-year."""

RECORD_SINCE = re.compile(
    r"[^.。]{0,60}\b(?:worst|biggest|largest|best|steepest|sharpest|longest|highest|lowest)\b[^.。]{0,40}"
    r"\b(?:since|ever|history)\b"
)
"""Behind a figure: a record, which writers seldom get wrong, so another time is told."""

STRETCH_AFTER = re.compile(
    r"[^.;，。]{0,24}?\b(?:where (?:it|they)|same (?:period|time|span)|since|from|over (?:the|that|this)"
    r"|in (?:the past|just|only|the last|six|three|two)|for the|during|within|between)\b"
)
"""Right behind a change: over what it was, which may not have been understood."""
