"""How sure a measured F1 or average precision is: the bootstrap over articles, plain and paired.

Sentences of one article stand or fall together, so whole articles are drawn (Efron and Tibshirani 1993, chapter 8);
two models are compared on the same draws (paired bootstrap, Berg-Kirkpatrick, Burkett and Klein 2012).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["average_precision", "draw_articles", "f1", "interval"]


def draw_articles(articles: Sequence[str], n_draws: int, seed: int) -> NDArray[np.float64]:
    """How often each row is in each draw of articles with replacement, Shape: (n_draws, n_rows)."""
    _, number = np.unique(np.asarray(articles, dtype=str), return_inverse=True)
    n_articles = int(number.max()) + 1 if len(number) else 0
    if not n_articles:
        return np.zeros((n_draws, 0))
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(n_articles, np.full(n_articles, 1 / n_articles), size=n_draws)
    result: NDArray[np.float64] = counts[:, number].astype(np.float64)
    return result


def f1(true: NDArray[np.bool_], said: NDArray[np.bool_], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """F1 under each row of `weights` (n_draws, n_rows), NaN where there is no gold case.

    >>> f1(np.array([True, False]), np.array([True, True]), np.ones((1, 2))).round(3).tolist()
    [0.667]
    """
    hits, gold, found = (weights @ flags for flags in (true & said, true, said))
    with np.errstate(invalid="ignore"):
        result: NDArray[np.float64] = np.where(gold > 0, 2 * hits / (gold + found), np.nan)
    return result


def average_precision(
    true: NDArray[np.bool_], p: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Average precision under each row of `weights`, NaN where there is no gold case; ties in their order.

    >>> average_precision(np.array([False, True]), np.array([0.9, 0.1]), np.ones((1, 2))).tolist()
    [0.5]
    """
    order = np.argsort(-p, kind="stable")
    w = weights[:, order]
    gold = w * true[order]
    with np.errstate(invalid="ignore"):
        precision = np.cumsum(gold, axis=1) / np.cumsum(w, axis=1)
        result: NDArray[np.float64] = np.nansum(precision * gold, axis=1) / gold.sum(axis=1)
    return result


def interval(draws: NDArray[np.float64]) -> tuple[float, float]:
    """The middle 95% of the draws that could be measured; NaN where none could."""
    known = draws[~np.isnan(draws)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)
