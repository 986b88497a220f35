"""The training loss: cross-entropy per narrative, rare answers weighted up, rows that were not judged left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["NarrativeLoss", "answer_weights"]


@dataclass(frozen=True, slots=True)
class NarrativeLoss:
    """Sum over narratives of the weighted cross-entropy of the judged rows.

    Attributes:
        weights: one a narrative and answer. Shape: (n_narratives, 3).
    """

    weights: torch.Tensor

    def __call__(self, logits: torch.Tensor, answers: torch.Tensor) -> torch.Tensor:
        """A scalar from logits (n, n_narratives, 3) and answers (n, n_narratives), -1 where not judged."""
        parts = []
        for index, weight in enumerate(self.weights):
            judged = answers[:, index] >= 0
            if bool(judged.any()):
                parts.append(
                    torch.nn.functional.cross_entropy(logits[judged, index], answers[judged, index], weight=weight)
                )
        return torch.stack(parts).sum()


def answer_weights(gold: NDArray[np.int64]) -> torch.Tensor:
    """Inverse square root of each answer's share, mean 1 over the rows. Shape: (n_narratives, 3)."""
    weights = np.ones((gold.shape[1], len(ANSWERS)))
    for column in range(gold.shape[1]):
        judged = gold[gold[:, column] >= 0, column]
        share = np.maximum(np.bincount(judged, minlength=len(ANSWERS)), 1) / len(judged)
        weights[column] = 1 / np.sqrt(share)
        weights[column] /= weights[column][judged].mean()
    return torch.from_numpy(weights).float()
