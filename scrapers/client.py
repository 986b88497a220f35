"""One polite HTTP client: every byte that froth takes from the network comes through `Client.fetch`.

aiohttp, because it has what a hostile web asks for and plain requests or httpx lack: reads that can be cancelled
anywhere, so that a total deadline ends a dripped header or body; the raw body as a stream, so that decompression is
ours to bound (`scrapers.bodies`); and a hook where sockets are made, so that no hop can reach a private address
(`scrapers.addresses`). Redirects are followed here, one hop at a time, each under robots.txt (`scrapers.robots`)
and the pace of its host (`scrapers.pacing`). What was kept from earlier runs is the caller's: `fetch` takes its
validators and gives back a 304 (`scrapers.archived`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from nlp.errors import FetchError
from scrapers.addresses import guarded_socket
from scrapers.bodies import ACCEPT_ENCODING, Body, BodyError
from scrapers.pacing import Closed, Host, pause_after_answer, pause_after_error
from scrapers.responses import KEPT_HEADERS, Response, Validators, host_name, next_hop
from scrapers.robots import Rules, pause_of, rules_of
from scrapers.sending import PLAIN, Sent

__all__ = ["Client", "Limits"]

_USER_AGENT = "froth-narratives/0.1 (+https://pypi.org/project/froth-narratives/)"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NOT_MODIFIED = 304
_READ = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost.

    Attributes:
        total_seconds: deadline for all exchanges of one fetch together and the pauses between its tries; waiting for a
            turn is not counted.
        max_bytes: cap on a body, as received and after decompression.
        host_delay_seconds: pause between two requests to one host (a longer Crawl-delay wins).
        host_requests: requests to one host at once.
        max_redirects: hops followed.
        max_header_bytes: longest status or header line.
        max_wait_seconds: longest Retry-After that is waited for; a host that wants more is left alone.
        max_crawl_delay_seconds: longest Crawl-delay that is waited for; a site that wants more is not fetched.
        max_tries: requests for one hop, where it fails in a way that may pass (no connection, 5xx, a busy server).
        backoff_seconds: pause before the second try, doubled before each further one; half of it is random.
    """

    total_seconds: float = 30.0
    max_bytes: int = 10_000_000
    host_delay_seconds: float = 1.0
    host_requests: int = 1
    max_redirects: int = 5
    max_header_bytes: int = 8190
    max_wait_seconds: float = 30.0
    max_crawl_delay_seconds: float = 300.0
    max_tries: int = 3
    backoff_seconds: float = 1.0


@dataclass(slots=True)
class _Errand:
    """One fetch under way: `left` are the seconds that it may still take, `sent` is what goes to the next hop."""

    left: float
    allow_private: bool
    sent: Sent = PLAIN
    validators: Validators | None = None


