from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from models.batches import collate, scoring_batches
from models.classifier import NarrativeClassifier, windows_of
from models.encoder import load_encoder
from models.forward import forward
from models.passages import Passage


def test_the_batches_of_a_gpu_hold_many_windows_and_give_the_same_answers(tiny_encoder: Path) -> None:
    torch.manual_seed(1)
    classifier = NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), ("bubble", "liquidity_crisis"))
    classifier.network.eval()
    texts = [("ok. " * n, "no crisis here", "a bubble. " * (n % 7)) for n in range(1, 400)]
    windows = windows_of([Passage(part, 0, 3) for part in texts], classifier)
    alone = {tuple(part.rows): part.logits for part in forward(classifier, windows)}
    batches = list(scoring_batches(windows, torch.device("cuda")))
    assert 1 < len(batches) < len(windows) / 50
    for batch in batches:
        assert len(batch) * max(len(window.ids) for window in batch) <= 32768
        tensors = collate(batch, classifier.pad, torch.device("cpu"))
        with torch.inference_mode():
            together = classifier.network(tensors.ids, tensors.mask, tensors.spans).numpy()
        expected = np.concatenate([alone[tuple(span.row for span in window.spans)] for window in batch])
        np.testing.assert_allclose(together, expected, atol=1e-5)
    rows = [span.row for batch in batches for window in batch for span in window.spans]
    assert sorted(rows) == list(range(3 * len(texts)))
