"""Rows of CSV, TSV and Parquet files by column name, each with its file and line."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nlp.decoding import bare_suffix, open_text
from nlp.errors import Failure, InputError
from nlp.formulas import restored

__all__ = ["TableRow", "table_columns", "table_rows"]

_LONGEST_CELL = 16 << 20
_LONGEST_HEADER = 1 << 20
_DELIMITERS = ",;\t"
_N_ROWS = 256


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row; `item` is its file and line."""

    item: str
    cells: Mapping[str, object]


def table_columns(path: Path) -> list[str]:
    """The columns of a table.

    Raises:
        InputError: not a table.
    """
    if bare_suffix(path) == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return [str(name) for name in pq.read_schema(path).names]
        except pa.ArrowException as error:
            raise InputError(f"is not a readable Parquet file: {error}") from error
    with open_text(path) as stream:
        return _header(stream.readline(_LONGEST_HEADER))[0]


def table_rows(path: Path) -> Iterator[TableRow | Failure]:
    """The rows of a table in order; a row that is none is a failure.

    Raises:
        InputError: not a table.
    """
    return _parquet_rows(path) if bare_suffix(path) == ".parquet" else _csv_rows(path)


def _header(line: str) -> tuple[list[str], str]:
    """The column names and the delimiter: the one that makes most columns."""
    candidates = [(next(csv.reader([line], delimiter=delimiter), []), delimiter) for delimiter in _DELIMITERS]
    names, delimiter = max(candidates, key=lambda one: len(one[0]))
    if not any(names):
        raise InputError("is empty; expected a header with at least a column text")
    return [name.strip() for name in names], delimiter


def _csv_rows(path: Path) -> Iterator[TableRow | Failure]:
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    with open_text(path) as stream:
        header, delimiter = _header(stream.readline(_LONGEST_HEADER))
        rows = csv.reader(stream, delimiter=delimiter, strict=True)
        while True:
            item = f"{path}:{rows.line_num + 2}"
            try:
                row = next(rows, None)
            except csv.Error as error:
                yield Failure(item, "read", f"is not valid CSV: {error}; close every quote")
                continue
            if row is None:
                return
            if len(row) not in (0, len(header)):
                what = f"has {len(row)} cells, the header has {len(header)}"
                yield Failure(item, "read", f"{what}; quote cells that hold commas or line ends")
            elif row:
                yield TableRow(item, {name: restored(cell) for name, cell in zip(header, row, strict=True)})


def _parquet_rows(path: Path) -> Iterator[TableRow | Failure]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches(batch_size=_N_ROWS):
                for row in batch.to_pylist():
                    number += 1
                    yield TableRow(f"{path}: row {number}", row)
    except pa.ArrowException as error:
        raise InputError(f"is not a readable Parquet file: {error}") from error
