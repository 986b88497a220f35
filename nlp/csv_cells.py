"""The cells of a CSV: many at once where the file is plain, else one after the other.

pyarrow reads a million rows in a second or two, and refuses what is not plain: rows of unequal length, a row larger
than a block. That, a file that may end within a cell, and names of columns that do not tell them apart are left to
pandas, whose answer is the contract: the tests hold the two together (but for a carriage return alone outside quotes).
"""

from __future__ import annotations

import csv
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.formulas import restored

if TYPE_CHECKING:
    import pyarrow

__all__ = ["numbers_in", "read_cells"]

_BLOCK = 8 << 20
"""Bytes that are read at once; no row may be larger."""
_COLUMNS_AT_ONCE = 2
_SHORT = 15
"""With so many digits a number is below 2^53 and its power of ten one that a float holds: all ways to read it agree."""
_IN_NUMBERS = np.isin(np.arange(256), list(b"0123456789.-e"))


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
    with ThreadPoolExecutor(_COLUMNS_AT_ONCE) as pool:
        return pd.DataFrame(dict(zip(table.column_names, pool.map(_restored, table.columns), strict=True)))


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
    """The numbers of a column that has only short ones, read many at once but for those with an exponent."""
    import pyarrow
    from pyarrow import compute

    cells = pyarrow.array(column, pyarrow.large_string(), from_pandas=True)
    cells = cells.combine_chunks() if isinstance(cells, pyarrow.ChunkedArray) else cells
    longest = compute.max(compute.binary_length(cells)).as_py()
    if longest is None or longest > _SHORT or not _IN_NUMBERS[_bytes_of(cells)].all():
        return None
    has_exponent = compute.fill_null(compute.match_substring(cells, "e"), False)
    n_exponents = compute.sum(has_exponent).as_py()
    plain = compute.if_else(has_exponent, "0", cells) if n_exponents else cells
    for kind in ("float64",) if n_exponents or cells.null_count else ("int64", "float64"):
        with suppress(pyarrow.ArrowInvalid):
            numbers = compute.cast(plain, kind).to_numpy(zero_copy_only=False)
            if n_exponents:
                numbers = numbers.copy()
                apart = cells.filter(has_exponent).to_pandas()
                numbers[has_exponent.to_numpy(zero_copy_only=False)] = pd.to_numeric(apart, errors="coerce")
            return pd.Series(numbers, column.index, name=column.name)
    return None


def _bytes_of(cells: pyarrow.LargeStringArray) -> NDArray[np.uint8]:
    """What all of them hold, one after the other."""
    _, ends, held = cells.buffers()
    first, last = np.frombuffer(ends, np.int64)[[cells.offset, cells.offset + len(cells)]].tolist()
    return np.frombuffer(held or b"", np.uint8)[first:last]
