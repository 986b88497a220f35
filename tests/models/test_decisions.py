from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from models.decisions import Thresholds, decide, fit_thresholds

RNG = np.random.default_rng(0)


def test_one_half_is_what_is_more_probable_than_not() -> None:
    p = np.array([[[0.4, 0.6, 0.0]], [[0.5, 0.1, 0.4]], [[0.2, 0.1, 0.7]]])
    assert decide(p, Thresholds.even(1)).ravel().tolist() == [1, 0, 2]


def test_fitted_thresholds_raise_f1_of_a_timid_model() -> None:
    gold = RNG.choice(3, size=(4000, 1), p=[0.9, 0.07, 0.03])
    p = np.full((4000, 1, 3), 0.0)
    for answer in (1, 2):
        p[:, 0, answer] = np.where(gold[:, 0] == answer, RNG.uniform(0.1, 0.5, 4000), RNG.uniform(0, 0.2, 4000))
    p[:, 0, 0] = 1 - p.sum(-1)[:, 0]
    fitted = fit_thresholds(p, gold)
    even, better = (decide(p, t)[:, 0] for t in (Thresholds.even(1), fitted))
    for answer in (1, 2):
        assert f1_score(gold[:, 0] == answer, better == answer) > f1_score(gold[:, 0] == answer, even == answer) + 0.2


def test_few_cases_and_unjudged_rows_leave_one_half() -> None:
    gold = np.array([[1]] * 5 + [[0]] * 5 + [[-1]] * 50)
    assert fit_thresholds(RNG.dirichlet([1, 1, 1], size=(60, 1)), gold) == Thresholds.even(1)


@given(st.floats(0.01, 1), st.floats(0.01, 1), st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_an_answer_below_its_threshold_is_never_said(low: float, high: float, raw: list[float]) -> None:
    p = np.array(raw) / max(sum(raw), 1e-9)
    said = decide(p[None, None], Thresholds(((low, high),)))[0, 0]
    assert said == 0 or p[said] >= (low, high)[said - 1] * (1 - 1e-12)


def test_thresholds_are_checked() -> None:
    with pytest.raises(ValueError, match="two numbers in"):
        Thresholds(((0.0, 0.5),))
