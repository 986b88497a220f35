"""The cells of a CSV: many at once where the file is plain, else one after the other.

pyarrow reads a million rows in a second or two, and refuses what is not plain: rows of unequal length, a row larger
than a block. That, a file that may end within a cell, and names of columns that do not tell them apart are left to
pandas, whose answer is the contract: the tests hold the two together (but for a carriage return alone outside quotes).
"""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from nlp.formulas import restored

if TYPE_CHECKING:
    import pyarrow

__all__ = ["numbers_in", "read_cells"]

_BLOCK = 8 << 20
"""Bytes that are read at once; no row may be larger."""
_WHOLE, _SHORT = r"^-?[0-9]{1,14}$", r"^-?[0-9]{1,8}(\.[0-9]{1,6})?$"
"""Digits below 2^53 and a power of ten that a float holds: every way to read such a number gives the same float."""


def read_cells(path: Path) -> pd.DataFrame:
    """Every column as text, an empty cell as missing, without the apostrophes that stand before formulas.

    Raises:
        OSError, ValueError: no such file, or no table.
    """
    table = _plain_table(path)
    if table is None:
        cells = pd.read_csv(path, encoding="utf-8-sig", keep_default_na=False, na_values=[""], dtype=str)
        found = {name: cells[name].map(restored) if cells[name].notna().any() else cells[name] for name in cells}
        return pd.DataFrame(found, columns=cells.columns)
    return pd.DataFrame({name: _restored(table.column(name)) for name in table.column_names})


def numbers_in(column: pd.Series[Any]) -> pd.Series[Any] | None:
    """A column of texts as numbers (whole ones as such where no cell is missing), None where it holds something else.

    >>> numbers_in(pd.Series(["1", "2"])).tolist(), numbers_in(pd.Series(["1", "x"]))
    ([1, 2], None)
    """
    numbers = _short_numbers(column)
    if numbers is None:
        numbers = pd.to_numeric(column, errors="coerce")
    return numbers if bool((numbers.notna() == column.notna()).all()) else None


def _plain_table(path: Path) -> pyarrow.Table | None:
    """The cells as they stand there, None where they are not plain."""
    import pyarrow
    from pyarrow import csv as arrow_csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            names = next(csv.reader(file), [])
    except (csv.Error, UnicodeDecodeError):
        return None
    if len(names) < 2 or len(set(names)) < len(names) or not all(names) or not _ends_a_line(path):
        return None
    try:
        table = arrow_csv.read_csv(
            path,
            read_options=arrow_csv.ReadOptions(block_size=_BLOCK),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pyarrow.large_string()),
                include_columns=names,
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except (pyarrow.ArrowInvalid, pyarrow.ArrowKeyError):
        return None
    last = table.column(names[-1])[-1].as_py() if len(table) else None
    return None if last and last.endswith(("\n", "\r")) else table  # a cell that nothing closed takes the line end


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"


def _restored(cells: pyarrow.ChunkedArray) -> pd.Series[Any]:
    import pyarrow
    from pyarrow import compute

    marked = compute.fill_null(compute.match_substring(cells, "'"), False)
    if compute.any(marked).as_py():
        plain = [restored(cell) for cell in cells.filter(marked).to_pylist()]
        cells = compute.replace_with_mask(
            cells.combine_chunks(), marked.combine_chunks(), pyarrow.array(plain, cells.type)
        )
    column: pd.Series[Any] = cells.to_pandas()
    return column


def _short_numbers(column: pd.Series[Any]) -> pd.Series[Any] | None:
    """The numbers of a column that has only short ones, read many at once."""
    import pyarrow
    from pyarrow import compute

    cells = pyarrow.array(column, pyarrow.large_string(), from_pandas=True)
    for form, kind in ((_WHOLE, "int64"), (_SHORT, "float64")):
        fits = compute.match_substring_regex(cells, form)
        if fits.null_count < len(cells) and compute.all(fits, skip_nulls=kind == "float64").as_py():
            return pd.Series(compute.cast(cells, kind).to_numpy(zero_copy_only=False), column.index, name=column.name)
    return None
