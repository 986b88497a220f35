"""Whether the words around a figure tell a level or a change, and which way it went."""

from __future__ import annotations

import re

from nlp.claims.records import Figure
from nlp.claims.surroundings import Surroundings
from nlp.claims.words_of_change import (
    ABOVE_SOMETHING,
    BELOW_SOMETHING,
    BY_BEFORE,
    CHANGE_AFTER,
    CHANGE_BEFORE,
    COMPARED_BEFORE,
    DOWN,
    FROM_HIGH,
    FROM_LOW,
    GONE_AFTER,
    LEVEL_BEFORE,
    LEVEL_WORD,
    RAISING_NAME,
    SHRINKING_NAME,
    UP,
)

__all__ = ["direction_of", "is_signed", "leads_to_level", "tells_change"]


def leads_to_level(words: Surroundings) -> bool:
    """Whether a level follows the words before the figure: to, at, 报; a fall *of* is a change."""
    return LEVEL_BEFORE.search(words.before) is not None and CHANGE_BEFORE.search(words.before) is None


def tells_change(figure: Figure, words: Surroundings) -> bool:
    """Whether the words directly at the figure tell of a change."""
    if LEVEL_WORD.match(figure.text.lower()):
        return False
    return (
        CHANGE_BEFORE.search(words.before) is not None
        or COMPARED_BEFORE.search(words.before) is not None
        or CHANGE_AFTER.match(words.after) is not None
        or (figure.direction is not None and LEVEL_BEFORE.search(words.before) is None)
        or (
            not words.before.strip()
            and (RAISING_NAME.search(words.name) or SHRINKING_NAME.search(words.name)) is not None
        )
    )


def direction_of(figure: Figure, words: Surroundings) -> int | None:
    """1 up, -1 down, None where nothing says: its sign, one right behind it, the nearest before it."""
    if is_signed(figure):
        return 1 if figure.value > 0 else -1
    if figure.direction is not None:
        return 1 if figure.direction == "up" else -1
    if figure.text.startswith("+"):
        return 1
    compared = COMPARED_BEFORE.search(words.before)
    if compared:
        return 1 if compared["up"] else -1
    after = _told_after(words.after)
    if after:
        return after
    before = (
        _later(UP, DOWN, words.before)
        or _later(RAISING_NAME, SHRINKING_NAME, words.name)
        or _later(UP, DOWN, words.clause)
        or words.inherited
    )
    if not before and BY_BEFORE.search(words.before):
        before = _later(UP, DOWN, words.since_name)
    return before or None


def is_signed(figure: Figure) -> bool:
    """Whether a figure is written with a sign: +5.14%, -21bp."""
    return figure.value < 0 or figure.text.startswith("+")


def _told_after(after: str) -> int:
    """The direction that is told behind a figure, 0 where none is."""
    told = CHANGE_AFTER.match(after)
    if told is not None:
        if DOWN.search(told.group()) or BELOW_SOMETHING.match(told.group()):
            return -1
        if UP.search(told.group()) or ABOVE_SOMETHING.match(told.group()):
            return 1
    if GONE_AFTER.search(after) or FROM_HIGH.match(after):
        return -1
    return 1 if FROM_LOW.match(after) else 0


def _later(up: re.Pattern[str], down: re.Pattern[str], text: str) -> int:
    """1 where the last word of movement in a text is up, -1 where it is down, 0 where there is none."""
    ends = [max((match.end() for match in pattern.finditer(text)), default=-1) for pattern in (up, down)]
    return 0 if ends[0] == ends[1] else 1 if ends[0] > ends[1] else -1
