"""One polite HTTP client: every byte that froth takes from the network comes through `Client.fetch`.

aiohttp, because it has what a hostile web asks for and plain requests or httpx lack: reads that can be cancelled
anywhere, so that a total deadline ends a dripped header or body; the raw body as a stream, so that decompression is
ours to bound (`scrapers.bodies`); and a hook where sockets are made, so that no hop can reach a private address
(`scrapers.addresses`). Redirects are followed here, one hop at a time, each under robots.txt (RFC 9309, read by
protego) and the pace of its host.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp
from protego import Protego

from nlp.errors import FetchError
from scrapers.addresses import guarded_socket
from scrapers.bodies import ACCEPT_ENCODING, Body, BodyError
from scrapers.responses import KEPT_HEADERS, Response, host_name, next_hop, retry_after
from scrapers.sending import PLAIN, Sent

__all__ = ["Client", "Limits"]

_USER_AGENT = "froth-narratives/0.1 (+https://pypi.org/project/froth-narratives/)"

_PRODUCT = "froth-narratives"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 503})
_ROBOTS_CHARS = 512_000  # RFC 9309 asks for at least 500 KiB
_READ = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost.

    Attributes:
        total_seconds: deadline for all exchanges of one fetch together; waiting for a turn is not counted.
        max_bytes: cap on a body, as received and after decompression.
        host_delay_seconds: pause between two requests to one host (a longer Crawl-delay wins); one request at a time.
        max_redirects: hops followed.
        max_header_bytes: longest status or header line.
        max_wait_seconds: longest Retry-After or Crawl-delay that is waited for.
    """

    total_seconds: float = 30.0
    max_bytes: int = 10_000_000
    host_delay_seconds: float = 1.0
    max_redirects: int = 5
    max_header_bytes: int = 8190
    max_wait_seconds: float = 30.0


