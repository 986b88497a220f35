from __future__ import annotations

import numpy as np
from sklearn.metrics import average_precision_score, f1_score

from models.resampling import average_precision, draw_articles, f1, interval

RNG = np.random.default_rng(4)
TRUE = RNG.random(300) < 0.2
P = RNG.normal(np.where(TRUE, 0.6, 0.3), 0.2)  # no ties
ARTICLES = [f"a{i // 3}" for i in range(300)]


def test_weighted_measures_agree_with_scikit_learn() -> None:
    draws = draw_articles(ARTICLES, 20, seed=1)
    for weights, mine, other in zip(draws, f1(TRUE, P > 0.5, draws), average_precision(TRUE, P, draws), strict=True):
        assert np.isclose(mine, f1_score(TRUE, P > 0.5, sample_weight=weights))
        assert np.isclose(other, average_precision_score(TRUE, P, sample_weight=weights))


def test_whole_articles_are_drawn() -> None:
    draws = draw_articles(ARTICLES, 50, seed=2)
    assert draws.shape == (50, 300)
    assert (draws[:, 0::3] == draws[:, 1::3]).all()
    assert (draws[:, ::3].sum(1) == 100).all()


def test_the_interval_holds_the_estimate_and_narrows_with_data() -> None:
    def width(n: int) -> float:
        low, high = interval(f1(TRUE[:n], P[:n] > 0.5, draw_articles(ARTICLES[:n], 400, seed=3)))
        assert low <= f1_score(TRUE[:n], P[:n] > 0.5) <= high
        return high - low

    assert width(300) < width(60)


def test_nothing_to_measure_is_nan() -> None:
    assert np.isnan(interval(f1(np.zeros(3, bool), np.ones(3, bool), np.ones((4, 3))))).all()
    assert draw_articles([], 3, seed=0).shape == (3, 0)
