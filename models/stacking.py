"""Adds up two ways of reading, each weighted by what it is worth on rows it has not learnt from, per narrative.

Stacked generalisation (Wolpert 1992) of logits: weights above 0 and a shift per answer of least log loss on the answers
of cross-validation, drawn a little to 1 and 0, where few rows leave them. As they are fitted on what was not learnt
from, the sum is calibrated too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.calibration import softmax
from nlp.schema import ANSWERS

__all__ = ["Mixture", "crossed", "fit_mixture"]

_PULL, _SHIFT_PULL = 0.3, 0.1
"""Precisions of the normal priors on the logarithms of the weights, and on the shifts."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """How much each way counts for a narrative, and what is added per answer.

    Attributes:
        weights: one a way, above 0.
        shifts: one an answer, the first 0.
    """

    weights: tuple[float, ...]
    shifts: tuple[float, ...]

    def logits(self, ways: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        """The sum. Shape: (n, 3) each way, and the result."""
        total = np.array(self.shifts)[None] + np.zeros_like(ways[0])
        for weight, way in zip(self.weights, ways, strict=True):
            total = total + weight * way
        return total


def fit_mixture(ways: Sequence[NDArray[np.float64]], answers: NDArray[np.int64]) -> Mixture:
    """The mixture of least log loss.

    Args:
        ways: logits of rows that they were not fitted on. Shape: (n, 3) each.
        answers: gold, indices into ANSWERS. Shape: (n,).
    """
    from scipy.optimize import minimize

    n_ways, n_rows = len(ways), np.arange(len(answers))
    pulls = np.array([_PULL] * n_ways + [_SHIFT_PULL] * (len(ANSWERS) - 1))

    def mixture(parameters: NDArray[np.float64]) -> Mixture:
        weights, shifts = np.exp(parameters[:n_ways]), parameters[n_ways:]
        return Mixture(tuple(map(float, weights)), (0.0, *map(float, shifts)))

    def loss(parameters: NDArray[np.float64]) -> float:
        p = softmax(mixture(parameters).logits(ways))[n_rows, answers]
        return float(-np.log(p + 1e-12).sum() + (pulls * parameters**2).sum() / 2)

    bounds = [(-4.0, 4.0)] * n_ways + [(-8.0, 8.0)] * (len(ANSWERS) - 1)
    return mixture(minimize(loss, np.zeros(len(bounds)), method="L-BFGS-B", bounds=bounds).x)


def crossed(
    ways: Sequence[NDArray[np.float64]],
    answers: NDArray[np.int64],
    folds: NDArray[np.int64],
    known: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Probabilities of each row by the mixture of the other folds, so that its own answer has no say. Shape: (n, 3).

    Args:
        ways: logits of rows that they were not fitted on. Shape: (n, 3) each.
        answers: gold, indices into ANSWERS. Shape: (n,).
        folds: of each row. Shape: (n,).
        known: the rows to fit on, by their places.
    """
    found = np.zeros((len(answers), len(ANSWERS)))
    for fold in np.unique(folds):
        others, own = known[folds[known] != fold], folds == fold
        mixture = fit_mixture([way[others] for way in ways], answers[others])
        found[own] = softmax(mixture.logits([way[own] for way in ways]))
    return found
