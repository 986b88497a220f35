from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.fold_gains import FOLDS, FoldGain
from models.method_choice import choose_method, compare_methods, pays, train_heads
from models.splits import Split
from models.training_config import Method, TrainingConfig
from nlp.errors import CheckpointError
from nlp.labelled import LabelledSentence

CONFIG = TrainingConfig(epochs=1, batch_tokens=512, max_tokens=96)


def own(rng: random.Random) -> str:
    return "".join(rng.choices("流动性危机缩表抽血美国科技股", k=14))


def rows(n: int) -> list[LabelledSentence]:
    """Every other sentence has the one word that tells, among characters of its own."""
    rng = random.Random(0)
    return [
        LabelledSentence(
            id=str(i), lang="zh", text=own(rng) + "泡沫" * (i % 2), labels={"bubble": i % 2}, article=f"a{i // 2}"
        )
        for i in range(n)
    ]


@pytest.mark.parametrize(
    ("gains", "expected"),
    [
        ((0.1, 0.12, 0.09, 0.11, 0.1), True),
        ((0.3, -0.1, 0.2, -0.2, 0.1), False),
        ((-0.1, -0.1, -0.1), False),
        ((0.2, float("nan"), float("nan")), False),
        ((0.2, float("nan"), 0.21), True),
    ],
)
def test_a_gain_must_exceed_the_noise_of_the_folds(gains: tuple[float, ...], expected: bool) -> None:
    assert pays([FoldGain(i, 10, 0.5, 0.5 + gain) for i, gain in enumerate(gains)]) is expected


def test_both_ways_answer_every_fold(tiny_encoder: Path) -> None:
    told: list[int] = []
    folds = compare_methods(
        rows(30),
        base=str(tiny_encoder),
        narratives=("bubble",),
        config=CONFIG,
        on_fold=lambda fold, n_folds, gain: told.append(fold),
    )
    assert told == [1, 2, 3, 4, 5]
    assert sum(fold.n_rows for fold in folds) == 30
    assert all(0 < fold.whole <= 1 for fold in folds)
    assert np.mean([fold.head for fold in folds]) > 0.8  # one word tells


def test_a_comparison_that_was_stopped_goes_on(tiny_encoder: Path, tmp_path: Path) -> None:
    about: dict[str, Any] = {"base": str(tiny_encoder), "narratives": ("bubble",), "config": CONFIG}
    whole, told = compare_methods(rows(30), **about), []

    def stop(fold: int, n_folds: int, gain: float) -> None:
        told.append(fold)
        if fold == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare_methods(rows(30), **about, unfinished=tmp_path, on_fold=stop)
    assert compare_methods(rows(30), **about, unfinished=tmp_path, on_fold=stop) == whole
    assert told == [1, 2, 3, 4, 5]
    other = {**about, "config": replace(CONFIG, seed=1)}
    with pytest.raises(KeyboardInterrupt):  # another comparison begins anew
        compare_methods(rows(30), **other, unfinished=tmp_path, on_fold=stop)
    (tmp_path / FOLDS).write_text("{", encoding="utf-8")
    with pytest.raises(CheckpointError, match="delete it to start anew"):
        compare_methods(rows(30), **about, unfinished=tmp_path)


def test_labels_of_which_none_can_be_held_out_are_enough_for_heads(tiny_encoder: Path) -> None:
    """One article is judged for a narrative: a fine-tune, which must hold it out, has nothing to learn it from."""
    labelled = [
        replace(
            row, article="sole" if i < 4 else row.article, labels={"bubble": i % 2} | ({"rare": i % 2} if i < 4 else {})
        )
        for i, row in enumerate(rows(20))
    ]
    about: dict[str, Any] = {"base": str(tiny_encoder), "narratives": ("bubble", "rare"), "config": CONFIG}
    choice = choose_method(Method.auto, labelled, **about)
    assert choice.method is Method.head
    assert "too few labels to tell" in choice.table()
    assert json.loads(json.dumps(choice.record, allow_nan=False))["folds"][0]["whole"] is None
    assert len(train_heads(labelled, **about).held_out) == 20


def test_heads_learn_from_all_rows_and_are_measured_on_what_they_had_not_seen(tiny_encoder: Path) -> None:
    run = train_heads(rows(30), base=str(tiny_encoder), narratives=("bubble",), config=CONFIG)
    assert (run.record["n_trained"], len(run.held_out)) == (30, 30)
    assert run.judge is not None
    assert run.record["weights"].keys() == {"bubble"}


def test_rows_held_out_by_the_user_are_learnt_from_by_nobody(tiny_encoder: Path) -> None:
    split = Split(rows(24), [r for r in rows(40) if int(r.article[1:]) >= 12])
    run = train_heads(split, base=str(tiny_encoder), narratives=("bubble",), config=CONFIG)
    assert (run.record["n_trained"], run.record["n_held_out"], run.judge) == (24, 16, None)
    assert {r.article for r in run.held_out} & {r.article for r in split.kept} == set()
