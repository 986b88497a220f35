r"""Cells of a CSV that no spreadsheet runs: where one would begin a formula, an apostrophe stands in front of it.

A formula begins a cell, after white space and quotes, also in the full-width forms of its sign. It may also begin in
the middle of one: LibreOffice takes `;` and tabs for ends of cells besides commas, and where the decimal mark is a
comma Excel takes `;` instead of it, so that quotes protect nothing and a line end in a cell begins a row. Source:
OWASP, "CSV Injection". Reading takes off what writing put there, and nothing else.
"""

from __future__ import annotations

import re

__all__ = ["neutralise", "restored"]

_SIGN = r"=+\-@＝＋－＠"
_UNSEEN = r"'\"\u200b-\u200d\u2060\ufeff"
_FIRST = rf"(?=[\s{_UNSEEN}]*[{_SIGN}]|['\"]*[\t\r])"
_LATER = rf"(?=(?:[^\S\t\r\n]|[{_UNSEEN}])*[{_SIGN}])"
_SIGNED = re.compile(rf"[{_SIGN}\t\r]")
_PLACE = re.compile(rf"\A{_FIRST}|(?<=[;\t\r\n]){_LATER}")
_MARKED = re.compile(rf"\A'{_FIRST}|(?<=[;\t\r\n])'{_LATER}")


def neutralise(cell: object) -> object:
    """A cell that no spreadsheet will run; what is no text comes back as it is.

    >>> neutralise("=1+1"), neutralise("up;-2"), neutralise("a-b"), neutralise(-1.5)
    ("'=1+1", "up;'-2", 'a-b', -1.5)
    """
    return _PLACE.sub("'", cell) if isinstance(cell, str) and _SIGNED.search(cell) else cell


def restored(cell: object) -> object:
    """The cell that `neutralise` was given.

    >>> restored(neutralise("'=1+1")), restored("'quoted'")
    ("'=1+1", "'quoted'")
    """
    return _MARKED.sub("", cell) if isinstance(cell, str) and _SIGNED.search(cell) else cell