class Client:
    """Fetches politely and within limits; an async context manager, used from one event loop.

    robots.txt is read once per site and kept as long as the client. Proxy settings of the environment are not used,
    because behind a proxy the address that is connected could not be checked.

    Args:
        limits: what a fetch may cost.
        now: the clock for `Response.fetched_at`.

    Examples:
        async with Client() as client: response = await client.fetch("https://www.example.com/feed.xml")
    """

    def __init__(
        self, limits: Limits | None = None, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.limits = limits or Limits()
        self._now = now
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._hosts: dict[str, Host] = {}
        self._robots: dict[tuple[str, bool], Rules] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def fetch(
        self, url: str, *, allow_private: bool = False, sent: Sent = PLAIN, validators: Validators | None = None
    ) -> Response:
        """The 2xx answer for `url` after redirects, or a 304 without a body where `validators` still hold.

        Args:
            url: absolute http or https address.
            allow_private: whether loopback and private addresses may be connected, for a source that says so; not
                where another host redirects to.
            sent: method, headers and body, for a source that declares them.
            validators: of an answer that the caller kept; sent to the address that gave it and to no other.

        Raises:
            FetchError: anything else: another status, robots.txt, a private address, a limit, a broken answer.
        """
        errand = _Errand(self.limits.total_seconds, allow_private, sent, validators)
        for _ in range(self.limits.max_redirects + 1):
            response = await self._hop(url, errand)
            if response.status not in _REDIRECTS:
                break
            target = next_hop(response)
            same_host = urlsplit(target)[:2] == urlsplit(url)[:2]
            errand.sent = errand.sent.redirected(response.status, same_host=same_host)
            # The leave was for the host asked; a redirect of its own to https is still that host.
            errand.allow_private &= same_host or target.startswith(f"https://{urlsplit(url).hostname}/")
            url = target
        else:
            raise FetchError(f"{url}: more than {self.limits.max_redirects} redirects", url=url)
        unchanged = response.status == _NOT_MODIFIED and validators is not None and validators.url == response.url
        if not 200 <= response.status < 300 and not unchanged:
            raise FetchError(f"{url}: HTTP status {response.status}", url=url, status=response.status)
        return response

    async def _hop(self, url: str, errand: _Errand) -> Response:
        """One hop in its host's turn, if robots.txt allows it."""
        limits = self.limits
        new = Host(limits.host_requests, limits.host_delay_seconds, limits.max_wait_seconds)
        host = self._hosts.setdefault(host_name(url), new)
        async with host.slots:
            await self._check_robots(url, host, errand.allow_private)
            return await self._tries(url, host, errand)

    async def _check_robots(self, url: str, host: Host, allow_private: bool) -> None:
        """Raise unless the site's robots.txt lets this agent fetch `url`."""
        site = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        key = (site, allow_private)
        async with host.robots_lock:
            if key not in self._robots:
                self._robots[key] = await self._read_robots(f"{site}/robots.txt", host, allow_private)
        pause = pause_of(self._robots[key], url)
        if pause > self.limits.max_crawl_delay_seconds:
            raise FetchError(
                f"{url}: not fetched, because {site}/robots.txt wants {pause:g} s between requests", url=url
            )
        host.delay = max(host.delay, pause)

    async def _read_robots(self, url: str, host: Host, allow_private: bool) -> Rules:
        """The rules of a site, or in words why they are unknown."""
        errand = _Errand(self.limits.total_seconds, allow_private)
        try:
            for _ in range(self.limits.max_redirects + 1):
                response = await self._tries(url, host, errand)
                if response.status not in _REDIRECTS:
                    break
                url = next_hop(response)
        except FetchError as error:
            return str(error)
        return rules_of(response)

    async def _tries(self, url: str, host: Host, errand: _Errand) -> Response:
        """The answer of one hop; what may pass is tried again a few times, as long as the errand has time for it."""
        n_tried = 0
        while True:
            n_tried += 1
            try:
                response = await self._paced(url, host, errand)
            except FetchError as error:
                pause = pause_after_error(error.__cause__, n_tried, self.limits.backoff_seconds)
                if pause is None or not self._worth_waiting(pause, n_tried, errand):
                    raise
            else:
                pause = pause_after_answer(response, n_tried, self.limits.backoff_seconds)
                if pause is None:
                    return response
                if not self._worth_waiting(pause, n_tried, errand):
                    if "retry-after" in response.headers:
                        host.close_for(pause)
                    return response
            host.close_for(pause)
            errand.left -= pause

    def _worth_waiting(self, pause: float, n_tried: int, errand: _Errand) -> bool:
        """Whether there is a further try after that pause."""
        return n_tried < self.limits.max_tries and pause <= self.limits.max_wait_seconds and pause < errand.left

    async def _paced(self, url: str, host: Host, errand: _Errand) -> Response:
        """One exchange, after the pause that the host is owed and within what is left of the errand."""
        try:
            await host.turn()
        except Closed as closed:
            raise FetchError(f"{url}: its host asked to be left alone for {closed} more", url=url) from closed
        loop = asyncio.get_running_loop()
        started = loop.time()
        try:
            async with asyncio.timeout(errand.left):
                return await self._exchange(url, errand)
        except TimeoutError as error:
            raise FetchError(f"{url}: no complete answer within {self.limits.total_seconds:g} s", url=url) from error
        except (aiohttp.ClientError, BodyError, OSError, ValueError) as error:
            raise FetchError(f"{url}: {str(error) or type(error).__name__}", url=url) from error
        finally:
            errand.left = max(0.0, errand.left - (loop.time() - started))
            host.ended()

    async def _exchange(self, url: str, errand: _Errand) -> Response:
        """One request and its body."""
        address, sent, kept = URL(url), errand.sent, errand.validators
        if kept is not None and kept.url == str(address):
            sent = replace(sent, headers={**sent.headers, **kept.headers})
        async with self._session(errand.allow_private).request(
            sent.method, address, headers=sent.headers, data=sent.body, allow_redirects=False
        ) as answer:
            headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
            body = b""
            if answer.status not in _REDIRECTS and answer.status != _NOT_MODIFIED:
                collected = Body(answer.headers.get("Content-Encoding", ""), self.limits.max_bytes)
                async for chunk in answer.content.iter_chunked(_READ):
                    collected.feed(chunk)
                body = collected.close()
            return Response(str(answer.url), answer.status, MappingProxyType(headers), body, self._now())

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
