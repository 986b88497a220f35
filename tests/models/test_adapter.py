from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from models.checkpoint import load_classifier, save_classifier
from models.evaluation import predict_labelled
from models.passages import answers_of
from models.training import TrainingConfig, TrainingRun, train
from nlp.errors import CheckpointError
from nlp.labelled import LabelledSentence

CONFIG = TrainingConfig(
    epochs=8, patience=8, learning_rate=3e-2, head_learning_rate=1e-2, batch_tokens=512, max_tokens=96, adapter_rank=4
)


def toy(texts: dict[int, str]) -> list[LabelledSentence]:
    return [
        LabelledSentence(
            id=f"{n}", lang="zh", text=texts[label] + "的" * (n % 3), labels={"bubble": label}, article=f"a{n}"
        )
        for n, label in enumerate([1, -1, 0] * 50)
    ]


ROWS = toy({1: "美国科技股有泡沫", -1: "科技股不是泡沫", 0: "美国科技股"})


@pytest.fixture(scope="module")
def adapted(tiny_encoder: Path) -> TrainingRun:
    return train(ROWS, base=str(tiny_encoder), narratives=("bubble",), config=CONFIG)


def right(run_or_folder: TrainingRun | Path, rows: list[LabelledSentence]) -> float:
    classifier = load_classifier(run_or_folder) if isinstance(run_or_folder, Path) else run_or_folder.classifier
    return float((predict_labelled(classifier, rows)[:, 0].argmax(-1) == answers_of(rows, ("bubble",))[:, 0]).mean())


def test_an_adapter_learns_and_leaves_the_encoder_as_it_is(
    adapted: TrainingRun, tiny_encoder: Path, tmp_path: Path
) -> None:
    assert right(adapted, ROWS) > 0.9
    untouched = train(ROWS, base=str(tiny_encoder), narratives=("bubble",), config=replace(CONFIG, epochs=1))
    save_classifier(untouched.classifier, tmp_path / "early")
    save_classifier(adapted.classifier, tmp_path / "late")
    early, late = (load_file(tmp_path / name / "model.safetensors") for name in ("early", "late"))
    assert all((early[name] == late[name]).all() for name in early)
    sizes = {path.name: path.stat().st_size for path in (tmp_path / "late").iterdir()}
    assert sizes["adapter.safetensors"] < sizes["model.safetensors"]


def test_it_reads_the_same_from_disk_and_can_be_trained_on(adapted: TrainingRun, tmp_path: Path) -> None:
    model_id = save_classifier(adapted.classifier, tmp_path / "model")
    again = load_classifier(tmp_path / "model")
    np.testing.assert_allclose(predict_labelled(again, ROWS), predict_labelled(adapted.classifier, ROWS), atol=5e-3)
    assert save_classifier(again, tmp_path / "whole") != model_id
    assert not (tmp_path / "whole/adapter.safetensors").exists()
    np.testing.assert_allclose(
        predict_labelled(load_classifier(tmp_path / "whole"), ROWS), predict_labelled(again, ROWS), atol=5e-3
    )
    sequel = train(
        ROWS, base=str(tmp_path / "model"), narratives=("bubble",), config=replace(CONFIG, epochs=1, learning_rate=1e-5)
    )
    assert right(sequel, ROWS) > 0.9


@pytest.mark.parametrize(
    ("name", "shape", "reason"),
    [("encoder.layer.9.x", (2, 2), "no linear layer"), (None, (3, 3), "shapes"), ("broken", None, "adapter")],
)
def test_an_adapter_of_another_encoder_is_refused(
    adapted: TrainingRun, tmp_path: Path, name: str | None, shape: tuple[int, int] | None, reason: str
) -> None:
    save_classifier(adapted.classifier, tmp_path / "model")
    file = tmp_path / "model/adapter.safetensors"
    tensors = load_file(file)
    if shape is None:
        file.write_bytes(b"no tensors")
    else:
        first = min(tensors)
        key = f"{name}.up" if name else first
        save_file(tensors | {key: tensors[first].new_zeros(shape)}, file)
    with pytest.raises(CheckpointError, match=reason):
        load_classifier(tmp_path / "model")


def test_an_adapter_changes_the_model_id(adapted: TrainingRun, tmp_path: Path) -> None:
    before = save_classifier(adapted.classifier, tmp_path / "model")
    (tmp_path / "model/adapter.safetensors").unlink()
    assert load_classifier(tmp_path / "model").model_id != before


def test_a_negative_rank_is_refused() -> None:
    with pytest.raises(ValueError, match="adapter_rank is -1"):
        TrainingConfig(adapter_rank=-1)
