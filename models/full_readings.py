"""What a classifier answered on articles that it read whole: what a screen learns from, and what it is measured on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from models.decisions import Thresholds
from models.passages import Passage, answers_of, passage_of_article, passage_of_label
from models.windows import pack, tokenise
from nlp.errors import InputError
from nlp.safety import harmless
from nlp.schema import ANSWERS, Article
from nlp.text import split_sentences

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from models.classifier import NarrativeClassifier
    from nlp.labelled import LabelledSentence

__all__ = ["FullReading", "full_readings", "gold_probabilities", "readings_of_labels", "said_of"]

_AT_ONCE = 256
_DOUBT = 0.06
"""How much of a judged answer is shared out among all three."""


@dataclass(frozen=True, slots=True)
class FullReading:
    """An article as the encoder read it, and what came of it.

    Attributes:
        article_id, lang: of the article.
        passage: its sentences, all judged but for a title.
        tokens: of the passage's sentences, without marks.
        windows: the window that owns each judged sentence. Shape: (n_judged,).
        window_tokens: their sizes, marks included. Shape: (n_windows,).
        probabilities: Shape: (n_judged, n_narratives, 3).
    """

    article_id: str
    lang: str
    passage: Passage
    tokens: list[list[int]]
    windows: NDArray[np.int64]
    window_tokens: NDArray[np.int64]
    probabilities: NDArray[np.float64]

    @property
    def told(self) -> NDArray[np.float64]:
        """The probability that a sentence tells a narrative at all. Shape: (n_judged, n_narratives)."""
        result: NDArray[np.float64] = 1 - self.probabilities[:, :, ANSWERS.index("none")]
        return result


def said_of(p: NDArray[np.float64], thresholds: Thresholds) -> NDArray[np.bool_]:
    """Whether assert or reject is said of a narrative. Shape: (n, n_narratives, 3) → (n, n_narratives)."""
    told = p[:, :, [ANSWERS.index("assert"), ANSWERS.index("reject")]]
    result: NDArray[np.bool_] = np.any(told >= np.array(thresholds.values)[None], axis=-1)
    return result


def full_readings(
    articles: Iterable[Article], sentences: pd.DataFrame, classifier: NarrativeClassifier
) -> Iterator[FullReading]:
    """Articles beside the table that `froth score --sentences` wrote of them, in the order of the articles.

    Articles that the table does not hold, or that have no sentence, are left out.

    Raises:
        InputError: the table has other narratives, or other sentences of an article.
    """
    columns = [f"{name}_{answer}" for name in classifier.narratives for answer in ("assert", "reject")]
    if missing := sorted({"article_id", *columns} - set(sentences.columns)):
        raise InputError(f"the table of sentences lacks {', '.join(missing)}: write it with froth score --sentences")
    values = sentences[columns].to_numpy(dtype=float).reshape(len(sentences), -1, 2)
    rows_by_id = {str(key): rows for key, rows in sentences.groupby("article_id", sort=False).indices.items()}
    stream = (article for article in articles if article.id in rows_by_id)
    while batch := list(islice(stream, _AT_ONCE)):
        passages = [passage_of_article(article, split_sentences(article)) for article in batch]
        tokens = tokenise(classifier.encoder.tokenizer, passages, classifier.max_sentence)
        for article, passage, own in zip(batch, passages, tokens, strict=True):
            told = values[rows_by_id[article.id]]
            if len(told) != len(passage.judged):
                raise InputError(
                    f"article {harmless(article.id)} has {len(passage.judged)} sentences, in the table {len(told)}: "
                    "score these files again"
                )
            none = np.clip(1 - told.sum(axis=-1, keepdims=True), 0, 1)
            yield _reading(article.id, article.lang, passage, own, np.concatenate([none, told], axis=-1), classifier)


def readings_of_labels(
    rows: Sequence[LabelledSentence], p: NDArray[np.float64], classifier: NarrativeClassifier
) -> list[FullReading]:
    """Labelled sentences between their neighbours, with probabilities of their answers.

    Shape: p (n_rows, n_narratives, 3).
    """
    passages = [passage_of_label(row) for row in rows]
    tokens = tokenise(classifier.encoder.tokenizer, passages, classifier.max_sentence)
    return [
        _reading(row.article or row.id, row.lang, passage, own, one[None], classifier)
        for row, passage, own, one in zip(rows, passages, tokens, p, strict=True)
    ]


def gold_probabilities(rows: Sequence[LabelledSentence], narratives: Sequence[str]) -> NDArray[np.float64]:
    """What the judges answered as probabilities; what was not judged is none. Shape: (n_rows, n_narratives, 3)."""
    gold = np.maximum(answers_of(rows, narratives), ANSWERS.index("none"))
    doubt = np.full(len(ANSWERS), _DOUBT / len(ANSWERS))
    result: NDArray[np.float64] = np.eye(len(ANSWERS))[gold] * (1 - _DOUBT) + doubt
    return result


def _reading(
    article_id: str,
    lang: str,
    passage: Passage,
    tokens: list[list[int]],
    p: NDArray[np.float64],
    classifier: NarrativeClassifier,
) -> FullReading:
    windows = list(pack(passage, tokens, classifier.layout, 0))
    owner = np.zeros(len(passage.judged), dtype=np.int64)
    for number, window in enumerate(windows):
        owner[[span.row for span in window.spans]] = number
    sizes = np.array([len(window.ids) for window in windows], dtype=np.int64)
    return FullReading(article_id, lang, passage, tokens, owner, sizes, p)
