from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.baseline import TfidfClassifier, train_tfidf
from models.decisions import Thresholds
from models.evaluation import predict_labelled
from models.loss import NarrativeLoss, answer_weights, targets_of
from models.passages import answers_of
from models.self_training import Unlabelled, taught_targets
from models.training import train
from models.training_config import TrainingConfig
from nlp.errors import InputError
from nlp.labelled import LabelledSentence

torch = pytest.importorskip("torch")

CONFIG = TrainingConfig(
    epochs=12, patience=12, learning_rate=3e-3, head_learning_rate=1e-2, batch_tokens=512, max_tokens=96, device="cpu"
)
TEXTS = {1: "美国科技股有泡沫", -1: "科技股不是泡沫", 0: "美国科技股"}


def rows(n: int, prefix: str, *, labels: bool = True) -> list[LabelledSentence]:
    return [
        LabelledSentence(
            id=f"{prefix}{i}",
            lang="zh",
            text=TEXTS[label] + "的" * (i % 3),
            labels={"bubble": label} if labels else {},
            article=f"{prefix}{i}",
        )
        for i in range(n)
        for label in [(1, -1, 0)[i % 3]]
    ]


@pytest.fixture(scope="module")
def teacher() -> TfidfClassifier:
    return train_tfidf(rows(90, "t"), ("bubble",))


def test_targets_are_the_mean_of_the_teachers_in_the_order_of_the_rows(teacher: TfidfClassifier) -> None:
    even = replace(teacher, coefficients=teacher.coefficients * 0, intercepts=teacher.intercepts * 0)
    unlabelled = rows(7, "u", labels=False)
    targets = taught_targets(Unlabelled(unlabelled, [teacher, even]), ("bubble",))
    alone = predict_labelled(teacher, unlabelled)
    assert targets.dtype == np.float32
    np.testing.assert_allclose(targets, (alone + 1 / 3) / 2, atol=1e-6)


def test_a_teacher_of_other_narratives_or_none_at_all_is_refused(teacher: TfidfClassifier) -> None:
    with pytest.raises(InputError, match="liquidity_crisis"):
        taught_targets(Unlabelled(rows(3, "u", labels=False), [teacher]), ("bubble", "liquidity_crisis"))
    with pytest.raises(InputError, match="need a teacher"):
        taught_targets(Unlabelled(rows(3, "u", labels=False), []), ("bubble",))


def test_narratives_of_a_teacher_are_taken_by_name(teacher: TfidfClassifier) -> None:
    two = TfidfClassifier(
        ("other", "bubble"),
        teacher.vocabulary,
        teacher.idf,
        np.concatenate([teacher.coefficients * 0, teacher.coefficients]),
        np.concatenate([teacher.intercepts * 0, teacher.intercepts]),
        Thresholds.even(2),
    )
    unlabelled = Unlabelled(rows(5, "u", labels=False), [two])
    np.testing.assert_allclose(
        taught_targets(unlabelled, ("bubble",)), predict_labelled(teacher, unlabelled.rows), atol=1e-6
    )


def test_sentences_without_labels_are_learnt_from_the_teacher(tiny_encoder: Path, teacher: TfidfClassifier) -> None:
    few, unlabelled = rows(12, "k"), rows(240, "u", labels=False)
    run = train(few, Unlabelled(unlabelled, [teacher]), base=str(tiny_encoder), narratives=("bubble",), config=CONFIG)
    assert run.record["n_unlabelled"] == 240
    assert run.record["teachers"] == [teacher.model_id]
    fresh = rows(30, "f")
    said = predict_labelled(run.classifier, fresh).argmax(-1)
    assert (said == answers_of(fresh, ("bubble",))).mean() > 0.9


def test_the_loss_of_one_answer_is_weighted_cross_entropy_and_unjudged_rows_are_left_out() -> None:
    gold = np.array([[0, 1], [1, -1], [2, 0], [0, 0]])
    targets = targets_of(gold)
    weights = answer_weights(targets)
    logits = torch.randn(4, 2, 3, generator=torch.Generator().manual_seed(0))
    expected = sum(
        torch.nn.functional.cross_entropy(logits[judged, n], torch.from_numpy(gold[judged, n]), weight=weights[n])
        for n, judged in enumerate((gold >= 0).T)
    )
    assert float(NarrativeLoss(weights)(logits, torch.from_numpy(targets))) == pytest.approx(float(expected), abs=1e-6)


def test_weights_have_mean_one_over_the_rows() -> None:
    targets = targets_of(np.array([[0]] * 7 + [[1]] * 2 + [[2]]))
    weights = answer_weights(targets)[0]
    assert float((weights * torch.tensor([7, 2, 1])).sum() / 10) == pytest.approx(1.0)
    assert weights[2] / weights[0] == pytest.approx(np.sqrt(7))
