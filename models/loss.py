"""The training loss: cross-entropy per narrative, rare answers weighted up, rows that were not judged left out.

Targets are distributions over the answers: one answer for a row that was judged, a teacher's probabilities for one that
was not (Hinton, Vinyals and Dean 2015), nothing at all for a narrative that is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["NarrativeLoss", "answer_weights", "targets_of"]


@dataclass(frozen=True, slots=True)
class NarrativeLoss:
    """Sum over narratives of the weighted cross-entropy to the targets, each a mean over the weight of its rows.

    Attributes:
        weights: one a narrative and answer. Shape: (n_narratives, 3).
    """

    weights: torch.Tensor

    def __call__(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """A scalar from logits and targets, both (n, n_narratives, 3); targets of zeros were not judged."""
        weighted = targets * self.weights
        total = (weighted * logits.log_softmax(-1)).sum((0, 2))
        return -(total / weighted.sum((0, 2)).clamp(min=1e-9)).sum()


def targets_of(gold: NDArray[np.int64]) -> NDArray[np.float32]:
    """One for the answer of each row and narrative, zeros where it was not judged.

    Args:
        gold: index into ANSWERS, -1 where not judged. Shape: (n, n_narratives) → (n, n_narratives, 3).

    >>> targets_of(np.array([[1], [-1]])).tolist()
    [[[0.0, 1.0, 0.0]], [[0.0, 0.0, 0.0]]]
    """
    targets: NDArray[np.float32] = (gold[:, :, None] == np.arange(len(ANSWERS))).astype(np.float32)
    return targets


def answer_weights(targets: NDArray[np.float32]) -> torch.Tensor:
    """Inverse square root of each answer's share, mean 1 over the rows.

    Shape: targets (n, n_narratives, 3) → (n_narratives, 3).
    """
    counts = targets.sum(0, dtype=np.float64)
    n_judged = counts.sum(1, keepdims=True)
    weights = 1 / np.sqrt(np.maximum(counts, 1) / np.maximum(n_judged, 1))
    weights /= (weights * counts).sum(1, keepdims=True) / np.maximum(n_judged, 1)
    return torch.from_numpy(weights).float()
