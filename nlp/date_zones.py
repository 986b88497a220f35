"""Zones as dates name them: an offset, a name that the publisher's own zone goes by, or one with a single meaning.

A name counts only when it was in force on that day: publishers who write EST all the year have summer times that are an
hour off or are not, and nobody can tell. `BST`, `IST` and `CST` mean several zones, and are the publisher's own or
unknown. Offsets and the American names are those of RFC 5322, sections 3.3 and 4.3.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

__all__ = ["is_year_first", "named_zone"]

_CHINESE = frozenset(
    f"Asia/{city}" for city in ("Shanghai", "Chongqing", "Harbin", "Taipei", "Hong_Kong", "Macau", "Macao")
)
_YEAR_FIRST = _CHINESE | {"Asia/Tokyo", "Asia/Seoul"}
_BEIJING = timezone(timedelta(hours=8))
_FIXED = {"Z": UTC, "UTC": UTC, "GMT": UTC, "UT": UTC, "SGT": _BEIJING, "北京时间": _BEIJING, "北京時間": _BEIJING}
# Whatever is in force there.
_PLACE = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
_ZONE_BY_NAME = {
    name: key
    for key, names in {
        "America/New_York": ("EST", "EDT"),
        "America/Chicago": ("CDT",),
        "America/Denver": ("MST", "MDT"),
        "America/Los_Angeles": ("PST", "PDT"),
        "Europe/Paris": ("CET", "CEST"),
        "Europe/Athens": ("EET", "EEST"),
        "Europe/Moscow": ("MSK",),
        "Asia/Tokyo": ("JST",),
        "Asia/Seoul": ("KST",),
        "Asia/Hong_Kong": ("HKT",),
        "Australia/Sydney": ("AEST", "AEDT"),
        "Pacific/Auckland": ("NZST", "NZDT"),
    }.items()
    for name in names
}


def named_zone(name: str, local: tzinfo, day: datetime) -> tzinfo:
    """The zone that `name` means to a publisher in `local` at the naive local time `day`.

    Raises:
        ValueError: no zone, not in force then, or one of several.

    >>> named_zone("CST", ZoneInfo("Asia/Shanghai"), datetime(2026, 11, 21)).utcoffset(datetime(2026, 11, 21))
    datetime.timedelta(seconds=28800)
    """
    if name in _FIXED:
        return _FIXED[name]
    offset = re.fullmatch(r"(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?", name)
    if offset and int(offset[2]) <= 14 and int(offset[3] or 0) < 60:
        delta = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(delta if offset[1] == "+" else -delta)
    key = getattr(local, "key", "")
    if local.tzname(day) == name and key:
        return local
    if name == "CST" and key in _CHINESE:
        return _BEIJING
    if name in _PLACE:
        return ZoneInfo(_PLACE[name])
    # In Australia, EST was the name of its own eastern time until 2014, and still is to some.
    zone = ZoneInfo(_ZONE_BY_NAME[name]) if name in _ZONE_BY_NAME and not key.startswith("Australia/") else None
    if zone is None or zone.tzname(day) != name:
        raise ValueError(f"unknown zone {name}")
    return zone


def is_year_first(zone: tzinfo) -> bool:
    """Whether people in `zone` write year, month, day, and so `11-21` for a day of November."""
    return getattr(zone, "key", "") in _YEAR_FIRST
