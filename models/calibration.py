"""Turns logits into probabilities that mean what they say: vector scaling, one scale and one shift per answer.

Source: Guo et al. 2017, On Calibration of Modern Neural Networks (vector scaling), with the scale shared within a
narrative. Expected calibration error as there, with equal-width bins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.schema import ANSWERS

__all__ = ["Calibration", "expected_calibration_error", "fit_calibration", "softmax"]


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Softmax over the last axis.

    >>> softmax(np.array([0.0, 0.0])).tolist()
    [0.5, 0.5]
    """
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    result: NDArray[np.float64] = shifted / shifted.sum(axis=-1, keepdims=True)
    return result


@dataclass(frozen=True, slots=True)
class Calibration:
    """Per narrative a scale and a shift per answer: probabilities = softmax(scale · logits + shift).

    Attributes:
        scales: one positive number a narrative.
        shifts: Shape: (n_narratives, 3).
    """

    scales: tuple[float, ...]
    shifts: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        if len(self.scales) != len(self.shifts) or any(len(row) != len(ANSWERS) for row in self.shifts):
            raise ValueError(f"calibration has {len(self.scales)} scales for shifts {self.shifts}")

    @classmethod
    def identity(cls, n_narratives: int) -> Calibration:
        """Softmax unchanged."""
        return cls((1.0,) * n_narratives, ((0.0,) * len(ANSWERS),) * n_narratives)

    def probabilities(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Shape: (n, n_narratives, 3) → the same."""
        return softmax(logits * np.array(self.scales)[None, :, None] + np.array(self.shifts)[None])


def fit_calibration(logits: NDArray[np.float64], answers: NDArray[np.int64]) -> Calibration:
    """The calibration of least log loss on held-out rows.

    Args:
        logits: Shape: (n, n_narratives, 3).
        answers: index into ANSWERS, -1 where not judged. Shape: (n, n_narratives).
    """
    from scipy.optimize import minimize

    scales, shifts = [], []
    for column in range(logits.shape[1]):
        judged = answers[:, column] >= 0
        rows, gold = logits[judged, column], answers[judged, column]
        if len(np.unique(gold)) < 2:
            scales.append(1.0)
            shifts.append((0.0,) * len(ANSWERS))
            continue

        def loss(
            parameters: NDArray[np.float64], rows: NDArray[np.float64] = rows, gold: NDArray[np.int64] = gold
        ) -> float:
            p = softmax(rows * np.exp(parameters[0]) + np.array([0.0, *parameters[1:]]))
            # A weak pull to the identity keeps the shift of an answer seen twice from running away.
            return float(-np.log(p[np.arange(len(gold)), gold] + 1e-12).mean() + 1e-3 * (parameters**2).sum())

        best = minimize(loss, np.zeros(len(ANSWERS)), method="L-BFGS-B").x
        scales.append(float(np.exp(best[0])))
        shifts.append((0.0, *(float(x) for x in best[1:])))
    return Calibration(tuple(scales), tuple(shifts))


def expected_calibration_error(
    p: Sequence[float] | NDArray[np.float64], hit: Sequence[bool] | NDArray[np.bool_], n_bins: int = 15
) -> float:
    """Mean gap between stated probability and share of hits over equal-width bins, weighted by size.

    >>> expected_calibration_error([0.0, 1.0], [False, True])
    0.0
    """
    stated, happened = np.asarray(p, dtype=float), np.asarray(hit, dtype=float)
    if not len(stated):
        return float("nan")
    bins = np.minimum((stated * n_bins).astype(int), n_bins - 1)
    gaps = (abs(stated[bins == b].mean() - happened[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins))
    return float(sum(gaps))
