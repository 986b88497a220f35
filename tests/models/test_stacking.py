from __future__ import annotations

import numpy as np
import pytest

from models.stacking import Mixture, crossed, fit_mixture


def test_what_says_nothing_counts_little_and_shares_are_met() -> None:
    rng = np.random.default_rng(0)
    answers = rng.choice(3, size=600, p=[0.7, 0.2, 0.1]).astype(np.int64)
    good = np.eye(3)[answers] * 2 + rng.normal(size=(600, 3))
    noise = rng.normal(size=(600, 3)) * 2
    mixture = fit_mixture([good, noise], answers)
    assert mixture.weights[0] > 1
    assert mixture.weights[1] < 0.15
    logits = mixture.logits([good, noise])
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    assert p.mean(0) == pytest.approx(np.bincount(answers) / 600, abs=0.01)


def test_without_rows_both_count_as_they_are() -> None:
    mixture = fit_mixture([np.zeros((0, 3)), np.zeros((0, 3))], np.zeros(0, dtype=np.int64))
    assert mixture == Mixture((1.0, 1.0), (0.0, 0.0, 0.0))


def test_the_answers_of_a_fold_have_no_say_in_its_own_mixture() -> None:
    rng = np.random.default_rng(0)
    ways, folds, known = [rng.normal(size=(60, 3)) for _ in range(2)], np.arange(60) % 5, np.arange(60)
    answers = rng.integers(0, 3, size=60)
    p, other = (crossed(ways, a, folds, known) for a in (answers, np.where(folds == 0, (answers + 1) % 3, answers)))
    assert p.sum(1) == pytest.approx(1)
    np.testing.assert_array_equal(other[folds == 0], p[folds == 0])
    assert not np.isclose(other[folds != 0], p[folds != 0]).all(1).any()
