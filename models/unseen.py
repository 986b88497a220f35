"""Labelled rows answered as by a classifier that has not learnt from them: what cross-validation found.

A classifier that was fitted on all labels cannot be measured on them; its record and its profile are made of these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.passages import Classifier, Reading, passage_of_label
from nlp.schema import ANSWERS, Answer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.decisions import Thresholds
    from models.passages import Passage
    from nlp.labelled import LabelledSentence

__all__ = ["Unseen", "unseen"]


@dataclass(frozen=True, slots=True)
class Unseen:
    """A classifier for the passages of its own labels, and no others.

    Attributes:
        classifier: the one that was fitted on all of them.
        found: probabilities, Shape: (n_narratives, 3) each.
    """

    classifier: Classifier
    found: Mapping[Passage, NDArray[np.float64]]

    @property
    def narratives(self) -> tuple[str, ...]:
        """The second axis of the answers."""
        return self.classifier.narratives

    @property
    def classes_(self) -> tuple[Answer, ...]:
        """The third axis."""
        return ANSWERS

    @property
    def model_id(self) -> str:
        """That of the classifier."""
        return self.classifier.model_id

    @property
    def thresholds(self) -> Thresholds:
        """Those of the classifier."""
        return self.classifier.thresholds

    def predict_proba(self, passages: Sequence[Passage]) -> NDArray[np.float64]:
        """Of the labelled sentences, one a passage. Shape: (n_passages, n_narratives, 3)."""
        shape = (len(passages), len(self.narratives), len(ANSWERS))
        return np.array([self.found[passage] for passage in passages], dtype=np.float64).reshape(shape)

    def predict_with_vectors(self, passages: Sequence[Passage]) -> Reading:
        """The same, without vectors."""
        return Reading(self.predict_proba(passages))


def unseen(classifier: Classifier, rows: Sequence[LabelledSentence], p: NDArray[np.float64]) -> Unseen:
    """Answers for `rows`, of which `p` was found in cross-validation; of rows alike in text and context the last's."""
    return Unseen(classifier, {passage_of_label(row): found for row, found in zip(rows, p, strict=True)})
