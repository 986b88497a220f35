"""CSV and Parquet into articles, row by row: a file of any size is never held in memory as a whole.

A row that cannot be read is a failure that names file and line; the rows after it are read. What a row means is
`nlp.reading.records`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from nlp.decoding import open_text
from nlp.errors import Failure, InputError
from nlp.reading.records import COLUMNS, ReadOptions, article_from_row
from nlp.schema import Article

__all__ = ["read_csv", "read_parquet"]

_LONGEST_HEADER = 1 << 20
_LONGEST_CELL = 16 << 20
_N_ROWS = 256  # rows of a Parquet file that are in memory at once
_DELIMITERS = ",;\t"
_READABLE = frozenset({"title", "text"})


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the top of a CSV file told: its columns and how many lines they took."""

    path: Path
    header: list[str]
    delimiter: str
    n_lines: int


def read_csv(path: Path, options: ReadOptions) -> Iterator[Article | Failure]:
    """The articles of a CSV file with a header; `;` and tabs are told from the header.

    Raises:
        InputError: no column `text` or `title`, a binary file or an encoding that froth cannot tell.
    """
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    with open_text(path) as stream:
        n_above, header, delimiter = 0, [""], ","
        while not any(header):
            line = stream.readline(_LONGEST_HEADER)
            if not line:
                raise InputError("is empty; expected a header with at least a column text or title")
            n_above += 1
            header, delimiter = _header(line)
        _check_columns(header)
        yield from _csv_rows(stream, _Layout(path, header, delimiter, n_above), options)


def read_parquet(path: Path, options: ReadOptions) -> Iterator[Article | Failure]:
    """The articles of a Parquet file.

    Raises:
        InputError: no column `text` or `title`, or not a Parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            names = [name for name in file.schema_arrow.names if name.strip().lower() in COLUMNS]
            _check_columns([str(name).strip().lower() for name in file.schema_arrow.names])
            number = 0
            for batch in file.iter_batches(batch_size=_N_ROWS, columns=names):
                for row in batch.to_pylist():
                    number += 1
                    yield from article_from_row(row, f"{path}: row {number}", options)
    except pa.ArrowException as error:
        raise InputError(f"is not a readable Parquet file: {error}") from error


def _check_columns(names: Sequence[str]) -> None:
    """Refuses a table without text, and one that froth itself wrote, whose rows are no articles."""
    if "article_id" in names and {"n_sentences", "sentence", "verdict"} & set(names):
        raise InputError(
            "holds scores or claims that froth wrote, not articles; give the articles, or leave this folder out"
        )
    if not _READABLE & set(names):
        columns = ", ".join(names)[:200]
        raise InputError(f"has no column text or title (its columns: {columns}); rename the one that holds the text")


def _header(line: str) -> tuple[list[str], str]:
    """The column names in a CSV file's first line, and its delimiter: the one that yields a readable column."""
    candidates = []
    for delimiter in _DELIMITERS:
        try:
            names = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error as error:
            raise InputError(f"has an unreadable header: {error}") from error
        candidates.append(([name.strip().lower() for name in names], delimiter))
    return next((found for found in candidates if _READABLE & set(found[0])), candidates[0])


def _csv_rows(stream: TextIO, layout: _Layout, options: ReadOptions) -> Iterator[Article | Failure]:
    rows = csv.reader(stream, delimiter=layout.delimiter, strict=True)
    n_columns = len(layout.header)
    while True:
        first = layout.n_lines + rows.line_num + 1
        try:
            row = next(rows, None)
            ragged = row is not None and len(row) not in (0, n_columns)
            problem = f"has {len(row or ())} cells, the header has {n_columns}" if ragged else ""
        except csv.Error as error:
            row, problem = [], f"is not valid CSV: {error}"
        if row is None:
            return
        last = layout.n_lines + rows.line_num
        item = f"{layout.path}:{first}" if last <= first else f"{layout.path}:{first}-{last}"
        if problem:
            yield Failure(item, "read", f"{problem}; quote cells that hold commas or line ends, close every quote")
        elif row:
            # Of columns with one name, the first counts.
            cells = zip(reversed(layout.header), reversed(row), strict=True)
            yield from article_from_row(dict(cells), item, options)
