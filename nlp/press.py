"""What the sources of one period say together, beside the mean of their stories: index, attention, consensus, velocity.

A mean over stories moves when a source that is always loud enters or leaves. In the index the usual loudness of a
source plays no part: each source is measured against its own past, as in the index of Baker, Bloom and Davis (2016,
QJE 131:4), who bring every newspaper to the same spread before they average. They use the whole sample for that; here
it is the periods before, so that nothing looks ahead.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

__all__ = ["MIN_SOURCE_PERIODS", "Press", "PressHistory", "consensus"]

MIN_SOURCE_PERIODS = 8
"""A source counts in the index once it has been read in so many earlier periods."""

TELLING_INTENSITY = 0.25
"""A story tells a narrative, for or against, from this intensity on."""

_USUAL, _POINTS = 100.0, 10.0
_VELOCITY_PERIODS = 4
_LEAST_SPREAD = 0.01
"""A source that hardly ever moved is taken to move by this much: one story must not make its index infinite."""


@dataclass(frozen=True, slots=True)
class Press:
    """The measures of one narrative in one period; NaN where there is nothing to measure.

    Attributes:
        index: 100 + 10 · mean over sources of (x - its earlier mean) / its earlier standard deviation, x being the
            mean intensity of the source's stories; over sources with at least eight earlier periods.
        attention: share of all stories that tell the narrative, whatever their stance.
        consensus: how evenly sources tell it, see `consensus`.
        velocity: the intensity less its mean over the last four earlier periods that have one.
    """

    index: float
    attention: float
    consensus: float
    velocity: float


@dataclass
class PressHistory:
    """What earlier periods said, source by source; `measure` has to be called in the order of time."""

    _means_by_source: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _intensities: list[float] = field(default_factory=list)

    def measure(self, intensities_by_source: Mapping[str, Sequence[float]], stories: Sequence[float]) -> Press:
        """The measures of the next period that has articles.

        Args:
            intensities_by_source: per source one intensity for each of its stories.
            stories: one intensity a story of the period, a story of several sources once.
        """
        means = {source: float(np.mean(values)) for source, values in sorted(intensities_by_source.items())}
        deviations = [
            _deviation(mean, past)
            for source, mean in means.items()
            if len(past := self._means_by_source[source]) >= MIN_SOURCE_PERIODS
        ]
        intensity, recent = float(np.mean(stories)), self._intensities[-_VELOCITY_PERIODS:]
        press = Press(
            index=_USUAL + _POINTS * float(np.mean(deviations)) if deviations else math.nan,
            attention=float(np.mean([story >= TELLING_INTENSITY for story in stories])),
            consensus=consensus(list(means.values())),
            velocity=intensity - float(np.mean(recent)) if recent else math.nan,
        )
        for source, mean in means.items():
            self._means_by_source[source].append(mean)
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


def _deviation(mean: float, past: Sequence[float]) -> float:
    return (mean - float(np.mean(past))) / max(float(np.std(past, ddof=1)), _LEAST_SPREAD)
