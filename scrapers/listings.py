"""What a source lists now, fetched and read by its kind: one row of `KINDS` per kind of source."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from nlp.errors import FetchError, SourceError
from scrapers.feeds import Feed, parse_feed
from scrapers.polls import Fetcher
from scrapers.responses import media_type
from scrapers.rolls import parse_roll, roll_address, roll_request
from scrapers.sending import PLAIN, Sent
from scrapers.sitemaps import SitemapIndex, newest, parse_sitemap
from scrapers.sources import Source

__all__ = ["KINDS", "Kind", "read_listing"]


class _Parser(Protocol):
    def __call__(
        self,
        body: bytes,
        source: Source,
        base_url: str,
        *,
        charset: str | None = None,
        seen_at: datetime | None = None,
    ) -> Feed | SitemapIndex: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of source is asked and read."""

    parse: _Parser
    address: Callable[[Source], str] = lambda source: source.url
    request: Callable[[Source], Sent] = lambda source: PLAIN


KINDS: Mapping[str, Kind] = MappingProxyType(
    {"feed": Kind(parse_feed), "roll": Kind(parse_roll, roll_address, roll_request), "sitemap": Kind(parse_sitemap)}
)


async def read_listing(source: Source, client: Fetcher) -> Feed:
    """The entries that a source lists; the sitemaps of an index are read too, one level deep.

    Raises:
        FetchError: it cannot be fetched.
        SourceError: what came is not what was declared.
    """
    kind = KINDS[source.kind]
    listing = await _fetch(kind.address(source), source, client)
    if isinstance(listing, Feed):
        return listing
    feeds: list[Feed] = []
    failures: list[str] = []
    for url in listing.urls:
        try:
            below = await _fetch(url, source, client)
        except (FetchError, SourceError) as error:  # one sitemap of several must not hide the others
            failures.append(str(error))
            continue
        if isinstance(below, Feed):
            feeds.append(below)
        else:
            failures.append(f"{url}: an index in an index is not followed")
    return newest(feeds, failures or ([] if feeds else [f"the sitemap index {source.url} lists no sitemap"]))


async def _fetch(url: str, source: Source, client: Fetcher) -> Feed | SitemapIndex:
    """One answer, read; its entries say when it came, because the sitemaps of an index come one after the other."""
    kind = KINDS[source.kind]
    # An RSSHub is the user's own and mostly on their machine; the pages that it links to are not.
    private = source.allow_private or source.rsshub != ""
    response = await client.fetch(url, allow_private=private, sent=kind.request(source))
    charset = media_type(response).charset
    listing = await asyncio.to_thread(
        kind.parse, response.body, source, response.url, charset=charset, seen_at=response.fetched_at
    )
    if isinstance(listing, SitemapIndex):
        return listing
    return replace(listing, entries=tuple(replace(one, listed_at=response.fetched_at) for one in listing.entries))
