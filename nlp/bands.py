"""How sure a period's mean is: 95% bands by the Bayesian bootstrap over stories.

Rubin 1981, with a Dirichlet-process base measure (Ferguson 1973) of the weight of one story: the stories of earlier
periods, and one more that is uniform on [0, 1]. So a period with one story has a wide band instead of none, and the
base measure looks only back. What the band does not carry yet is the classifier's own error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Band", "bayesian_bootstrap"]

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
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big"))
    weights = rng.gamma(1.0, size=(N_DRAWS, len(observed)))
    base_weight = rng.gamma(_BASE_WEIGHT, size=N_DRAWS)
    draws = (weights @ observed + base_weight * _base_draws(base, rng)) / (weights.sum(axis=1) + base_weight)
    low, high = np.quantile(draws, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Band(mean, min(mean, float(low)), max(mean, float(high)))


def _base_draws(base: Sequence[float], rng: np.random.Generator) -> NDArray[np.float64]:
    """Draws from the earlier stories and, with the weight of one more, from the uniform distribution."""
    places = rng.integers(len(base) + 1, size=N_DRAWS)
    uniform = rng.random(N_DRAWS)
    return np.array([base[i] if i < len(base) else uniform[n] for n, i in enumerate(places)], dtype=float)
