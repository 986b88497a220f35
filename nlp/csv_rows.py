"""Rows as the text of a CSV, as a data frame of them would be written, without pandas, which loads slowly."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from types import NoneType
from typing import Any

from nlp.formulas import neutralise
from nlp.safety import inert

__all__ = ["csv_cell", "csv_header", "csv_lines"]

_LINE_END = "\r\n"
_PLAIN = {str, int, float, bool, NoneType}


def csv_cell(cell: object) -> object:
    """A cell that neither a spreadsheet runs nor a terminal obeys; what is no text as it is."""
    return neutralise(inert(cell)) if isinstance(cell, str) else cell


def csv_header(columns: Sequence[str]) -> str:
    """The first line."""
    return _lines([tuple(map(csv_cell, columns))])


def csv_lines(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str | None:
    r"""The lines of rows; None where a cell is neither text, number, truth value nor None.

    A column has one type: whole numbers beside others, or beside an empty cell, are written as these.

    >>> csv_lines([{"a": 1, "b": "x;=1"}, {"a": 0.5}], ["a", "b"])
    "1.0,x;'=1\r\n0.5,\r\n"
    """
    cells = [[row.get(column) for row in rows] for column in columns]
    if not {type(cell) for column in cells for cell in column} <= _PLAIN:
        return None
    return _lines(zip(*map(_of_one_type, cells), strict=True))


def _of_one_type(cells: Sequence[object]) -> list[object]:
    kinds = {type(cell) for cell in cells}
    if int in kinds and kinds <= {int, float, NoneType} and len(kinds) > 1:
        return [cell if cell is None else _number(float(cell)) for cell in cells]  # type: ignore[arg-type]
    return [_number(cell) if isinstance(cell, float) else csv_cell(cell) for cell in cells]


def _number(value: float) -> float | None:
    return value if value == value else None


def _lines(rows: Any) -> str:  # noqa: ANN401
    text = StringIO(newline="")
    csv.writer(text, lineterminator=_LINE_END).writerows(rows)
    return text.getvalue()
