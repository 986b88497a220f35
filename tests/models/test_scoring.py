from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from models.checkpoint import load_classifier
from models.classifier import NarrativeClassifier
from models.encoder import load_encoder
from models.passages import Passage, Reading
from models.scoring import ScoredArticle, score_articles
from nlp.errors import Failure
from nlp.narratives import DriverMatcher, load_narratives
from nlp.schema import Article

TEXTS = ("ai stocks are in a bubble. no crisis.", "美国科技股有泡沫。\n流动性危机。", "no crisis here. " * 40)


@pytest.fixture(scope="module")
def classifier(tiny_encoder: Path) -> NarrativeClassifier:
    torch.manual_seed(1)
    return NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), ("bubble",))


def articles() -> list[Article]:
    return [Article.create(id=str(n), text=text, lang="en") for n, text in enumerate(TEXTS)]


def scored(classifier: NarrativeClassifier, batch: int) -> list[ScoredArticle]:
    found = list(score_articles(articles(), classifier, DriverMatcher(load_narratives()), batch_articles=batch))
    return [item for item in found if isinstance(item, ScoredArticle)]


def test_batches_change_neither_scores_nor_vectors(classifier: NarrativeClassifier) -> None:
    together, alone = scored(classifier, 3), scored(classifier, 1)
    assert [item.score.article.id for item in together] == ["0", "1", "2"]
    for a, b in zip(together, alone, strict=True):
        assert a.score.by_narrative["bubble"].intensity == pytest.approx(
            b.score.by_narrative["bubble"].intensity, abs=1e-5
        )
        assert a.score.vector is not None
        assert b.score.vector is not None
        assert a.score.vector.dtype == np.float16
        np.testing.assert_allclose(a.score.vector, b.score.vector, atol=2e-3)


def test_words_have_no_vectors(tfidf_folder: Path) -> None:
    (item,) = score_articles(articles()[:1], load_classifier(str(tfidf_folder)), DriverMatcher(load_narratives()))
    assert isinstance(item, ScoredArticle)
    assert item.score.vector is None


class Large(NarrativeClassifier):
    """Has states beyond what half precision holds, and fails on one word."""

    def predict_with_vectors(self, passages: list[Passage]) -> Reading:  # type: ignore[override]
        if any("crisis here" in text for passage in passages for text in passage.judged):
            raise RuntimeError("no memory")
        reading = super().predict_with_vectors(passages)
        assert reading.vectors is not None
        return Reading(reading.probabilities, reading.vectors * np.float32(1e6))


def test_one_article_that_fails_stops_nothing_and_vectors_stay_finite(tiny_encoder: Path) -> None:
    large = Large.untrained(load_encoder(str(tiny_encoder)), ("bubble",))
    *good, bad = score_articles(articles(), large, DriverMatcher(load_narratives()))
    assert isinstance(bad, Failure)
    assert "no memory" in bad.reason
    for item in good:
        assert isinstance(item, ScoredArticle)
        assert item.score.vector is not None
        assert np.isfinite(item.score.vector).all()
