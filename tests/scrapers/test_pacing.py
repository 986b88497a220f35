from __future__ import annotations

import asyncio

from scrapers.pacing import Host


def test_who_waits_for_a_turn_heeds_a_host_that_closes_meanwhile() -> None:
    async def waited() -> float:
        loop = asyncio.get_running_loop()
        host = Host(2, 0.05, 30.0)
        started = loop.time()
        await host.turn()
        turn = asyncio.create_task(host.turn())
        await asyncio.sleep(0.01)
        host.close_for(0.2)
        await turn
        return loop.time() - started

    assert asyncio.run(waited()) >= 0.2


def test_a_delay_that_is_too_long_closes_the_host_after_each_request() -> None:
    async def closed(delay: float) -> float:
        host = Host(1, delay, 30.0)
        await host.turn()
        host.ended()
        return host.closed_for()

    assert asyncio.run(closed(29.0)) == 0
    assert asyncio.run(closed(31.0)) > 30
