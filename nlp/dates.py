"""Dates as publishers write them: right, or None — never guessed.

Every pattern of `nlp.date_patterns` is matched against the whole text. What has two readings (`03/04/2023`, two-digit
years, `CST` outside China, a local time that a clock change repeats or skips) or none (`2023-02-30`) is None. Relative
forms (`3小时前`) are not read. Sources: ISO 8601-1:2019; RFC 5322 section 3.3; the Minguo calendar has 1912 as year 1.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from nlp.date_patterns import HALF_WIDTH, IN_LINE, OTHER_CLOCK, WHOLE
from nlp.schema import Precision

__all__ = ["FoundDate", "ParsedDate", "default_zone", "find_date", "parse_date"]

_YEARS = range(1800, 2101)
_EPOCHS = (datetime(1990, 1, 1, tzinfo=UTC).timestamp(), datetime(2100, 1, 1, tzinfo=UTC).timestamp())
_FIRST_MINGUO_YEAR = 1912
_CHINESE_ZONES = frozenset(
    f"Asia/{city}" for city in ("Shanghai", "Chongqing", "Harbin", "Taipei", "Hong_Kong", "Macau", "Macao")
)
_ZONE_BY_LANG = {"zh": "Asia/Shanghai", "ja": "Asia/Tokyo", "ko": "Asia/Seoul"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONGEST = 100  # characters; no date is longer, and no pattern is run on more

_PM = frozenset({"pm", "p.m.", "下午"})


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """A moment (aware UTC) and how exact the text was; a `day` is its last local second."""

    moment: datetime
    precision: Precision


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date inside a line: `line[start:end]` is what was read."""

    date: ParsedDate
    start: int
    end: int


def parse_date(text: str | int | float, zone: tzinfo) -> ParsedDate | None:
    """The date that the whole of `text` states, or None where it states none or more than one.

    Args:
        text: a written date, or an epoch in seconds or milliseconds (1990 to 2100).
        zone: the publisher's zone, for dates that name none.

    >>> parse_date("2023年12月26日 08:33", ZoneInfo("Asia/Shanghai")).moment.isoformat()
    '2023-12-26T00:33:00+00:00'
    >>> parse_date("03/04/2023", ZoneInfo("UTC")) is None
    True
    """
    if isinstance(text, bool) or (isinstance(text, float) and not math.isfinite(text)):
        return None
    if isinstance(text, float):
        text = int(text) if text.is_integer() else f"{text:.6f}"
    if isinstance(text, int):
        text = str(text) if 0 <= text < 10**14 else ""
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    text = text.translate(HALF_WIDTH).strip()
    readings = {reading for pattern in WHOLE if (match := pattern.fullmatch(text)) and (reading := _read(match, zone))}
    return readings.pop() if len(readings) == 1 else None


def find_date(line: str, zone: tzinfo) -> FoundDate | None:
    """The first written date (not bare digits) in `line`; None too where that date is impossible or ambiguous.

    >>> found = find_date("灯塔财经 2023-12-26 08:33:01", ZoneInfo("Asia/Shanghai"))
    >>> (found.start, found.date.precision)
    (5, 'second')
    """
    folded = line.translate(HALF_WIDTH)
    matches = [match for pattern in IN_LINE if (match := pattern.search(folded))]
    if not matches or OTHER_CLOCK.search(folded):
        return None
    # `民國112年…` is seen from its first character, before any later pattern's.
    match = min(matches, key=lambda found: (found.start(), -found.end()))
    date = _read(match, zone)
    return None if date is None else FoundDate(date, match.start(), match.end())


def default_zone(lang: str, script: str | None = None) -> ZoneInfo:
    """The zone assumed for files in a language whose publisher's zone is not declared; callers may override it.

    >>> default_zone("zh", "zh-Hant").key, default_zone("en").key
    ('Asia/Taipei', 'UTC')
    """
    if script == "zh-Hant":
        return ZoneInfo("Asia/Taipei")
    return ZoneInfo(_ZONE_BY_LANG.get(lang, "UTC"))


def _read(match: re.Match[str], zone: tzinfo) -> ParsedDate | None:
    """What the groups of a match say, or None where the calendar, the clock or the zone refuses it."""
    groups = {name: value for name, value in match.groupdict().items() if value is not None}
    reader: Callable[[Mapping[str, str], tzinfo], ParsedDate | None]
    reader = _read_epoch if groups.keys() & {"seconds", "millis"} else _read_calendar
    try:
        return reader(groups, zone)
    except (ValueError, OverflowError):
        return None


def _read_epoch(groups: Mapping[str, str], zone: tzinfo) -> ParsedDate | None:
    seconds = float(groups["seconds"]) if "seconds" in groups else int(groups["millis"]) / 1000
    if not _EPOCHS[0] <= seconds < _EPOCHS[1]:
        return None
    return ParsedDate(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds), "second")


def _read_calendar(groups: Mapping[str, str], zone: tzinfo) -> ParsedDate | None:
    year = int(groups["roc"]) + _FIRST_MINGUO_YEAR - 1 if "roc" in groups else int(groups["y"])
    month = _MONTHS.index(groups["month"][:3].lower()) + 1 if "month" in groups else int(groups["mo"])
    if year not in _YEARS:
        return None
    day = datetime(year, month, int(groups["d"]))
    hour = groups.get("h", groups.get("h2"))
    if hour is None:
        # The end, not the start: whoever knows only the day cannot have known the article before the day was over.
        return ParsedDate(day.replace(hour=23, minute=59, second=59, tzinfo=zone).astimezone(UTC), "day")
    second = groups.get("s", groups.get("s2"))
    local = day.replace(
        hour=_hour(int(hour), (groups.get("half") or groups.get("half2") or "").lower()),
        minute=int(groups.get("mi", groups.get("mi2", "0"))),
        second=int(second or 0),
        microsecond=int(groups.get("f", "0")[:6].ljust(6, "0")),
        tzinfo=_zone(groups["zone"], zone) if "zone" in groups else zone,
    )
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        return None  # the clocks change: this local time happens twice or never
    return ParsedDate(local.astimezone(UTC), "minute" if second is None else "second")


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    if half in _PM and 12 < hour < 24:
        return hour
    if not 1 <= hour <= 12 or (half == "上午" and hour == 12):  # noon or midnight? writers differ
        raise ValueError(f"hour {hour} {half}")
    return hour % 12 + (12 if half in _PM else 0)


def _zone(name: str, local: tzinfo) -> tzinfo:
    if name in {"Z", "UTC", "GMT", "UT"}:
        return UTC
    if name == "CST" and getattr(local, "key", None) in _CHINESE_ZONES:
        return timezone(timedelta(hours=8))
    offset = re.fullmatch(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?", name)
    if offset is None or int(offset[2]) > 14 or int(offset[3] or 0) > 59:
        raise ValueError(f"unknown zone {name}")
    delta = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
    return timezone(delta if offset[1] == "+" else -delta)
