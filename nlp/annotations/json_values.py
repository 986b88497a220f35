"""The objects of a JSON file, be it an array, one object or JSON lines, each with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from nlp.decoding import decode, open_bytes
from nlp.errors import Failure
from nlp.reading.json_lines import JsonRow, json_rows

__all__ = ["json_values"]


def json_values(path: Path) -> Iterator[JsonRow | Failure]:
    """The objects with their places; what is none is a failure.

    Raises:
        InputError: binary data, or an encoding that froth cannot tell.
    """
    with open_bytes(path) as stream:
        text = decode(stream.read())
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        yield from json_rows(path)
        return
    for number, one in enumerate(value if isinstance(value, list) else [value], 1):
        item = f"{path}: item {number}"
        if isinstance(one, dict):
            yield JsonRow(item, one)
        else:
            yield Failure(item, "read", f"is a JSON {type(one).__name__}, expected an object with a text")
