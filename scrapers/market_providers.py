"""Who gives market series, and how each is asked: one function per provider, in one table.

FRED and CNN are asked through the polite client. Yahoo and the Chinese indices come through the clients that others
maintain (yfinance, akshare): those are extras, imported when used, and bring their own network code, which robots.txt
and the limits of `scrapers.client` do not reach; here they get a deadline, and what they return is read as strictly as
any answer (`scrapers.market_answers`).
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType, ModuleType
from typing import Any

from nlp.errors import MarketError, MissingExtraError
from scrapers.client import Client
from scrapers.market_answers import Answer, read_cnn, read_frame, read_fred, read_yahoo
from scrapers.market_series import SeriesSource
from scrapers.responses import Response

__all__ = ["EXTRAS", "PROVIDERS", "missing_extra"]

_FRED_URL = "https://fred.stlouisfed.org/graph/fredgraph.csv?id={symbol}&cosd=1776-07-04"  # FRED's first day: all of it
_CNN_URL = "https://production.dataviz.cnn.io/index/fearandgreed/graphdata"
_CLIENT_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Extra:
    """A client that is not installed with froth: the module, and the extra that brings it."""

    module: str
    name: str


EXTRAS: Mapping[str, Extra] = MappingProxyType(
    {
        "yahoo": Extra("yfinance", "yahoo"),
        "akshare_cn": Extra("akshare", "china"),
        "akshare_hk": Extra("akshare", "china"),
    }
)
"""What a provider needs beyond froth's own dependencies."""


def missing_extra(provider: str) -> Extra | None:
    """The extra that this provider needs and that is not installed."""
    extra = EXTRAS.get(provider)
    return extra if extra is not None and importlib.util.find_spec(extra.module) is None else None


async def _fred(source: SeriesSource, client: Client) -> Answer:
    response = await _page(source, client, _FRED_URL)
    return Answer(read_fred(response.body, source), response.fetched_at)


async def _cnn(source: SeriesSource, client: Client) -> Answer:
    response = await _page(source, client, _CNN_URL)
    return Answer(read_cnn(response.body, source), response.fetched_at)


async def _yahoo(source: SeriesSource, client: Client) -> Answer:
    yfinance = _module(source)

    def ask() -> object:
        adjusted = source.adjustment == "adjusted"
        return yfinance.Ticker(source.symbol).history(period="max", interval="1d", auto_adjust=adjusted, actions=False)

    table = await _in_time(ask, source)
    return Answer(read_yahoo(table, source), datetime.now(UTC))


async def _akshare_cn(source: SeriesSource, client: Client) -> Answer:
    return await _akshare(source, "stock_zh_index_daily")


async def _akshare_hk(source: SeriesSource, client: Client) -> Answer:
    return await _akshare(source, "stock_hk_index_daily_sina")


async def _akshare(source: SeriesSource, function: str) -> Answer:
    akshare = _module(source)
    table = await _in_time(lambda: getattr(akshare, function)(symbol=source.symbol), source)
    return Answer(read_frame(table, source, has_zone=False), datetime.now(UTC))


PROVIDERS: Mapping[str, Callable[[SeriesSource, Client], Awaitable[Answer]]] = MappingProxyType(
    {"fred": _fred, "cnn": _cnn, "yahoo": _yahoo, "akshare_cn": _akshare_cn, "akshare_hk": _akshare_hk}
)
"""How each provider is asked. They raise FetchError, MarketError and, without their extra, MissingExtraError."""


async def _page(source: SeriesSource, client: Client, usual: str) -> Response:
    """The page at the series' own address, or at the provider's usual one."""
    url = (source.url or usual).replace("{symbol}", source.symbol)
    return await client.fetch(url, allow_private=source.allow_private)


def _module(source: SeriesSource) -> ModuleType:
    extra = EXTRAS[source.provider]
    try:
        return importlib.import_module(extra.module)
    except ImportError as error:
        raise MissingExtraError(
            f"{source.id} comes through {extra.module}, which cannot be imported ({error}): install it with "
            f"pip install 'froth-narratives[{extra.name}]'",
            extra=extra.name,
        ) from error


async def _in_time(ask: Callable[[], object], source: SeriesSource) -> object:
    """What `ask` returns, from a thread that is left behind when it takes too long: such clients have no deadline."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Any] = loop.create_future()

    def settle(set_it: Callable[[Any], None], what: object) -> None:
        if not answer.done():
            set_it(what)

    def work() -> None:
        try:
            outcome: tuple[Callable[[Any], None], object] = (answer.set_result, ask())
        except Exception as error:  # whatever a foreign client raises is this series' failure
            outcome = (answer.set_exception, error)
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, *outcome)

    threading.Thread(target=work, daemon=True).start()
    try:
        return await asyncio.wait_for(answer, _CLIENT_SECONDS)
    except TimeoutError as error:
        raise MarketError(f"{source.id}: no answer from {source.provider} within {_CLIENT_SECONDS:g} s") from error
