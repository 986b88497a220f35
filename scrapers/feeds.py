"""Feeds into entries: RSS and Atom by feedparser (imported in this file only), JSON Feed by the standard library.

Dates are read from the raw strings by `nlp.dates` in the source's own zone, because feedparser reads `CST` as US
Central, zoneless times as UTC, `2026年11月21日` as the 1st and an epoch as 1795. A body whose bytes are Chinese in an
encoding of Chinese is handed to feedparser in UTF-8, because feedparser believes what is declared. Markup in titles and
texts is reduced to text.
"""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from nlp.dates import ParsedDate, parse_date
from scrapers.charsets import decode_html, probable_codec
from scrapers.fragments import fragment_text, plain_lines
from scrapers.sources import Source

__all__ = ["Feed", "FeedEntry", "Origin", "page_url", "parse_feed"]

# A publisher's own date before one of change; what is there but cannot be read is unknown, never replaced by the next.
_DATE_KEYS = ("published", "created", "updated")
# UTF-16 without the mark that tells it, by the first character of every document.
_UNMARKED = {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{4,8})|([0-9]{5,8}));")
_SURROGATES = range(0xD800, 0xE000)
_JSON_STARTS = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
_JSON_DATE_KEYS = ("date_published", "date_modified")


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of a feed.

    Attributes:
        url: absolute http(s) address of its page, or None.
        title: headline as one line of text, may be empty.
        text: the longest text that the feed gives, a paragraph a line; may be empty.
        published: when and how exactly, or None where the feed says nothing that can be trusted.
        lang: the language that the feed declares for it, else the source's.
        guid: what the feed itself calls it, may be empty, and is not always its own.
        updated: when it was last changed, as the feed states it beside `published`; None where it does not.
        listed_at: when the answer that lists it was fetched, aware UTC; None until `scrapers.listings` says.
        date_told: what the feed says in the place of `published`, as it stands there; may be empty.
    """

    url: str | None
    title: str
    text: str
    published: ParsedDate | None
    lang: str
    guid: str = ""
    updated: ParsedDate | None = None
    listed_at: datetime | None = None
    date_told: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Feed:
    """The entries of a feed in its order, and beside them what is wrong with it, if anything is."""

    entries: tuple[FeedEntry, ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a feed came from, and when (aware, or None where nobody knows)."""

    source: Source
    base_url: str
    seen_at: datetime | None


def parse_feed(
    body: bytes, source: Source, base_url: str, *, charset: str | None = None, seen_at: datetime | None = None
) -> Feed:
    """The entries of one feed; what is not a feed has none, and a `problem` that says so.

    Args:
        body: the feed as it came, decompressed.
        source: gives the zone for dates without one and the language.
        base_url: the address that the feed was fetched from, for relative links.
        charset: the charset of the Content-Type header, if there was one.
        seen_at: when it was fetched (aware), from which `3小时前` counts.
    """
    origin = Origin(source, base_url, seen_at)
    if body.lstrip(_JSON_STARTS).startswith(b"{"):
        return _parse_json(body, origin)
    if body[:2] in _UNMARKED:
        body, charset = body.decode(_UNMARKED[body[:2]], "replace").encode(), "utf-8"
    elif _is_chinese(body, charset):
        body, charset = decode_html(body, charset=charset).encode(), "utf-8"
    media_type = "application/xml" + (f"; charset={charset}" if charset else "")
    # A file object, because feedparser takes bytes and strings for file names and addresses too.
    stream = io.BytesIO(_REFERENCE.sub(_character, body))
    try:
        # Without an address of its own feedparser leaves relative links as they are, and ids that are none too.
        document = feedparser.parse(stream, response_headers={"content-type": media_type})
    except ValueError as error:  # such as an encoding whose name holds a NUL
        return Feed((), f"not a feed that can be read ({str(error)[:200]}); the source's server has to mend it")
    declared = document["feed"].get("language") if isinstance(document["feed"].get("language"), str) else None
    entries = tuple(_entry(raw, origin, declared) for raw in document["entries"])
    if entries or document.get("version"):
        return Feed(entries)
    cause = str(document.get("bozo_exception") or "no RSS, Atom or RDF element found")
    return Feed((), f"not a feed ({cause[:200]}); open {base_url} in a browser and correct the source's url")


