"""From probabilities to answers: one threshold per narrative and answer, fitted for F1 on a held-out fold.

The most probable answer is the right rule for accuracy, and too timid for rare answers: F1 is highest at a threshold of
half the best F1 (Lipton, Elkan and Naryanaswamy 2014). Probabilities themselves stay calibrated and unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Thresholds", "decide", "fit_thresholds"]

_FEWEST = 10
"""With fewer gold cases than this a fitted threshold would be noise."""

_ASSERT, _REJECT = ANSWERS.index("assert"), ANSWERS.index("reject")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on a narrative's assert and reject are said; Shape: (n_narratives, 2)."""

    values: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        for pair in self.values:
            if len(pair) != 2 or not all(0 < value <= 1 for value in pair):
                raise ValueError(f"thresholds are {self.values}; expected two numbers in (0, 1] a narrative")

    @classmethod
    def even(cls, n_narratives: int) -> Thresholds:
        """One half for everything: what is more probable than not."""
        return cls(((0.5, 0.5),) * n_narratives)


def decide(p: NDArray[np.float64], thresholds: Thresholds) -> NDArray[np.int64]:
    """The answers said, as indices into ANSWERS. Shape: (n, n_narratives, 3) → (n, n_narratives).

    An answer is said from its threshold on; where both are, the one further above its own.

    >>> decide(np.array([[[0.1, 0.45, 0.45]]]), Thresholds(((0.5, 0.3),))).tolist()
    [[2]]
    """
    values = np.array(thresholds.values).reshape(len(thresholds.values), 2)
    excess = p[:, :, [_ASSERT, _REJECT]] / values[None]
    said = np.array([_ASSERT, _REJECT])[excess.argmax(axis=-1)]
    result: NDArray[np.int64] = np.where(excess.max(axis=-1) >= 1, said, ANSWERS.index("none"))
    return result


def fit_thresholds(p: NDArray[np.float64], gold: NDArray[np.int64]) -> Thresholds:
    """The thresholds of highest F1, drawn half way to .5 because the fold is small; .5 where gold cases are too few.

    Args:
        p: calibrated. Shape: (n, n_narratives, 3).
        gold: index into ANSWERS, -1 where not judged. Shape: (n, n_narratives).
    """
    values = []
    for column in range(p.shape[1]):
        judged = gold[:, column] >= 0
        pair = [_best_threshold(p[judged, column, answer], gold[judged, column] == answer) for answer in (1, 2)]
        values.append((pair[0], pair[1]))
    return Thresholds(tuple(values))


def _best_threshold(p: NDArray[np.float64], true: NDArray[np.bool_]) -> float:
    if true.sum() < _FEWEST:
        return 0.5
    order = np.argsort(-p, kind="stable")
    hits = np.cumsum(true[order])
    f1 = 2 * hits / (np.arange(1, len(p) + 1) + true.sum())
    best = int(f1.argmax())
    cut = (p[order[best]] + (p[order[best + 1]] if best + 1 < len(p) else 0.0)) / 2
    return float(np.clip((cut + 0.5) / 2, 0.05, 0.95))
