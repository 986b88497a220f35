from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calibration import Calibration, expected_calibration_error, fit_calibration, softmax


def test_it_undoes_overconfidence_and_shift() -> None:
    rng = np.random.default_rng(0)
    true = rng.normal(size=(6000, 1, 3)) * 1.5
    answers = np.array([[rng.choice(3, p=p[0])] for p in softmax(true)])
    spoilt = 3.0 * true + np.array([0.0, 2.0, -1.0])
    repaired = fit_calibration(spoilt, answers).probabilities(spoilt)
    before, after = (expected_calibration_error(p[:, 0, 1], answers[:, 0] == 1) for p in (softmax(spoilt), repaired))
    assert before > 0.1
    assert after < 0.02


def test_rows_that_are_not_judged_do_not_count() -> None:
    logits = np.random.default_rng(1).normal(size=(50, 2, 3))
    answers = np.full((50, 2), -1)
    answers[:, 0] = logits[:, 0].argmax(-1)
    assert fit_calibration(logits, answers).scales[1] == 1.0


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_error_is_a_share(pairs: list[tuple[float, bool]]) -> None:
    assert 0 <= expected_calibration_error([p for p, _ in pairs], [hit for _, hit in pairs]) <= 1


def test_error_by_hand() -> None:
    assert expected_calibration_error([0.9, 0.9, 0.1, 0.1], [True, False, False, False]) == pytest.approx(
        (0.4 + 0.1) / 2
    )


def test_shapes_are_checked() -> None:
    with pytest.raises(ValueError, match="calibration has"):
        Calibration((1.0,), ((0.0, 0.0),))