@dataclass(slots=True)
class _Host:
    """The pace of one host."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: float = 0.0
    delay: float = 0.0


@dataclass(slots=True)
class _Budget:
    """Seconds of exchange that one fetch has left."""

    left: float


class Client:
    """Fetches politely and within limits; an async context manager, used from one event loop.

    robots.txt is read once per site and kept as long as the client. Proxy settings of the environment are not used,
    because behind a proxy the address that is connected could not be checked.

    Examples:
        async with Client() as client: response = await client.fetch("https://www.example.com/feed.xml")
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._hosts: dict[str, _Host] = {}
        self._robots: dict[tuple[str, bool], Protego | str] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def fetch(self, url: str, *, allow_private: bool = False, sent: Sent = PLAIN) -> Response:
        """The 2xx answer for `url` after redirects.

        Args:
            url: absolute http or https address.
            allow_private: whether loopback and private addresses may be connected, for a source that says so.
            sent: method, headers and body, for a source that declares them.

        Raises:
            FetchError: anything else: another status, robots.txt, a private address, a limit, a broken answer.
        """
        budget = _Budget(self.limits.total_seconds)
        for _ in range(self.limits.max_redirects + 1):
            response = await self._take_turn(url, budget, allow_private, sent)
            if response.status not in _REDIRECTS:
                break
            target = next_hop(response)
            sent = sent.redirected(response.status, same_host=urlsplit(target)[:2] == urlsplit(url)[:2])
            url = target
        else:
            raise FetchError(f"{url}: more than {self.limits.max_redirects} redirects", url=url)
        if not 200 <= response.status < 300:
            raise FetchError(f"{url}: HTTP status {response.status}", url=url, status=response.status)
        return response

    async def _take_turn(self, url: str, budget: _Budget, allow_private: bool, sent: Sent) -> Response:
        """One hop in its host's turn: robots.txt, pace, request, and one repetition when the host asks to come back."""
        name = host_name(url)
        host = self._hosts.setdefault(name, _Host(delay=self.limits.host_delay_seconds))
        async with host.lock:
            await self._check_robots(url, host, allow_private)
            response = await self._paced(url, host, budget, allow_private, sent)
            pause = retry_after(response)
            if response.status in _BUSY and pause is not None and pause <= self.limits.max_wait_seconds:
                host.next_at = max(host.next_at, asyncio.get_running_loop().time() + pause)
                response = await self._paced(url, host, budget, allow_private, sent)
        return response

    async def _check_robots(self, url: str, host: _Host, allow_private: bool) -> None:
        """Raise unless the site's robots.txt lets this agent fetch `url`."""
        site = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        key = (site, allow_private)
        if key not in self._robots:
            self._robots[key] = await self._read_robots(f"{site}/robots.txt", host, allow_private)
        rules = self._robots[key]
        if isinstance(rules, str):
            raise FetchError(f"{url}: not fetched, because {site}/robots.txt could not be read ({rules})", url=url)
        if not rules.can_fetch(url, _PRODUCT):
            raise FetchError(f"{url}: not fetched, because {site}/robots.txt forbids it to {_PRODUCT}", url=url)
        pause = min(rules.crawl_delay(_PRODUCT) or 0.0, self.limits.max_wait_seconds)
        host.delay = max(host.delay, pause)

    async def _read_robots(self, url: str, host: _Host, allow_private: bool) -> Protego | str:
        """The rules of a site, or in words why they are unknown: RFC 9309, 4xx allows everything, 5xx nothing."""
        budget = _Budget(self.limits.total_seconds)
        try:
            for _ in range(self.limits.max_redirects + 1):
                response = await self._paced(url, host, budget, allow_private)
                if response.status not in _REDIRECTS:
                    break
                url = next_hop(response)
        except FetchError as error:
            return str(error)
        if 400 <= response.status < 500:
            return Protego.parse("")
        if not 200 <= response.status < 300:
            return f"HTTP status {response.status}"
        return Protego.parse(response.body.decode("utf-8-sig", "replace")[:_ROBOTS_CHARS])

    async def _paced(self, url: str, host: _Host, budget: _Budget, allow_private: bool, sent: Sent = PLAIN) -> Response:
        """One exchange, after the pause that the host is owed and within what is left of the budget."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, host.next_at - loop.time()))
        started = loop.time()
        try:
            async with asyncio.timeout(budget.left):
                return await self._exchange(url, allow_private, sent)
        except TimeoutError as error:
            raise FetchError(f"{url}: no complete answer within {self.limits.total_seconds:g} s", url=url) from error
        except (aiohttp.ClientError, BodyError, OSError, ValueError) as error:
            raise FetchError(f"{url}: {str(error) or type(error).__name__}", url=url) from error
        finally:
            budget.left = max(0.0, budget.left - (loop.time() - started))
            host.next_at = loop.time() + host.delay

    async def _exchange(self, url: str, allow_private: bool, sent: Sent) -> Response:
        """One request and its body."""
        async with self._session(allow_private).request(
            sent.method, url, headers=sent.headers, data=sent.body, allow_redirects=False
        ) as answer:
            headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
            body = b""
            if answer.status not in _REDIRECTS:
                collected = Body(answer.headers.get("Content-Encoding", ""), self.limits.max_bytes)
                async for chunk in answer.content.iter_chunked(_READ):
                    collected.feed(chunk)
                body = collected.close()
            return Response(str(answer.url), answer.status, MappingProxyType(headers), body, datetime.now(UTC))

    def _session(self, allow_private: bool) -> aiohttp.ClientSession:
        """The session whose sockets are guarded, or the one for sources that may reach private addresses."""
        if allow_private not in self._sessions:
            self._sessions[allow_private] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(socket_factory=None if allow_private else guarded_socket),
                headers={"User-Agent": _USER_AGENT, "Accept-Encoding": ACCEPT_ENCODING},
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                max_line_size=self.limits.max_header_bytes,
                max_field_size=self.limits.max_header_bytes,
            )
        return self._sessions[allow_private]
