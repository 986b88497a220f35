from __future__ import annotations

from pathlib import Path

import torch

from models.bert import Bert, BertConfig
from models.classifier import NarrativeClassifier
from models.encoder import load_encoder
from models.norm_reach import far_columns, sample_windows
from models.windows import Window

COMMA, COLUMN = 7, 5


def encoder() -> Bert:
    """Random, of a width at which a norm can make eleven standard deviations; commas have them in one column."""
    model = Bert(BertConfig(20, 128, 2, 2, 64, 32, 1, 1e-12, {}))
    draw = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "LayerNorm" not in name:
                weights.normal_(std=0.1, generator=draw)
        model.embeddings.word_embeddings.weight[COMMA, COLUMN] = 50
    return model


def test_the_columns_that_go_far_are_found_where_a_token_makes_them() -> None:
    model = encoder()
    found = far_columns(model, [Window((2, 9, 3), ()), Window((2, COMMA, 3), ())])
    places = [f"encoder.layer.{n}.{part}" for n in (0, 1) for part in ("attention.output", "output")]
    assert list(found) == ["embeddings", *places]
    assert found["embeddings"].nonzero().tolist() == [[COLUMN]]
    without = far_columns(model, [Window((2, 9, 3), ())])
    assert not torch.stack(list(without.values())).any()


def test_the_sample_is_read_as_articles_are(tiny_encoder: Path) -> None:
    classifier = NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), ("bubble", "liquidity_crisis"))
    windows = sample_windows(classifier.encoder.tokenizer, classifier.layout)
    assert all(window.ids[0] == classifier.layout.cls for window in windows)
    assert sum(len(window.spans) for window in windows) == 8
    assert set(far_columns(classifier.encoder.model, windows)) >= {"embeddings", "encoder.layer.1.output"}
