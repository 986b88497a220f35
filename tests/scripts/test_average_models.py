from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.checkpoint import load_classifier, save_classifier
from models.classifier import NarrativeClassifier
from models.encoder import load_encoder
from nlp.errors import CheckpointError
from nlp.labelled import LabelledSentence, write_labelled
from scripts.average_models import average_models


def folder(tmp_path: Path, encoder: Path, name: str, narratives: tuple[str, ...] = ("bubble",)) -> Path:
    save_classifier(NarrativeClassifier.untrained(load_encoder(str(encoder)), narratives, 96), tmp_path / name)
    return tmp_path / name


def test_the_weights_lie_between(tiny_encoder: Path, tmp_path: Path) -> None:
    one, two = (folder(tmp_path, tiny_encoder, name) for name in ("one", "two"))
    rows = [
        LabelledSentence(
            id=str(i), lang="zh", text="泡沫" if i % 2 else "美国", labels={"bubble": i % 2}, article=f"{i}"
        )
        for i in range(40)
    ]
    write_labelled(tmp_path / "held.jsonl", rows)
    average_models(one, two, tmp_path / "held.jsonl", tmp_path / "mean", share=0.25)
    heads = [load_classifier(path).network.heads.weight.detach().numpy() for path in (one, two, tmp_path / "mean")]
    np.testing.assert_allclose(heads[2], 0.75 * heads[0] + 0.25 * heads[1], atol=1e-6)


def test_models_of_other_narratives_are_refused(tiny_encoder: Path, tmp_path: Path) -> None:
    one, two = folder(tmp_path, tiny_encoder, "one"), folder(tmp_path, tiny_encoder, "two", ("stress",))
    with pytest.raises(CheckpointError, match="other layers or narratives"):
        average_models(one, two, tmp_path / "held.jsonl", tmp_path / "mean")
