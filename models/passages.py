"""What a classifier reads: a run of sentences in their order, some of them to be judged, the others context.

Every classifier of froth takes passages and answers for the judged sentences in order, so a labelled row (one judged
sentence between its neighbours) and a whole article (all judged, the title in front) go the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from nlp.labelled import LabelledSentence
from nlp.schema import ANSWERS, Answer, Article, Sentence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.decisions import Thresholds

__all__ = ["Classifier", "Passage", "Reading", "answers_of", "passage_of_article", "passage_of_label"]


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences in reading order, of which `sentences[start:stop]` are to be judged.

    >>> Passage(("before", "text", "after"), 1, 2).judged
    ('text',)
    """

    sentences: tuple[str, ...]
    start: int
    stop: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.stop <= len(self.sentences):
            raise ValueError(
                f"judged sentences {self.start}:{self.stop} lie outside the passage of {len(self.sentences)}"
            )

    @property
    def judged(self) -> tuple[str, ...]:
        """The sentences to be judged."""
        return self.sentences[self.start : self.stop]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a classifier makes of some passages.

    Attributes:
        probabilities: calibrated, of the judged sentences of all passages in order. Shape: (n_judged, n_narratives, 3).
        vectors: one a passage, alike for texts that say the same in different languages, not normalised; zeros where
            nothing is judged; None of a classifier that has none. Shape: (n_passages, width).
    """

    probabilities: NDArray[np.float64]
    vectors: NDArray[np.float32] | None = None


def passage_of_label(row: LabelledSentence) -> Passage:
    """A labelled sentence between its neighbours."""
    before = (row.before,) if row.before else ()
    after = (row.after,) if row.after else ()
    return Passage((*before, row.text, *after), len(before), len(before) + 1)


def passage_of_article(article: Article, sentences: Sequence[Sentence]) -> Passage:
    """All sentences of an article, its title in front as context (unless the text begins with it)."""
    texts = tuple(sentence.text for sentence in sentences)
    title = () if not article.title or article.text.startswith(article.title) else (article.title,)
    return Passage((*title, *texts), len(title), len(title) + len(texts))


@runtime_checkable
class Classifier(Protocol):
    """The one protocol behind which the transformer and the TF-IDF floor are equal."""

    @property
    def narratives(self) -> tuple[str, ...]:
        """Narrative ids, the second axis of the answers."""
        ...

    @property
    def classes_(self) -> tuple[Answer, ...]:
        """The answers, the third axis; always `nlp.schema.ANSWERS`."""
        ...

    @property
    def model_id(self) -> str:
        """Name and content hash, written into every score."""
        ...

    @property
    def thresholds(self) -> Thresholds:
        """From which probability on an answer is said."""
        ...

    def predict_proba(self, passages: Sequence[Passage]) -> NDArray[np.float64]:
        """Calibrated probabilities of the judged sentences of all passages, in order.

        Shape: (n_judged, n_narratives, 3); the last axis sums to 1.
        """
        ...

    def predict_with_vectors(self, passages: Sequence[Passage]) -> Reading:
        """The same probabilities, and from the same pass a vector for each passage where the classifier has them."""
        ...


def answers_of(rows: Sequence[LabelledSentence], narratives: Sequence[str]) -> NDArray[np.int64]:
    """Gold answers as indices into `nlp.schema.ANSWERS`, -1 where not judged. Shape: (n_rows, n_narratives)."""
    import numpy as np

    by_label = {0: ANSWERS.index("none"), 1: ANSWERS.index("assert"), -1: ANSWERS.index("reject")}
    table = [[by_label[row.labels[n]] if n in row.labels else -1 for n in narratives] for row in rows]
    return np.array(table, dtype=np.int64).reshape(len(rows), len(narratives))
