"""Fetching through the archive: what comes is kept, and what was kept is asked for only if it changed.

A 304 stands for the kept body, which then goes the same way as a new one. A feed is therefore read again even when it
did not change, and the entries of a run that was killed are not lost to a validator that was remembered too early.
"""

from __future__ import annotations

from dataclasses import replace

from nlp.errors import ArchiveError
from scrapers.archive import Archive
from scrapers.client import Client
from scrapers.responses import Response, validators_of

__all__ = ["ArchivedWeb"]

_NOT_MODIFIED = 304
_RENEWED = ("etag", "last-modified")


class ArchivedWeb:
    """A `scrapers.polls.Fetcher` that asks the network and keeps every answer."""

    def __init__(self, client: Client, archive: Archive) -> None:
        self._client = client
        self._archive = archive

    async def fetch(self, url: str, *, allow_private: bool = False) -> Response:
        """The 2xx answer for `url`; `fetched_at` is when this body came first.

        Raises:
            FetchError: as of `Client.fetch`.
            ArchiveError: the answer cannot be kept.
        """
        kept = self._kept(url)
        validators = validators_of(kept) if kept is not None else None
        response = await self._client.fetch(url, allow_private=allow_private, validators=validators)
        if response.status == _NOT_MODIFIED and kept is not None:
            renewed = {name: response.headers[name] for name in _RENEWED if name in response.headers}
            response = replace(kept, headers={**kept.headers, **renewed}, fetched_at=response.fetched_at)
        exchange = self._archive.keep(url, response)
        return replace(response, fetched_at=exchange.fetched_at)

    def _kept(self, url: str) -> Response | None:
        """The last answer, if its body is still whole: only such a one can be stood for."""
        exchange = self._archive.latest(url)
        try:
            return self._archive.response(exchange) if exchange is not None else None
        except ArchiveError:
            return None
