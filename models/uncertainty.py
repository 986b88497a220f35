"""How unsure a classifier is of a sentence: how near its answer is to the other side of a decision, and how mixed.

Nearness is about the decision that is taken (`models.decisions`), which for rare answers is far from even odds; entropy
about the whole answer (Settles 2009, "Active learning literature survey", sections 3.1 and 3.1.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.decisions import Thresholds

__all__ = ["entropy", "nearness"]

_TOLD = [ANSWERS.index("assert"), ANSWERS.index("reject")]
_LEAST = 1e-12


def nearness(p: NDArray[np.float64], thresholds: Thresholds) -> NDArray[np.float64]:
    """How near each answer is to its threshold, in [0, 1]: 1 at it, 1/2 where it is half or twice as probable.

    Of assert and reject the one counts that is furthest above its threshold, or least below. Where assert and reject
    are both said, what is near is the other of the two. Shape: (n, n_narratives, 3) → (n, n_narratives).

    >>> from models.decisions import Thresholds
    >>> nearness(np.array([[[0.8, 0.2, 0.0]]]), Thresholds(((0.4, 0.4),))).tolist()
    [[0.5]]
    """
    values = np.array(thresholds.values).reshape(len(thresholds.values), 2)
    excess = np.maximum(p[:, :, _TOLD] / values[None], _LEAST)
    first, second = excess.max(axis=-1), excess.min(axis=-1)
    result: NDArray[np.float64] = np.where(first < 1, first, np.maximum(1, second) / first)
    return result


def entropy(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Entropy of the answers as a share of the most there can be, in [0, 1]. Shape: (n, n_narratives, 3) → (n, …).

    >>> entropy(np.array([[[1.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3]]])).round(6).tolist()
    [[0.0, 1.0]]
    """
    sure = np.clip(p, _LEAST, 1)
    result: NDArray[np.float64] = np.maximum(0, -(sure * np.log(sure)).sum(axis=-1) / np.log(p.shape[-1]))
    return result
