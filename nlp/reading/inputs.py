"""Files, folders and standard input into a stream of articles and failures, in an order that does not change.

One row of `READERS` per format; a caller adds rows (the scrapers', for HTML). One bad item never stops a batch: a row,
or a file as a whole, that cannot be used becomes a `Failure` in its place. Whether a batch of nothing but failures is
an error is for the caller to say.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import MappingProxyType

from nlp.decoding import bare_suffix
from nlp.errors import Failure, FrothError, InputError
from nlp.reading.json_lines import read_json, read_json_lines, read_jsonl
from nlp.reading.plain_text import read_plain_text
from nlp.reading.records import Reader, ReadOptions
from nlp.reading.tabular import read_csv, read_parquet
from nlp.schema import Article

__all__ = ["READERS", "STDIN", "check_inputs", "counts_in_folder", "files_below", "input_files", "read_articles"]

STDIN = "-"
"""The input that stands for standard input, which holds JSON lines."""

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".txt": read_plain_text,
        ".jsonl": read_jsonl,
        ".ndjson": read_jsonl,
        ".json": read_json,
        ".csv": read_csv,
        ".tsv": read_csv,
        ".parquet": read_parquet,
    }
)
"""How to read a file, by the suffix it has (`.xz`, `.gz` and `.bz2` apart)."""

# What lies beside data in a folder without being data.
_BYSTANDERS = frozenset({"", ".md", ".rst", ".toml", ".yaml", ".yml", ".py", ".log"})


def read_articles(
    inputs: Iterable[Path | str],
    *,
    zone: tzinfo | None = None,
    readers: Mapping[str, Reader] | None = None,
    now: datetime | None = None,
) -> Iterator[Article | Failure]:
    """Everything that the inputs hold, in the order of the inputs, of the names in a folder and of the rows in a file.

    Args:
        inputs: files, folders (with all below them; hidden files and data sheets are passed over), `-` for stdin.
        zone: of dates that name none; by default that of the article's language (`nlp.dates.default_zone`).
        readers: further readers, or others, by suffix.
        now: aware; dates later than a day after it are refused. By default the present.

    Raises:
        InputError: an input does not exist; at once, before anything is read.
    """
    paths = check_inputs(inputs)
    options = ReadOptions(now=now or datetime.now(UTC), zone=zone)
    return _stream(paths, {**READERS, **(readers or {})}, options)


def check_inputs(inputs: Iterable[Path | str]) -> list[Path]:
    """The paths of some inputs, before anything is read.

    Raises:
        InputError: one does not exist.
    """
    paths = [Path(each) for each in inputs]
    for path in paths:
        if str(path) != STDIN and not path.exists():
            raise InputError(f"{path} does not exist; give a file, a folder, or - for JSON lines on standard input")
    return paths


def input_files(paths: Iterable[Path], readers: Mapping[str, Reader]) -> Iterator[Path | Failure]:
    """The files that some files and folders stand for, in their order; a failure for a folder with none to read."""
    for path in paths:
        if path.is_dir():
            n_files = 0
            for file in files_below(path):
                if counts_in_folder(file, readers):
                    n_files += 1
                    yield file
            if not n_files:
                yield Failure(str(path), "read", f"is a folder without a file that froth reads ({_names(readers)})")
        else:
            yield path


def counts_in_folder(file: Path, readers: Mapping[str, Reader]) -> bool:
    """Whether a file counts where its folder is given: it has a reader, or is not known to be something else."""
    return bare_suffix(file) in readers or bare_suffix(file) not in _BYSTANDERS


def _stream(paths: Sequence[Path], readers: Mapping[str, Reader], options: ReadOptions) -> Iterator[Article | Failure]:
    for found in input_files(paths, readers):
        if isinstance(found, Failure):
            yield found
        elif str(found) == STDIN:
            yield from _guarded("standard input", read_json_lines(sys.stdin.buffer, "standard input", options))
        else:
            yield from _read_file(found, readers, options)


def _read_file(path: Path, readers: Mapping[str, Reader], options: ReadOptions) -> Iterator[Article | Failure]:
    reader = readers.get(bare_suffix(path))
    if reader is None:
        yield Failure(
            str(path), "read", f"has a suffix that froth does not read; convert it to one of {_names(readers)}"
        )
    else:
        yield from _guarded(str(path), reader(path, options))


def _guarded(name: str, items: Iterator[Article | Failure]) -> Iterator[Article | Failure]:
    """The items; an error that ends them, or their absence, is one more failure. One file's boundary in a batch."""
    n_items = 0
    try:
        for item in items:
            n_items += 1
            yield item
    except FrothError as error:
        yield Failure(name, "read", str(error))
    except Exception as error:
        yield Failure(name, "read", f"could not be read to its end: {type(error).__name__}: {error}")
    else:
        if not n_items:
            yield Failure(name, "read", "is empty: it holds no article")


def files_below(folder: Path) -> Iterator[Path]:
    """The files in a folder and all below it in the order in which they are read, without hidden ones."""
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(root, name)
            if not name.startswith(".") and path.is_file():
                yield path


def _names(readers: Mapping[str, Reader]) -> str:
    return ", ".join(sorted(readers))
