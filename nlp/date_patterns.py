"""How dates are written, as tables of regular expressions; `nlp.date_reading` says what a match means.

Groups: `y`, `yy` (two digits, RFC 822 only) or `roc` (Minguo year), `mo` or `month` (a name), `d`; `one` and `two`
where day and month stand in an order that only their values tell; `wd` (weekday), `h mi s f` (hour, minute, second,
fraction), `half` (of the day), `zone`; `seconds` or `millis` (epochs); relative: `n` with `unit`, `today`.
A digit behind a name is no part of it: it keeps the names of one pattern apart. Adding a form is adding a row.
"""

from __future__ import annotations

import re
from functools import cache

__all__ = ["CHANGED", "HALF_WIDTH", "OTHER_CLOCK", "in_line", "relative", "relative_in_line", "whole"]

# One character for one character, so that offsets in the translated text hold in the original.
HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " ", 0x202F: " "}

_OFFSET = r"(?:GMT|UTC)?[+-]\d{1,2}(?::?\d{2})?(?!\d)(?=(?:\s?\([^()]{2,40}\))?)"
# What looks like a zone is taken for one: not knowing it makes the date unknown, ignoring it would make it wrong.
_ZONE = rf"(?P<zone>{_OFFSET}|(?:Z|UTC|GMT|UT|MSK|[ECMP]T|[A-Z]{{2,3}}T)(?!\w))(?:\s?\([^()]{{2,40}}\))?"
_CLOCK = r"(?P<h>\d{1,2})[:h](?P<mi>\d{2})(?::(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9}))?)?"
_HALF = r"(?:\s?(?P<half>(?i:[ap]m(?!\w)|[ap]\.m\.?)))?"
_TIME = rf"{_CLOCK}{_HALF}(?:\sUhr)?(?:\s?{_ZONE})?"
_CJK_HALF = "上午|下午|凌晨|清晨|早晨|早上|中午|傍晚|晚上|晚间|晚間|午前|午後|오전|오후"
_CJK_CLOCK = r"(?P<h2>\d{1,2})\s?[时時点點시]\s?(?P<mi2>\d{1,2})\s?[分분](?:\s?(?P<s2>\d{1,2})\s?[秒초])?"
_CJK_TIME = rf"(?:(?P<half2>{_CJK_HALF})\s?)?(?:{_CJK_CLOCK}|{_TIME})"
_CJK_WEEKDAY = (
    r"(?:\s?(?:[(]?(?:星期|周|週|禮拜)(?P<wd2>[一二三四五六日天])[)]?|[(](?P<wd>[一二三四五六日月火水木金土])[)]))?"
)
_AFTER = rf"{_CJK_WEEKDAY}(?:(?:T|\s{{0,3}}[|·•,]?\s{{0,3}}){_CJK_TIME})?"
_AFTER_NUMBERS = rf"{_CJK_WEEKDAY}(?:(?:T|\s{{1,3}}|\s?[|·•,]\s?|(?<=[)])|(?=\D)){_CJK_TIME})?"
_BEIJING = r"(?:(?P<zone2>北京时间|北京時間)[:\s]?)?"
_MONTH_DAY = r"(?P<mo>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日号號일]"
_WEEKDAY_NAMES = (
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|m[oi]|d[io]|fr|s[ao]"
    r"|(?:lun|mar|mer(?:cre)?|jeu|ven(?:dre)?)(?:di)?|sam(?:edi)?|dim(?:anche)?"
)
_WEEKDAY = rf"(?:(?P<wd>(?i:{_WEEKDAY_NAMES}))\.?,?\s+)"
_MONTH = (
    r"(?P<month>(?i:jan(?:uary|uar|vier|v)?|feb(?:ruary|ruar)?|f[ée]v(?:rier|r)?|mar(?:ch|s)?|märz?|mrz|apr(?:il)?"
    r"|avr(?:il)?|may|mai|june?|juni|juin|july?|juli|juil(?:let)?|aug(?:ust)?|ao[uû]t|sept?(?:ember|embre)?"
    r"|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|de[cz](?:ember)?|d[ée]c(?:embre)?))\.?"
)
_DAY = r"(?P<d>\d{1,2})(?i:st|nd|rd|th|er|\.)?"
_EN_TIME = rf"(?:(?:,?\s+(?:at\s+|um\s+|à\s+)?|\s?[|·•]\s?|\s[-–]\s){_TIME})?"

