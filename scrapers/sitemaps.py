"""Sitemaps into entries: sitemap.xml, news sitemaps, and the addresses of an index (https://www.sitemaps.org/protocol).

A news sitemap says title and publication date. A plain one says only when a page was last touched, which is no date
of publication: it decides which pages are the newest and is not handed on; the page dates itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from lxml import etree

from nlp.dates import ParsedDate, parse_date
from nlp.errors import SourceError
from scrapers.bodies import Body, BodyError
from scrapers.feeds import Feed, FeedEntry, Origin, page_url
from scrapers.sources import Source

__all__ = ["SitemapIndex", "newest", "parse_sitemap"]

_MOST_BYTES = 50 * 1024 * 1024  # of one sitemap, by the protocol
_MOST_ENTRIES = 100
_MOST_SITEMAPS = 3
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SitemapIndex:
    """The addresses of the sitemaps to read, the most recently changed first."""

    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Listed:
    """One address of a sitemap, and when it was published or else last changed."""

    entry: FeedEntry
    touched_at: datetime


def parse_sitemap(
    body: bytes, source: Source, base_url: str, *, charset: str | None = None, seen_at: datetime | None = None
) -> Feed | SitemapIndex:
    """The newest entries of a sitemap, at most 100, or the addresses in an index, at most 3.

    Args:
        body: the sitemap as it came; one that is a gzip file is unpacked, to 50 MiB at most.
        source: zone, language, and the beginning of the paths that count (`under`).
        base_url: the address that it was fetched from.
        charset: not used: a sitemap is XML in UTF-8 and says so itself.
        seen_at: when it was fetched (aware): no entry is later.

    Raises:
        SourceError: it is not a sitemap.
    """
    root, origin = _root(body, source, base_url), Origin(source, base_url, seen_at)
    kind = etree.QName(root).localname
    if kind == "sitemapindex":
        return SitemapIndex(tuple(item.entry.url or "" for item in _listed(root, "sitemap", origin)[:_MOST_SITEMAPS]))
    if kind != "urlset":
        raise _not_a_sitemap(source, base_url, f"<{kind}>")
    listed = [item for item in _listed(root, "url", origin) if _is_under(item.entry.url, source.under)]
    if listed:
        return Feed(tuple(item.entry for item in listed[:_MOST_ENTRIES]))
    wanted = f" under {source.under}" if source.under else ""
    return Feed((), f"no address{wanted} in {base_url}; look whether the site has moved its articles")


def newest(feeds: Sequence[Feed], failures: Sequence[str]) -> Feed:
    """The sitemaps of an index as one feed; an empty one is a problem only where all are, one that failed always."""
    entries = {entry.url: entry for feed in feeds for entry in feed.entries}
    problems = [*failures, *(feed.problem for feed in feeds if feed.problem and not entries)]
    return Feed(tuple(entries.values())[:_MOST_ENTRIES], "; ".join(problems) or None)


def _root(body: bytes, source: Source, base_url: str) -> etree._Element:
    if body.startswith(b"\x1f\x8b"):
        unpacked = Body("gzip", _MOST_BYTES)
        try:
            unpacked.feed(body)
            body = unpacked.close()
        except BodyError as error:
            raise _not_a_sitemap(source, base_url, str(error)) from error
    # No entities and no network: a sitemap needs neither, a bomb needs the first.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError) as error:
        raise _not_a_sitemap(source, base_url, str(error)[:160]) from error
    if root is None or not isinstance(root.tag, str):
        raise _not_a_sitemap(source, base_url, repr(body[:80]))
    return root


def _not_a_sitemap(source: Source, base_url: str, found: str) -> SourceError:
    return SourceError(
        f"source {source.id!r}: expected a <urlset> or a <sitemapindex>, found {found}; "
        f"open {base_url} in a browser and correct the source's url"
    )


def _listed(root: etree._Element, name: str, origin: Origin) -> list[_Listed]:
    """The elements `name` with a usable address, newest first; those without a time last, in their order."""
    listed = []
    for element in root.iterchildren(f"{{*}}{name}"):
        url = page_url(_text(element, "{*}loc"), origin.base_url)
        if url is None:
            continue
        published = _date(element, "{*}news/{*}publication_date", origin)
        updated = _date(element, "{*}lastmod", origin)
        touched = published or updated
        lang = _text(element, "{*}news/{*}publication/{*}language") or origin.source.lang
        entry = FeedEntry(url, _text(element, "{*}news/{*}title"), "", published, lang, updated=updated)
        listed.append(_Listed(entry, touched.moment if touched else _LONG_AGO))
    return sorted(listed, key=lambda item: item.touched_at, reverse=True)


def _text(element: etree._Element, path: str) -> str:
    return " ".join((element.findtext(path) or "").split())


def _date(element: etree._Element, path: str, origin: Origin) -> ParsedDate | None:
    return parse_date(_text(element, path), origin.source.tzinfo, base=origin.seen_at)


def _is_under(url: str | None, under: str) -> bool:
    return not under or urlsplit(url or "").path.startswith(under)
