from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from models.article_vectors import article_vectors
from models.classifier import NarrativeClassifier
from models.encoder import load_encoder
from nlp.schema import Article

TEXTS = ("ai stocks are in a bubble.", "美国科技股有泡沫。\n流动性危机。", "no crisis here. " * 40)


@pytest.fixture(scope="module")
def classifier(tiny_encoder: Path) -> NarrativeClassifier:
    torch.manual_seed(1)
    return NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), ("bubble",))


def test_one_sentence_is_the_mean_of_its_states(classifier: NarrativeClassifier) -> None:
    encoder = classifier.encoder
    ids = encoder.tokenizer.encode(TEXTS[0], add_special_tokens=False)
    whole = torch.tensor([[encoder.tokenizer.cls_token_id, *ids, encoder.tokenizer.sep_token_id]])
    with torch.inference_mode():
        plain = encoder.model(input_ids=whole).last_hidden_state[0, 1:-1].mean(0).numpy()
    found = article_vectors(classifier, [Article.create(text=TEXTS[0], lang="en")])
    np.testing.assert_allclose(found, plain[None], atol=1e-5)


def test_company_changes_nothing(classifier: NarrativeClassifier) -> None:
    articles = [Article.create(id=str(n), text=text) for n, text in enumerate(TEXTS)]
    together = article_vectors(classifier, articles)
    assert together.shape == (len(TEXTS), classifier.encoder.width)
    alone = np.concatenate([article_vectors(classifier, [article]) for article in articles])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_sentences_weigh_alike(classifier: NarrativeClassifier) -> None:
    same = "a bubble.\na bubble."
    twice, once = article_vectors(
        classifier, [Article.create(id="2", text=same), Article.create(id="1", text="a bubble.")]
    )
    assert np.abs(twice - once).max() < np.abs(once).max()
    assert np.isfinite(twice).all()


def test_no_articles(classifier: NarrativeClassifier) -> None:
    assert article_vectors(classifier, []).shape == (0, classifier.encoder.width)
