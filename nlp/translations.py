"""Translations are copies too: articles of different languages that say the same within a week, with the same figures.

What an article says is a vector that a model gives with its score (`ArticleScore.vector`), alike for like texts. As all
vectors of an encoder, and more so those of one language, lie in one narrow cone, the mean of the language so far is
taken off before they are compared (Mu and Viswanath, "All-but-the-top", 2018). Nearness finds texts on one subject;
that they share most of their figures, and some that others do not give, tells a translation from another report
(`nlp.figures`). What becomes of it is decided in `nlp.stories`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from nlp.errors import InputError
from nlp.figures import FigureCounts
from nlp.schema import ArticleScore
from nlp.sketches import Sketch

__all__ = ["Meaning", "Translations", "meaning_of"]

_WITHIN = timedelta(days=7)
_MIN_COSINE = 0.4
_MIN_FIGURES = 2
_MIN_EVIDENCE = 6.0
"""What shared figures must be worth: e^-6, one chance in four hundred."""
_OF_FEWER, _OF_MORE = 0.7, 0.5
"""How much of what each article's figures are worth must be shared."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an article says.

    Attributes:
        lang: ISO 639-1 code; only articles of different languages are translations of each other.
        vector: as the encoder gives it, Shape: (width,).
    """

    lang: str
    vector: NDArray[np.floating]


def meaning_of(score: ArticleScore) -> Meaning | None:
    """What a scored article says; None where its language is unknown, or it was scored without a vector."""
    if score.vector is None or score.article.lang == "und":
        return None
    return Meaning(score.article.lang, score.vector)


class Translations:
    """The articles whose meaning is known, to look up in the order of time what each was translated from.

    Where all are of one language, none is kept.

    Raises:
        InputError: vectors that are not finite or differ in width.
    """

    def __init__(self, ordered: Sequence[Sketch], meanings: Mapping[str, Meaning]) -> None:
        known = [item for item in ordered if item.is_dated and item.article_id in meanings]
        if len({meanings[item.article_id].lang for item in known}) < 2:
            known = []
        shapes = {np.shape(meanings[item.article_id].vector) for item in known}
        if len(shapes) > 1 or any(len(shape) != 1 for shape in shapes):
            raise InputError(f"vectors of articles have the shapes {sorted(shapes)}; give one width for all")
        self._known = known
        self._row_by_id = {item.article_id: row for row, item in enumerate(known)}
        self._vectors = np.array([meanings[item.article_id].vector for item in known])
        if not np.isfinite(self._vectors).all():
            raise InputError("a vector of an article is not finite; leave articles without a meaning out")
        languages, self._langs = np.unique([meanings[item.article_id].lang for item in known], return_inverse=True)
        self._has_figures = np.array([len(item.figures) >= _MIN_FIGURES for item in known], dtype=bool)
        self._times = np.array([item.known_at.timestamp() for item in known])
        self._sums = np.zeros((len(languages), *next(iter(shapes), (0,))))
        self._counts = np.zeros(len(languages))
        self._figures = FigureCounts()
        self._n_counted = 0

    def earliest(self, item: Sketch) -> Sketch | None:
        """The earliest article of another language, at most a week before, that `item` is a translation of.

        Ask in the order of time: what is compared is centred on the articles up to this one.
        """
        row = self._row_by_id.get(item.article_id)
        if row is None:
            return None
        self._count(row + 1)
        if not self._has_figures[row]:
            return None
        first = int(np.searchsorted(self._times, self._times[row] - _WITHIN.total_seconds()))
        others = (self._langs[first:row] != self._langs[row]) & self._has_figures[first:row]
        foreign = first + np.flatnonzero(others)
        near = foreign[self._centred(foreign) @ self._centred(np.array([row]))[0] >= _MIN_COSINE]
        return next((self._known[other] for other in near if self._share_figures(item, self._known[other])), None)

    def _count(self, end: int) -> None:
        np.add.at(self._sums, self._langs[self._n_counted : end], self._vectors[self._n_counted : end])
        np.add.at(self._counts, self._langs[self._n_counted : end], 1)
        for item in self._known[self._n_counted : end]:
            self._figures.add(item)
        self._n_counted = end

    def _centred(self, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Unit vectors, or nearly zero where an article is all that is known of its language. Shape: (n, width)."""
        langs = self._langs[rows]
        centred = self._vectors[rows] - self._sums[langs] / self._counts[langs, None]
        lengths = np.linalg.norm(centred, axis=1, keepdims=True)
        unit: NDArray[np.float64] = centred / np.maximum(lengths, 1e-6)
        return unit

    def _share_figures(self, a: Sketch, b: Sketch) -> bool:
        both = np.intersect1d(a.figures, b.figures, assume_unique=True)
        if len(both) < _MIN_FIGURES:
            return False
        shared, *each = (self._figures.evidence(figures) for figures in (both, a.figures, b.figures))
        return shared >= max(_MIN_EVIDENCE, _OF_FEWER * min(each), _OF_MORE * max(each))
