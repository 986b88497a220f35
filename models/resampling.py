"""How sure a measured F1 or average precision is: the bootstrap over articles, plain and paired.

Sentences of one article stand or fall together, so whole articles are drawn (Efron and Tibshirani 1993, chapter 8);
two models are compared on the same draws (paired bootstrap, Berg-Kirkpatrick, Burkett and Klein 2012).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["average_precision", "f1", "interval", "resample"]

_BLOCK = 50
"""Draws at a time: what is held in memory is this many weights a row."""


def resample(
    articles: Sequence[str], measure: Callable[[NDArray[np.float64]], NDArray[np.float64]], *, n_draws: int, seed: int
) -> NDArray[np.float64]:
    """What `measure` makes of the rows when whole articles are drawn with replacement, Shape: (n_measures, n_draws).

    Args:
        articles: the article of each row.
        measure: from weights (n, n_rows), how often each row was drawn, to measures (n_measures, n).
        n_draws: how many draws.
        seed: of the draws; the same articles and seed give the same draws.
    """
    _, number = np.unique(np.asarray(articles, dtype=str), return_inverse=True)
    n_articles = int(number.max()) + 1
    rng = np.random.default_rng(seed)
    found = []
    for start in range(0, n_draws, _BLOCK):
        size = min(_BLOCK, n_draws - start)
        counts = rng.multinomial(n_articles, np.full(n_articles, 1 / n_articles), size=size)
        found.append(measure(counts[:, number].astype(np.float64)))
    return np.concatenate(found, axis=1)


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
    """Average precision under each row of `weights`, NaN where there is no gold case; ties count as one step.

    >>> average_precision(np.array([False, True]), np.array([0.9, 0.1]), np.ones((1, 2))).tolist()
    [0.5]
    """
    order = np.argsort(-p, kind="stable")
    last_of_tie = np.flatnonzero(np.append(np.diff(p[order]) != 0, True))
    hits = np.cumsum(weights[:, order] * true[order], axis=1)[:, last_of_tie]
    found = np.cumsum(weights[:, order], axis=1)[:, last_of_tie]
    gained = np.diff(hits, axis=1, prepend=0.0)
    with np.errstate(invalid="ignore"):
        result: NDArray[np.float64] = np.nansum(hits / found * gained, axis=1) / hits[:, -1]
    return result


def interval(draws: NDArray[np.float64]) -> tuple[float, float]:
    """The middle 95% of the draws that could be measured; NaN where none could."""
    known = draws[~np.isnan(draws)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)
