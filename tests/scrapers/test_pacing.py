"""Turns by a clock that jumps over the waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from scrapers.pacing import Closed, Host


class Clock(asyncio.SelectorEventLoop):
    """A loop in which nothing takes time but sleeping, and that at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:
            self.now = max(self.now, self._scheduled[0].when())
        super()._run_once()


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=Clock) as runner:
        return runner.run(coroutine)


async def times(host: Host, n: int) -> list[float]:
    """When each of so many that ask at once gets its turn, in seconds from now."""
    loop = asyncio.get_running_loop()
    started, found = loop.time(), []

    async def one() -> None:
        await host.turn()
        found.append(loop.time() - started)

    await asyncio.gather(*(one() for _ in range(n)))
    return found


def test_turns_are_a_delay_apart() -> None:
    async def whole() -> list[float]:
        return await times(Host(3, 2.0, 30.0), 3)

    assert run(whole()) == pytest.approx([0, 2, 4])


def test_who_waits_heeds_a_host_that_closes_meanwhile_and_keeps_the_distance_after_it() -> None:
    async def whole() -> list[float]:
        host = Host(3, 2.0, 30.0)
        asyncio.get_running_loop().call_later(1.0, host.close_for, 20.0)
        return await times(host, 3)

    assert run(whole()) == pytest.approx([0, 21, 23])


def test_nobody_waits_for_a_host_that_closes_for_long() -> None:
    async def whole() -> None:
        host = Host(3, 2.0, 30.0)
        asyncio.get_running_loop().call_later(1.0, host.close_for, 86401.0)
        await times(host, 3)

    with pytest.raises(Closed, match="86400 s"):
        run(whole())
