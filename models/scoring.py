"""Scores articles: split, judge in context, match drivers, pool. A batch at a time, so memory stays flat.

An article that cannot be scored becomes a `Failure` and the others go on. Reading articles is `nlp.reading`; writing
tables is `nlp.tables`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from models.passages import passage_of_article
from nlp.errors import Failure
from nlp.intensity import score_article
from nlp.schema import ANSWERS, Article, ArticleScore, Sentence, SentenceScore
from nlp.text import split_sentences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.passages import Classifier
    from nlp.narratives import DriverMatcher

__all__ = ["BATCH_ARTICLES", "ScoredArticle", "score_articles", "sentence_score"]

BATCH_ARTICLES = 32
_ASSERT, _REJECT = ANSWERS.index("assert"), ANSWERS.index("reject")


@dataclass(frozen=True, slots=True)
class ScoredArticle:
    """An article's score and the sentence scores it follows from."""

    score: ArticleScore
    sentences: tuple[SentenceScore, ...]


def score_articles(
    articles: Iterable[Article], classifier: Classifier, drivers: DriverMatcher, *, batch_articles: int = BATCH_ARTICLES
) -> Iterator[ScoredArticle | Failure]:
    """Scores in the order of `articles`; on a CPU neither it nor the batch size changes a score, on a GPU by 1e-5."""
    stream = iter(articles)
    while batch := list(islice(stream, batch_articles)):
        try:
            yield from _score_batch(batch, classifier, drivers)
        except Exception:
            for article in batch:
                yield _score_alone(article, classifier, drivers)


def _score_alone(article: Article, classifier: Classifier, drivers: DriverMatcher) -> ScoredArticle | Failure:
    try:
        return _score_batch([article], classifier, drivers)[0]
    except Exception as error:
        return Failure(f"article {article.id} ({article.title[:60]})", "score", f"{type(error).__name__}: {error}")


def _score_batch(batch: Sequence[Article], classifier: Classifier, drivers: DriverMatcher) -> list[ScoredArticle]:
    split = [split_sentences(article) for article in batch]
    reading = classifier.predict_with_vectors([passage_of_article(a, s) for a, s in zip(batch, split, strict=True)])
    p, vectors = reading.probabilities, _kept(reading.vectors, len(batch))
    scored, row = [], 0
    for article, sentences, vector in zip(batch, split, vectors, strict=True):
        scores = tuple(
            sentence_score(sentence, p[row + i], classifier.narratives, drivers.drivers(sentence.text, article.lang))
            for i, sentence in enumerate(sentences)
        )
        row += len(sentences)
        score = score_article(article, scores, classifier.narratives, classifier.model_id)
        scored.append(ScoredArticle(replace(score, vector=vector), scores))
    return scored


def _kept(vectors: NDArray[np.float32] | None, n: int) -> list[NDArray[np.float16] | None]:
    """Vectors as they are kept: half the bytes tell as well what is near what; no vector where all is zero."""
    if vectors is None:
        return [None] * n
    most = np.finfo(np.float16).max
    short = np.clip(vectors, -most, most).astype(np.float16)
    return [row.copy() if row.any() else None for row in short]


def sentence_score(
    sentence: Sentence, p: NDArray[np.float64], narratives: Sequence[str], drivers: tuple[str, ...] = ()
) -> SentenceScore:
    """The score of a sentence from a classifier's answer, Shape: (n_narratives, 3), and the drivers that it names."""
    return SentenceScore(
        sentence,
        {name: float(p[n, _ASSERT]) for n, name in enumerate(narratives)},
        {name: float(p[n, _REJECT]) for n, name in enumerate(narratives)},
        drivers,
    )
