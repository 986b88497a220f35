"""Rolls of portals into entries, by declaration alone: bytes and a `Roll` in, the entries of a feed out.

The facts about each portal stand in `sources.toml`. What is not as declared is an error that names the source, the
path and what was found: a portal that has changed must not look like one without news. An item that does not fit is
left out and said; if none fits, the roll has changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from urllib.parse import quote, urlencode, urlsplit

from nlp.dates import ParsedDate, parse_date
from nlp.errors import SourceError
from scrapers.charsets import decode_html
from scrapers.feeds import Feed, FeedEntry, Origin, page_url
from scrapers.fragments import fragment_text, plain_lines
from scrapers.json_answers import read_answer, scalar_at, shown, value_at
from scrapers.roll_table import Roll
from scrapers.sending import Sent, json_post
from scrapers.sources import Source

__all__ = ["parse_roll", "roll_address", "roll_request"]

_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,500}>|<!--|&#?\w{1,20};")
_BRACKETED = re.compile(r"\s*【([^【】]{1,200})】\s*")
_BRACES = re.compile(r"\{([^{}]+)\}")
_URL_SAFE = "/:?&=%,;@~!#"
# What each clock accepts, so that a portal which goes from seconds to milliseconds is noticed and not believed.
_CLOCK_PATTERNS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "seconds": re.compile(r"(\d{9,10}(?:\.\d+)?)"),
        "millis": re.compile(r"(\d{12,13})"),
        "epoch": re.compile(r"(\d{9,10}(?:\.\d+)?|\d{12,13})"),
        "local": re.compile(r"((?!\d+(?:\.\d+)?\Z).+)", re.DOTALL),
        "day": re.compile(r"(\d{4}-\d\d?-\d\d?)(?:[T ]00:00(?::00(?:\.0+)?)?)?"),
    }
)


def roll_address(source: Source) -> str:
    """The address to ask, the parameters of a GET in its query."""
    roll = _declared(source)
    if roll.method != "GET" or not roll.params:
        return source.url
    return f"{source.url}{'&' if urlsplit(source.url).query else '?'}{urlencode(roll.params)}"


def roll_request(source: Source) -> Sent:
    """Method, headers and body to ask with."""
    roll = _declared(source)
    return Sent(headers=roll.headers) if roll.method == "GET" else json_post(dict(roll.params), roll.headers)


def parse_roll(
    body: bytes, source: Source, base_url: str, *, charset: str | None = None, seen_at: datetime | None = None
) -> Feed:
    """The entries of one answer; a `problem` beside them where the list is empty or some items do not fit.

    Args:
        body: the answer as it came, decompressed.
        source: with a roll; gives zone and language too.
        base_url: the address that answered, for relative links.
        charset: the charset of the Content-Type header, if there was one.
        seen_at: when it was fetched (aware), from which `3小时前` counts.

    Raises:
        SourceError: the answer is not what was declared: an error code, a login page, another form, a field that is
            gone, dates by another clock.
    """
    roll = _declared(source)
    try:
        where, items = _items(read_answer(decode_html(body, charset=charset), roll.wrapper, roll.markers), roll)
        return _entries(items, where, Origin(source, roll.base or base_url, seen_at))
    except SourceError as error:
        raise SourceError(
            f"source {source.id!r}: {error}; open {base_url} in a browser and correct the source's roll"
        ) from error


def _declared(source: Source) -> Roll:
    if source.roll is None:
        raise SourceError(f"source {source.id!r} declares no roll; add a [source.roll] table")
    return source.roll


def _items(answer: object, roll: Roll) -> tuple[str, list[object]]:
    """Where the items stand, and the items."""
    if roll.ok is not None and not roll.ok.holds(answer):
        around = value_at(answer, roll.ok.path.rpartition(".")[0] or ".")
        wanted, found = " or ".join(map(str, roll.ok.values)), scalar_at(answer, roll.ok.path)
        raise SourceError(f"at {roll.ok.path!r}: expected {wanted}, found {found!r} in {shown(around)}")
    refusals = []
    for path in roll.items:
        try:
            listed = value_at(answer, path)
        except SourceError as error:
            refusals.append(str(error))
            continue
        if roll.single and isinstance(listed, dict):
            return path, [listed]
        if not roll.single and isinstance(listed, list):
            return f"{path}[]", listed
        refusals.append(f"at {path!r}: expected {'an object' if roll.single else 'a list'}, found {shown(listed)}")
    raise SourceError(f"{'; '.join(refusals)}; the answer is {shown(answer)}")


def _entries(items: list[object], where: str, origin: Origin) -> Feed:
    roll = _declared(origin.source)
    if not items:
        return Feed((), f"the list at {where!r} is empty; look whether the portal has really no news")
    entries: list[FeedEntry] = []
    refusals: list[str] = []
    n_dropped = 0
    for item in items:
        if any(condition.holds(item) for condition in roll.drop):
            n_dropped += 1
            continue
        try:
            entry = _entry(item, origin)
        except SourceError as error:
            refusals.append(f"in {where!r} {error}")
            continue
        if entry.url and urlsplit(entry.url).hostname in roll.drop_hosts:
            n_dropped += 1
        else:
            entries.append(entry)
    if refusals and not entries:
        raise SourceError(f"none of {len(refusals)} items fits: {refusals[0]}")
    _check_whole(entries, items, where, roll)
    problem = f"{len(refusals)} of {len(items)} items left out; the first: {refusals[0]}" if refusals else None
    if n_dropped == len(items):
        problem = (
            f"all {n_dropped} items of {where!r} are such as the source drops; look whether the portal has changed"
        )
    return Feed(tuple(entries), problem)


def _check_whole(entries: list[FeedEntry], items: list[object], where: str, roll: Roll) -> None:
    """Raise where a declared date or address can be read in no item: one may lack it, all of them cannot."""
    for name in ("url", "published"):
        declared = getattr(roll, name)
        if declared and name not in roll.optional and entries and all(getattr(e, name) is None for e in entries):
            found = next((raw for item in items if (raw := _found(item, roll, name))), "")
            expected = f"a time by the clock {roll.clock!r}" if name == "published" else "an address"
            raise SourceError(
                f"in {where!r} at {' or '.join(map(repr, declared))}: expected {expected}, found {found!r}"
            )


def _found(item: object, roll: Roll, name: str) -> str:
    try:
        return _field(item, roll, name)
    except SourceError:
        return ""


def _entry(item: object, origin: Origin) -> FeedEntry:
    roll = _declared(origin.source)
    title = _plain(_field(item, roll, "title")).replace("\n", " ")
    text = _plain("\n".join(filter(None, (_field(item, roll, "text"), _optional(item, roll.more)))))
    if roll.title_in_brackets and (bracketed := _BRACKETED.match(text)):
        title = title or bracketed[1].strip()
        text = text[bracketed.end() :] or title
    if (roll.title or roll.text) and not (title or text) and not {"title", "text"} <= set(roll.optional):
        raise SourceError(f"at {' and '.join(map(repr, roll.title + roll.text))}: expected words, found none")
    return FeedEntry(
        url=page_url(_address(item, roll), origin.base_url),
        title=title,
        text=text,
        published=_date(_field(item, roll, "published"), origin),
        lang=origin.source.lang,
        guid=_optional(item, roll.id),
        updated=_date(_optional(item, roll.updated), origin),
        date_told=_field(item, roll, "published"),
    )


def _field(item: object, roll: Roll, name: str) -> str:
    """The first alternative of a field that is not empty; an item without any of them is not what was declared."""
    alternatives: tuple[str, ...] = getattr(roll, name)
    refusals: list[SourceError] = []
    for alternative in alternatives:
        try:
            if value := _read(item, alternative):
                return value
        except SourceError as error:
            refusals.append(error)
    if alternatives and len(refusals) == len(alternatives) and name not in roll.optional:
        raise SourceError("; ".join(map(str, refusals)))
    return ""


def _optional(item: object, paths: tuple[str, ...]) -> str:
    for path in paths:
        try:
            if value := scalar_at(item, path):
                return value
        except SourceError:
            continue
    return ""


def _address(item: object, roll: Roll) -> str:
    for condition in roll.url_when:
        if condition.holds(item):
            return _read(item, condition.url)
    return _field(item, roll, "url")


def _read(item: object, alternative: str) -> str:
    """The value at a path, or a template with its values filled in; empty where one of them is."""
    if "{" not in alternative:
        return scalar_at(item, alternative)
    values = {path: quote(scalar_at(item, path), safe=_URL_SAFE) for path in _BRACES.findall(alternative)}
    return _BRACES.sub(lambda match: values[match[1]], alternative) if all(values.values()) else ""


def _plain(value: str) -> str:
    """Text of a value that may be HTML, a paragraph a line."""
    return fragment_text(value) if _MARKUP.search(value) else plain_lines(value)


def _date(raw: str, origin: Origin) -> ParsedDate | None:
    fits = _CLOCK_PATTERNS[_declared(origin.source).clock].fullmatch(raw)
    return parse_date(fits[1], origin.source.tzinfo, base=origin.seen_at) if fits else None
