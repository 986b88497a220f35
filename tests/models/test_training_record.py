from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest

from models.fitting import Epoch
from models.training import train_floor
from models.training_config import TrainingConfig, read_config, write_config
from models.training_log import TrainingLog
from models.training_record import file_record, unfinished_folder, write_record
from nlp.errors import CheckpointError, InputError
from nlp.labelled import LabelledSentence


def test_settings_are_read_as_they_were_written_and_options_go_first(tmp_path: Path) -> None:
    config = TrainingConfig(epochs=3, learning_rate=4e-4, precision="float32", adapter_rank=8)
    write_config(config, tmp_path / "settings.toml")
    assert read_config(tmp_path / "settings.toml", {}) == config
    assert read_config(tmp_path / "settings.toml", {"epochs": 1, "seed": None}).epochs == 1
    assert read_config(None, {}) == TrainingConfig()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("epoch = 3", "sets 'epoch'; the settings are epochs"),
        ("epochs = 3.5", "epochs to 3.5; it is a whole number"),
        ("epochs = true", "epochs to True; it is a whole number"),
        ('learning_rate = "high"', "it is a number"),
        ("patience = 0", "patience is 0"),
        ("epochs 3", "cannot be read"),
    ],
)
def test_settings_that_cannot_be_are_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "settings.toml").write_text(text)
    with pytest.raises(InputError, match=says):
        read_config(tmp_path / "settings.toml", {})
    with pytest.raises(InputError, match="cannot be read"):
        read_config(tmp_path / "nowhere.toml", {})


def test_a_log_that_goes_on_drops_what_came_after(tmp_path: Path) -> None:
    log = TrainingLog(tmp_path)
    log.begin(0)
    for step in range(1, 6):
        log.step(step, 1 / step, 0.1)
        if step % 2 == 0:
            log.epoch(step, Epoch(step // 2, 0.5, 0.25))
    log.end()
    with (tmp_path / "steps.csv").open("a") as file:
        file.write("6,0.")  # torn
    log.begin(3)
    log.step(4, 9.0, 0.1)
    log.end()
    rows = {
        name: list(csv.DictReader((tmp_path / f"{name}.csv").read_text().splitlines())) for name in ("steps", "epochs")
    }
    assert [(row["step"], row["training_loss"]) for row in rows["steps"]][2:] == [("3", str(1 / 3)), ("4", "9.0")]
    assert [row["epoch"] for row in rows["epochs"]] == ["1"]
    log.begin(0)
    log.end()
    assert (tmp_path / "steps.csv").read_text() == "step,training_loss,learning_rate\n"


def test_tensorboard_shows_the_log_without_naming_the_machine(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    log = TrainingLog(tmp_path)
    for begun, steps in ((0, (1, 2, 3)), (2, (3, 4))):
        log.begin(begun)
        for step in steps:
            log.step(step, step / 4, 0.1)
        log.end()
    assert sorted(path.name for path in (tmp_path / "tensorboard").iterdir()) == [
        "events.out.tfevents.0000000000",
        "events.out.tfevents.0000000001",
    ]
    board = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    assert [(event.step, event.value) for event in board.Scalars("training/loss")] == [
        (1, 0.25), (2, 0.5), (3, 0.75), (4, 1.0),
    ]  # fmt: skip


def test_the_record_says_what_a_model_was_made_from(tmp_path: Path) -> None:
    texts = {1: "It is a bubble.", 0: "Rates rose.", -1: "It is no bubble."}
    rows = [
        LabelledSentence(id=f"r{n}", lang="en", text=texts[n % 3 - 1], labels={"bubble": n % 3 - 1}, article=f"a{n}")
        for n in range(60)
    ]
    (tmp_path / "labels.jsonl").write_text("{}\n{}\n")
    run, config = train_floor(rows, ("bubble",), TrainingConfig(seed=3)), TrainingConfig(seed=3)
    held_out = write_record(tmp_path / "record", run, config, {"learnt": [tmp_path / "labels.jsonl"]})
    record = json.loads((tmp_path / "record/run.json").read_text())
    assert record["labels"]["learnt"] == [
        {"name": "labels.jsonl", "sha256": hashlib.sha256(b"{}\n{}\n").hexdigest(), "n_lines": 2}
    ]
    assert record["held_out"]["n_articles"] == len(run.held_out) == record["n_held_out"]
    assert sum(record["held_out"]["labels"]["bubble"].values()) == len(run.held_out)
    assert record["metrics"][0].keys() >= {"narrative", "answer", "f1", "f1_low", "f1_high", "ece"}
    assert record["environment"]["packages"]["torch"]
    assert read_config(tmp_path / "record/settings.toml", {}) == config
    assert held_out.confusion["said_assert"].sum() <= len(run.held_out)
    assert {path.name for path in (tmp_path / "record").iterdir()} >= {
        "calibration.html", "calibration.csv", "errors.csv", "confusion.csv", "metrics.csv", "predictions.csv",
    }  # fmt: skip
    assert str(tmp_path) not in (tmp_path / "record/run.json").read_text()


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mine.training"
    assert unfinished_folder(tmp_path / "mine") == folder
    folder.mkdir()
    (folder / "state.safetensors").touch()
    assert unfinished_folder(tmp_path / "mine") == folder
    (folder / "chapter1.txt").touch()
    with pytest.raises(CheckpointError, match="holds something else"):
        unfinished_folder(tmp_path / "mine")


def test_the_hash_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x\ny")
    assert file_record(tmp_path / "a")["n_lines"] == 2
    assert file_record(tmp_path / "a")["sha256"] == hashlib.sha256(b"x\ny").hexdigest()
