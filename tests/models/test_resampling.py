from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score

from models.resampling import average_precision, f1, interval, resample

RNG = np.random.default_rng(4)
TRUE = RNG.random(300) < 0.2
P = RNG.normal(np.where(TRUE, 0.6, 0.3), 0.2)
ARTICLES = [f"a{i // 3}" for i in range(300)]


def draws_of(articles: list[str], n_draws: int, seed: int) -> np.ndarray:
    """The weights themselves, (n_draws, n_rows)."""
    return resample(articles, lambda weights: weights.T, n_draws=n_draws, seed=seed).T


@pytest.mark.parametrize("digits", [16, 1, 0])
def test_weighted_measures_agree_with_scikit_learn(digits: int) -> None:
    p = P.round(digits)  # with many ties, and with almost nothing else
    draws = draws_of(ARTICLES, 20, seed=1)
    for weights, mine, other in zip(draws, f1(TRUE, p > 0.5, draws), average_precision(TRUE, p, draws), strict=True):
        assert np.isclose(mine, f1_score(TRUE, p > 0.5, sample_weight=weights))
        assert np.isclose(other, average_precision_score(TRUE, p, sample_weight=weights))


def test_whole_articles_are_drawn() -> None:
    draws = draws_of(ARTICLES, 120, seed=2)
    assert draws.shape == (120, 300)
    assert (draws[:, 0::3] == draws[:, 1::3]).all()
    assert (draws[:, ::3].sum(1) == 100).all()
    np.testing.assert_array_equal(draws, draws_of(ARTICLES, 120, seed=2))


def test_the_interval_holds_the_estimate_and_narrows_with_data() -> None:
    def width(n: int) -> float:
        measured = resample(ARTICLES[:n], lambda w: f1(TRUE[:n], P[:n] > 0.5, w)[None], n_draws=400, seed=3)
        low, high = interval(measured[0])
        assert low <= f1_score(TRUE[:n], P[:n] > 0.5) <= high
        return high - low

    assert width(300) < width(60)


def test_nothing_to_measure_is_nan() -> None:
    assert np.isnan(interval(f1(np.zeros(3, bool), np.ones(3, bool), np.ones((4, 3))))).all()
    assert np.isnan(average_precision(np.zeros(3, bool), np.ones(3), np.ones((1, 3)))).all()
