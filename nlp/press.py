"""What the sources of one period say together, beside the mean of their stories.

A mean over stories moves when a source that is always loud enters or leaves. In the index the usual loudness of a
source plays no part: each source is measured against its own past, as in the index of Baker, Bloom and Davis (2016,
QJE 131:4), who bring every newspaper to the same spread before they average. They use the whole sample for that; here
it is the periods before, so that nothing looks ahead.

Balance counts what asserts less what rejects against everything published, as the relative sentiment shift of Tuckett
and Nyman does with words of excitement and anxiety (Nyman et al. 2021, J. Economic Dynamics and Control 127:104119).
One period of it is noisy; what the press has been saying lately is its trailing mean with weights that halve every
thirty days, the construction of the daily news sentiment index of Shapiro, Sudhof and Wilson (2022, J. Econometrics
228:221).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

__all__ = ["MIN_SOURCE_PERIODS", "Press", "PressHistory", "Spoken", "Trailing", "consensus"]

MIN_SOURCE_PERIODS = 8
"""A source counts in the index once it has been read in so many earlier periods."""

TELLING_INTENSITY = 0.25
"""A story tells a narrative, for or against, from this intensity on."""

_USUAL, _POINTS = 100.0, 10.0
_VELOCITY_PERIODS = 4
HALF_LIFE_DAYS = 30.0
"""After so many days a period counts half in the trailing mean."""

_LEAST_SPREAD = 0.01
"""A source that hardly ever moved is taken to move by this much: one story must not make its index infinite."""


@dataclass(frozen=True, slots=True)
class Press:
    """The measures of one narrative in one period; NaN where there is nothing to measure.

    Attributes:
        index: 100 + 10 · mean over sources of (x - its earlier mean) / its earlier standard deviation, x being the
            mean intensity of the source's stories; over sources with at least eight earlier periods.
        attention: share of all stories that tell the narrative, whatever their stance; of all articles published
            where their number is known.
        consensus: how evenly sources tell it, see `consensus`.
        velocity: the intensity less its mean over the last four earlier periods that have one.
        balance: sum over stories of intensity times stance, against as many as for attention, in [-1, 1].
        trailing: mean of the balances up to this period, weights halved every thirty days.
    """

    index: float
    attention: float
    consensus: float
    velocity: float
    balance: float
    trailing: float


class _Pasts:
    """Mean and spread of every source's earlier periods, kept up by Welford's (1962) sums; an entry a source."""

    def __init__(self) -> None:
        self._n, self._mean, self._squares = np.zeros((3, 0))

    def known(self, sources: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of them have been read in enough periods, Shape: (n,)."""
        missing = int(sources.max(initial=-1)) + 1 - len(self._n)
        if missing > 0:
            self._n, self._mean, self._squares = np.pad([self._n, self._mean, self._squares], ((0, 0), (0, missing)))
        known: NDArray[np.bool_] = self._n[sources] >= MIN_SOURCE_PERIODS
        return known

    def deviations(self, sources: NDArray[np.int64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of known sources, in standard deviations (n - 1) from the mean, Shape: (n,)."""
        spreads = np.sqrt(self._squares[sources] / (self._n[sources] - 1))
        deviations: NDArray[np.float64] = (values - self._mean[sources]) / np.maximum(spreads, _LEAST_SPREAD)
        return deviations

    def add(self, sources: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        self._n[sources] += 1
        off = values - self._mean[sources]
        self._mean[sources] += off / self._n[sources]
        self._squares[sources] += off * (values - self._mean[sources])


@dataclass
class Trailing:
    """A mean of what came so far, each value's weight halved every `HALF_LIFE_DAYS`."""

    _sum: float = 0.0
    _weight: float = 0.0
    _day: date | None = None

    def add(self, day: date, value: float) -> float:
        """The mean with this value, which is of a later day than those before."""
        decay = 0.0 if self._day is None else 0.5 ** ((day - self._day).days / HALF_LIFE_DAYS)
        self._sum, self._weight, self._day = self._sum * decay + value, self._weight * decay + 1.0, day
        return self._sum / self._weight


@dataclass(frozen=True, slots=True)
class Spoken:
    """The stories of one period, a story of several sources once.

    Attributes:
        day: the period's first.
        intensities: one a story. Shape: (n,).
        balances: intensity times stance of each. Shape: (n,).
        sources: the numbers of those who tell them, ascending; a source has one number in all periods.
        means: the mean intensity of each source's stories.
        n_all: what attention and balance are counted against: all stories read, or all articles published; NaN where
            that is not known, and then neither are they.
    """

    day: date
    intensities: NDArray[np.float64]
    balances: NDArray[np.float64]
    sources: NDArray[np.int64]
    means: NDArray[np.float64]
    n_all: float


@dataclass
class PressHistory:
    """What earlier periods said, source by source; `measure` has to be called in the order of time."""

    _pasts: _Pasts = field(default_factory=_Pasts)
    _intensities: list[float] = field(default_factory=list)
    _trailing: Trailing = field(default_factory=Trailing)

    def measure(self, spoken: Spoken) -> Press:
        """The measures of the next period that has articles."""
        known = self._pasts.known(spoken.sources)
        deviations = self._pasts.deviations(spoken.sources[known], spoken.means[known])
        intensity, recent = float(np.mean(spoken.intensities)), self._intensities[-_VELOCITY_PERIODS:]
        balance = math.fsum(spoken.balances.tolist()) / spoken.n_all
        press = Press(
            index=_USUAL + _POINTS * float(np.mean(deviations)) if len(deviations) else math.nan,
            attention=np.count_nonzero(spoken.intensities >= TELLING_INTENSITY) / spoken.n_all,
            consensus=consensus(spoken.means),
            velocity=intensity - float(np.mean(recent)) if recent else math.nan,
            balance=balance,
            trailing=math.nan if math.isnan(balance) else self._trailing.add(spoken.day, balance),
        )
        self._pasts.add(spoken.sources, spoken.means)
        self._intensities.append(intensity)
        return press


def consensus(means: NDArray[np.float64]) -> float:
    """Entropy of the sources' mean intensities over its maximum: 1 all tell it alike, 0 one alone; NaN for one source.

    With p_s the source's share of the sum of the means: - Σ p_s ln p_s / ln S (Shannon 1948). Means, not totals, so
    that a source with many articles is one voice.

    >>> consensus(np.array([0.5, 0.5])), consensus(np.array([0.5, 0.0]))
    (1.0, 0.0)
    """
    total = math.fsum(means.tolist())
    if len(means) < 2 or total <= 0:
        return math.nan
    shares = means / total
    shares = shares[shares > 0]
    return abs(math.fsum((shares * np.log(shares)).tolist())) / math.log(len(means))
