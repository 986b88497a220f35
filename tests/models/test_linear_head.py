from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from models.linear_head import FittedHead, Made, fit_head

RNG = np.random.default_rng(0)
CENTRES = np.eye(3, 8, dtype=np.float32) * 4


def drawn(answers: NDArray[np.int64]) -> NDArray[np.float32]:
    return (CENTRES[answers] + RNG.normal(size=(len(answers), 8))).astype(np.float32)


def said(head: FittedHead, states: NDArray[np.float32]) -> NDArray[np.int64]:
    result: NDArray[np.int64] = (states @ head.weight.T + head.bias).argmax(axis=1)
    return result


@pytest.fixture(scope="module")
def made() -> Made:
    answers = np.arange(60) % 3
    return Made(drawn(answers), answers, np.full(60, 1 / 60))


def test_made_rows_alone_teach_and_nothing_is_said_to_be_calibrated(made: Made) -> None:
    head = fit_head(np.zeros((0, 8), np.float32), np.zeros(0, np.int64), [], made)
    test = np.arange(90) % 3
    assert (said(head, drawn(test)) == test).mean() > 0.9
    assert not head.is_cross_validated
    assert head.calibration.scales == (1.0,)


def test_many_labels_go_before_made_rows_that_are_wrong(made: Made) -> None:
    wrong = Made(made.states, np.roll(made.answers, 1), made.weights)
    answers = np.arange(900) % 3
    head = fit_head(drawn(answers), answers, [f"a{i}" for i in range(900)], wrong)
    assert (said(head, drawn(answers)) == answers).mean() > 0.9


def test_no_article_is_answered_by_a_head_that_saw_it(made: Made) -> None:
    """One article's rows have an answer of their own, which only a head that learnt from them would give."""
    states = np.tile(np.full(8, 9, np.float32), (6, 1))
    answers = np.array([2] * 6 + [0, 1] * 20)
    groups = ["strange"] * 6 + [f"a{i}" for i in range(40)]
    all_states = np.concatenate([states, drawn(answers[6:])])
    light = Made(made.states, made.answers, made.weights / 100)
    head = fit_head(all_states, answers, groups, light)
    seen = (all_states[:6] @ head.weight.T + head.bias)[:, 2] - head.out_of_fold[:6, 2]
    assert (said(head, states) == 2).all()
    assert (seen > 1).all()
    again = fit_head(all_states, answers, groups, light)
    np.testing.assert_array_equal(again.weight, head.weight)


def test_an_answer_that_nobody_gave_is_never_said() -> None:
    answers = np.arange(40) % 2
    head = fit_head(
        drawn(answers), answers, [f"a{i}" for i in range(40)], Made(drawn(answers), answers, np.full(40, 1 / 40))
    )
    assert set(said(head, drawn(np.arange(90) % 3))) <= {0, 1}
