"""Refreshing a market folder: every series is asked for, judged and merged by itself; a failing one stops no other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.errors import Failure, FetchError, FrothError
from scrapers.client import Client, Limits
from scrapers.market_folder import SeriesUpdate, update_series
from scrapers.market_providers import PROVIDERS
from scrapers.market_series import SeriesSource

__all__ = ["RefreshReport", "refresh_market"]


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What a run did: one update per series that was answered in full, one failure per series that was not."""

    updates: tuple[SeriesUpdate, ...]
    failures: tuple[Failure, ...]


def refresh_market(
    series: Sequence[SeriesSource],
    folder: Path,
    *,
    limits: Limits | None = None,
    on_done: Callable[[], None] = lambda: None,
) -> RefreshReport:
    """Fetches the series into `folder`, one after the other; `on_done` is called after each.

    Whatever goes wrong with a series is its failure, and its file stays as it was.
    """
    return asyncio.run(_refresh(series, folder, limits, on_done))


async def _refresh(
    series: Sequence[SeriesSource], folder: Path, limits: Limits | None, on_done: Callable[[], None]
) -> RefreshReport:
    updates, failures = [], []
    async with Client(limits) as client:
        for source in series:
            try:
                answer = await PROVIDERS[source.provider](source, client)
                updates.append(update_series(source, answer, folder))
            except Exception as error:  # the boundary of the batch: one series must not stop the others
                failures.append(Failure(source.id, "fetch", _reason(error)))
            on_done()
    return RefreshReport(tuple(updates), tuple(failures))


def _reason(error: Exception) -> str:
    if isinstance(error, FetchError):
        return f"{error}; a CSV put into the folder by hand serves as well"
    return str(error) if isinstance(error, FrothError) else f"{type(error).__name__}: {error}"
