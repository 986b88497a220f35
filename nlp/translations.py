"""Translations are copies too: articles of different languages that say the same within a week, with the same figures.

What an article says is a vector that others compute (`models.article_vectors`), alike for like texts of any language.
Nearness of vectors finds texts on the same event; that they agree in their figures tells a translation from
another report. What becomes of them is decided in `nlp.stories`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from nlp.errors import InputError
from nlp.sketches import Sketch, figure_agreement

__all__ = ["MIN_COSINE", "WITHIN", "Meaning", "Translations"]

WITHIN = timedelta(days=7)
MIN_COSINE = 0.8
_FIGURES_AGREE = 0.5


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an article says.

    Attributes:
        lang: ISO 639-1 code; only articles of different languages are translations of each other.
        vector: of any length; one of zeros is like no other. Shape: (width,).
    """

    lang: str
    vector: NDArray[np.floating]


class Translations:
    """The articles whose meaning is known, in the order of time, to look up what one of them was translated from.

    Raises:
        InputError: vectors that are not finite or differ in width.
    """

    def __init__(self, ordered: Sequence[Sketch], meanings: Mapping[str, Meaning]) -> None:
        known = [item for item in ordered if item.is_dated and item.article_id in meanings]
        shapes = {np.shape(meanings[item.article_id].vector) for item in known}
        if len(shapes) > 1 or any(len(shape) != 1 for shape in shapes):
            raise InputError(f"vectors of articles have the shapes {sorted(shapes)}; give one width for all")
        vectors = np.array([meanings[item.article_id].vector for item in known], dtype=np.float32)
        if not np.isfinite(vectors).all():
            raise InputError("a vector of an article is not finite; leave articles without a meaning out")
        lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
        self._known = known
        self._vectors = np.divide(vectors, lengths, where=lengths > 0, out=np.zeros_like(vectors))
        self._langs = np.array([meanings[item.article_id].lang for item in known])
        self._times = np.array([item.known_at.timestamp() for item in known])
        self._row_by_id = {item.article_id: row for row, item in enumerate(known)}

    def earliest(self, item: Sketch) -> Sketch | None:
        """The earliest article of another language, at most a week before, that `item` is a translation of."""
        row = self._row_by_id.get(item.article_id)
        if row is None:
            return None
        first = int(np.searchsorted(self._times, self._times[row] - WITHIN.total_seconds()))
        is_near = self._vectors[first:row] @ self._vectors[row] >= MIN_COSINE
        is_foreign = self._langs[first:row] != self._langs[row]
        rows = first + np.flatnonzero(is_near & is_foreign)
        return next((self._known[r] for r in rows if figure_agreement(item, self._known[r]) >= _FIGURES_AGREE), None)
