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


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_gpu_agrees_with_cpu(tiny_encoder: Path) -> None:
    torch.manual_seed(1)
    cpu = NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), ("bubble", "liquidity_crisis"))
    passages = [Passage(TEXTS, 0, len(TEXTS))]
    expected = cpu.predict_proba(passages)
    np.testing.assert_allclose(cpu.to(torch.device("cuda")).predict_proba(passages), expected, atol=1e-3)
