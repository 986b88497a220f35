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
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

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


@dataclass
class _Past:
    """Mean and spread of a source's earlier periods, kept up by Welford's (1962) sums."""

    n: int = 0
    _mean: float = 0.0
    _squares: float = 0.0

    def add(self, value: float) -> None:
        self.n += 1
        off = value - self._mean
        self._mean += off / self.n
        self._squares += off * (value - self._mean)

    def deviation(self, value: float) -> float:
        """In standard deviations (n - 1) from the mean."""
        return (value - self._mean) / max(math.sqrt(self._squares / (self.n - 1)), _LEAST_SPREAD)


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
        intensities: one a story.
        balances: intensity times stance of each.
        by_source: per source the mean intensity of its stories.
        n_all: what attention and balance are counted against: all stories read, or all articles published; NaN where
            that is not known, and then neither are they.
    """

    day: date
    intensities: Sequence[float]
    balances: Sequence[float]
    by_source: Mapping[str, float]
    n_all: float


@dataclass
class PressHistory:
    """What earlier periods said, source by source; `measure` has to be called in the order of time."""

    _past_by_source: defaultdict[str, _Past] = field(default_factory=lambda: defaultdict(_Past))
    _intensities: list[float] = field(default_factory=list)
    _trailing: Trailing = field(default_factory=Trailing)

    def measure(self, spoken: Spoken) -> Press:
        """The measures of the next period that has articles."""
        means = dict(sorted(spoken.by_source.items()))
        deviations = [
            past.deviation(mean)
            for source, mean in means.items()
            if (past := self._past_by_source[source]).n >= MIN_SOURCE_PERIODS
        ]
        intensity, recent = float(np.mean(spoken.intensities)), self._intensities[-_VELOCITY_PERIODS:]
        balance = math.fsum(spoken.balances) / spoken.n_all
        press = Press(
            index=_USUAL + _POINTS * float(np.mean(deviations)) if deviations else math.nan,
            attention=sum(story >= TELLING_INTENSITY for story in spoken.intensities) / spoken.n_all,
            consensus=consensus(list(means.values())),
            velocity=intensity - float(np.mean(recent)) if recent else math.nan,
            balance=balance,
            trailing=math.nan if math.isnan(balance) else self._trailing.add(spoken.day, balance),
        )
        for source, mean in means.items():
            self._past_by_source[source].add(mean)
        self._intensities.append(intensity)
        return press


def consensus(means: Sequence[float]) -> float:
    """Entropy of the sources' mean intensities over its maximum: 1 all tell it alike, 0 one alone; NaN for one source.

    With p_s the source's share of the sum of the means: - Σ p_s ln p_s / ln S (Shannon 1948). Means, not totals, so
    that a source with many articles is one voice.

    >>> consensus([0.5, 0.5]), consensus([0.5, 0.0])
    (1.0, 0.0)
    """
    total = math.fsum(means)
    if len(means) < 2 or total <= 0:
        return math.nan
    shares = [mean / total for mean in means if mean > 0]
    return abs(math.fsum(share * math.log(share) for share in shares)) / math.log(len(means))
