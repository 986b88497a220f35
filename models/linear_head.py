"""Fits a linear head over states that stay as they are: multinomial logistic regression, strength by cross-validation.

Beside labelled rows it learns from made ones (`models.cue_sentences`), which together weigh as much as so many labelled
ones; how many, and how strongly weights are drawn to zero, is what gives held-out articles the least loss. States are
brought to a common scale for it, which the weights then take up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from models.calibration import Calibration, fit_calibration
from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["FittedHead", "Made", "fit_head"]

_STRENGTHS = (1.0, 10.0)
_MASSES = (10.0, 30.0, 100.0)
"""How many labelled rows the made ones weigh as much as, all together."""
_N_FOLDS = 5
_N_STEPS = 200
_FEW = 1e-9
"""Below this probability an answer that no row has is left."""


@dataclass(frozen=True, slots=True)
class Made:
    """Made rows. Shape: states (n, width); answers (n,), indices into ANSWERS; weights (n,), which sum to one."""

    states: NDArray[np.float32]
    answers: NDArray[np.int64]
    weights: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FittedHead:
    """A head, and what it says of rows that it did not learn from.

    Attributes:
        weight, bias: Shape: (3, width), (3,).
        calibration: of this one narrative; unchanged where no row was labelled.
        out_of_fold: logits of the labelled rows by heads that were fitted without their group. Shape: (n, 3).
        chosen: `strength` and `made_mass`, for the record.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    calibration: Calibration
    out_of_fold: NDArray[np.float64]
    chosen: dict[str, float]


def fit_head(
    states: NDArray[np.float32], answers: NDArray[np.int64], groups: Sequence[str], made: Made | None = None
) -> FittedHead:
    """A head for labelled states, for made ones, or for both.

    Args:
        states: Shape: (n, width).
        answers: indices into ANSWERS. Shape: (n,).
        groups: the article of each row: a fold holds all rows of one or none.
        made: further rows; needed where the labelled ones have fewer than two answers.
    """
    settings = [(c, mass) for c, mass in product(_STRENGTHS, _MASSES if made else (0.0,))]
    folds = _folds(groups)
    if len(folds) < 2 or (not made and len(np.unique(answers)) < 2):
        strength, mass = settings[-1]
        head = _fit(states, answers, made, strength, mass)
        return FittedHead(*head, Calibration.identity(1), np.zeros((len(states), 3)), _chosen(strength, mass))
    best: tuple[float, float, float, NDArray[np.float64]] | None = None
    for strength, mass in settings:
        logits = np.zeros((len(states), len(ANSWERS)))
        for held in folds:
            weight, bias = _fit(states[~held], answers[~held], made, strength, mass)
            logits[held] = states[held] @ weight.T.astype(np.float64) + bias
        loss = _loss(logits, answers)
        if best is None or loss < best[0]:
            best = loss, strength, mass, logits
    assert best is not None
    _, strength, mass, logits = best
    calibration = fit_calibration(logits[:, None], answers[:, None])
    return FittedHead(
        *_fit(states, answers, made, strength, mass), calibration, logits, _chosen(strength, mass)
    )


def _fit(
    states: NDArray[np.float32], answers: NDArray[np.int64], made: Made | None, strength: float, mass: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weight and bias. Shape: (3, width), (3,)."""
    from sklearn.linear_model import LogisticRegression

    x, y, weights = states, answers, np.ones(len(states))
    if made is not None:
        x, y = np.concatenate([states, made.states]), np.concatenate([answers, made.answers])
        weights = np.concatenate([weights, mass * made.weights])
    x = x.astype(np.float64)
    mean, scale = x.mean(axis=0), (x.std(axis=0) + 1e-6) * np.sqrt(x.shape[1])
    model = LogisticRegression(C=strength, max_iter=_N_STEPS).fit((x - mean) / scale, y, sample_weight=weights)
    weight, bias = np.zeros((len(ANSWERS), x.shape[1])), np.full(len(ANSWERS), np.log(_FEW))
    present = model.classes_
    own, shift = model.coef_, model.intercept_
    if len(present) == 2:
        own, shift = np.concatenate([-own, own]) / 2, np.concatenate([-shift, shift]) / 2
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


def _chosen(strength: float, mass: float) -> dict[str, float]:
    return {"strength": strength, "made_mass": mass}
