"""Fits a linear head over states that stay as they are: multinomial logistic regression, strength by cross-validation.

Beside labelled rows it learns from made ones, each kind of which (`models.cue_sentences`, sentences without labels)
together weighs as much as a hundred labelled ones. How strongly weights are drawn to zero is what gives held-out
articles the least loss. States are brought to a common scale for it, which the weights then take up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.baseline import symmetric
from models.calibration import Calibration, fit_calibration
from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FittedHead", "Made", "fit_head"]

_STRENGTHS = (1.0, 10.0)
_MADE_MASS = 100.0
"""How many labelled rows made ones of weight one weigh as much as. Labels of few articles would choose less: they do
not show how much else is written, and with less a head says its narrative of much that it has not met."""
_N_FOLDS = 5
_N_STEPS = 200
_FEW = 1e-9
"""Below this probability an answer that no row has is left."""


@dataclass(frozen=True, slots=True)
class Made:
    """Made rows. Shape: states (n, width); answers (n,), indices into ANSWERS; weights (n,)."""

    states: NDArray[np.float32]
    answers: NDArray[np.int64]
    weights: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FittedHead:
    """A head, and what it says of rows that it did not learn from.

    Attributes:
        weight, bias: Shape: (3, width), (3,).
        calibration: of this one narrative; unchanged where no row was labelled.
        out_of_fold: logits of the labelled rows by heads that were fitted without their group; empty where rows were
            too few for that. Shape: (n, 3).
        strength: how little weights were drawn to zero (C of scikit-learn), for the record.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    calibration: Calibration
    out_of_fold: NDArray[np.float64]
    strength: float

    @property
    def is_cross_validated(self) -> bool:
        """Whether labelled rows chose the settings and fitted the calibration."""
        return len(self.out_of_fold) > 0


def fit_head(states: NDArray[np.float32], answers: NDArray[np.int64], groups: Sequence[str], made: Made) -> FittedHead:
    """A head for labelled states, for made ones, or for both.

    Args:
        states: Shape: (n, width).
        answers: indices into ANSWERS. Shape: (n,).
        groups: what each row belongs to (`nlp.splits`): a fold holds all rows of one or none.
        made: further rows; they alone teach where labelled ones are too few to leave some out.
    """
    folds = _folds(groups)
    if len(folds) < 2 or len(np.unique(answers)) < 2:
        head = _fit(states, answers, made, _STRENGTHS[-1])
        return FittedHead(*head, Calibration.identity(1), np.zeros((0, 3)), _STRENGTHS[-1])
    tried = [_out_of_fold(states, answers, folds, made, strength) for strength in _STRENGTHS]
    best = int(np.argmin([_loss(logits, answers) for logits in tried]))
    calibration = fit_calibration(tried[best][:, None], answers[:, None])
    return FittedHead(*_fit(states, answers, made, _STRENGTHS[best]), calibration, tried[best], _STRENGTHS[best])


def _out_of_fold(
    states: NDArray[np.float32],
    answers: NDArray[np.int64],
    folds: Sequence[NDArray[np.bool_]],
    made: Made,
    strength: float,
) -> NDArray[np.float64]:
    """Logits of every row by a head that was fitted without its fold. Shape: (n, 3)."""
    logits = np.zeros((len(states), len(ANSWERS)))
    for held in folds:
        weight, bias = _fit(states[~held], answers[~held], made, strength)
        logits[held] = states[held].astype(np.float64) @ weight.T + bias
    return logits


def _fit(
    states: NDArray[np.float32], answers: NDArray[np.int64], made: Made, strength: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weight and bias. Shape: (3, width), (3,)."""
    from sklearn.linear_model import LogisticRegression

    x = np.concatenate([states, made.states]).astype(np.float64)
    y = np.concatenate([answers, made.answers])
    weights = np.concatenate([np.ones(len(states)), _MADE_MASS * made.weights])
    mean, scale = x.mean(axis=0), (x.std(axis=0) + 1e-6) * np.sqrt(x.shape[1])
    model = LogisticRegression(C=strength, max_iter=_N_STEPS).fit((x - mean) / scale, y, sample_weight=weights)
    weight, bias = np.zeros((len(ANSWERS), x.shape[1])), np.full(len(ANSWERS), np.log(_FEW))
    present = model.classes_
    own, shift = symmetric(model.coef_, model.intercept_)
    weight[present] = own / scale
    bias[present] = shift - weight[present] @ mean
    return weight.astype(np.float32), bias.astype(np.float32)


def _folds(groups: Sequence[str]) -> list[NDArray[np.bool_]]:
    """Which rows are held out in each fold; groups are shared out in the order of their first rows."""
    number = {group: place % _N_FOLDS for place, group in enumerate(dict.fromkeys(groups))}
    fold = np.array([number[group] for group in groups], dtype=int)
    return [fold == which for which in sorted(set(fold.tolist()))]


def _loss(logits: NDArray[np.float64], answers: NDArray[np.int64]) -> float:
    """Mean log loss after calibration, which the answers' shares among made rows cannot raise."""
    p = fit_calibration(logits[:, None], answers[:, None]).probabilities(logits[:, None])[:, 0]
    return float(-np.log(p[np.arange(len(answers)), answers] + 1e-12).mean())
