"""What a training leaves beside its weights: what it was made from and how, what it measures, and where it is wrong.

`run.json` (labels by hash, split, settings, seed, losses, measures, environment), `settings.toml` (to ask for the same
again), and of the held-out fold everything that `models.evaluation_files` writes and `predictions.csv`. The log lies
there already (`models.training_log`). Nothing in it tells the hour or the machine's name: the same command writes
the same. errors.csv quotes the labelled sentences that were answered wrongly.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.evaluation import confusion, evaluate, predict_labelled, predictions_table
from models.evaluation_files import write_evaluation
from models.fold_gains import FOLDS
from models.manifest import RECORD
from models.training_config import write_config
from models.training_state import STATE
from nlp.errors import CheckpointError
from nlp.tables import write_table

if TYPE_CHECKING:
    import pandas as pd

    from models.training import TrainingRun
    from models.training_config import TrainingConfig
    from nlp.labelled import LabelledSentence

__all__ = ["HeldOut", "environment", "file_record", "unfinished_folder", "write_record"]

_PACKAGES = ("froth-narratives", "torch", "transformers", "tokenizers", "peft", "safetensors", "numpy", "scikit-learn")


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What a model measures on its held-out fold: as from `evaluate` and `confusion` of `models.evaluation`."""

    metrics: pd.DataFrame
    confusion: pd.DataFrame


def unfinished_folder(model: Path) -> Path:
    """The folder beside a model's in which a training keeps what it has so far: folds, state, and the record to be.

    Raises:
        CheckpointError: there is a folder of this name that holds something else.
    """
    folder = model.with_name(f"{model.name}.training")
    if folder.exists() and (not folder.is_dir() or any(_is_foreign(path.name) for path in folder.iterdir())):
        raise CheckpointError(
            f"{folder} is where the training would keep its state, and holds something else: "
            "move that away or choose another -o"
        )
    return folder


def _is_foreign(name: str) -> bool:
    """Whether no training has written it, neither whole nor in part."""
    return name not in {FOLDS, STATE, Path(STATE).with_suffix(".partial").name, RECORD} and f".{FOLDS}." not in name


def write_record(
    folder: Path, run: TrainingRun, config: TrainingConfig, files: Mapping[str, Sequence[Path]]
) -> HeldOut:
    """Writes the files named above into `folder`; returns the measures on the held-out fold, with 95% intervals.

    Args:
        folder: made where it lacks.
        run: what came of the training.
        config: its settings.
        files: what it read, by what it was for.

    Raises:
        InputError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    classifier, rows = run.classifier, run.held_out
    p = predict_labelled(run.judge or classifier, rows)
    metrics = evaluate(rows, p, classifier.narratives, thresholds=classifier.thresholds)
    write_evaluation(folder, rows, p, classifier.narratives, classifier.thresholds)
    predictions = predictions_table(rows, p, classifier.narratives)
    write_table(predictions, folder / "predictions.csv", list(predictions.columns))
    write_config(config, folder / "settings.toml")
    record = {
        **run.record,
        "labels": {role: [file_record(path) for path in paths] for role, paths in files.items()},
        "held_out": _fold(rows, classifier.narratives),
        "thresholds": dict(zip(classifier.narratives, classifier.thresholds.values, strict=True)),
        "metrics": json.loads(metrics.to_json(orient="records", double_precision=6)),
        "environment": environment(str(getattr(classifier, "device", "cpu"))),
    }
    (folder / "run.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return HeldOut(metrics, confusion(rows, p, classifier.narratives, classifier.thresholds))


def file_record(path: Path) -> dict[str, Any]:
    """Name (without its folder), SHA-256 (hex) and number of lines of a file."""
    digest, n_lines = hashlib.sha256(), 0
    with path.open("rb") as stream:
        for line in stream:
            digest.update(line)
            n_lines += 1
    return {"name": path.name, "sha256": digest.hexdigest(), "n_lines": n_lines}


def environment(device: str) -> dict[str, Any]:
    """What a training ran on: versions, processor or GPU, threads; no names of machine or user."""
    import torch

    found = {name: _version(name) for name in _PACKAGES}
    gpu = torch.cuda.get_device_name(device) if device.startswith("cuda") else None
    return {
        "python": platform.python_version(),
        "packages": {name: number for name, number in found.items() if number is not None},
        "system": f"{platform.system()} {platform.machine()}",
        "device": gpu or device,
        "instructions": str(torch.backends.cpu.get_cpu_capability()),
        "n_threads": torch.get_num_threads(),
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _fold(rows: Sequence[LabelledSentence], narratives: Sequence[str]) -> dict[str, Any]:
    """How large the held-out fold is and how it is labelled, and a hash by which two folds are told apart."""
    ids = hashlib.sha256(json.dumps([[row.id, row.article] for row in rows]).encode()).hexdigest()
    answers = {name: Counter(row.labels[name] for row in rows if name in row.labels) for name in narratives}
    counts = {name: {str(label): of[label] for label in sorted(of)} for name, of in answers.items()}
    return {"n_sentences": len(rows), "n_articles": len({row.article or row.id for row in rows}), "labels": counts, "sha256": ids}  # fmt: skip  # noqa: E501
