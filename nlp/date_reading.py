"""What a match of `nlp.date_patterns` means: a moment, or None where calendar, clock, weekday or zone refuse it.

Relative forms and days without a year need the moment at which they were written. A day without a year is one of the
writer's current year, or within half a year before it: nobody leaves the year out for longer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from nlp.date_zones import is_year_first, named_zone
from nlp.schema import Precision

__all__ = ["ParsedDate", "read_match"]

_YEARS = range(1800, 2101)
_EPOCHS = (datetime(1990, 1, 1, tzinfo=UTC).timestamp(), datetime(2100, 1, 1, tzinfo=UTC).timestamp())
_FIRST_MINGUO_YEAR = 1912
_MONTHS = (
    ("jan",),
    ("feb", "fev", "fév"),
    ("mar", "mär", "mrz"),
    ("apr", "avr"),
    ("may", "mai"),
    ("jun", "juin"),
    ("jul", "juil"),
    ("aug", "aou", "aoû"),
    ("sep",),
    ("oct", "okt"),
    ("nov",),
    ("dec", "dez", "déc"),
)
_WEEKDAYS = (
    "一 月 mon mo lun",
    "二 火 tue di mar dien",
    "三 水 wed mi mer mitt",
    "四 木 thu do jeu donn",
    "五 金 fri fr ven frei",
    "六 土 sat sa sam sams",
    "日 天 sun so dim sonn",
)
_WEEKDAY_BY_NAME = {name: index for index, names in enumerate(_WEEKDAYS) for name in names.split()}
# Hours that a writer may mean by a half of the day; 12 in the morning and at night is noon to some, midnight to others.
_AS_IS = {hour: hour for hour in range(13, 24)}
_AM = {0: 0, 12: 0} | {hour: hour for hour in range(1, 12)}
_PM = {12: 12} | {hour: hour + 12 for hour in range(1, 12)} | _AS_IS
_MORNING = {hour: hour for hour in range(1, 12)}
_EVENING = {hour: hour + 12 for hour in range(5, 12)} | {hour: hour for hour in range(17, 24)}
_HOURS_BY_HALF: Mapping[str, Mapping[int, int]] = (
    dict.fromkeys(("am", "오전"), _AM)
    | dict.fromkeys(("pm", "下午", "오후"), _PM)
    | dict.fromkeys(("上午", "清晨", "早晨", "早上"), _MORNING)
    | {"午前": {0: 0} | _MORNING, "午後": {0: 12} | {hour: hour + 12 for hour in range(1, 12)}}
    | {"凌晨": {hour: hour for hour in range(7)}, "中午": {11: 11, 12: 12, 13: 13, 1: 13, 2: 14}}
    | dict.fromkeys(("傍晚", "晚上", "晚间", "晚間"), _EVENING)
)
_SECONDS_BY_UNIT = {"h": 3600, "小": 3600, "钟": 3600, "鐘": 3600, "時": 3600, "시": 3600, "st": 3600} | {
    "m": 60, "分": 60, "분": 60, "s": 1, "秒": 1, "초": 1
}  # fmt: skip
_DAYS_AGO = (
    dict.fromkeys(("今天", "今日", "today", "heute", "aujourd'hui", "오늘"), 0)
    | dict.fromkeys(("昨天", "昨日", "yesterday", "gestern", "hier", "어제"), 1)
    | dict.fromkeys(("前天", "vorgestern", "avant-hier"), 2)
)
_HALF_YEAR = timedelta(days=183)
_SKEW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """A moment (aware UTC) and how exact the text was: a `day` is its last local second, an `hour` its last moment."""

    moment: datetime
    precision: Precision

    @property
    def begins(self) -> datetime:
        """The earliest moment that may be meant, to within a clock change."""
        spans = {"day": timedelta(days=1), "hour": timedelta(hours=1)}
        return self.moment - spans.get(self.precision, timedelta())

    def is_after(self, moment: datetime) -> bool:
        """Whether it lies later than `moment` by more than clocks differ, and so cannot be trusted."""
        return self.begins > moment + _SKEW


def read_match(match: re.Match[str], zone: tzinfo, base: datetime | None) -> ParsedDate | None:
    """The date of a match, or None.

    Args:
        match: of a pattern of `nlp.date_patterns`.
        zone: the publisher's.
        base: when the text was written or seen (aware), which relative forms need; nothing is later than it.
    """
    groups = {name.rstrip("23"): value for name, value in match.groupdict().items() if value is not None}
    try:
        if groups.keys() & {"seconds", "millis"}:
            date = _read_epoch(groups)
        elif "unit" in groups:
            date = _read_since(groups, base)
        else:
            date = _read_calendar(_with_day(groups, zone, base), zone)
    except (ValueError, OverflowError):
        return None
    return None if base and date and date.is_after(base) else date


def _read_epoch(groups: Mapping[str, str]) -> ParsedDate | None:
    seconds = float(groups["seconds"]) if "seconds" in groups else int(groups["millis"]) / 1000
    if not _EPOCHS[0] <= seconds < _EPOCHS[1]:
        return None
    return ParsedDate(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds), "second")


def _read_since(groups: Mapping[str, str], base: datetime | None) -> ParsedDate | None:
    """So long before `base`; sites round down, so that this is the latest moment that may be meant."""
    if base is None:
        return None
    base = base.astimezone(UTC).replace(microsecond=0)
    unit = groups["unit"].lower()
    seconds = _SECONDS_BY_UNIT.get(unit[:2]) or _SECONDS_BY_UNIT[unit[0]]
    moment = base - int(groups.get("n", "1")) * timedelta(seconds=seconds)
    return ParsedDate(moment, "hour" if seconds == 3600 else "minute")


def _with_day(groups: Mapping[str, str], zone: tzinfo, base: datetime | None) -> Mapping[str, str]:
    """`groups` with year, month and day, from whatever stands for them.

    Raises:
        ValueError: more than one day may be meant.
    """
    if "one" in groups:
        one, two = int(groups["one"]), int(groups["two"])
        if one <= 12 and two <= 12 and one != two:
            raise ValueError("day or month first?")
        return {**groups, "mo": str(min(one, two)), "d": str(max(one, two))}
    if "roc" in groups:
        return {**groups, "y": str(int(groups["roc"]) + _FIRST_MINGUO_YEAR - 1)}
    if "yy" in groups:
        return {**groups, "y": str(int(groups["yy"]) + (2000 if int(groups["yy"]) < 50 else 1900))}
    if "y" in groups:
        return groups
    if base is None:
        raise ValueError("relative to what?")
    today = base.astimezone(zone)
    if "today" in groups:
        day = today - timedelta(days=_DAYS_AGO[groups["today"].lower().replace("’", "'")])
        return {**groups, "y": str(day.year), "mo": str(day.month), "d": str(day.day)}
    return {**groups, "y": str(_year_left_out(groups, zone, today))}


def _year_left_out(groups: Mapping[str, str], zone: tzinfo, today: datetime) -> int:
    if "numbers" in groups and not is_year_first(zone):
        raise ValueError("day or month first?")
    for year in (today.year, today.year - 1):
        date = _read_calendar({**groups, "y": str(year)}, zone)
        if date is not None and not date.is_after(today) and (year == today.year or date.moment > today - _HALF_YEAR):
            return year
    raise ValueError("which year?")


def _month(groups: Mapping[str, str]) -> int:
    if "month" not in groups:
        return int(groups["mo"])
    name = groups["month"].lower()
    return next(number for number, starts in enumerate(_MONTHS, 1) if name.startswith(starts))


def _read_calendar(groups: Mapping[str, str], zone: tzinfo) -> ParsedDate | None:
    year = int(groups["y"])
    if year not in _YEARS:
        return None
    day = datetime(year, _month(groups), int(groups["d"]))
    if "wd" in groups and _weekday(groups["wd"]) != day.weekday():
        return None
    if "h" not in groups:
        # The end, not the start: whoever knows only the day cannot have known the article before the day was over.
        zone = named_zone(groups["zone"], zone, day) if "zone" in groups else zone
        return ParsedDate(day.replace(hour=23, minute=59, second=59, tzinfo=zone).astimezone(UTC), "day")
    clock = day.replace(
        hour=_hour(int(groups["h"]), groups.get("half", "").lower().replace(".", "")),
        minute=int(groups["mi"]),
        second=int(groups.get("s", "0")),
        microsecond=int(groups.get("f", "0")[:6].ljust(6, "0")),
    )
    local = clock.replace(tzinfo=named_zone(groups["zone"], zone, clock) if "zone" in groups else zone)
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        return None  # the clocks change: this local time happens twice or never
    return ParsedDate(local.astimezone(UTC), "second" if "s" in groups else "minute")


def _weekday(name: str) -> int:
    name = name.lower()
    return next(_WEEKDAY_BY_NAME[name[:length]] for length in (4, 3, 2, 1) if name[:length] in _WEEKDAY_BY_NAME)


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    if hour not in _HOURS_BY_HALF[half]:
        raise ValueError(f"hour {hour} {half}")
    return _HOURS_BY_HALF[half][hour]
