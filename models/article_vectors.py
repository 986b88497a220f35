"""What is far from what among articles: unit vectors by which a choice of them covers the ground.

A model's own vectors are used where it has them (`models.passages.Reading`), with the mean of their language taken off,
as in `nlp.translations`: else all articles of one language are near each other. A model without vectors leaves words:
TF-IDF brought to a few dimensions (latent semantic analysis; Deerwester et al. 1990).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from nlp.schema import Article, ArticleScore
from nlp.sketches import tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["article_vectors", "word_vectors"]

_WIDTH = 100
_MAX_TOKENS = 400
"""So many tokens of a text are looked at: what an article is about stands at its beginning."""


def article_vectors(scores: Sequence[ArticleScore], seed: int = 0) -> NDArray[np.float32]:
    """A unit vector of each article, or zeros of one that nothing is known of. Shape: (n, width)."""
    given = [score.vector for score in scores]
    if all(vector is None for vector in given):
        return word_vectors([score.article for score in scores], seed)
    width = next(len(vector) for vector in given if vector is not None)
    rows = np.array([np.zeros(width) if vector is None else vector for vector in given], dtype=np.float32)
    known = rows.any(axis=1)
    langs = np.array([score.article.lang for score in scores])
    for lang in np.unique(langs):
        chosen = known & (langs == lang)
        if chosen.sum() > 1:
            rows[chosen] -= rows[chosen].mean(axis=0)
    return _unit(rows)


def word_vectors(articles: Sequence[Article], seed: int = 0) -> NDArray[np.float32]:
    """Vectors by the words of the articles, Shape: (n, width); languages have nothing in common."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.utils.extmath import randomized_svd

    vectorizer = TfidfVectorizer(analyzer=_words, sublinear_tf=True, min_df=2 if len(articles) > _WIDTH else 1)
    try:
        weights = vectorizer.fit_transform(f"{article.title}\n{article.text}" for article in articles)
    except ValueError:  # not one word in all articles
        return np.zeros((len(articles), 1), dtype=np.float32)
    width = min(_WIDTH, min(weights.shape) - 1)
    if width < 1:
        return _unit(weights.toarray().astype(np.float32))
    left, sizes, _ = randomized_svd(weights, width, random_state=seed)
    return _unit((left * sizes).astype(np.float32))


def _words(text: str) -> list[str]:
    """Tokens and pairs of them: single Chinese characters say little."""
    found = tokens(text[: 20 * _MAX_TOKENS])[:_MAX_TOKENS]
    return [*found, *map(" ".join, pairwise(found))]


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    result: NDArray[np.float32] = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 1e-6)
    return result
