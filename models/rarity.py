"""What is rare in an article: answers of which there are few labels, both sides in one text, a thin language or source.

An answer's rarity is its probability, as the model sees it, times -ln(its share of the labels) / ln 100, at most 1: an
answer that is one label in a hundred counts in full, one in ten for half. A group (a language, a source) is thin by
what it lacks of its share of the articles, shrunk by `_SHRINKAGE` articles: a source with one article is not thin.
Both sides count by the product of their highest probabilities. The parts are joined as independent chances,
1 - Π(1 - part): an article is rare if anything in it is.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.scoring import ScoredArticle
from nlp.labelled import Labelled, LabelledSentence, article_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LabelCounts", "Rarity", "label_counts", "rarity", "shortfalls", "surprises"]

_FULL = 100
_SHRINKAGE = 5.0
_ANSWERS = {1: "assert", -1: "reject"}


@dataclass(frozen=True, slots=True)
class LabelCounts:
    """What there is of labels.

    Attributes:
        weights: by (narrative, answer), how much an answer counts, in [0, 1].
        langs, sources: labelled articles by language and source.
    """

    weights: Mapping[tuple[str, str], float]
    langs: Mapping[str, int]
    sources: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Rarity:
    """How rare an article is, in [0, 1], and why.

    Attributes:
        value: of all parts together.
        answer: narrative and answer that count most.
        answers: the part of the answers.
        conflict: of asserting and rejecting in one text.
        lang, source: of a thin language and a thin source.
    """

    value: float
    answer: tuple[str, str]
    answers: float
    conflict: float
    lang: float
    source: float


def label_counts(labels: Iterable[Labelled], narratives: Sequence[str]) -> LabelCounts:
    """What the labels hold; without labels of sentences every answer counts in full."""
    langs: dict[str, str] = {}
    sources: dict[str, str] = {}
    answers: Counter[tuple[str, int]] = Counter()
    judged: Counter[str] = Counter()
    for row in labels:
        about = row if isinstance(row, LabelledSentence) else row.article
        langs[article_of(row)], sources[article_of(row)] = about.lang, about.source
        if isinstance(row, LabelledSentence):
            judged.update(row.labels.keys())
            answers.update(row.labels.items())
    weights = {}
    for narrative in narratives:
        for label, name in _ANSWERS.items():
            share = (answers[narrative, label] + 1) / (judged[narrative] + _FULL)
            weights[narrative, name] = min(1.0, -math.log(share) / math.log(_FULL))
    return LabelCounts(weights, Counter(langs.values()), Counter(sources.values()))


def shortfalls(groups: Sequence[str], labelled: Mapping[str, int]) -> dict[str, float]:
    """What each group of the articles lacks among the labelled ones, in [0, 1).

    >>> shortfalls(["zh", "zh", "en", "en"], {"en": 100})
    {'en': 0.0, 'zh': 0.9090909090909091}
    """
    n_labelled, sizes = sum(labelled.values()), Counter(groups)
    expected = {group: n / len(groups) * n_labelled for group, n in sizes.items()}
    lacking = {group: max(0.0, n - labelled.get(group, 0)) for group, n in expected.items()}
    return {group: lacking[group] / (expected[group] + _SHRINKAGE) for group in sorted(sizes)}


def surprises(scored: ScoredArticle, counts: LabelCounts) -> NDArray[np.float64]:
    """What each sentence may hold of each of the answers in `counts.weights`, Shape: (n_sentences, n_answers)."""
    given = [
        [(s.p_assert if answer == "assert" else s.p_reject)[narrative] for narrative, answer in counts.weights]
        for s in scored.sentences
    ]
    p = np.array(given, dtype=float).reshape(len(given), len(counts.weights))
    result: NDArray[np.float64] = p * np.array(list(counts.weights.values()))
    return result


def rarity(scored: ScoredArticle, counts: LabelCounts, asked: Sequence[int], lang: float, source: float) -> Rarity:
    """How rare an article is; `lang` and `source` are the shortfalls of its language and source."""
    surprise, names = surprises(scored, counts)[list(asked)], list(counts.weights)
    answers = float(surprise.max(axis=1).mean())
    conflict = 0.0
    for narrative in {name for name, _ in names}:
        asserts = max(s.p_assert[narrative] for s in scored.sentences)
        rejects = max(s.p_reject[narrative] for s in scored.sentences)
        conflict = max(conflict, asserts * rejects)
    parts = (answers, conflict, lang, source)
    return Rarity(1 - math.prod(1 - one for one in parts), names[int(surprise.sum(axis=0).argmax())], *parts)
