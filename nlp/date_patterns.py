"""How dates are written, as a table of regular expressions; `nlp.dates` says what a match means.

Groups: `y` or `roc` (Minguo year), `mo` or `month` (a name), `d`, `h mi s f` or `h2 mi2 s2` (hour, minute, second,
fraction), `half` or `half2` (of the day), `zone`; or `seconds` / `millis` (epochs). Adding a form is adding a row.
"""

from __future__ import annotations

import re

__all__ = ["HALF_WIDTH", "IN_LINE", "OTHER_CLOCK", "WHOLE"]

# One character for one character, so that offsets in the translated text hold in the original.
HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " ", 0x202F: " "}

_OFFSET = r"(?:GMT|UTC)?[+-]\d{1,2}(?::?\d{2})?(?!\d)"
# What looks like a zone is taken for one: not knowing it makes the date unknown, ignoring it would make it wrong.
_ZONE = rf"(?P<zone>{_OFFSET}|(?:Z|UTC|GMT|UT|MSK|[ECMP]T|[A-Z]{{2,3}}T)(?!\w))"
_CLOCK = r"(?P<h>\d{1,2}):(?P<mi>\d{2})(?::(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
_HALF = r"(?:\s?(?P<half>(?i:[ap]m(?!\w)|[ap]\.m\.)))?"
_TIME = rf"{_CLOCK}{_HALF}(?:\s?{_ZONE})?"
_CJK_CLOCK = r"(?P<h2>\d{1,2})\s?[时時点點시]\s?(?P<mi2>\d{1,2})\s?[分분](?:\s?(?P<s2>\d{1,2})\s?[秒초])?"
_CJK_TIME = rf"(?:\s?(?P<half2>上午|下午)?\s?(?:{_CJK_CLOCK}|{_TIME}))?"
_CJK_WEEKDAY = r"(?:\s?[(]?(?:星期|周|週|禮拜)[一二三四五六日天][)]?)?"
_CJK_DAY = rf"\s?[年년]\s?(?P<mo>\d{{1,2}})\s?[月월]\s?(?P<d>\d{{1,2}})\s?[日号號일]{_CJK_WEEKDAY}{_CJK_TIME}"
_WEEKDAY = r"(?i:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
_MONTH = (
    r"(?P<month>(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?))\.?"
)
_DAY = r"(?P<d>\d{1,2})(?i:st|nd|rd|th)?"
_EN_TIME = rf"(?:,?\s+(?:at\s+)?{_TIME})?"

_WRITTEN = (
    rf"(?P<y>\d{{4}})(?P<sep>[-/.])(?P<mo>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}})(?:(?:T|\s{{1,3}}){_TIME})?",
    rf"(?P<y>\d{{4}}){_CJK_DAY}",
    rf"(?:中華|中华)?(?:民國|民国)\s?(?P<roc>\d{{1,3}}){_CJK_DAY}",
    rf"{_WEEKDAY}{_MONTH}\s+{_DAY},?\s+(?P<y>\d{{4}}){_EN_TIME}",
    rf"{_WEEKDAY}{_DAY}[\s-]{_MONTH},?[\s-](?P<y>\d{{4}}){_EN_TIME}",
)
_BARE = (
    r"(?P<y>\d{4})(?P<mo>\d{2})(?P<d>\d{2})",
    rf"(?P<y>\d{{4}})(?P<mo>\d{{2}})(?P<d>\d{{2}})T?(?P<h>\d{{2}})(?P<mi>\d{{2}})(?P<s>\d{{2}})?{_ZONE}?",
    r"(?P<seconds>\d{9,10}(?:\.\d{1,9})?)",
    r"(?P<millis>\d{12,13})",
)
IN_LINE = tuple(re.compile(rf"(?<![0-9A-Za-z+.-]){pattern}(?![0-9A-Za-z]|-[0-9])", re.ASCII) for pattern in _WRITTEN)
WHOLE = tuple(re.compile(pattern, re.ASCII) for pattern in _WRITTEN + _BARE)
# Words that name another clock than the publisher's; they may stand before the date, where no pattern looks.
OTHER_CLOCK = re.compile(
    r"(?:美东|美東|东部|東部|纽约|紐約|伦敦|倫敦|当地|當地)(?:时间|時間)"
    r"|\b(?i:eastern|pacific|central|mountain|london|local)(?i:\s(?:standard|daylight))?\s(?i:time)\b"
    r"|(?i:[ap]\.?m\.?)\s(?i:eastern|pacific|central|mountain)\b"
)
