"""Measures the bundled encoder on published tasks beside TF-IDF: a check from outside, whose weights are thrown away.

Not a froth command. The tasks are read as labelled sentences, so that froth's own training is what is measured: the
three stances of FOMC sentences and the three sentiments of FinFE as one narrative's answers, the 14 topics of FinNL as
14 narratives, FinNSP (is the news bad for a firm named in it?) as one. Licences forbid some of these sets for
weights that ship.
"""

from __future__ import annotations

import json
import lzma
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer

from models.manifest import model_folder
from models.passages import answers_of, passage_of_label
from models.splits import split_labels
from models.training import train, train_floor
from models.training_config import TrainingConfig
from nlp.labelled import LabelledSentence
from scripts.console import main

__all__ = ["external_check"]

Label = Callable[[Mapping[str, Any]], dict[str, int]]
TOPICS = (
    "公司",
    "行业",
    "大盘",
    "国际",
    "经济",
    "政策",
    "政治",
    "期货",
    "债券",
    "房地产",
    "外汇",
    "虚拟货币",
    "新冠",
    "能源",
)
_MAX_SENTENCE = (256 - 1) // 3 - 1
"""Tokens of a sentence that froth reads in windows of 256; the frozen encoder reads as many."""

TOPIC_IDS = {topic: f"topic_{number}" for number, topic in enumerate(TOPICS)}


@dataclass(frozen=True, slots=True)
class Task:
    """A published task as labelled sentences.

    Attributes:
        file: below the folder of benchmarks.
        rows: of the file that belong to the task.
        label: of a row.
        test: the name of the split to measure on.
        n_train: rows to train on, at most.
        measure: weighted F1, accuracy, or the mean F1 of the narratives.
    """

    file: str
    rows: str
    label: Label
    test: str
    n_train: int
    measure: str


TASKS = {
    "FOMC": Task(
        "fomc_hawkish_dovish_seed5768",
        "fomc",
        lambda row: {"stance": {"hawkish": 1, "dovish": -1, "neutral": 0}[row["label"]]},
        "test",
        4000,
        "weighted F1",
    ),
    "FinFE": Task(
        "fincuge",
        "finfe",
        lambda row: {"sentiment": {"2": 1, "0": -1, "1": 0}[str(row["label"])]},
        "eval",
        6000,
        "accuracy",
    ),
    "FinNL": Task(
        "fincuge",
        "finnl",
        lambda row: {TOPIC_IDS[topic]: int(topic in row["label"].split()) for topic in TOPICS},
        "eval",
        4000,
        "mean F1",
    ),
    "FinNSP": Task("fincuge", "finnsp", lambda row: _negative(*row["label"]), "eval", 4000, "F1"),
}


def _negative(firms: str, is_bad: str, bad_for: str) -> dict[str, int]:
    """Nothing for the row of column names that stands among the others."""
    return {"negative": int(is_bad)} if is_bad in ("0", "1") else {}


def external_check(
    benchmarks: Annotated[Path, typer.Argument(help="The folder with the benchmark files (*.jsonl.xz).")],
    base: Annotated[str, typer.Option(help="default, or an encoder's folder.")] = "default",
    epochs: int = 4,
    seeds: Annotated[int, typer.Option(min=1, help="Runs of the fine-tuning, each with its own seed.")] = 3,
    only: Annotated[str | None, typer.Option(help="One task.")] = None,
) -> None:
    """Prints a table: task, measure, TF-IDF, frozen encoder, fine-tuned encoder (mean and spread over seeds)."""
    folder = str(model_folder(base)) if base == "default" else base
    found = []
    for name, task in TASKS.items():
        if only in (None, name):
            found.append(
                {"task": name, "measure": task.measure, **_measure_task(benchmarks, task, folder, epochs, seeds)}
            )
            sys.stderr.write(f"{found[-1]}\n")
    sys.stdout.write(pd.DataFrame(found).to_string(index=False, float_format="%.3f") + "\n")


def _measure_task(benchmarks: Path, task: Task, base: str, epochs: int, seeds: int) -> dict[str, float]:
    training = list(_rows(benchmarks, task, "train"))
    random.Random(0).shuffle(training)  # noqa: S311 - sampling, not secrets
    training, test = training[: task.n_train], list(_rows(benchmarks, task, task.test))
    narratives = tuple(sorted(training[0].labels))
    gold, passages = answers_of(test, narratives), [passage_of_label(row) for row in test]
    split = split_labels(training, narratives, 0.1, seed=0)
    floor = train_floor(split, narratives, TrainingConfig()).classifier.predict_proba(passages)
    tuned = []
    for seed in range(seeds):
        config = TrainingConfig(epochs=epochs, patience=epochs, seed=seed, max_tokens=256, bare_share=0.0)
        run = train(split, base=base, narratives=narratives, config=config)
        tuned.append(_score(gold, run.classifier.predict_proba(passages), task.measure))
    return {
        "n_train": len(split.kept),
        "n_test": len(test),
        "tfidf": _score(gold, floor, task.measure),
        "frozen": _score(gold, _frozen(base, split.kept, test, narratives), task.measure),
        "tuned": float(np.mean(tuned)),
        "spread": float(np.std(tuned)),
    }


def _rows(benchmarks: Path, task: Task, split: str) -> Iterator[LabelledSentence]:
    with lzma.open(benchmarks / f"{task.file}.jsonl.xz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            if row["split"] != split or row.get("task", "fomc") != task.rows or not row["text"].strip():
                continue
            if labels := task.label(row):
                text = f"{row.get('title') or ''} {row['text']}".strip()[:600]
                yield LabelledSentence(id=row["id"], lang=row["lang"], text=text, article=row["id"], labels=labels)


def _frozen(
    base: str, training: Sequence[LabelledSentence], test: Sequence[LabelledSentence], narratives: tuple[str, ...]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A logistic regression on the encoder's mean-pooled vectors, Shape: (n_test, n_narratives, 3)."""
    from sklearn.linear_model import LogisticRegression

    from models.distillation import embed
    from models.encoder import load_encoder

    encoder = load_encoder(base)
    vectors = [
        embed(encoder.model, encoder.tokenizer, [row.text for row in rows], max_tokens=_MAX_SENTENCE).numpy()
        for rows in (training, test)
    ]
    gold = answers_of(training, narratives)
    p = np.zeros((len(test), len(narratives), 3))
    for column in range(len(narratives)):
        model = LogisticRegression(C=30.0, max_iter=2000).fit(vectors[0], gold[:, column])
        p[:, column, model.classes_] = model.predict_proba(vectors[1])
    return p


def _score(gold: np.ndarray[Any, Any], p: np.ndarray[Any, Any], measure: str) -> float:
    from sklearn.metrics import accuracy_score, f1_score

    said = p.argmax(axis=-1)
    if measure == "accuracy":
        return float(accuracy_score(gold[:, 0], said[:, 0]))
    if measure == "weighted F1":
        return float(f1_score(gold[:, 0], said[:, 0], average="weighted"))
    columns = [c for c in range(gold.shape[1]) if (gold[:, c] == 1).any()]
    return float(np.mean([f1_score(gold[:, c] == 1, said[:, c] == 1) for c in columns]))


if __name__ == "__main__":
    main(external_check)
