"""A table of froth wherever it lies: in a local file, in a folder of Parquet files, at a URL."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from nlp.columns import is_text
from nlp.csv_cells import numbers_in, read_cells
from nlp.errors import InputError
from nlp.object_stores import fetched, is_url, opened
from nlp.parquet_folder import read_folder

__all__ = ["table_at"]

_PATIENCE = 30
"""Seconds."""


def table_at(place: str, name: str) -> pd.DataFrame:
    """The rows of a CSV or Parquet file, or of a folder of Parquet files; columns are text or numbers.

    Args:
        place: a local path, or a URL. A folder is read where it is, a file from a copy on this machine.
        name: as errors call it.

    Raises:
        InputError: a URL that nothing here reads or where nothing is, a folder that is no table.
        OSError, ValueError: a file that cannot be read.
    """
    if not is_url(place):
        return _local_table(Path(place), name)
    from pyarrow import fs

    store, path = opened(place, patience=_PATIENCE)
    if isinstance(store, fs.LocalFileSystem):
        return _local_table(Path(path), name)
    found = store.get_file_info(path.rstrip("/"))
    if found.type == fs.FileType.Directory:
        return read_folder(store, found.path, name)
    if found.type != fs.FileType.File:
        raise InputError(f"{name} does not exist: give a table, or a folder of `--engine ray`")
    with TemporaryDirectory(prefix="froth-") as folder:
        return _local_table(fetched(store, found.path, Path(folder)), name)


def _local_table(path: Path, name: str) -> pd.DataFrame:
    if path.is_dir():
        from pyarrow import fs

        return read_folder(fs.LocalFileSystem(), str(path), name)
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    table = read_cells(path)
    for column in table:
        if not is_text(str(column)) and (numbers := numbers_in(table[column])) is not None:
            table[column] = numbers
    return table
