"""A table that lies in a folder as many Parquet files, as `froth score --engine ray` writes it: read as one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from nlp.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow

__all__ = ["read_folder"]

_UNFINISHED = "_parts"
"""Is in the folder until the run that writes it has ended."""
_N_AT_ONCE = 8


def read_folder(folder: Path) -> pd.DataFrame:
    """The rows of its files, in the order of their names; hidden files (`.x`, `_x`) are passed over.

    Raises:
        InputError: no Parquet file in it, files with different columns, or a run that has not ended.
        OSError, ValueError: a file that cannot be read.
    """
    import pyarrow

    if (folder / _UNFINISHED).exists():
        raise InputError(f"{folder} is being written, or the run that wrote it was broken off: let it end first")
    files = sorted(file for file in folder.glob("*.parquet") if not file.name.startswith((".", "_")))
    if not files:
        raise InputError(f"{folder} is a folder without Parquet files: give a table, or a folder of `--engine ray`")
    with ThreadPoolExecutor(_N_AT_ONCE) as pool:
        tables = list(pool.map(_read, files))
    for file, table in zip(files, tables, strict=True):
        if table.column_names != tables[0].column_names:
            raise InputError(
                f"{file} has the columns {', '.join(table.column_names)} and {files[0].name} beside it "
                f"{', '.join(tables[0].column_names)}: put tables of one kind into a folder"
            )
    joined: pd.DataFrame = pyarrow.concat_tables(tables, promote_options="permissive").to_pandas()
    return joined


def _read(file: Path) -> pyarrow.Table:
    from pyarrow import parquet

    with parquet.ParquetFile(file) as opened:
        return opened.read()
