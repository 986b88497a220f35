"""What one period says of one narrative, set against the periods before it.

Intensity with its band, share, stance and z-score are of the period's own articles and stories; what compares sources
or reaches back over time is `nlp.press`.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import fields
from datetime import date
from itertools import islice

import numpy as np
from threadpoolctl import threadpool_limits

from nlp.bands import MIN_BLOCKS, Band, bayesian_bootstrap, block_bootstrap
from nlp.confusion import Confusion, ErrorRates
from nlp.intensity import ASSERTING_INTENSITY
from nlp.press import PressHistory, Spoken
from nlp.told import PeriodTold, Told

__all__ = ["DIGITS", "MIN_Z_PERIODS", "measures_by_period"]

MIN_Z_PERIODS = 8
"""A z-score needs at least this many earlier periods with articles."""

DIGITS = 6
_N_TOGETHER, _N_AHEAD = 16, 4
"""So many bands are one task of a thread, and so many tasks wait while the first is not done."""


def measures_by_period(
    told: Told, name: str, key_of: Callable[[int], str], *, confusion: Confusion | None, spoken: SpokenOf
) -> Iterator[tuple[int, Mapping[str, float]]]:
    """The columns of every period in which the narrative was read, by the number of the period, in the order of time.

    Args:
        told: what was read.
        name: of the narrative, the columns'.
        key_of: by a period's number what its band is of; it seeds the draws.
        confusion: the classifier's measured error, which the bands then carry.
        spoken: the period's first day and what attention and balance are counted against there (None: its stories).
    """

    def rates_of(lang: str) -> ErrorRates | None:
        return confusion.of(name, lang) if confusion else None

    def band_of(period: PeriodTold) -> Band:
        key = key_of(period.period)
        if period.n_named >= MIN_BLOCKS:
            return block_bootstrap(period.stories, period.blocks, key=key, rates_of=rates_of)
        return bayesian_bootstrap(period.stories, period.earlier, key=key, rates_of=rates_of)

    means = np.empty(0)
    press = PressHistory()
    for period, band in _banded(told, band_of):
        day, n_published = spoken(period.period)
        spread = float(np.std(means, ddof=1)) if len(means) >= MIN_Z_PERIODS else 0.0
        measures = _of_articles(period, band, name)
        measures[f"{name}_z"] = (band.mean - float(np.mean(means))) / spread if spread > 0 else np.nan
        n_all = len(period.stories) if n_published is None else n_published
        pressed = press.measure(
            Spoken(day, period.stories.intensities, period.balances, period.sources, period.source_means, n_all)
        )
        measures |= {f"{name}_{measure.name}": getattr(pressed, measure.name) for measure in fields(pressed)}
        means = np.append(means, band.mean)
        yield period.period, {column: round(value, DIGITS) for column, value in measures.items()}


SpokenOf = Callable[[int], tuple[date, float | None]]


def _banded(told: Told, band_of: Callable[[PeriodTold], Band]) -> Iterator[tuple[PeriodTold, Band]]:
    """Each period with its band; the draws of one need nothing of another's, and leave other threads the time.

    Products of matrices are left to the one thread that asks for them: theirs are small, and more threads would only
    wait for each other, at twice the time that everything else takes.
    """
    n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(n_cores) as pool:
        ahead: deque[tuple[list[PeriodTold], Future[list[Band]]]] = deque()
        periods = iter(told)
        while group := list(islice(periods, _N_TOGETHER)):
            ahead.append((group, pool.submit(lambda group: list(map(band_of, group)), group)))
            if len(ahead) > _N_AHEAD:
                first, bands = ahead.popleft()
                yield from zip(first, bands.result(), strict=True)
        for first, bands in ahead:
            yield from zip(first, bands.result(), strict=True)


def _of_articles(period: PeriodTold, band: Band, name: str) -> dict[str, float]:
    x, stances = period.intensities, period.stances
    asserting = (stances > 0) & (x * (1 + stances) / 2 >= ASSERTING_INTENSITY)
    total = float(x.sum())
    return {
        name: band.mean,
        f"{name}_low": band.low,
        f"{name}_high": band.high,
        f"{name}_share": np.count_nonzero(asserting) / len(x),
        f"{name}_stance": float(np.nansum(x * stances)) / total if total > 0 else 0.0,
    }