_WRITTEN = (
    rf"{_BEIJING}(?P<y>\d{{4}})(?P<sep>[-/.])(?P<mo>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}}){_AFTER_NUMBERS}",
    rf"{_BEIJING}(?P<y>\d{{4}})\s?[年년]\s?{_MONTH_DAY}{_AFTER}",
    rf"(?:中華|中华)?(?:民國|民国)\s?(?P<roc>\d{{1,3}})\s?年\s?{_MONTH_DAY}{_AFTER}",
    rf"{_WEEKDAY}?{_MONTH}\s+{_DAY},?\s+(?P<y>\d{{4}}){_EN_TIME}",
    rf"{_WEEKDAY}?{_DAY}[\s-]{_MONTH},?[\s-](?P<y>\d{{4}}){_EN_TIME}",
    rf"{_TIME},?\s+(?:on\s+)?{_WEEKDAY}?(?:{_MONTH}\s+{_DAY},?|{_DAY.replace('<d>', '<d2>')}\s+"
    rf"{_MONTH.replace('<month>', '<month2>')},?)\s+(?P<y>\d{{4}})",
    # asctime, and what Weibo and the Unix `date` make of it.
    rf"{_WEEKDAY}{_MONTH}\s+{_DAY}\s+{_TIME}\s+(?P<y>\d{{4}})",
    rf"(?P<one>\d{{1,2}})(?P<sep>[/.-])(?P<two>\d{{1,2}})(?P=sep)(?P<y>\d{{4}}){_EN_TIME}",
)
_BARE = (
    r"(?P<y>\d{4})(?P<mo>\d{2})(?P<d>\d{2})",
    rf"(?P<y>\d{{4}})(?P<mo>\d{{2}})(?P<d>\d{{2}})T?(?P<h>\d{{2}})(?P<mi>\d{{2}})(?P<s>\d{{2}})?(?:{_ZONE})?",
    r"(?P<seconds>\d{9,10}(?:\.\d{1,9})?)",
    r"(?P<millis>\d{12,13})",
    # RFC 822 writes years in two digits; only the whole of its form is taken for it, and the weekday has to agree.
    rf"{_WEEKDAY}{_DAY}[\s-]{_MONTH}[\s-](?P<yy>\d{{2}})\s+{_CLOCK}\s+{_ZONE}",
)
# What needs to know when it was written. Days are counted differently by different sites (by the calendar or by 24
# hours), so that `3天前` is not here; `刚刚` is an hour for some, and stays in lists that are cached.
_N = r"(?P<n>\d{1,3})\s?"
_UNIT = r"(?P<unit>(?i:hours?|hrs?|h|minutes?|mins?|seconds?|secs?|Stunden?|Minuten?|Sekunden?|heures?|secondes?))"
_DAY_WORD = (
    r"(?P<today>今天|今日|昨天|昨日|前天|어제|오늘"
    r"|(?i:today|yesterday|heute|gestern|vorgestern|aujourd['’]hui|hier|avant-hier))"
)
_SINCE = (
    rf"{_N}(?:个|個)?(?P<unit>小时|小時|钟头|鐘頭|時間|시간|分钟|分鐘|分|분|秒钟|秒鐘|秒|초)\s?(?:之?前|以前|전)",
    rf"(?:{_N}|(?P<one_unit>(?i:an?|one)\s)){_UNIT}(?i:\sago)",
    rf"(?i:vor|il\sy\sa)\s(?:{_N}|(?P<one_unit>(?i:einer|une)\s)){_UNIT}",
    rf"{_DAY_WORD}(?:(?:[,|·]?\s?(?:at\s|um\s|à\s)?){_CJK_TIME})?",
    rf"{_CJK_TIME},?\s{_DAY_WORD}",
    rf"{_BEIJING}{_MONTH_DAY}{_AFTER}",
    rf"{_WEEKDAY}?{_MONTH}\s+{_DAY}{_EN_TIME}",
    rf"{_WEEKDAY}?{_DAY}[\s-]{_MONTH}{_EN_TIME}",
    # Numbers alone are a date only with a time, and only where the month always stands first.
    rf"(?P<mo>\d{{1,2}})(?P<numbers>[-/])(?P<d>\d{{1,2}})\s{{1,2}}{_CLOCK}",
)
_EDGE = r"\s|,:()\[\]/·•—–-"


@cache
def whole() -> tuple[re.Pattern[str], ...]:
    """Of dates that are the whole of a text. Compiled when asked for, as the others are: it takes a while."""
    return tuple(re.compile(pattern, re.ASCII) for pattern in _WRITTEN + _BARE)


@cache
def in_line() -> tuple[re.Pattern[str], ...]:
    """Of written dates in a line."""
    return tuple(
        re.compile(rf"(?<![0-9A-Za-z+.-]){pattern}(?![0-9A-Za-z]|[-:/][0-9])", re.ASCII) for pattern in _WRITTEN
    )


@cache
def relative() -> tuple[re.Pattern[str], ...]:
    """Of times that count from now and are the whole of a text."""
    return tuple(re.compile(pattern, re.ASCII) for pattern in _SINCE)


@cache
def relative_in_line() -> tuple[re.Pattern[str], ...]:
    """The same in a line."""
    return tuple(
        re.compile(rf"(?<![^{_EDGE}]){pattern}(?=[{_EDGE}]|发布|發布|發佈|发表|更新|来源|來源|$)", re.ASCII)
        for pattern in _SINCE
    )


# Words that name another clock than the publisher's; they may stand before the date, where no pattern looks.
OTHER_CLOCK = re.compile(
    r"(?:美东|美東|东部|東部|纽约|紐約|伦敦|倫敦|当地|當地)(?:时间|時間)"
    r"|\b(?i:eastern|pacific|central|mountain|london|local)(?i:\s(?:standard|daylight))?\s(?i:time)\b"
    r"|(?i:[ap]\.?m\.?)\s(?i:eastern|pacific|central|mountain)\b"
)
# What stands before the time of a change, not of publication.
CHANGED = re.compile(
    r"(?:更新|修改|修订|修訂|(?i:updated|modified|edited|revised))(?:于|於|时间|時間|日期|(?i:\son|\sat))?[\s:]*$"
)