def _character(reference: re.Match[bytes]) -> bytes:
    """A reference to a character, or to U+FFFD where it is half a pair, on which feedparser would give the feed up."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return b"&#xFFFD;" if code in _SURROGATES else reference[0]


def _is_chinese(body: bytes, charset: str | None) -> bool:
    """Whether the text is in an encoding of Chinese, whatever it declares; feedparser believes what is declared."""
    if b"\0" in body:  # UTF-16 or UTF-32, which feedparser tells by its first bytes
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return probable_codec(body, charset=charset) in ("gb18030", "big5hkscs")
    return False


def _entry(raw: Mapping[str, Any], origin: Origin, declared: str | None) -> FeedEntry:
    title = _title(raw)
    texts = sorted((_detail_text(detail) for detail in _details(raw)), key=len)
    # A plain dict, because feedparser's own look-up answers a missing `updated` with `published`.
    dates = [dict(raw).get(key) for key in _DATE_KEYS]
    return FeedEntry(
        url=page_url(raw.get("feedburner_origlink") or _link(raw), origin.base_url),
        title=_detail_text(title).replace("\n", " "),
        text=texts[-1] if texts else "",
        published=_first_date(dates, origin),
        lang=title.get("language") or declared or origin.source.lang,
        guid=str(raw.get("id") or "").strip(),
        updated=_first_date([dict(raw).get("updated")], origin),
        date_told=str(_first(dates) or ""),
    )


def _link(raw: Mapping[str, Any]) -> object:
    """The entry's link; an id that does not say it is none, such as `<guid>flash</guid>`, is no address for that."""
    link = raw.get("link")
    only_id = raw.get("guidislink") and link == raw.get("id")
    return None if only_id and isinstance(link, str) and "/" not in link else link


def _title(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """The entry's own title: behind an image, feedparser's details are those of its author's or media's."""
    detail, value = raw.get("title_detail") or {}, raw.get("title")
    if detail.get("value") == value or not isinstance(value, str):
        return dict(detail)
    return {"value": value, "language": detail.get("language")}


def _details(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every text that an entry carries."""
    yield from raw.get("content") or ()
    if raw.get("summary_detail"):
        yield raw["summary_detail"]


def _detail_text(detail: Mapping[str, Any]) -> str:
    value = detail.get("value")
    if not isinstance(value, str):
        return ""
    return plain_lines(value) if detail.get("type") == "text/plain" else fragment_text(value)


def _first_date(candidates: list[object], origin: Origin) -> ParsedDate | None:
    raw = _first(candidates)
    return None if raw is None else parse_date(raw, origin.source.tzinfo, base=origin.seen_at)


def _first(candidates: list[object]) -> str | float | None:
    """The first that says something."""
    for raw in candidates:
        if (isinstance(raw, str) and raw.strip()) or (isinstance(raw, int | float) and raw):
            return raw
    return None


def page_url(link: object, base_url: str) -> str | None:
    """The absolute http(s) address that a link means, or None where it is none.

    >>> page_url("/a", "https://example.com/feed"), page_url("javascript:void(0)", "https://example.com/feed")
    ('https://example.com/a', None)
    """
    if not isinstance(link, str) or not link.strip():
        return None
    try:
        link.encode()
        url = urljoin(base_url, link.strip())
        parts = urlsplit(url)
    except ValueError:  # no address at all, or characters that no address can hold
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def _parse_json(body: bytes, origin: Origin) -> Feed:
    """JSON Feed 1 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    try:
        document = json.loads(body, strict=False)
    except (ValueError, RecursionError) as error:
        return Feed((), f"not a JSON feed ({str(error)[:200]})")
    items = document.get("items")
    if not isinstance(items, list):
        return Feed((), "not a JSON feed: it has no list of items")
    declared = document.get("language") if isinstance(document.get("language"), str) else None
    return Feed(tuple(_json_entry(item, origin, declared) for item in items if isinstance(item, dict)))


def _json_entry(item: Mapping[str, Any], origin: Origin, declared: str | None) -> FeedEntry:
    values = {key: value for key, value in item.items() if isinstance(value, str)}
    plain = (values.get("content_text", ""), values.get("summary", ""))
    texts = (*map(plain_lines, plain), fragment_text(values.get("content_html", "")))
    dates = [item.get(key) for key in _JSON_DATE_KEYS]
    return FeedEntry(
        url=page_url(values.get("url") or values.get("external_url"), origin.base_url),
        title=" ".join(html.unescape(values.get("title", "")).split()),
        text=max(texts, key=len),
        published=_first_date(dates, origin),
        lang=values.get("language") or declared or origin.source.lang,
        guid=str(item.get("id") or "").strip(),
        updated=_first_date([item.get("date_modified")], origin),
        date_told=str(_first(dates) or ""),
    )
