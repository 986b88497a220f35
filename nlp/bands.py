"""How sure a period's mean is: 95% bands by the Bayesian bootstrap over stories, or over sources where there are many.

Rubin 1981, with a Dirichlet-process base measure (Ferguson 1973) of the weight of one story: the stories of earlier
periods, and one more that is uniform on [0, 1]. So a period with one story has a wide band instead of none, and the
base measure looks only back. Stories of one source are alike, and to take them for independent makes a band too narrow:
from ten sources on, a source with all its stories is what is drawn (block bootstrap; Davison and Hinkley 1997, 3.8).
With fewer, the band is about these sources and not about others. It does not carry the classifier's own error yet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["MIN_BLOCKS", "Band", "bayesian_bootstrap", "block_bootstrap"]

MIN_BLOCKS = 10
"""Sources from which on they are the blocks: the spread between fewer cannot be told."""

N_DRAWS = 1000
_LEVEL = 0.95
_BASE_WEIGHT = 1.0
_LARGE = 1000
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Band:
    """A mean with the lower and upper end of its 95% band."""

    mean: float
    low: float
    high: float


def bayesian_bootstrap(values: Sequence[float], base: Sequence[float], *, key: str) -> Band:
    """The mean of `values` (in [0, 1], not empty) and its band; equal input gives equal bytes.

    Args:
        values: one number a story of the period.
        base: the stories of earlier periods in a fixed order, may be empty.
        key: what the band is of (period and narrative); it seeds the draws.
    """
    observed = np.sort(np.asarray(values, dtype=float))
    mean = float(observed.mean())
    if len(observed) > _LARGE:
        # Beyond this the normal limit is the bootstrap's, and drawing millions of weights is not needed.
        half = _Z * float(observed.std()) / np.sqrt(len(observed))
        return Band(mean, max(0.0, mean - half), min(1.0, mean + half))
    rng = _generator(key)
    weights = rng.gamma(1.0, size=(N_DRAWS, len(observed)))
    base_weight = rng.gamma(_BASE_WEIGHT, size=N_DRAWS)
    draws = (weights @ observed + base_weight * _base_draws(base, rng)) / (weights.sum(axis=1) + base_weight)
    low, high = np.quantile(draws, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Band(mean, min(mean, float(low)), max(mean, float(high)))


def block_bootstrap(values: Sequence[float], blocks: Sequence[str], *, key: str) -> Band:
    """The mean of `values` and its band where what `blocks` names stays together; equal input gives equal bytes.

    The draws of the mean are spread by √((n+1)/(n-1)) · t(n-1)/z, n blocks: Rubin's weights are that much too narrow
    for a normal mean whose variance is not known.

    Args:
        values: one number a story of the period.
        blocks: the source of each; at least two of them.
        key: as in `bayesian_bootstrap`.
    """
    from scipy.stats import t

    names, places = np.unique(np.asarray(blocks, dtype=str), return_inverse=True)
    observed, n = np.asarray(values, dtype=float), len(names)
    order = np.lexsort((observed, places))
    sums, counts = np.bincount(places[order], observed[order]), np.bincount(places)
    mean = float(sums.sum() / counts.sum())
    weights = _generator(key).gamma(1.0, size=(N_DRAWS, n))
    spread = np.sqrt((n + 1) / (n - 1)) * t.ppf((1 + _LEVEL) / 2, n - 1) / _Z
    draws = mean + spread * ((weights @ sums) / (weights @ counts) - mean)
    low, high = np.quantile(draws, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Band(mean, min(mean, max(0.0, float(low))), max(mean, min(1.0, float(high))))


def _generator(key: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big"))


def _base_draws(base: Sequence[float], rng: np.random.Generator) -> NDArray[np.float64]:
    """Draws from the earlier stories and, with the weight of one more, from the uniform distribution."""
    places = rng.integers(len(base) + 1, size=N_DRAWS)
    uniform = rng.random(N_DRAWS)
    return np.array([base[i] if i < len(base) else uniform[n] for n, i in enumerate(places)], dtype=float)
