"""The CSV and Parquet files that people open: written safely, whole or not at all, and read back as they were.

CSV is UTF-8, RFC 4180, ISO dates; what a spreadsheet would run as a formula gets an apostrophe in front, which reading
takes off again (`nlp.formulas`), and no character acts on the terminal that shows the file (`nlp.safety.inert`). Which
columns a file has is `nlp.columns`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TextIO

from nlp.columns import FAILURE_COLUMNS, is_text
from nlp.csv_rows import csv_cell, csv_header, csv_lines
from nlp.errors import Failure, InputError
from nlp.object_stores import shown
from nlp.safety import inert

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow
    from pyarrow.parquet import ParquetWriter

__all__ = [
    "TableWriter",
    "check_writable",
    "frame",
    "read_table",
    "whole_file",
    "write_failures",
    "write_table",
]

_LINE_END = "\r\n"
_FAILURES = "failures.csv"
_NOT_WRITTEN = frozenset((".gz", ".bz2", ".xz", ".zip", ".zst", ".xls", ".xlsx", ".ods"))


class TableWriter:
    """Writes declared columns batch by batch, as CSV or (by the suffix) Parquet; the file appears whole or not at all.

    Raises:
        InputError: the place cannot be written.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path, self.columns = path, list(columns)
        self._scratch = path.with_name(f".{path.name}.{os.getpid()}.part")
        self._parquet: ParquetWriter | None = None

    def __enter__(self) -> Self:
        try:
            _check_target(self.path)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._scratch.write_bytes(b"" if self._is_parquet else csv_header(self.columns).encode())
        except OSError as error:
            raise InputError(
                f"cannot write {self.path} ({error}): choose a place that can be written with -o"
            ) from error
        return self

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Appends rows; a missing column is an empty cell."""
        rows = list(rows)
        lines = None if self._is_parquet else csv_lines(rows, self.columns)
        if lines is None:
            self.add_table(frame(rows, self.columns))
            return
        with self._scratch.open("ab") as file:
            file.write(lines.encode())

    def add_table(self, table: pd.DataFrame) -> None:
        """Appends the declared columns of a data frame."""
        table = table.reindex(columns=self.columns)
        if self._is_parquet:
            self._add_parquet(table)
        else:
            safe = table.astype(object).map(csv_cell)
            safe.to_csv(self._scratch, mode="a", header=False, index=False, encoding="utf-8", lineterminator=_LINE_END)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._is_parquet and self._parquet is None and kind is None:
            self._add_parquet(frame((), self.columns))
        if self._parquet is not None:
            self._parquet.close()
        if kind is None:
            self._scratch.replace(self.path)
        else:
            self._scratch.unlink(missing_ok=True)

    @property
    def _is_parquet(self) -> bool:
        return self.path.suffix == ".parquet"

    def _add_parquet(self, table: pd.DataFrame) -> None:
        import pyarrow
        from pyarrow import parquet

        schema = self._parquet.schema if self._parquet else None
        batch = pyarrow.Table.from_pandas(table, schema=schema, preserve_index=False)
        if schema is None:
            batch = batch.cast(pyarrow.schema([_typed_field(field) for field in batch.schema]))
        if self._parquet is None:
            self._parquet = parquet.ParquetWriter(self._scratch, batch.schema)
        self._parquet.write_table(batch)


def _typed_field(field: pyarrow.Field) -> pyarrow.Field:
    """A column whose first cells are all empty gets the type that later ones will have."""
    import pyarrow

    if not pyarrow.types.is_null(field.type):
        return field
    return field.with_type(pyarrow.large_string() if is_text(field.name) else pyarrow.float64())


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """A UTF-8 text file that appears at `path` when it is complete, or not at all."""
    try:
        _check_target(path)
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot write {path} ({error}): choose a place that can be written with -o") from error
    scratch = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with scratch.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def _check_target(path: Path) -> None:
    """Refuses what a finished file cannot be put in the place of: a folder, a device, a pipe."""
    if path.is_dir():
        raise IsADirectoryError("it is a folder")
    if path.name == "-" or (path.exists() and not path.is_file()):
        raise OSError("it is no file")


def check_writable(*paths: Path | None, read: Iterable[Path | str | None] = ()) -> None:
    """Refuses places that no result can go to, before the work that would fill it.

    Args:
        paths: of the results.
        read: what the work reads, which no result may take the place of.

    Raises:
        InputError: a folder, a place below something that is none, one that two results share, one that is read, the
            name of the failures, no name, or one of a format that is not written.
    """
    taken = {os.path.realpath(path) for path in read if path is not None}
    for path in paths:
        if path is None:
            continue
        if not path.name or path.name == _FAILURES:
            told = "it holds what went wrong" if path.name else "the name is empty"
            raise InputError(f"cannot write {str(path)!r}: {told}; choose another name to write to")
        if path.suffix.lower() in _NOT_WRITTEN:
            raise InputError(
                f"{path}: {path.suffix} is not written; choose a name that ends in .csv, .parquet or .jsonl"
            )
        if (place := os.path.realpath(path)) in taken:
            raise InputError(f"{path} is read, or holds another result: choose another name to write to")
        taken.add(place)
        nearest = next(parent for parent in path.parents if parent.exists())
        no_file = path.name == "-" or (path.exists() and not path.is_file())
        if no_file or not nearest.is_dir() or not os.access(nearest, os.W_OK):
            raise InputError(f"cannot write {path}: choose a file in a folder that can be written with -o")


def write_table(rows: pd.DataFrame | Sequence[Mapping[str, Any]], path: Path, columns: Sequence[str]) -> None:
    """Writes declared columns as CSV, or as Parquet by the suffix; the folder is made, the file replaced whole.

    Raises:
        InputError: the place cannot be written.
    """
    with TableWriter(path, columns) as writer:
        if isinstance(rows, Sequence):
            writer.add(rows)
        else:
            writer.add_table(rows)


def read_table(place: Path | str, required: Iterable[str]) -> pd.DataFrame:
    """Reads what `write_table` wrote, or a folder of Parquet files; apostrophes before formulas are taken off.

    Args:
        place: a local path; as text also a URL (`nlp.object_stores`).
        required: columns that it must have.

    Raises:
        InputError: nothing there, not a table, or a required column is missing.
    """
    from nlp.stored_tables import table_at

    name = shown(str(place))
    try:
        table = table_at(str(place), name)
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise InputError(shown(f"cannot read {name} as a froth table ({error})")) from error
    missing = [column for column in required if column not in table.columns]
    if missing:
        raise InputError(
            f"{name} lacks the column(s) {', '.join(missing)}: it has {', '.join(map(str, table.columns))}"
        )
    return table


def write_failures(failures: Iterable[Failure], path: Path) -> None:
    """Writes failures.csv, with its header even when nothing failed, so that an old one never misleads."""
    write_table([{"item": f.item, "stage": f.stage, "reason": f.reason} for f in failures], path, FAILURE_COLUMNS)


def _writable(cell: object) -> object:
    return inert(cell) if isinstance(cell, str) else cell


def frame(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Rows as a data frame of declared columns, with text that every writer and reader can hold and show."""
    import pandas as pd

    return pd.DataFrame([{name: _writable(cell) for name, cell in row.items()} for row in rows], columns=list(columns))
