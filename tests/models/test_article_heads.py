from __future__ import annotations

import numpy as np
import pytest

from models.article_heads import NEVER, GradedArticles, HeadFit, fit_head, learn, told_odds
from models.pooling import POOLINGS

WIDTH = 6
KEY, PLACE = 0, 1
"""The feature that makes a sentence tell, and one that first sentences of telling articles have."""

FOLDS = np.arange(60) // 2 % 2


def articles(n: int, seed: int) -> tuple[GradedArticles, np.ndarray]:
    """Bags of vectors, and which of their sentences tell. Every second bag holds a telling one, or three of them."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(4, 13, n)
    grades = np.where(np.arange(n) % 2, rng.choice([1, 3], n), 0)
    vectors, gold = [], []
    for size, grade in zip(sizes, grades, strict=True):
        tells = np.zeros(size, dtype=bool)
        tells[rng.choice(size, min(grade, size), replace=False)] = True
        of_article = rng.normal(size=(size, WIDTH))
        of_article[:, KEY] = np.where(tells, 2.5, -1.0) + 0.3 * of_article[:, KEY]
        of_article[:, PLACE] += grade > 0  # what all sentences of telling articles share says nothing of any of them
        vectors.append(of_article)
        gold.append(tells)
    n_sentences = int(sizes.sum())
    logits = np.tile([0.0, 0.0, NEVER], (n_sentences, 1))
    return GradedArticles(np.concatenate(vectors).astype(np.float32), logits, sizes, grades), np.concatenate(gold)


def found(odds: np.ndarray, bags: GradedArticles, gold: np.ndarray) -> float:
    """Share of the telling articles whose strongest sentence tells."""
    ends = np.cumsum(bags.sizes)
    hits = [gold[end - n : end][odds[end - n : end].argmax()] for end, n in zip(ends, bags.sizes, strict=True)]
    return float(np.mean(np.array(hits)[bags.grades > 0]))


def test_the_key_sentence_is_found_though_only_articles_are_labelled() -> None:
    seen, (unseen, gold) = articles(60, 0)[0], articles(60, 1)
    fitted = fit_head(seen, FOLDS)
    odds = told_odds(fitted.direction.logits(unseen), fitted.scale, fitted.shift)
    p = 1 / (1 + np.exp(-odds))
    assert found(odds, unseen, gold) == 1
    assert p[gold].mean() > 0.7
    assert p[~gold].mean() < 0.1


def test_a_pooling_that_asks_all_sentences_learns_what_they_share() -> None:
    seen, (unseen, gold) = articles(60, 0)[0], articles(60, 1)

    def shared(name: str) -> float:
        weights = learn(seen, 1e-3, POOLINGS[name]).weights
        return float(abs(weights[PLACE] / weights[KEY]))

    assert shared("mean") > 3 * shared("soft_intensity")
    assert found(told_odds(learn(seen, 1e-3, POOLINGS["mean"]).logits(unseen)), unseen, gold) < 1


def test_nothing_is_drawn_at_random() -> None:
    bags, _ = articles(20, 2)
    assert learn(bags, 1e-2).weights.tolist() == learn(bags, 1e-2).weights.tolist()


@pytest.fixture(scope="module")
def on_a_base() -> tuple[GradedArticles, HeadFit]:
    """Learnt over a base that tells assert from reject."""
    bags, _ = articles(24, 3)
    rng = np.random.default_rng(4)
    bags = GradedArticles(bags.vectors, rng.normal(size=bags.logits.shape), bags.sizes, bags.grades)
    return bags, fit_head(bags, FOLDS[:24])


def test_what_a_base_knows_of_rejection_stays(on_a_base: tuple[GradedArticles, HeadFit]) -> None:
    bags, fitted = on_a_base
    logits = fitted.direction.logits(bags)
    np.testing.assert_array_equal(logits[:, 1:], bags.logits[:, 1:])
    assert fitted.unseen[:, 1:].min() > 0
    np.testing.assert_allclose(fitted.unseen.sum(1), 1)
    sharpened = np.log(fitted.unseen[:, 1] / fitted.unseen[:, 2])
    np.testing.assert_allclose(sharpened, fitted.scale * (bags.logits[:, 1] - bags.logits[:, 2]), atol=1e-6)


def test_without_a_base_nothing_is_rejected() -> None:
    bags, _ = articles(24, 3)
    assert fit_head(bags, FOLDS[:24]).unseen[:, 2].max() < 1e-12
