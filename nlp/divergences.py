"""How far two sets of counts over the same categories are apart: the statistics of `nlp.drift`.

Each takes counts of old and new, Shape: (…, n_categories), and the numbers that the categories stand for, and gives one
number a row, Shape: (…). Sources are named in `nlp.drift`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "jensen_shannon",
    "kolmogorov_smirnov",
    "mean_difference",
    "shares",
    "stability_index",
    "total_variation",
]


def shares(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Counts as shares of their sum, zeros where there is nothing."""
    result: NDArray[np.float64] = counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1)
    return result


def total_variation(old: NDArray[np.float64], new: NDArray[np.float64], _: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half the sum of the differences of shares, in [0, 1]: what part would have to be something else."""
    result: NDArray[np.float64] = np.abs(shares(old) - shares(new)).sum(axis=-1) / 2
    return result


def jensen_shannon(old: NDArray[np.float64], new: NDArray[np.float64], _: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divergence in bits, in [0, 1].

    >>> jensen_shannon(np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.zeros(2)).tolist()
    1.0
    """
    p, q = shares(old), shares(new)
    middle = (p + q) / 2

    def entropy(x: NDArray[np.float64]) -> NDArray[np.float64]:
        result: NDArray[np.float64] = -(x * np.log2(np.where(x > 0, x, 1))).sum(axis=-1)
        return result

    return entropy(middle) - (entropy(p) + entropy(q)) / 2


def kolmogorov_smirnov(
    old: NDArray[np.float64], new: NDArray[np.float64], _: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The largest difference of the shares up to a bin, in [0, 1]; the bins are in ascending order."""
    result: NDArray[np.float64] = np.abs(np.cumsum(shares(old) - shares(new), axis=-1)).max(axis=-1)
    return result


def stability_index(old: NDArray[np.float64], new: NDArray[np.float64], _: NDArray[np.float64]) -> NDArray[np.float64]:
    """Σ (new - old) ln(new / old) over the shares of bins, each count half a case higher; from 0 up."""
    p, q = shares(old + 0.5), shares(new + 0.5)
    result: NDArray[np.float64] = ((q - p) * np.log(q / p)).sum(axis=-1)
    return result


def mean_difference(
    old: NDArray[np.float64], new: NDArray[np.float64], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """By how much the mean of a number differs, from 0 up."""
    return np.abs(shares(old) @ values - shares(new) @ values)
