from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.checkpoint import save_classifier
from models.evaluation import METRIC_COLUMNS, evaluate, predict_labelled, predictions_table
from models.passages import answers_of
from models.splits import split_labels
from models.training import train
from models.training_config import TrainingConfig
from nlp.errors import InputError
from nlp.labelled import LabelledSentence

CONFIG = TrainingConfig(
    epochs=12, patience=12, learning_rate=3e-3, head_learning_rate=1e-2, batch_tokens=512, max_tokens=96
)


def toy(n: int) -> list[LabelledSentence]:
    """Rows that a model of letters can learn: 泡沫 asserts, 不是泡沫 rejects, else none."""
    texts = {1: "美国科技股有泡沫", -1: "科技股不是泡沫", 0: "美国科技股"}
    return [
        LabelledSentence(
            id=str(i),
            lang="zh",
            text=texts[label] + "的" * (i % 3),
            before="",
            after="",
            labels={"bubble": label},
            date="2024-01-01",
            source="",
            article=f"a{i}",
        )
        for i in range(n)
        for label in [(1, -1, 0)[i % 3]]
    ]


def test_it_learns_and_calibrates(tiny_encoder: Path) -> None:
    rows = toy(240)
    steps: list[tuple[int, int]] = []
    run = train(
        rows,
        base=str(tiny_encoder),
        narratives=("bubble",),
        config=CONFIG,
        on_step=lambda step, n, loss: steps.append((step, n)),
    )
    p = predict_labelled(run.classifier, rows)
    assert (p[:, 0].argmax(-1) == answers_of(rows, ("bubble",))[:, 0]).mean() > 0.95
    assert run.epochs[-1].training_loss < run.epochs[0].training_loss
    assert steps[0][0] == 1
    assert steps[-1][0] <= steps[-1][1]
    assert run.record["n_trained"] + len(run.held_out) == 240


def test_the_same_seed_gives_the_same_model(tiny_encoder: Path) -> None:
    config = TrainingConfig(epochs=1, max_tokens=96)
    first, second = (train(toy(60), base=str(tiny_encoder), narratives=("bubble",), config=config) for _ in range(2))
    np.testing.assert_allclose(
        predict_labelled(first.classifier, toy(9)), predict_labelled(second.classifier, toy(9)), atol=1e-6
    )


def test_missing_labels_are_not_learnt_from(tiny_encoder: Path) -> None:
    rows = [
        *toy(60),
        *(
            LabelledSentence(
                id=f"x{i}",
                lang="zh",
                text="美国",
                before="",
                after="",
                labels={"other": i % 2},
                date="",
                source="",
                article=f"b{i}",
            )
            for i in range(30)
        ),
    ]
    run = train(
        rows, base=str(tiny_encoder), narratives=("bubble", "other"), config=TrainingConfig(epochs=1, max_tokens=96)
    )
    assert predict_labelled(run.classifier, rows).shape == (90, 2, 3)
    assert answers_of(rows, ("bubble", "other"))[-1].tolist() == [-1, 1]


def test_what_is_held_out_shares_no_article_with_what_is_learnt_from() -> None:
    rows = [replace(row, article=f"a{i // 5}") for i, row in enumerate(toy(100))]
    split = split_labels(rows, ("bubble",), 0.2, seed=1)
    assert (len(split.kept), len(split.held_out)) == (80, 20)
    assert not {row.article for row in split.kept} & {row.article for row in split.held_out}


def test_too_little_to_learn_from_is_said(tiny_encoder: Path) -> None:
    with pytest.raises(InputError, match="at least two are needed"):
        train(
            [replace(row, article="one") for row in toy(3)],
            base=str(tiny_encoder),
            narratives=("bubble",),
            config=CONFIG,
        )
    with pytest.raises(InputError, match="fewer than two answers for 'absent'"):
        train(toy(30), base=str(tiny_encoder), narratives=("absent",), config=CONFIG)


def test_config_refuses_nonsense() -> None:
    with pytest.raises(ValueError, match="epochs is 0"):
        TrainingConfig(epochs=0)
    with pytest.raises(ValueError, match="held_out is 1"):
        TrainingConfig(held_out=1)


def test_metrics_against_counting_by_hand() -> None:
    rows = toy(6)  # gold: assert, reject, none, assert, reject, none
    p = np.array(
        [
            [[0.1, 0.8, 0.1]],
            [[0.2, 0.6, 0.2]],
            [[0.9, 0.05, 0.05]],
            [[0.7, 0.2, 0.1]],
            [[0.1, 0.2, 0.7]],
            [[0.9, 0.1, 0.0]],
        ]
    )
    table = evaluate(rows, p, ("bubble",)).set_index(["answer", "lang"])
    said = table.loc[("assert", "all")]
    assert (said["n"], said["n_gold"], said["precision"], said["recall"], said["f1"]) == (6, 2, 0.5, 0.5, 0.5)
    assert table.loc[("reject", "zh"), "precision"] == 1
    assert table.loc[("reject", "zh"), "recall"] == 0.5
    assert list(METRIC_COLUMNS) == [column for column in table.columns if column != "narrative"]


def test_predictions_are_the_contract() -> None:
    rows = toy(3)
    table = predictions_table(rows, np.full((3, 1, 3), 1 / 3), ("bubble",))
    assert list(table.columns) == ["id", "bubble_assert", "bubble_reject"]
    assert table["id"].tolist() == [row.id for row in rows]


def test_heads_of_the_same_narrative_are_taken_up_from_a_model_folder(tiny_encoder: Path, tmp_path: Path) -> None:
    rows = toy(90)
    first = train(rows, base=str(tiny_encoder), narratives=("bubble",), config=CONFIG).classifier
    save_classifier(first, tmp_path / "first")
    still = replace(CONFIG, epochs=1, learning_rate=1e-9, head_learning_rate=1e-9)
    again = train(rows, base=str(tmp_path / "first"), narratives=("bubble",), config=still).classifier
    np.testing.assert_allclose(predict_labelled(again, rows), predict_labelled(first, rows), atol=0.02)
    other = [replace(row, labels={"stress": row.labels["bubble"]}) for row in rows]
    fresh = train(other, base=str(tmp_path / "first"), narratives=("stress",), config=still).classifier
    assert abs(predict_labelled(fresh, other) - predict_labelled(first, rows)).max() > 0.1
