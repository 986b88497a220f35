"""JSON lines and JSON: objects with the place they came from, and the articles they describe.

Lines are read one at a time, whatever the size of the file, and a line that cannot be read is a failure that names it.
A `.json` file is held in memory: one array is one value. What an object means as an article is `nlp.reading.records`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from nlp.decoding import decode, encoding_of, open_bytes, refuse_binary
from nlp.errors import Failure, InputError
from nlp.reading.records import ReadOptions, article_from_row
from nlp.schema import Article

__all__ = ["JsonRow", "json_rows", "read_json", "read_json_lines", "read_jsonl"]

_LONGEST_LINE = 64 << 20  # bytes


@dataclass(frozen=True, slots=True)
class JsonRow:
    """One object of a file; `item` is its file and line."""

    item: str
    value: dict[str, Any]


def json_rows(path: Path) -> Iterator[JsonRow | Failure]:
    """The objects of a file with one per line; a line that holds none is a failure.

    Raises:
        InputError: a binary file.
    """
    with open_bytes(path) as stream:
        is_utf16 = stream.read(2) in (b"\xff\xfe", b"\xfe\xff")
    if is_utf16:
        with io.TextIOWrapper(open_bytes(path), encoding="utf-16", newline="\n") as text:
            yield from _rows(lambda size: text.readline(size).encode("utf-8", "surrogatepass"), str(path))
    else:
        with open_bytes(path) as stream:
            yield from _rows(stream.readline, str(path), path)


def read_jsonl(path: Path, options: ReadOptions) -> Iterator[Article | Failure]:
    """The articles of a file with one JSON object per line."""
    return _articles(json_rows(path), options)


def read_json_lines(stream: BinaryIO, name: str, options: ReadOptions) -> Iterator[Article | Failure]:
    """The articles of a stream with one JSON object per line; `name` is what failures call it."""
    return _articles(_rows(stream.readline, name), options)


def read_json(path: Path, options: ReadOptions) -> Iterator[Article | Failure]:
    """The articles of a JSON file: an array of objects, one object, or in truth JSON lines.

    Raises:
        InputError: not JSON, a binary file or an encoding that froth cannot tell.
    """
    with open_bytes(path) as stream:
        text = decode(stream.read())
    if not text.strip():
        return
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        if text.lstrip().startswith("{"):
            yield from read_jsonl(path, options)
            return
        raise InputError(f"is not valid JSON: {error}") from error
    items = enumerate(value if isinstance(value, list) else [value], 1)
    yield from _articles((_row(item, f"{path}: item {number}") for number, item in items), options)


def _articles(rows: Iterable[JsonRow | Failure], options: ReadOptions) -> Iterator[Article | Failure]:
    for row in rows:
        if isinstance(row, Failure):
            yield row
        else:
            yield from article_from_row(row.value, row.item, options)


def _rows(readline: Callable[[int], bytes], name: str, path: Path | None = None) -> Iterator[JsonRow | Failure]:
    """The rows of what `readline` gives; a line whose encoding it does not tell itself has that of the file `path`."""
    number, codec = 0, None
    while line := readline(_LONGEST_LINE):
        number += 1
        item = f"{name}:{number}"
        if number == 1:
            refuse_binary(line[:4096])
        if len(line) >= _LONGEST_LINE and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = readline(_LONGEST_LINE)
            yield Failure(item, "read", f"is longer than {_LONGEST_LINE >> 20} MiB; expected one article per line")
        elif line.strip():
            row = _parsed(line, item, codec)
            if isinstance(row, Failure) and codec is None and path is not None and not _is_utf8(line):
                codec, path = _codec_of(path), None
                row = _parsed(line, item, codec)
            yield row


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


def _codec_of(path: Path) -> str | None:
    """The codec that reads a whole file; None where none does."""
    try:
        with open_bytes(path) as stream:
            return encoding_of(stream)
    except InputError:
        return None


def _parsed(line: bytes, item: str, codec: str | None) -> JsonRow | Failure:
    try:
        return _row(json.loads(line.decode(codec) if codec and not _is_utf8(line) else decode(line)), item)
    except InputError as error:
        return Failure(item, "read", str(error))
    except (ValueError, RecursionError) as error:
        return Failure(item, "read", f"is not valid JSON: {error}; expected one object per line")


def _row(value: object, item: str) -> JsonRow | Failure:
    if isinstance(value, dict):
        return JsonRow(item, value)
    return Failure(item, "read", f"is a JSON {type(value).__name__}, expected an object with a text or a title")
