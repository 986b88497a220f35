from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from models import training_state
from models.encoder import load_encoder
from models.evaluation import evaluate, predict_labelled
from models.network import NarrativeNetwork
from models.stepping import Stepper
from models.training import TrainingRun, train
from models.training_config import TrainingConfig, write_config
from nlp.errors import CheckpointError, TrainingError
from nlp.labelled import LabelledSentence, read_labelled, write_labelled

CONFIG = TrainingConfig(epochs=3, patience=3, batch_tokens=256, max_tokens=96, device="cpu")
TEXTS = {1: "美国科技股有泡沫", -1: "科技股不是泡沫", 0: "美国科技股"}
ROWS = [
    LabelledSentence(id=str(i), lang="zh", text=text + "的" * (i % 3), labels={"bubble": label}, article=f"a{i}")
    for i in range(90)
    for label, text in [list(TEXTS.items())[i % 3]]
]


class Killed(Exception):
    """What a kill looks like from inside."""


def run(
    base: Path, unfinished: Path | None = None, kill_at: int | None = None, config: TrainingConfig = CONFIG
) -> TrainingRun:
    def on_step(step: int, n_steps: int, loss: float) -> None:
        if step == kill_at:
            raise Killed

    return train(ROWS, base=str(base), narratives=("bubble",), config=config, unfinished=unfinished, on_step=on_step)


@pytest.fixture
def saved_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    class Eager(training_state.StateFile):
        def __init__(self, path: Path, run: str) -> None:
            super().__init__(path, run, 0.0)

    monkeypatch.setattr("models.training.StateFile", Eager)


@pytest.mark.usefixtures("saved_each_step")
@pytest.mark.parametrize("accumulate", [1, 2])
def test_a_killed_run_ends_where_it_would_have_ended(tiny_encoder: Path, tmp_path: Path, accumulate: int) -> None:
    config = replace(CONFIG, accumulate=accumulate)
    whole = run(tiny_encoder, config=config)
    folder = tmp_path / "run"
    seen: list[int] = []
    with pytest.raises(Killed):
        run(tiny_encoder, folder, kill_at=5, config=config)
    assert (folder / "state.safetensors").exists()
    resumed = train(
        ROWS,
        base=str(tiny_encoder),
        narratives=("bubble",),
        config=config,
        unfinished=folder,
        on_step=lambda step, n, loss: seen.append(step),
    )
    assert seen[0] > 3
    assert resumed.epochs == whole.epochs
    np.testing.assert_array_equal(predict_labelled(resumed.classifier, ROWS), predict_labelled(whole.classifier, ROWS))


KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from models import training
from models.training_config import read_config
from models.training_state import StateFile
from nlp.labelled import read_labelled

def on_step(step, n_steps, loss):
    if step == 5:
        os.kill(os.getpid(), signal.SIGKILL)

training.StateFile = lambda path, run: StateFile(path, run, seconds=0.0)
labels, base, settings, folder = map(Path, sys.argv[1:])
training.train(
    read_labelled([labels]), base=str(base), narratives=("bubble",), config=read_config(settings, {}),
    unfinished=folder, on_step=on_step,
)
"""


def test_after_kill_9_it_ends_with_the_same_measures_and_log(tiny_encoder: Path, root: Path, tmp_path: Path) -> None:
    """A process of its own is killed, which takes the seconds that torch takes to import."""
    write_labelled(tmp_path / "labels.jsonl", ROWS)
    write_config(CONFIG, tmp_path / "settings.toml")
    rows = read_labelled([tmp_path / "labels.jsonl"])
    folder = tmp_path / "run"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, tmp_path / "labels.jsonl", tiny_encoder, tmp_path / "settings.toml", folder],
        env={**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": str(torch.get_num_threads())},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    measured, logs, seen = [], [], []
    for place in (folder, tmp_path / "whole"):
        resumed = train(
            rows, base=str(tiny_encoder), narratives=("bubble",), config=CONFIG, unfinished=place,
            on_step=lambda step, n, loss: seen.append(step),
        )  # fmt: skip
        p = predict_labelled(resumed.classifier, resumed.held_out)
        measured.append(evaluate(resumed.held_out, p, ("bubble",), thresholds=resumed.classifier.thresholds))
        logs.append({path.name: path.read_bytes() for path in (place / "record").iterdir() if path.is_file()})
        assert len(list((place / "record/tensorboard").iterdir())) == 3 - len(logs)
    assert seen[0] == 6
    pd.testing.assert_frame_equal(measured[0], measured[1])
    assert logs[0].keys() == {"steps.csv", "epochs.csv"}
    assert logs[0] == logs[1]
    steps = pd.read_csv(folder / "record/steps.csv")
    assert steps["step"].tolist() == list(range(1, len(steps) + 1))
    assert steps["learning_rate"].max() == pytest.approx(CONFIG.learning_rate, rel=0.1)


@pytest.mark.usefixtures("saved_each_step")
def test_the_state_of_another_run_is_neither_taken_up_nor_lost(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with pytest.raises(Killed):
        run(tiny_encoder, folder, kill_at=5)
    with pytest.raises(CheckpointError, match="other labels, settings or base"):
        run(tiny_encoder, folder, config=replace(CONFIG, seed=1))
    assert run(tiny_encoder, folder).epochs == run(tiny_encoder).epochs


def test_a_broken_state_is_said(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "state.safetensors").write_bytes(b"torn")
    with pytest.raises(CheckpointError, match="delete it to start anew"):
        run(tiny_encoder, folder)


def test_gathered_gradients_are_those_of_one_large_batch() -> None:
    def updated(accumulate: int) -> torch.Tensor:
        torch.manual_seed(0)
        network = NarrativeNetwork(torch.nn.Linear(4, 4), 2, 1)
        stepper = Stepper(network, replace(CONFIG, accumulate=accumulate, learning_rate=0.1), 10)
        inputs = torch.arange(12.0).view(3, 4)
        losses = [network.encoder(row).square().mean() + network.heads.weight.square().mean() for row in inputs]
        if accumulate == 1:
            losses = [torch.stack(losses).mean()]
        for left, loss in zip(range(len(losses), 0, -1), losses, strict=True):
            stepper.step(loss, 0, n_left=left)
        assert stepper.pending == 0
        return network.encoder.weight.detach()

    whole = updated(1)
    torch.testing.assert_close(updated(3), whole)
    torch.testing.assert_close(updated(8), whole)  # more than there are: the last of a pass closes the group


def test_a_training_that_diverges_is_an_error(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with pytest.raises(TrainingError, match="lower the learning rate"):
        train(
            ROWS,
            base=str(tiny_encoder),
            narratives=("bubble",),
            config=replace(CONFIG, learning_rate=1e30, head_learning_rate=1e30),
            unfinished=folder,
        )


@pytest.mark.usefixtures("saved_each_step")
def test_another_encoder_in_the_same_folder_does_not_go_on(tiny_encoder: Path, tmp_path: Path) -> None:
    base, folder = tmp_path / "base", tmp_path / "run"
    shutil.copytree(tiny_encoder, base)
    with pytest.raises(Killed):
        run(base, folder, kill_at=5)
    encoder = load_encoder(str(base))
    torch.nn.init.normal_(encoder.model.get_input_embeddings().weight, std=0.02)
    encoder.model.save_pretrained(base)
    with pytest.raises(CheckpointError, match="other labels, settings or base"):
        run(base, folder)


def test_settings_that_mean_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="accumulate is 0"):
        replace(CONFIG, accumulate=0)
    with pytest.raises(ValueError, match="precision is 'half'"):
        replace(CONFIG, precision="half")  # type: ignore[arg-type]
