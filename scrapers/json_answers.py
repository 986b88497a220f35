"""JSON out of what web servers send for it, and values out of JSON by path.

JSON may come alone, in a call (JSONP) or inside the script of an HTML page. It is read, never evaluated. A path is
names joined by dots: a number is the place in a list, `.` is the whole, and a name followed by `(json)` is a string
that holds JSON itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from nlp.errors import SourceError

__all__ = ["WRAPPERS", "read_answer", "scalar_at", "shown", "value_at"]

_CALL = re.compile(r"\s*(?:/\*.{0,200}?\*/\s*)?[A-Za-z_$][\w$.]{0,100}\s*\(\s*", re.DOTALL)
_CALL_END = re.compile(r"\s*\)\s*;?\s*\Z")
_PAGE_TITLE = re.compile(r"<title[^>]{0,100}>([^<]{0,200})", re.IGNORECASE)
_MOST_BETWEEN = 200  # characters between a marker and its JSON: the rest of a tag or an assignment
_SHOWN = 160
_JSON_STRING = "(json)"
_DECODER = json.JSONDecoder(strict=False)


def read_answer(text: str, wrapper: str, markers: Sequence[str] = ()) -> object:
    """The JSON value in an answer.

    Args:
        text: the whole answer.
        wrapper: one of `WRAPPERS`.
        markers: for `html`, what stands before the JSON in the page; the first of them that is there counts.

    Raises:
        SourceError: there is none; says what is there instead.

    >>> read_answer('back({"data": [1]});', "jsonp")
    {'data': [1]}
    >>> read_answer('<script>var initdata = {"data": [1]};</script>', "html", ["var initdata"])
    {'data': [1]}
    """
    text = text.lstrip("\ufeff \t\r\n")
    try:
        return WRAPPERS[wrapper](text, markers)
    except (ValueError, RecursionError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(f"expected {wrapper}, found {_described(text)} ({str(error)[:_SHOWN]})") from error


def value_at(value: object, path: str) -> object:
    """What stands at `path` in a JSON value; null is a value.

    Raises:
        SourceError: nothing does; names the step and what was found there.

    >>> value_at({"ext": '{"links": ["a", "b"]}'}, "ext(json).links.1")
    'b'
    """
    for step in [] if path == "." else path.split("."):
        name = step.removesuffix(_JSON_STRING)
        if name:
            value = _child(value, name, path)
        if name != step:
            value = _inner(value, path)
    return value


def scalar_at(value: object, path: str) -> str:
    """The text or number at `path` as text without white space around it; empty for null.

    Raises:
        SourceError: there is nothing, or it is a list, an object or a truth value.
    """
    found = value_at(value, path)
    if found is None:
        return ""
    if isinstance(found, bool) or not isinstance(found, (str, int, float)):
        raise SourceError(f"at {path!r}: expected a text or a number, found {shown(found)}")
    return str(found).strip()


def _alone(text: str, markers: Sequence[str]) -> object:
    value, end = _DECODER.raw_decode(text)
    if text[end:].strip():
        raise ValueError(f"more after the JSON: {text[end:][:40]!r}")
    return value


def _called(text: str, markers: Sequence[str]) -> object:
    opened = _CALL.match(text)
    if opened is None:
        raise ValueError("no call around the JSON")
    value, end = _DECODER.raw_decode(text, opened.end())
    if not _CALL_END.match(text, end):
        raise ValueError("the call does not end after the JSON")
    return value


def _embedded(text: str, markers: Sequence[str]) -> object:
    marker = next((marker for marker in markers if marker in text), None)
    if marker is None:
        raise SourceError(f"expected a page with {' or '.join(map(repr, markers))}, found {_described(text)}")
    after = text.index(marker) + len(marker)
    starts = [at for mark in "{[" if (at := text.find(mark, after, after + _MOST_BETWEEN)) >= 0]
    if not starts:
        raise SourceError(f"expected JSON after {marker!r}, found {text[after : after + _SHOWN]!r}")
    return _DECODER.raw_decode(text, min(starts))[0]


WRAPPERS: Mapping[str, Callable[[str, Sequence[str]], object]] = MappingProxyType(
    {"json": _alone, "jsonp": _called, "html": _embedded}
)
"""The forms in which JSON comes."""


def _child(value: object, name: str, path: str) -> object:
    if isinstance(value, dict) and name in value:
        return value[name]
    if isinstance(value, list) and name.isascii() and name.isdigit() and len(name) < 6 and int(name) < len(value):
        return value[int(name)]
    raise SourceError(f"at {path!r}: no {name!r}, found {shown(value)}")


def _inner(value: object, path: str) -> object:
    if not isinstance(value, str):
        raise SourceError(f"at {path!r}: expected a string that holds JSON, found {shown(value)}")
    try:
        return _DECODER.decode(value)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"at {path!r}: expected a string that holds JSON, found {value[:_SHOWN]!r}") from error


def shown(value: object) -> str:
    """A value in words, with the texts and numbers in it: a portal's own error message is the best explanation.

    >>> shown({"code": 403, "data": None})
    'an object with "code", "data": {"code": 403}'
    """
    if isinstance(value, dict):
        text = f"an object with {', '.join(map(json.dumps, list(value)[:20])) or 'nothing in it'}"
        scalars = {key: item for key, item in value.items() if isinstance(item, (str, int))}
        return f"{text}: {json.dumps(scalars, ensure_ascii=False)[:_SHOWN]}" if scalars else text
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return json.dumps(value, ensure_ascii=False)[:_SHOWN]


def _described(text: str) -> str:
    title = _PAGE_TITLE.search(text[:20_000])
    if title:
        return f"a page titled {title[1].strip()!r}"
    return repr(text[:_SHOWN]) if text else "an empty answer"
