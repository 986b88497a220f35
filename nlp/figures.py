"""How much it says that two articles give the same figures: each counts by how few articles give it.

A figure shared is worth -ln of the share of articles that give it, so that what is shared by chance adds up as in a
naive test of independence (Spärck Jones 1972). The shares are those of the articles so far; where these are few, what
figures of that length have elsewhere counts as a hundred articles more: texts on money share a 3 or a 2024 with any
other, and hardly ever a 4,187.
"""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nlp.sketches import Sketch, figure_hash

__all__ = ["FigureCounts"]

_N_ELSEWHERE = 100
_SHARES = (
    (range(1, 10), 0.2),
    (range(10, 32), 0.06),
    (range(1990, 2036), 0.06),
    (range(32, 100), 0.03),
)
"""Roughly in what share of articles on markets a number stands; days and years in more than others of their length."""
_LONGER = 0.005


class FigureCounts:
    """In how many articles so far each figure stands."""

    def __init__(self) -> None:
        self._n_articles = 0
        self._counts: Counter[int] = Counter()

    def add(self, item: Sketch) -> None:
        """Counts one more article."""
        self._n_articles += 1
        self._count_up(item.figures.tolist())

    def _count_up(self, figures: list[int]) -> None:
        self._counts.update(figures)

    def evidence(self, figures: NDArray[np.uint32]) -> float:
        """Σ -ln of the shares of articles that give them, above 0; 3 for one that stands in an article of twenty."""
        return float(self.each(figures).sum())

    def each(self, figures: NDArray[np.uint32]) -> NDArray[np.float64]:
        """What each of them is worth. Shape: as `figures`."""
        shares, n = _shares(), self._n_articles + _N_ELSEWHERE
        numbers = figures.tolist()
        counts = [self.count(f) + _N_ELSEWHERE * shares.get(f, _LONGER) for f in numbers]
        worth: NDArray[np.float64] = -np.log(np.array(counts) / n)
        return worth

    def count(self, figure: int) -> int:
        """In how many articles so far it stands."""
        return self._counts[figure]


@cache
def _shares() -> dict[int, float]:
    by_figure: dict[int, float] = {}
    for numbers, share in _SHARES:
        for number in numbers:
            by_figure.setdefault(figure_hash(number), share)
    return by_figure
