"""The pace at which one host is asked, and the pauses before a failed request is made again.

A few requests at a time and a pause before each; exponential backoff with jitter, so that many clients that failed at
one moment do not come back at one moment (Brooker, "Exponential Backoff And Jitter", AWS 2015, the equal-jitter form).
A host that says when to come back is believed: nobody asks it before.
"""

from __future__ import annotations

import asyncio
import errno
import random

import aiohttp

from scrapers.responses import Response, retry_after

__all__ = ["Closed", "Host", "pause_after_answer", "pause_after_error"]

_PASSING_STATUS = frozenset({500, 502, 503, 504})
_BUSY = frozenset({429, 503})
_PASSING_ERRORS = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, aiohttp.ClientPayloadError)
_LASTING_ERRORS = (aiohttp.ClientSSLError,)


class Closed(Exception):
    """A host is not to be asked for longer than anybody waits; the text says how long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.0f} s")


class Host:
    """The turns of one host.

    Args:
        max_requests: how many may be under way at once.
        delay: seconds between two requests, from the end of the latest to the start of the next.
        patience: the longest that a closed host is waited for.
    """

    def __init__(self, max_requests: int, delay: float, patience: float) -> None:
        self.slots = asyncio.Semaphore(max_requests)
        self.robots_lock = asyncio.Lock()
        self.delay, self.patience = delay, patience
        self._turns = asyncio.Lock()
        self._next_at = 0.0
        self._closed_until = 0.0

    def close_for(self, seconds: float) -> None:
        """Let nobody ask the host for so long."""
        self._closed_until = max(self._closed_until, asyncio.get_running_loop().time() + seconds)

    async def turn(self) -> None:
        """Wait for the moment of the next request, and put off the one after it.

        Raises:
            Closed: the host closed for longer than `patience`, before or while this one waited.
        """
        loop = asyncio.get_running_loop()
        async with self._turns:
            while (waiting := max(self._next_at, self._closed_until) - loop.time()) > 0:
                if self._closed_until - loop.time() > self.patience:
                    raise Closed(self._closed_until - loop.time())
                await asyncio.sleep(waiting)
            self._next_at = loop.time() + self.delay

    def ended(self) -> None:
        """A request is over."""
        self._next_at = max(self._next_at, asyncio.get_running_loop().time() + self.delay)


def pause_after_answer(response: Response, n_tried: int, base: float) -> float | None:
    """Seconds before a request that was answered so is made again; None where the answer is final.

    Args:
        response: what came; a readable Retry-After of a busy server goes before our own backoff.
        n_tried: tries so far, from 1.
        base: seconds of the first backoff.
    """
    asked = retry_after(response) if response.status in _BUSY else None
    if asked is not None:
        return asked
    return _backoff(n_tried, base) if response.status in _PASSING_STATUS else None


def pause_after_error(error: BaseException | None, n_tried: int, base: float) -> float | None:
    """Seconds before a request that ended in `error` is made again; None where another try would end the same."""
    # EACCES is our own refusal of an address that is not public.
    lasting = isinstance(error, _LASTING_ERRORS) or getattr(error, "errno", None) == errno.EACCES
    return _backoff(n_tried, base) if isinstance(error, _PASSING_ERRORS) and not lasting else None


def _backoff(n_tried: int, base: float) -> float:
    return base * 2.0 ** (n_tried - 1) * (0.5 + random.random() / 2)  # noqa: S311  # no secret
