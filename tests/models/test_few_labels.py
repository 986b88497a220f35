from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.calibration import Calibration
from models.checkpoint import load_classifier, save_classifier
from models.classifier import NarrativeClassifier
from models.evaluation import predict_labelled
from models.few_labels import FittedHeads, answers_by_states, fit_heads, frozen_reader, states_of
from models.passages import answers_of, passage_of_label
from models.training_config import TrainingConfig
from nlp.labelled import LabelledSentence

CONFIG = TrainingConfig(max_tokens=96)
WORDS = {1: "美国科技股有泡沫", -1: "科技股不是泡沫", 0: "美国科技股"}


def rows(n: int, narrative: str = "bubble", labels: tuple[int, ...] = (1, -1, 0)) -> list[LabelledSentence]:
    return [
        LabelledSentence(
            id=f"{i}",
            lang="zh",
            text=WORDS[label] + "的" * (i % 4),
            before="危机" * (i % 2),
            labels={narrative: label},
            article=f"a{i // 2}",
        )
        for i in range(n)
        for label in [labels[i % len(labels)]]
    ]


@pytest.fixture(scope="module")
def fitted(tiny_encoder: Path) -> FittedHeads:
    reader = frozen_reader(str(tiny_encoder), CONFIG)
    return fit_heads(reader, states_of(reader, rows(36)), ("bubble",))


def test_what_is_saved_answers_as_what_was_fitted(fitted: FittedHeads, tmp_path: Path) -> None:
    asked = rows(40)
    name = save_classifier(fitted.classifier, tmp_path / "heads")
    loaded = load_classifier(tmp_path / "heads", device="cpu")
    assert loaded.model_id == name
    p = predict_labelled(loaded, asked)
    assert p == pytest.approx(predict_labelled(fitted.classifier, asked), abs=1e-6)
    assert (p[:, 0].argmax(-1) == answers_of(asked, ("bubble",))[:, 0]).mean() > 0.9
    assert loaded.thresholds == fitted.classifier.thresholds


def test_a_changed_word_list_changes_the_model_id(fitted: FittedHeads, tmp_path: Path) -> None:
    words = fitted.classifier.words
    assert words is not None
    other = replace(fitted.classifier, words=replace(words, coefficients=words.coefficients / 2))
    ids = {save_classifier(one, tmp_path / "heads") for one in (fitted.classifier, other)}
    assert len(ids) == 2


def test_states_computed_once_answer_as_reading_does(fitted: FittedHeads) -> None:
    asked = rows(8)
    states = states_of(fitted.classifier, asked)
    assert answers_by_states(fitted.classifier, states) == pytest.approx(
        predict_labelled(fitted.classifier, asked), abs=1e-6
    )


def test_the_plain_path_of_torch_reads_the_same_states(fitted: FittedHeads) -> None:
    """The arranged path for processors sums the layers itself; GPUs go through transformers."""
    asked = [passage_of_label(row) for row in rows(6)]
    plain = replace(fitted.classifier, reader=None)
    assert plain.predict_proba(asked) == pytest.approx(fitted.classifier.predict_proba(asked), abs=1e-5)


def test_vectors_stay_those_of_the_last_layer(fitted: FittedHeads, tiny_encoder: Path) -> None:
    """By them translations are found, whatever the heads read."""
    from models.encoder import load_encoder

    asked = [passage_of_label(row) for row in rows(4)]
    plain = NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), ("bubble",), CONFIG.max_tokens)
    vectors, expected = (one.predict_with_vectors(asked).vectors for one in (fitted.classifier, plain))
    assert vectors == pytest.approx(expected, abs=1e-3)  # the weights were rounded as they are saved


def test_answers_of_cross_validation_are_not_those_of_the_fit(fitted: FittedHeads) -> None:
    """Noise is learnt by heart, and found out to be noise only by rows that were not learnt from."""
    rng = np.random.default_rng(0)
    noise = [
        replace(row, labels={"bubble": int(rng.integers(0, 2))}, article=f"n{i}", text=f"{row.text} {i} 流动性")
        for i, row in enumerate(rows(40, labels=(0,)))
    ]
    reader = replace(fitted.classifier, words=None)
    found = fit_heads(reader, states_of(reader, noise), ("bubble",))
    gold = answers_of(noise, ("bubble",))[:, 0]
    raw = replace(found.classifier, calibration=Calibration.identity(1))
    hits = [p[np.arange(40), 0, gold] for p in (predict_labelled(raw, noise), found.unseen)]
    assert (hits[0] > 0.5).mean() == 1
    assert (hits[1] > 0.5).mean() < 0.75


def test_an_answer_without_a_row_stays_improbable(tiny_encoder: Path) -> None:
    reader = frozen_reader(str(tiny_encoder), CONFIG)
    labelled = [
        *rows(12, "bubble", (1, 0)),
        *(replace(r, id=f"s{r.id}", article="s" + r.article) for r in rows(12, "stress")),
    ]
    found = fit_heads(reader, states_of(reader, labelled), ("bubble", "stress"))
    p = predict_labelled(found.classifier, labelled)
    assert p[:, 0, 2].max() < 0.01
    assert p[:, 1, 2].max() > 0.3
    assert p.sum(-1) == pytest.approx(1)
