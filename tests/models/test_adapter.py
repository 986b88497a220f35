from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import AutoModel

from models.adapter import adapt
from models.checkpoint import load_classifier, save_classifier
from models.encoder import load_encoder
from models.evaluation import predict_labelled
from models.passages import answers_of
from models.training import TrainingRun, train
from models.training_config import TrainingConfig
from nlp.errors import CheckpointError, MissingExtraError
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
    assert (tmp_path / "late/adapter/adapter_model.safetensors").stat().st_size < sizes["model.safetensors"]


def test_it_reads_the_same_from_disk_and_can_be_trained_on(adapted: TrainingRun, tmp_path: Path) -> None:
    model_id = save_classifier(adapted.classifier, tmp_path / "model")
    again = load_classifier(tmp_path / "model")
    np.testing.assert_allclose(predict_labelled(again, ROWS), predict_labelled(adapted.classifier, ROWS), atol=1e-5)
    assert save_classifier(again, tmp_path / "whole") != model_id
    assert not (tmp_path / "whole/adapter").exists()
    np.testing.assert_allclose(
        predict_labelled(load_classifier(tmp_path / "whole"), ROWS), predict_labelled(again, ROWS), atol=5e-3
    )
    sequel = train(
        ROWS, base=str(tmp_path / "model"), narratives=("bubble",), config=replace(CONFIG, epochs=1, learning_rate=1e-5)
    )
    assert right(sequel, ROWS) > 0.9


@pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing:FutureWarning")  # which peft asks of transformers
def test_peft_reads_what_was_saved(adapted: TrainingRun, tmp_path: Path) -> None:
    save_classifier(adapted.classifier, tmp_path / "model")
    model = AutoModel.from_pretrained(tmp_path / "model", dtype="float32")
    theirs = PeftModel.from_pretrained(model, tmp_path / "model/adapter").eval()
    ours = load_encoder(str(tmp_path / "model")).model.eval()
    ids = torch.arange(5, 25)[None]
    with torch.inference_mode():
        states = [one(input_ids=ids).last_hidden_state for one in (theirs, ours)]
    torch.testing.assert_close(states[0], states[1], rtol=0, atol=1e-5)


def test_an_adapter_in_whole_numbers_is_read_as_well(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_encoder, tmp_path / "whole")
    up, down = (torch.full(shape, 2, dtype=torch.int8) for shape in ((32, 2), (2, 32)))
    name = "encoder.layer.1.attention.self.query"
    scale = torch.tensor([0.25, 0.5])
    save_file({f"{name}.up": up, f"{name}.down": down, f"{name}.scale": scale}, folder / "adapter.safetensors")
    before, after = (load_encoder(str(path)).model.get_submodule(name).weight for path in (tiny_encoder, folder))
    torch.testing.assert_close(after - before, torch.full((32, 32), 3.0))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda file: _with(file, "base_model.model.encoder.layer.9.x.lora_A.weight", (2, 2)), "lora_B"),
        (lambda file: _with(file, min(load_file(file)), (3, 3)), "shapes"),
        (lambda file: file.write_bytes(b"no tensors"), "adapter"),
        (lambda file: _config(file.parent / "adapter_config.json", "use_dora", True), "use_dora is True"),
        (lambda file: _config(file.parent / "adapter_config.json", "r", "four"), "adapter"),
    ],
)
def test_an_adapter_of_another_encoder_or_kind_is_refused(
    adapted: TrainingRun, tmp_path: Path, change: Callable[[Path], object], reason: str
) -> None:
    save_classifier(adapted.classifier, tmp_path / "model")
    change(tmp_path / "model/adapter/adapter_model.safetensors")
    with pytest.raises(CheckpointError, match=reason):
        load_classifier(tmp_path / "model")


def _with(file: Path, name: str, shape: tuple[int, int]) -> None:
    save_file(load_file(file) | {name: torch.zeros(shape)}, file)


def _config(file: Path, key: str, value: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | {key: value}))


def test_an_adapter_changes_the_model_id(adapted: TrainingRun, tmp_path: Path) -> None:
    before = save_classifier(adapted.classifier, tmp_path / "model")
    assert save_classifier(adapted.classifier, tmp_path / "again", name="model") == before
    shutil.rmtree(tmp_path / "model/adapter")
    assert load_classifier(tmp_path / "model").model_id != before


def test_without_peft_it_is_said_how_to_get_it(tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'froth-narratives\[lora\]'"):
        adapt(load_encoder(str(tiny_encoder)).model, 2)


def test_a_negative_rank_is_refused() -> None:
    with pytest.raises(ValueError, match="adapter_rank is -1"):
        TrainingConfig(adapter_rank=-1)
