"""Labelled articles as a model reads them: their sentences, what the heads read of each, how they are scored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.classifier import windows_of
from models.forward import pooled_vectors
from models.passages import passage_of_article
from models.scoring import ScoredArticle, score_articles
from nlp.errors import Failure, InputError
from nlp.labelled import LabelledSentence
from nlp.narratives import DriverMatcher
from nlp.text import split_sentences

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.classifier import NarrativeClassifier
    from models.passages import Classifier, Passage
    from nlp.labelled import LabelledArticle
    from nlp.schema import Sentence

__all__ = ["ReadArticle", "as_sentences", "read_articles_of", "score_table", "scored", "sentence_vectors"]

_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """A labelled article, split as in scoring."""

    row: LabelledArticle
    sentences: Sequence[Sentence]

    @property
    def passage(self) -> Passage:
        """All of its sentences, as they are read in scoring."""
        return passage_of_article(self.row.article, self.sentences)


def read_articles_of(rows: Sequence[LabelledArticle]) -> list[ReadArticle]:
    """The articles and their sentences.

    Raises:
        InputError: one has no sentence.
    """
    found = [ReadArticle(row, split_sentences(row.article)) for row in rows]
    if empty := [one.row.article.id for one in found if not one.sentences]:
        raise InputError(f"the article {empty[0]!r} has no sentence to read: give it a text or leave it out")
    return found


def sentence_vectors(
    classifier: NarrativeClassifier,
    articles: Sequence[ReadArticle],
    on_read: Callable[[int, int], None] = lambda n_read, n: None,
) -> NDArray[np.float32]:
    """What the heads read of each sentence, in its place in the article. Shape: (n_sentences, 2 · width)."""
    parts = []
    for start in range(0, len(articles), _AT_ONCE):
        passages = [one.passage for one in articles[start : start + _AT_ONCE]]
        parts.append(pooled_vectors(classifier, windows_of(passages, classifier)))
        on_read(start + len(passages), len(articles))
    return np.concatenate(parts)


def as_sentences(articles: Sequence[ReadArticle]) -> list[LabelledSentence]:
    """The sentences with their neighbours, not judged; they follow each other as in their articles."""
    return [
        LabelledSentence(
            id=f"{one.row.article.id}-{place}",
            lang=one.row.article.lang,
            text=sentence.text,
            before=one.sentences[place - 1].text if place else "",
            after=one.sentences[place + 1].text if place + 1 < len(one.sentences) else "",
            article=one.row.article.id,
        )
        for one in articles
        for place, sentence in enumerate(one.sentences)
    ]


def scored(classifier: Classifier, rows: Sequence[LabelledArticle]) -> list[ScoredArticle]:
    """The articles as scoring has them, with their sentences.

    Raises:
        InputError: one cannot be scored.
    """
    found = []
    for one in score_articles((row.article for row in rows), classifier, DriverMatcher(())):
        if isinstance(one, Failure):
            raise InputError(f"{one.item}: {one.reason}")
        found.append(one)
    return found


def score_table(articles: Sequence[ScoredArticle], narratives: Sequence[str]) -> pd.DataFrame:
    """`article_id` and per narrative `<n>`, `<n>_stance`, `<n>_evidence`, as in a scores table."""
    rows = []
    for one in articles:
        row: dict[str, object] = {"article_id": one.score.article.id}
        for name in narratives:
            score = one.score.by_narrative[name]
            evidence = "" if score.evidence is None else score.evidence.text
            row |= {name: score.intensity, f"{name}_stance": score.stance, f"{name}_evidence": evidence}
        rows.append(row)
    columns = ["article_id", *(c for n in narratives for c in (n, f"{n}_stance", f"{n}_evidence"))]
    return pd.DataFrame(rows, columns=columns)
