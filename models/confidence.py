"""How sure a classifier is of some texts, as counts for a profile (`nlp.profiles`): what it tells, how mixed, how near.

Per narrative: the probability that a sentence tells it, the entropy of the answer, and whether the answer is near a
threshold, which is where half or twice the probability would change it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from models.passages import Passage, passage_of_label
from models.uncertainty import entropy, nearness
from nlp.labelled import LabelledSentence, article_of
from nlp.profiles import BINS, TOLD_EDGES, Corpus, Profile, Text, profile_of
from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.passages import Classifier

__all__ = ["NEAR", "confidence", "texts_of_labels", "training_profile"]

NEAR = 0.5
"""From which `models.uncertainty.nearness` on an answer is near a threshold."""
_AT_ONCE = 64


def confidence(passages: Sequence[Sequence[Passage]], classifier: Classifier) -> Iterator[Mapping[str, Counter[str]]]:
    """Counts by `measure/narrative` of each text, from its passages."""
    for start in range(0, len(passages), _AT_ONCE):
        part = passages[start : start + _AT_ONCE]
        p = classifier.predict_proba([passage for text in part for passage in text])
        first = 0
        for text in part:
            beyond = first + sum(len(passage.judged) for passage in text)
            yield _counts(p[first:beyond], classifier)
            first = beyond


def _counts(p: NDArray[np.float64], classifier: Classifier) -> dict[str, Counter[str]]:
    told = 1 - p[:, :, ANSWERS.index("none")]
    places = {
        "told": np.clip(np.searchsorted(TOLD_EDGES, told, side="right") - 1, 0, len(BINS["told"]) - 1),
        "entropy": np.minimum((entropy(p) * len(BINS["entropy"])).astype(int), len(BINS["entropy"]) - 1),
        "near_threshold": (nearness(p, classifier.thresholds) >= NEAR).astype(int),
    }
    return {
        f"{measure}/{narrative}": Counter(BINS[measure][place] for place in found[:, column])
        for measure, found in places.items()
        for column, narrative in enumerate(classifier.narratives)
    }


def texts_of_labels(rows: Sequence[LabelledSentence]) -> tuple[list[Text], list[list[Passage]]]:
    """The articles of labelled sentences, as much as is labelled of them, and their passages."""
    of_article: dict[str, list[LabelledSentence]] = {}
    for row in rows:
        of_article.setdefault(article_of(row), []).append(row)
    texts = [
        Text(name, some[0].lang, some[0].source, [row.text for row in some], is_whole=False)
        for name, some in of_article.items()
    ]
    return texts, [[passage_of_label(row) for row in some] for some in of_article.values()]


def training_profile(
    rows: Sequence[LabelledSentence], held_out: Sequence[LabelledSentence], classifier: Classifier, model: str
) -> Profile:
    """The profile to keep beside a model: of the texts of all its labels, and of its answers on those held out."""
    corpus = Corpus.of(texts_of_labels(rows)[0])
    texts, passages = texts_of_labels(held_out)
    answers = Corpus.of(texts, confidence(passages, classifier)).counters
    corpus.counters |= {key: found for key, found in answers.items() if key not in corpus.counters}
    return profile_of(corpus, model)
