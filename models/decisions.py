"""From probabilities to answers: one threshold per narrative and answer, for the highest expected F1.

The most probable answer is the right rule for accuracy, and too timid for rare answers: where probabilities are right,
F1 is highest at a threshold of half the best F1 (Lipton, Elkan and Naryanaswamy 2014), and the probabilities themselves
say what that is. They stay unchanged.
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
"""With fewer expected cases than this a threshold would be noise."""

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


def fit_thresholds(p: NDArray[np.float64], fewest: float = _FEWEST) -> Thresholds:
    """The thresholds of highest expected F1; .5 where the expected cases are too few to tell.

    No gold is looked at: a threshold fitted to the few gold cases of a fold follows their noise, while calibrated
    probabilities (`models.calibration`) already say how many of the sentences above any threshold are cases.

    Args:
        p: calibrated, of sentences in the mix that the answers are for. Shape: (n, n_narratives, 3).
        fewest: expected cases below which it is .5.
    """
    return Thresholds(
        tuple(
            (_best_threshold(of[:, _ASSERT], fewest), _best_threshold(of[:, _REJECT], fewest))
            for of in np.moveaxis(p, 1, 0)
        )
    )


def _best_threshold(p: NDArray[np.float64], fewest: float) -> float:
    """Half of the highest expected F1, 2 Σ(said) p / (n said + Σ p) over the most probable sentences."""
    total = p.sum()
    if total < fewest:
        return 0.5
    hits = np.cumsum(np.sort(p)[::-1])
    f1 = 2 * hits / (np.arange(1, len(p) + 1) + total)
    return float(f1.max() / 2)
