"""Which articles to label next: those that teach a model most for the work of reading them.

An article's value is a weighted sum of three numbers in [0, 1]: how unsure the model is of the sentences that would be
asked (`models.uncertainty`), how rare it is (`models.rarity`), and how far it is from what is labelled or was chosen
before it (`models.article_vectors`; greedy k-centre, as in Sener and Savarese 2018). The highest value is chosen first,
then the distances are taken anew. Of a story only the most valuable copy is chosen.

What is chosen so is no sample of the articles: nothing can be measured on it. For that a part can be drawn at random.
Whether it pays is measured by `scripts/simulate_suggestions.py`: where few articles tell a narrative it mostly does,
among articles that were selected for telling one before it does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.article_vectors import article_vectors
from models.rarity import LabelCounts, Rarity, label_counts, rarity, shortfalls, surprises
from models.scoring import ScoredArticle
from models.uncertainty import entropy
from models.unlabelled import Unlabelled
from nlp.errors import InputError
from nlp.labelled import Labelled

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Labels", "Suggestion", "SuggestionPlan", "doubts", "suggest"]


@dataclass(frozen=True, slots=True)
class SuggestionPlan:
    """How to choose.

    Attributes:
        n: how many articles.
        n_sentences: how many sentences of an article are asked at most.
        uncertainty, rarity, diversity: what each weighs.
        n_random: how many of the articles are drawn at random.
        seed: of these, of ties and of vectors by words.
    """

    n: int
    n_sentences: int = 5
    uncertainty: float = 1.0
    rarity: float = 1.0
    diversity: float = 0.5
    n_random: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        weights = (self.uncertainty, self.rarity, self.diversity)
        if self.n < 1 or self.n_sentences < 1:
            raise InputError(f"{self.n} articles and {self.n_sentences} sentences are asked for; ask for at least one")
        if not 0 <= self.n_random <= self.n:
            raise InputError(f"{self.n_random} of {self.n} articles are to be drawn at random; ask for a part of them")
        if min(weights) < 0 or not sum(weights):
            raise InputError(f"the weights are {weights}; give three numbers from 0, of which one is above 0")


@dataclass(frozen=True, slots=True)
class Labels:
    """What is labelled already.

    Attributes:
        rows: the labels.
        scored: articles of them as the model reads them, from which a suggestion should be far; all, some or none.
    """

    rows: Sequence[Labelled] = ()
    scored: Sequence[ScoredArticle] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article worth labelling.

    Attributes:
        scored: the article as the model reads it.
        value: what it was chosen by.
        uncertainty, diversity: in [0, 1], as the module says.
        rarity: with its reasons.
        asked: places of the sentences to ask, in reading order.
        n_copies: how many articles of its story there are besides.
        is_random: whether it was drawn, and so counts as a sample.
    """

    scored: ScoredArticle
    value: float
    uncertainty: float
    rarity: Rarity
    diversity: float
    asked: tuple[int, ...]
    n_copies: int
    is_random: bool


def doubts(scored: ScoredArticle) -> NDArray[np.float64]:
    """How unsure the model is of each sentence for each narrative, Shape: (n_sentences, n_narratives)."""
    told = [[(s.p_assert[name], s.p_reject[name]) for name in s.p_assert] for s in scored.sentences]
    p = np.array(told, dtype=float).reshape(len(told), -1, 2)
    return entropy(np.concatenate([1 - p.sum(axis=-1, keepdims=True), p], axis=-1))


def suggest(pool: Unlabelled, labels: Labels, plan: SuggestionPlan, narratives: Sequence[str]) -> list[Suggestion]:
    """The articles to label next, the most valuable first, after them those drawn at random.

    They are fewer than asked for where there are no more stories.

    Args:
        pool: articles without labels, all scored by one model.
        labels: what is labelled.
        plan: how many, and by what.
        narratives: of the model.
    """
    if not pool.articles:
        return []
    rng = np.random.default_rng(plan.seed)
    counts = label_counts(labels.rows, narratives)
    asked = [_asked(one, free, counts, plan) for one, free in zip(pool.articles, pool.to_ask, strict=True)]
    rare = _rarities(pool.articles, counts, [one.places for one in asked])
    static = plan.uncertainty * np.array([one.uncertainty for one in asked])
    static += plan.rarity * np.array([one.value for one in rare])
    static += rng.uniform(0, 1e-9, len(asked))
    vectors = article_vectors([one.score for one in (*pool.articles, *labels.scored)], plan.seed)
    own, sizes, names = vectors[: len(asked)], Counter(pool.stories), np.array(pool.stories)
    far = 1 - _nearest(own, vectors[len(asked) :])
    free = np.ones(len(asked), dtype=bool)
    chosen: list[Suggestion] = []
    drawn = iter(rng.permutation(len(asked)).tolist())
    while len(chosen) < plan.n and free.any():
        is_random = len(chosen) < plan.n_random
        values = static + plan.diversity * far
        place = next(p for p in drawn if free[p]) if is_random else int(np.where(free, values, -np.inf).argmax())
        free &= names != names[place]
        of_article = asked[place]
        chosen.append(
            Suggestion(
                pool.articles[place],
                round(float(values[place]), 6),
                of_article.uncertainty,
                rare[place],
                float(far[place]),
                of_article.places,
                sizes[pool.stories[place]] - 1,
                is_random,
            )
        )
        far = np.minimum(far, 1 - np.clip(own @ own[place], 0, 1))
    return sorted(chosen, key=lambda one: one.is_random)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The sentences of an article that would be asked, and how unsure the model is of them."""

    places: tuple[int, ...]
    uncertainty: float


def _asked(scored: ScoredArticle, to_ask: Sequence[int], counts: LabelCounts, plan: SuggestionPlan) -> _Asked:
    doubt = doubts(scored).max(axis=1)
    by_sentence = plan.uncertainty * doubt + plan.rarity * surprises(scored, counts).max(axis=1)
    places = sorted(to_ask, key=lambda place: -by_sentence[place])[: plan.n_sentences]
    return _Asked(tuple(sorted(places)), float(doubt[places].mean()))


def _rarities(pool: Sequence[ScoredArticle], counts: LabelCounts, asked: Sequence[Sequence[int]]) -> list[Rarity]:
    langs, sources = ([getattr(one.score.article, name) for one in pool] for name in ("lang", "source"))
    by_lang, by_source = shortfalls(langs, counts.langs), shortfalls(sources, counts.sources)
    each = zip(pool, asked, langs, sources, strict=True)
    return [rarity(one, counts, places, by_lang[lang], by_source[source]) for one, places, lang, source in each]


def _nearest(own: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float64]:
    """The cosine of each row to the nearest of `known`, in [0, 1]; 0 where there is none."""
    nearest = np.zeros(len(own))
    for start in range(0, len(known), 256):
        nearest = np.maximum(nearest, (own @ known[start : start + 256].T).max(axis=1))
    return np.clip(nearest, 0, 1)
