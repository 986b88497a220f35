"""A table that lies in a folder as many Parquet files, as `froth score --engine ray` writes it: read as one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from nlp.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow

__all__ = ["read_folder"]

_UNFINISHED = "_parts"
"""Is in the folder until the run that writes it has ended."""
_N_AT_ONCE = 8


def read_folder(store: Any, path: str, name: str) -> pd.DataFrame:  # noqa: ANN401
    """The rows of its files, in the order of their names; hidden files (`.x`, `_x`) are passed over.

    Args:
        store: the file system that it is in (`pyarrow.fs`).
        path: of the folder there.
        name: as errors call it.

    Raises:
        InputError: no Parquet file in it, files with different columns, or a run that has not ended.
        OSError, ValueError: a file that cannot be read.
    """
    import pyarrow
    from pyarrow import fs

    found = {one.base_name: one for one in store.get_file_info(fs.FileSelector(path))}
    if _UNFINISHED in found:
        raise InputError(f"{name} is being written, or the run that wrote it was broken off: let it end first")
    files = sorted(
        file
        for file, one in found.items()
        if one.type == fs.FileType.File and file.endswith(".parquet") and not file.startswith((".", "_"))
    )
    if not files:
        raise InputError(f"{name} is a folder without Parquet files: give a table, or a folder of `--engine ray`")
    with ThreadPoolExecutor(_N_AT_ONCE) as pool:
        tables = list(pool.map(partial(_read, store), (found[file].path for file in files)))
    for file, table in zip(files, tables, strict=True):
        if table.column_names != tables[0].column_names:
            raise InputError(
                f"{name.rstrip('/')}/{file} has the columns {', '.join(table.column_names)} and {files[0]} beside it "
                f"{', '.join(tables[0].column_names)}: put tables of one kind into a folder"
            )
    joined: pd.DataFrame = pyarrow.concat_tables(tables, promote_options="permissive").to_pandas()
    return joined


def _read(store: Any, path: str) -> pyarrow.Table:  # noqa: ANN401
    from pyarrow import parquet

    with store.open_input_file(path) as file:
        return parquet.ParquetFile(file, pre_buffer=True).read()
