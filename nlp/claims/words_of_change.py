"""The words around a figure that tell whether it is a level or a change, up or down, or a share of something.

For folded text, as in `nlp.claims.movement`; what follows from a word is decided in `nlp.claims.readings`.
"""

from __future__ import annotations

import re

from nlp.claims.movement import DOWN_EN, DOWN_ZH, SMALL_EN, UP_EN, UP_ZH

__all__ = [
    "ABOVE_SOMETHING",
    "AGAINST",
    "BELOW_SOMETHING",
    "BEYOND",
    "BY_BEFORE",
    "CHANGE_AFTER",
    "CHANGE_BEFORE",
    "COMPARED_BEFORE",
    "DIFFERENCE_NAME",
    "DOWN",
    "FROM_HIGH",
    "FROM_LOW",
    "GONE_AFTER",
    "INVERTED",
    "LEVEL_BEFORE",
    "LEVEL_WORD",
    "MOVED_TO",
    "OF_WHICH",
    "ON_TOP_BEFORE",
    "PART_OF",
    "RAISING_NAME",
    "RANGE_WORD",
    "RESTATES",
    "RETURN_BEFORE",
    "SHRINKING_NAME",
    "TO_BEFORE",
    "UP",
]

UP = re.compile(rf"{UP_ZH}|(?<![a-z])(?:{UP_EN})(?![a-z])")
DOWN = re.compile(rf"{DOWN_ZH}|(?<![a-z])(?:{DOWN_EN})(?![a-z])")
LEVEL_BEFORE = re.compile(
    r"(?:至|到|为|报|于|在|处|达|触|破|上|穿|失守|守住|逼近|接近|重返|收复|仅|只有|只剩|剩|仅剩|有|是|录得"
    r"|来到|站稳|站上|徘徊|水平|点位|关口|读数|指数|余额|总额|规模|[:：=])"
    r"(?:了|过|出)?[“\"'\s(（]*$"
    rf"|\b(?:to|at|is|was|are|were|be|been|near|nears|above|below|past|through|topped|tops|crossed|cross"
    rf"|broke|breached|hit|hits|hitting|reach(?:es|ed|ing)?"
    rf"|touch(?:es|ed|ing)?|read|reads|reading of|level of|yield(?:s|ed|ing)?|total(?:s|led|ed|ling|ing)?"
    rf"|stands|stood|held|holds?|holding|of|exceed(?:s|ed|ing)?|with"
    rf"|peaked at|averag(?:es|ed|ing)|between|approach(?:es|ed|ing)?|remains?|remained|or)[\s:,(]*(?:{SMALL_EN}\s+)*$"
)
"""A level follows: to, at, of …"""

CHANGE_BEFORE = re.compile(
    rf"(?:{UP_ZH}|{DOWN_ZH})(?:了|幅|幅度|幅为|幅达|幅约|幅超|幅超过|幅度达|幅度为|幅扩大至|幅收窄至|规模"
    rf"|掉|去|约|近|逾|超|超过|出|将近|有|大概|大约)*[\s(（]*$"
    r"|[涨跌降升增]幅度?(?:已经?|也)?(?:达到?|到|至|扩大[至到]|收窄[至到])了?[约近逾超]?$"
    r"|(?:涨幅|跌幅|降幅|升幅|增幅|振幅|涨跌幅|回撤|累计|回报率?|缩减|缩表"
    r"|扩表)(?:[^0-9一二三四五六七八九十百千万亿，,。至到]{0,6})$"
    rf"|\b(?:{UP_EN}|{DOWN_EN})\s+(?:of\s+)?(?:{SMALL_EN}\s+)*$"
    rf"|\bby\s+(?:{SMALL_EN}\s+)*$"
    rf"|\ban? (?:move|swing|change) of (?:{SMALL_EN} )*$"
    r"|\b(?:loss|gain|drop|fall|decline|rise|advance)(?:s|es)? (?:touched|reached|hit|was|is|amounted to|came to"
    rf"|total(?:l?ed)?|exceeded) (?:{SMALL_EN}\s+)*$"
)
"""A change follows: fell, by, 下跌 …"""

