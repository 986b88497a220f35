"""Translations are copies too: articles of different languages that say the same within a week, with the same figures.

What an article says is a vector that a model gives with its score (`ArticleScore.vector`), alike for like texts. As all
vectors of an encoder, and more so those of one language, lie in one narrow cone, the mean of the language so far is
taken off before they are compared (Mu and Viswanath, "All-but-the-top", 2018). Nearness finds texts on one subject;
that they share most of their figures, and some that others do not give, tells a translation from another report
(`nlp.figures`). What becomes of it is decided in `nlp.stories`.

Articles are read in the order of time and kept for a week. Those that share figures are found in an index of them: as
the figures shared must be worth half of what the article's own are, one of its rarest is among them, and only these are
looked up (prefix filtering; Chaudhuri et al. 2006, doi:10.1109/ICDE.2006.9).
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class _Known:
    """An article of the last days."""

    item: Sketch
    lang: str
    vector: NDArray[np.floating]


@dataclass
class Translations:
    """The articles whose meaning is known, to look up in the order of time what each was translated from.

    Attributes:
        figures: in how many articles so far each figure stands; kept in memory unless another is given.
    """

    figures: FigureCounts = field(default_factory=FigureCounts)
    _known: deque[_Known] = field(default_factory=deque)
    _n_gone: int = 0
    _places_by_figure: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    _sum_by_lang: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    _n_by_lang: dict[str, int] = field(default_factory=dict)
    _problem: str = ""
    _shape: tuple[int, ...] | None = None

    def add(self, item: Sketch, meaning: Meaning) -> None:
        """Takes the next article in the order of time; one without a date is passed over.

        Raises:
            InputError: there are two languages, and vectors that are not finite or differ in width.
        """
        if not item.is_dated:
            return
        vector, lang = np.asarray(meaning.vector), meaning.lang
        self._check(vector, lang)
        while self._known and self._known[0].item.known_at < item.known_at - _WITHIN:
            self._forget()
        if vector.shape == self._shape:
            before = self._sum_by_lang.get(lang)
            self._sum_by_lang[lang] = vector.astype(np.float64) if before is None else before + vector
        self._n_by_lang[lang] = self._n_by_lang.get(lang, 0) + 1
        self.figures.add(item)
        place = self._n_gone + len(self._known)
        self._known.append(_Known(item, lang, vector))
        if len(item.figures) >= _MIN_FIGURES:
            for figure in item.figures.tolist():
                self._places_by_figure[figure].append(place)

    def earliest(self, item: Sketch) -> Sketch | None:
        """The earliest article of another language, at most a week before, that `item` is a translation of.

        Ask for the last that was added only: what is compared is centred on the articles up to this one.
        """
        own = self._known[-1] if self._known else None
        if own is None or own.item is not item or len(item.figures) < _MIN_FIGURES or len(self._n_by_lang) < 2:
            return None
        foreign = (self._known[place - self._n_gone] for place in self._sharing(item))
        able = [known for known in foreign if known.lang != own.lang and self._share_figures(item, known.item)]
        if not able:
            return None
        near = np.array([self._centred(known) for known in able]) @ self._centred(own) >= _MIN_COSINE
        return next((known.item for known, is_near in zip(able, near.tolist(), strict=True) if is_near), None)

    def _check(self, vector: NDArray[np.floating], lang: str) -> None:
        self._shape = self._shape or vector.shape
        if vector.shape != self._shape or vector.ndim != 1:
            shapes = sorted({self._shape, vector.shape})
            self._problem = f"vectors of articles have the shapes {shapes}; give one width for all"
        elif not np.isfinite(vector).all():
            self._problem = "a vector of an article is not finite; leave articles without a meaning out"
        if self._problem and len({*self._n_by_lang, lang}) > 1:
            raise InputError(self._problem)

    def _forget(self) -> None:
        gone = self._known.popleft()
        self._n_gone += 1
        if len(gone.item.figures) >= _MIN_FIGURES:
            for figure in gone.item.figures.tolist():
                places = self._places_by_figure[figure]
                del places[0]
                if not places:
                    del self._places_by_figure[figure]

    def _sharing(self, item: Sketch) -> list[int]:
        """The places, ascending, of earlier articles that may share enough of the figures of `item`, the last one."""
        worth = self.figures.each(item.figures)
        rarest = np.argsort(-worth, kind="stable")
        needed = max(_MIN_EVIDENCE, _OF_MORE * float(worth.sum())) * (1 - 1e-9)
        left = np.cumsum(worth[rarest][::-1])[::-1]
        chosen = item.figures[rarest[left >= needed]].tolist()
        places = {place for figure in chosen for place in self._places_by_figure.get(figure, ())}
        places.discard(self._n_gone + len(self._known) - 1)
        return sorted(places)

    def _centred(self, known: _Known) -> NDArray[np.float64]:
        """A unit vector, or nearly zero where an article is all that is known of its language. Shape: (width,)."""
        centred = known.vector - self._sum_by_lang[known.lang] / self._n_by_lang[known.lang]
        unit: NDArray[np.float64] = centred / max(float(np.linalg.norm(centred)), 1e-6)
        return unit

    def _share_figures(self, a: Sketch, b: Sketch) -> bool:
        both = np.intersect1d(a.figures, b.figures, assume_unique=True)
        if len(both) < _MIN_FIGURES:
            return False
        shared, *each = (self.figures.evidence(figures) for figures in (both, a.figures, b.figures))
        return shared >= max(_MIN_EVIDENCE, _OF_FEWER * min(each), _OF_MORE * max(each))
