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
from scrapers.sending import PLAIN, Sent

__all__ = ["ArchivedWeb"]

_NOT_MODIFIED = 304
_RENEWED = ("etag", "last-modified")


class ArchivedWeb:
    """A `scrapers.polls.Fetcher` that asks the network and keeps every answer."""

    def __init__(self, client: Client, archive: Archive) -> None:
        self._client = client
        self._archive = archive

    async def fetch(self, url: str, *, allow_private: bool = False, sent: Sent = PLAIN) -> Response:
        """The 2xx answer for `url`, asked with `sent`; `fetched_at` is when this body came first.

        Raises:
            FetchError: as of `Client.fetch`.
            ArchiveError: the answer cannot be kept.
        """
        key = sent.key(url)
        kept = self._kept(key)
        # Conditions are for GET: to a POST they mean that it shall not be done at all (RFC 9110, 13.2.2).
        validators = validators_of(kept) if kept is not None and sent.method == "GET" else None
        response = await self._client.fetch(url, allow_private=allow_private, sent=sent, validators=validators)
        if response.status == _NOT_MODIFIED and kept is not None:
            renewed = {name: response.headers[name] for name in _RENEWED if name in response.headers}
            response = replace(kept, headers={**kept.headers, **renewed}, fetched_at=response.fetched_at)
        exchange = self._archive.keep(key, response)
        return replace(response, fetched_at=exchange.fetched_at)

    def _kept(self, key: str) -> Response | None:
        """The last answer, if its body is still whole: only such a one can be stood for."""
        exchange = self._archive.latest(key)
        try:
            return self._archive.response(exchange) if exchange is not None else None
        except ArchiveError:
            return None