CHANGE_AFTER = re.compile(
    r"\s*(?:的)?(?:涨幅|跌幅|降幅|升幅|增幅|回调|回撤|下跌|上涨|反弹|缩表|回撤|跌势|涨势)"
    rf"|\s*(?:(?!and |but |or |while )[a-z]+ )?(?:{UP_EN}|{DOWN_EN}"
    r"|reduction|shrinkage|contraction|swing|move)(?![a-z])"
    r"|\s*(?:below|under|short of|shy of|less than)(?= (?:the|its|their|that|where|when|on|last|in)\b"
    r"(?!.{0,30}average))"
    r"|\s*above(?= (?:the|its|their|that|where|last)\b(?!.{0,30}average))"
)
"""A change was told: a 3% fall, 2% higher."""

BY_BEFORE = re.compile(rf"\b(?:by|of)\s+(?:{SMALL_EN}\s+)*$")
BELOW_SOMETHING = re.compile(r"\s*(?:below|under|short|shy|less)\b")
ABOVE_SOMETHING = re.compile(r"\s*above\b")
AGAINST = re.compile(
    r"\s*(?:below|above|under|off|lower than|higher than|more than|less than)"
    r" (?:the|its|their|that|where|when|last|on|in)\b"
)
BEYOND = re.compile(r"\s*(?:over|above|below|under|more|less|higher|lower|wider|tighter)\b")
"""A rate told against another one, not its own level."""

COMPARED_BEFORE = re.compile("[比较][^，。；]{2,16}?(?:(?P<up>[高多大])|(?P<down>[低少小]))(?:了|出)?[约近逾超]?$")
"""A change follows: 比上周五高, 较年初少."""

TO_BEFORE = re.compile(rf"[至到]了?[约近逾超]*$|\bto\s+(?:{SMALL_EN}\s+)*$")
LEVEL_WORD = re.compile(r"(?:below|beneath|under|above|past)\b")
"""How a figure begins that is a level whatever moved before it: fell *below 20*."""

GONE_AFTER = re.compile(r"\b(?:has|have|had|was|were|been|be) (?:gone|lost|wiped|erased|vanished|evaporated|shed)\b")
FROM_HIGH = re.compile(
    r" (?:away |down )?(?:from|off) (?:the|its|their|that) (?:[a-z0-9]+ ){0,2}(?:top|peak|high|record)\b"
)
FROM_LOW = re.compile(r" (?:away |up )?(?:from|off) (?:the|its|their|that) (?:[a-z0-9]+ ){0,2}(?:low|bottom|trough)\b")
"""Behind a change that needs no word to say which way it went."""

RESTATES = re.compile(
    rf"(?:^|[\s,;(])(?:which|that|this)(?:'s| is| was| makes| made| comes to| came to) (?:{SMALL_EN} )*$"
    rf"|(?:^|[\s,;(])an? (?:move|swing|change) of (?:{SMALL_EN} )*$"
)
"""Before a figure that says the change before it again, or sums it up: that's 38 per cent in ten weeks."""

INVERTED = re.compile(r"倒挂|负值|\binver(?:ted|sion|ts?)\b|\bnegative\b|\bminus\b")
MOVED_TO = re.compile(r" (?:to|at) [+-]?[0-9]| on the (?:day|week|month)\b")
"""Behind a number with a sign that is a change of a spread: +2bp to 310bp."""

OF_WHICH = re.compile(
    r"(?:占|占到|占据|相当于|约等于)(?:[^，,。]{0,16})$|\b(?:account(?:s|ed|ing)? for|makes? up|made up"
    r"|represent(?:s|ed|ing)?|compris(?:e|es|ed|ing))\b[^,.]{0,40}$"
)
"""The figure is a share of the indicator, not its change."""

RETURN_BEFORE = re.compile(r"\breturn(?:s|ed)?\b[a-z ]{0,16}$")
"""Before what bonds returned, which is not what they yield."""

ON_TOP_BEFORE = re.compile(r"(?:加上?|\+)\s*$|\bplus\s+$")
"""A figure that is put on top of a rate: SOFR加上4.25%."""

PART_OF = re.compile(r"\s*of\b|\s*的(?![涨跌升降增减回反])")
"""Behind a percentage that is a part of something: 30% of the S&P 500."""

RANGE_WORD = re.compile(r"幅度?|区间|\brange\b")
RAISING_NAME = re.compile(r"加息|升息|扩表|\bhikes?\b|\bincreases?\b")
SHRINKING_NAME = re.compile(
    r"缩表|量化紧缩|缩减|降息|减息|runoff|run off|shrinkage|\bcuts?\b|\bqt\b|quantitative tightening"
)
DIFFERENCE_NAME = re.compile(r"利差|息差|倒挂|曲线|spread|gap|curve|inversion|premium|oas|difference")
"""Names of differences of rates."""
