from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from models.calibration import softmax
from models.classifier import NarrativeClassifier
from models.encoder import load_encoder
from models.passages import Classifier, Passage

TEXTS = (
    "ai stocks are in a bubble.",
    "美国科技股有泡沫",
    "no crisis here",
    "缩表抽血",
    "a",
    "",
    "流动性危机 " * 30,
    "ok. " * 50,
)


@pytest.fixture(scope="module")
def classifier(tiny_encoder: Path) -> NarrativeClassifier:
    torch.manual_seed(1)
    return NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), ("bubble", "liquidity_crisis"))


def test_it_is_a_classifier(classifier: NarrativeClassifier) -> None:
    assert isinstance(classifier, Classifier)
    p = classifier.predict_proba([Passage(TEXTS, 0, len(TEXTS))])
    assert p.shape == (len(TEXTS), 2, 3)
    np.testing.assert_allclose(p.sum(-1), 1)


def test_parity_with_the_plain_call(classifier: NarrativeClassifier) -> None:
    """One text, the tokenizer's own special tokens, transformers' own forward, the pooling spelt out."""
    for text in TEXTS[:4]:
        encoder = classifier.encoder
        ids = [
            encoder.tokenizer.cls_token_id,
            *encoder.tokenizer.encode(text, add_special_tokens=False),
            encoder.tokenizer.sep_token_id,
        ]
        with torch.inference_mode():
            states = encoder.model(input_ids=torch.tensor([ids])).last_hidden_state[0, 1:-1]
            pooled = torch.cat([states.mean(0), states.amax(0)])
            plain = softmax(classifier.network.heads(pooled).view(2, 3).double().numpy())
        np.testing.assert_allclose(classifier.predict_proba([Passage((text,), 0, 1)])[0], plain, atol=1e-5)


def test_batch_and_order_change_nothing(classifier: NarrativeClassifier) -> None:
    passages = [Passage(("context", text, "流动性"), 1, 2) for text in TEXTS]
    together = classifier.predict_proba(passages)
    alone = np.concatenate([classifier.predict_proba([p]) for p in passages])
    backwards = classifier.predict_proba(passages[::-1])[::-1]
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(together, backwards)


def test_context_is_read(classifier: NarrativeClassifier) -> None:
    bare, between = (
        classifier.predict_proba([p])[0]
        for p in (Passage(("it is.",), 0, 1), Passage(("泡沫", "it is.", "泡沫"), 1, 2))
    )
    assert np.abs(bare - between).max() > 1e-4


def test_nothing_to_judge(classifier: NarrativeClassifier) -> None:
    assert classifier.predict_proba([]).shape == (0, 2, 3)
    assert classifier.predict_proba([Passage((), 0, 0)]).shape == (0, 2, 3)


def test_one_pass_gives_the_probabilities_and_the_mean_of_the_states(classifier: NarrativeClassifier) -> None:
    encoder, passage = classifier.encoder, Passage(("泡沫", TEXTS[0]), 1, 2)
    sentences = [encoder.tokenizer.encode(text, add_special_tokens=False) for text in passage.sentences]
    cls, sep = encoder.tokenizer.cls_token_id, encoder.tokenizer.sep_token_id
    whole = torch.tensor([[cls, *sentences[0], sep, *sentences[1], sep]])
    with torch.inference_mode():
        plain = encoder.model(input_ids=whole).last_hidden_state[0, 2 + len(sentences[0]) : -1].mean(0).numpy()
    reading = classifier.predict_with_vectors([passage])
    np.testing.assert_allclose(reading.vectors, plain[None], atol=1e-5)
    np.testing.assert_array_equal(reading.probabilities, classifier.predict_proba([passage]))


def test_company_changes_no_vector_and_sentences_weigh_alike(classifier: NarrativeClassifier) -> None:
    long = ("ok.", *["no crisis here " * 9] * 20)
    passages = [
        Passage(texts, 0, len(texts)) for texts in (TEXTS, ("a bubble.", "a bubble."), ("a bubble.",), long, ())
    ]
    together = classifier.predict_with_vectors(passages).vectors
    assert together is not None
    alone = [classifier.predict_with_vectors([passage]).vectors for passage in passages]
    np.testing.assert_allclose(together, np.concatenate([one for one in alone if one is not None]), atol=1e-5)
    twice, once, _, nothing = together[1:]
    assert np.abs(twice - once).max() < np.abs(once).max()
    assert not nothing.any()
    no_passages = classifier.predict_with_vectors([]).vectors
    assert no_passages is not None
    assert no_passages.shape == (0, classifier.encoder.width)


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_gpu_agrees_with_cpu(tiny_encoder: Path) -> None:
    torch.manual_seed(1)
    cpu = NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), ("bubble", "liquidity_crisis"))
    passages = [Passage(TEXTS, 0, len(TEXTS))]
    expected = cpu.predict_proba(passages)
    np.testing.assert_allclose(cpu.to(torch.device("cuda")).predict_proba(passages), expected, atol=1e-3)
