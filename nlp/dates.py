"""Dates as publishers write them: right, or None — never guessed.

Every pattern of `nlp.date_patterns` is matched against the whole text and read by `nlp.date_reading`. What has two
readings (`03/04/2023`, two-digit years, `CST` outside China, a local time that a clock change repeats or skips, a
weekday that contradicts its day) or none (`2023-02-30`) is None. Relative forms (`3小时前`, `昨天 08:15`, `11月21日
14:05`) are read only where the caller knows when they were written. Sources: ISO 8601-1:2019; RFC 5322 section 3.3; the
Minguo calendar has 1912 as year 1.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from nlp.date_patterns import CHANGED, HALF_WIDTH, OTHER_CLOCK, in_line, relative, relative_in_line, whole
from nlp.date_reading import ParsedDate, read_match

__all__ = ["FoundDate", "ParsedDate", "default_zone", "find_date", "parse_date"]

_ZONE_BY_LANG = {"zh": "Asia/Shanghai", "ja": "Asia/Tokyo", "ko": "Asia/Seoul"}
_LONGEST = 100  # characters; no date is longer, and no pattern is run on more
_LONGEST_LABEL = 24
_LONGEST_RELATIVE = 40
"""Length of a line that may be dated by `3小时前`; in a longer one it is what the text tells."""


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date inside a line: `line[start:end]` is what was read."""

    date: ParsedDate
    start: int
    end: int


def parse_date(text: str | int | float, zone: tzinfo, *, base: datetime | None = None) -> ParsedDate | None:
    """The date that the whole of `text` states, or None where it states none or more than one.

    Args:
        text: a written date, or an epoch in seconds or milliseconds (1990 to 2100).
        zone: the publisher's zone, for dates that name none.
        base: when the text was written or seen (aware): relative forms count from it, and a later date is None.

    >>> parse_date("2023年12月26日 08:33", ZoneInfo("Asia/Shanghai")).moment.isoformat()
    '2023-12-26T00:33:00+00:00'
    >>> parse_date("03/04/2023", ZoneInfo("UTC")) is None
    True
    >>> seen_at = datetime.fromisoformat("2026-11-21T06:00:00+00:00")
    >>> parse_date("昨天 08:15", ZoneInfo("Asia/Shanghai"), base=seen_at).moment.isoformat()
    '2026-11-20T00:15:00+00:00'
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
    patterns = whole() + relative() if base else whole()
    readings = {
        reading
        for pattern in patterns
        if (match := pattern.fullmatch(text)) and (reading := read_match(match, zone, base))
    }
    return readings.pop() if len(readings) == 1 else None


def find_date(line: str, zone: tzinfo, *, base: datetime | None = None) -> FoundDate | None:
    """The written date (not bare digits) in `line`, or None where that is impossible, ambiguous or one of several.

    Of two dates, one that is said to be that of a change is left aside. `base` is as in `parse_date`; a relative form
    dates a short line without another date.

    >>> found = find_date("灯塔财经 2023-12-26 08:33:01", ZoneInfo("Asia/Shanghai"))
    >>> (found.start, found.date.precision)
    (5, 'second')
    """
    folded = line.translate(HALF_WIDTH)
    if OTHER_CLOCK.search(folded):
        return None
    matches = _apart(folded, in_line())
    if not matches and base and len(folded) <= _LONGEST_RELATIVE:
        matches = _apart(folded, relative_in_line())
    if len(matches) > 1:
        matches = [match for match in matches if not _is_of_change(folded, match)] or matches
    dates = [read_match(match, zone, base) for match in matches]
    if not dates or dates[0] is None or len(set(dates)) > 1:
        return None
    return FoundDate(dates[0], matches[0].start(), matches[0].end())


def _is_of_change(line: str, match: re.Match[str]) -> bool:
    return bool(CHANGED.search(line, max(0, match.start() - _LONGEST_LABEL), match.start()))


def _apart(line: str, patterns: Iterable[re.Pattern[str]]) -> Sequence[re.Match[str]]:
    """The matches of all patterns that lie apart, from the left, the longest first."""
    kept: list[re.Match[str]] = []
    found = (match for pattern in patterns for match in pattern.finditer(line))
    for match in sorted(found, key=lambda found: (found.start(), -found.end())):
        if not kept or match.start() >= kept[-1].end():
            kept.append(match)
    return kept


def default_zone(lang: str, script: str | None = None) -> ZoneInfo:
    """The zone assumed for files in a language whose publisher's zone is not declared; callers may override it.

    >>> default_zone("zh", "zh-Hant").key, default_zone("en").key
    ('Asia/Taipei', 'UTC')
    """
    if script == "zh-Hant":
        return ZoneInfo("Asia/Taipei")
    return ZoneInfo(_ZONE_BY_LANG.get(lang, "UTC"))
