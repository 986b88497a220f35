"""Names and figures of a sentence that go together in order: 分别, "respectively"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.claims.mentions import Mention

__all__ = ["each_its_own"]

_MARK = re.compile(r"分别|依次|各自|\brespectively\b")
_LIST = re.compile(r"[\s、,，和与及跟以]*(?:and|the|both|of|分别)?[\s、,，和与及]*(?:the )?")
_FAR = 40
"""So far behind the last figure may "respectively" stand."""


def each_its_own(
    folded: str, names: Sequence[Mention], figures: Sequence[tuple[int, int]]
) -> dict[int, Mention | None]:
    """Names by the start of their figure in a sentence that says 分别 or "respectively"; None where it stays open.

    As many figures in a row as names in a row before them go to these in order; other numbers of them stay open.
    """
    told: dict[int, Mention | None] = {}
    if len(figures) < 2:
        return told
    start = min([figures[0][0], *(name.start for name in names)])
    for mark in _MARK.finditer(folded, start, figures[-1][1] + _FAR):
        is_behind = mark.group() == "respectively"
        limit = figures[0][0] if is_behind else mark.start()
        run = _last_run(folded, [name for name in names if name.end <= limit])
        row = _first_row(folded, [figure for figure in figures if is_behind or (run and figure[0] >= run[-1].end)])
        if len(row) > 1 and (len(run) > 1 or (is_behind and not run)):
            fits = len(run) == len(row)
            told |= {figure[0]: run[place] if fits else None for place, figure in enumerate(row)}
    return told


def _first_row(folded: str, figures: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    row: list[tuple[int, int]] = []
    for figure in figures:
        if row and not _LIST.fullmatch(folded, row[-1][1], figure[0]):
            break
        row.append(figure)
    return row


def _last_run(folded: str, names: Sequence[Mention]) -> list[Mention]:
    run: list[Mention] = []
    for name in reversed(names):
        if run and not _LIST.fullmatch(folded, name.end, run[0].start):
            break
        run.insert(0, name)
    return run
