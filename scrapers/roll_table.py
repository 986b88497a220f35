"""How a portal's roll is declared: the `[source.roll]` table of `sources.toml`, checked once.

A roll is what portals show as latest news: one answer with a list of items. `scrapers.rolls` reads it by this table;
paths are those of `scrapers.json_answers`. Adding a portal is adding a table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from types import MappingProxyType
from typing import Any

from nlp.errors import SourceError
from scrapers.json_answers import WRAPPERS, value_at

__all__ = ["CLOCKS", "Condition", "Roll", "roll_from_table"]

CLOCKS = ("seconds", "millis", "epoch", "local", "day")
_METHODS = ("GET", "POST")
_FIELDS = ("title", "text", "url", "published")
# The client's own: its name has to stay true, and the others say how a message is framed.
_RESERVED_HEADERS = frozenset(
    {"user-agent", "host", "accept-encoding", "content-length", "transfer-encoding", "connection", "content-type"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A value that an answer or an item may have: `{ path = "code", values = [0, 200] }`.

    Attributes:
        path: where it stands.
        values: what it may be; 1 and "1" are the same.
        url: in `url_when`, the address, path or template, of the items that fulfil it.
    """

    path: str
    values: tuple[str | int, ...]
    url: str = ""

    def holds(self, item: object) -> bool:
        """Whether the value is there and is one of them."""
        try:
            return str(value_at(item, self.path)) in map(str, self.values)
        except SourceError:
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """What a portal's answer looks like.

    Every field is a list of alternatives, of which the first that is not empty counts. An alternative with braces is
    a template of paths: `https://www.example.com/a/{code}.html`.

    Attributes:
        items: paths of the list of items.
        title: headline; markup in it is dropped.
        text: summary or text, HTML or plain.
        more: what follows `text` where an item has it.
        url: the item's page, relative to the roll's address or `base`.
        published: when.
        id: what the portal calls the item, for those without a page; may be missing.
        updated: when it was last changed; may be missing.
        clock: what these times are: epoch `seconds`, `millis`, either of them (`epoch`), a `local` written time, or
            a `day`, written with or without a midnight that means nothing.
        optional: the fields that an item need not have; the absence of any other is an error.
        single: `items` is one object and not a list.
        title_in_brackets: an item without a title has it in 【】 at the beginning of its text.
        url_when: other addresses for some items.
        base: what relative addresses are relative to, instead of the roll's own address.
        wrapper: `json`, `jsonp` or `html`.
        markers: for `html`, what stands before the JSON in the page.
        ok: the value by which the answer says that all is well; any other is an error, though HTTP says 200.
        drop: items to leave out, such as advertisements.
        drop_hosts: items to leave out by the host of their page.
        method: `GET`, with `params` in the query, or `POST`, with `params` as JSON.
        params: of the request.
        headers: of the request, beside the client's own.
    """

    items: tuple[str, ...]
    title: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    url: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    clock: str = "local"
    optional: tuple[str, ...] = ()
    single: bool = False
    title_in_brackets: bool = False
    url_when: tuple[Condition, ...] = ()
    base: str = ""
    wrapper: str = "json"
    markers: tuple[str, ...] = ()
    ok: Condition | None = None
    drop: tuple[Condition, ...] = ()
    drop_hosts: tuple[str, ...] = ()
    method: str = "GET"
    params: Mapping[str, str | int] = field(default_factory=lambda: MappingProxyType({}))
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        for key, choices in (("clock", CLOCKS), ("wrapper", tuple(WRAPPERS)), ("method", _METHODS)):
            if getattr(self, key) not in choices:
                self._refuse(key, f"one of {', '.join(choices)}")
        if not self.items:
            self._refuse("items", "at least one path")
        if not (self.title or self.text or self.url):
            self._refuse("title", "a title, a text or a url to make articles of")
        if bool(self.markers) != (self.wrapper == "html"):
            self._refuse("markers", "what stands before the JSON if wrapper = 'html', and nothing otherwise")
        if not set(self.optional) <= set(_FIELDS):
            self._refuse("optional", f"some of {', '.join(_FIELDS)}")
        if not all(condition.url for condition in self.url_when):
            self._refuse("url_when", "a url in each of its tables")
        if _RESERVED_HEADERS & {name.lower() for name in self.headers}:
            self._refuse("headers", f"none of {', '.join(sorted(_RESERVED_HEADERS))}")

    def _refuse(self, key: str, expected: str) -> None:
        raise SourceError(f"roll.{key} = {getattr(self, key)!r}; expected {expected}")


def roll_from_table(table: object) -> Roll:
    """A `[source.roll]` table as a declaration.

    Raises:
        SourceError: names the key that does not fit.
    """
    return Roll(**_checked(table, Roll, "roll"))


def _checked(table: object, kind: type[Roll] | type[Condition], place: str) -> dict[str, Any]:
    """The keys of a table as arguments for `kind`."""
    if not isinstance(table, dict):
        raise SourceError(f"{place} = {table!r}; expected a table")
    known = {declared.name: declared for declared in fields(kind)}
    if unknown := sorted(table.keys() - known.keys()):
        raise SourceError(f"{place}: unknown key {unknown[0]!r}; known are {', '.join(known)}")
    if missing := [key for key, declared in known.items() if _is_required(declared) and key not in table]:
        raise SourceError(f"{place}: key {missing[0]!r} is missing")
    return {key: _argument(value, str(known[key].type), f"{place}.{key}") for key, value in table.items()}


def _is_required(declared: Any) -> bool:  # noqa: ANN401 (dataclasses.Field is generic in what it holds)
    return declared.default is MISSING and declared.default_factory is MISSING


def _argument(value: object, annotation: str, place: str) -> object:
    """A value of TOML in the form in which the declaration keeps it; `annotation` is the field's, as written."""
    fits: object = None
    match annotation, value:
        case ("tuple[str, ...]", list()) if all(isinstance(one, str) and one for one in value):
            fits = tuple(value)
        case ("tuple[str | int, ...]", list()) if value and all(type(one) in (str, int) for one in value):
            fits = tuple(value)
        case ("tuple[Condition, ...]", list()):
            fits = tuple(Condition(**_checked(one, Condition, place)) for one in value)
        case ("Condition | None", dict()):
            fits = Condition(**_checked(value, Condition, place))
        case ("Mapping[str, str]", dict()) if all(isinstance(one, str) for one in value.values()):
            fits = MappingProxyType(dict(value))
        case ("Mapping[str, str | int]", dict()) if all(type(one) in (str, int) for one in value.values()):
            fits = MappingProxyType(dict(value))
        case ("str", str()) | ("bool", bool()):
            fits = value
    if fits is None:
        raise SourceError(f"{place} = {value!r}; expected {annotation}")
    return fits
