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


def test_thresholds_from_calibrated_probabilities_are_those_of_highest_f1() -> None:
    p = RNG.dirichlet([1.5, 0.12, 0.06], size=(20_000, 1))
    gold = np.array([RNG.choice(3, p=row[0]) for row in p])
    ((low, high),) = fit_thresholds(p).values
    for answer, threshold in ((1, low), (2, high)):
        reached, *others = (
            f1_score(gold == answer, p[:, 0, answer] >= t) for t in (threshold, *np.arange(0.02, 1, 0.02))
        )
        assert threshold < 0.45
        assert reached > max(others) - 0.01


def test_few_expected_cases_leave_one_half() -> None:
    p = np.tile([0.9, 0.06, 0.04], (100, 1, 1))
    assert fit_thresholds(p) == Thresholds.even(1)


@given(st.floats(0.01, 1), st.floats(0.01, 1), st.lists(st.floats(0, 1), min_size=3, max_size=3))
def test_an_answer_below_its_threshold_is_never_said(low: float, high: float, raw: list[float]) -> None:
    p = np.array(raw) / max(sum(raw), 1e-9)
    said = decide(p[None, None], Thresholds(((low, high),)))[0, 0]
    assert said == 0 or p[said] >= (low, high)[said - 1] * (1 - 1e-12)


def test_thresholds_are_checked() -> None:
    with pytest.raises(ValueError, match="two numbers in"):
        Thresholds(((0.0, 0.5),))
