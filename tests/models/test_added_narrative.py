"""Narratives added to a model: what it said before it says to the last bit, whatever is added, saved or added on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch

from models.added_files import added_to, save_added
from models.added_narrative import Learnt, check_labels, check_unchanged, learn_narrative, new_narratives
from models.calibration import Calibration
from models.checkpoint import load_classifier, save_classifier
from models.classifier import NarrativeClassifier, windows_of
from models.decisions import Thresholds
from models.encoder import load_encoder
from models.encoder_files import known_heads
from models.forward import read_features
from models.linear_head import FittedHead
from models.manifest import model_folder
from models.narrative_table import narratives_of
from models.passages import Passage
from models.training import train
from models.training_config import TrainingConfig
from nlp.errors import CheckpointError, InputError, TrainingError
from nlp.labelled import LabelledSentence
from nlp.narratives import Narrative, load_narratives
from tests.tiny_encoders import FAMILIES, TEXTS, make_encoder

PASSAGES = [Passage((*TEXTS, ""), 0, len(TEXTS) + 1), Passage(TEXTS[::-1], 1, 3)]


def narrative(name: str) -> Narrative:
    return Narrative(
        id=name,
        names={"en": name},
        definition="Growth stops while prices rise. Inflation alone does not count.",
        cues={"en": ("stagflation",)},
    )


def labelled(name: str, n: int) -> list[LabelledSentence]:
    texts = ("stagflation is here", "no stagflation, he said", "the plant opened on monday")
    return [
        LabelledSentence(
            id=str(i), lang="en", text=f"{texts[i % 3]} {i}", article=f"a{i}", labels={name: (1, -1, 0)[i % 3]}
        )
        for i in range(n)
    ]


def load(path: Path | str) -> NarrativeClassifier:
    return cast("NarrativeClassifier", load_classifier(path, device="cpu"))


def save(base: Path, path: Path, *learnt: Learnt) -> str:
    files = path.parent / "files"
    files.mkdir(exist_ok=True)
    return save_added(base, path, learnt, card="", record={}, files=files)


def drawn(name: str, width: int) -> Learnt:
    """A narrative with a head of random numbers."""
    rng = np.random.default_rng(len(name))
    weight = rng.normal(size=(3, width)).astype(np.float32)
    fitted = FittedHead(weight, np.ones(3, np.float32), Calibration((0.7,), ((0.0, 0.1, 0.2),)), np.zeros((0, 3)), 1.0)
    return Learnt(narrative(name), fitted, Thresholds(((0.3, 0.4),)), (), np.zeros((0, 1, 3)), 0)


@pytest.fixture(scope="module")
def base(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("base") / "base"
    save_classifier(
        NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), ("bubble", "liquidity_crisis")), folder
    )
    return folder


def test_the_bundled_model_says_the_same_to_the_bit_after_a_narrative_was_added(
    labelled_rows: list[LabelledSentence], tmp_path: Path
) -> None:
    before = load("default")
    save(model_folder("default"), tmp_path / "grown", drawn("stagflation", 1536))
    after = load(tmp_path / "grown")
    assert after.narratives == ("bubble", "liquidity_crisis", "stagflation")
    assert check_unchanged(before, after, labelled_rows[:20]) > 0
    assert after.thresholds.values[:2] == before.thresholds.values
    assert after.calibration.scales[:2] == before.calibration.scales


def test_what_is_learnt_is_what_the_saved_model_says(base: Path, tmp_path: Path) -> None:
    classifier, rows = load(base), labelled("stagflation", 45)
    learnt = learn_narrative(classifier, narrative("stagflation"), rows)
    save(base, tmp_path / "grown", learnt)
    grown = load(tmp_path / "grown")
    p = grown.predict_proba([Passage((row.text,), 0, 1) for row in rows])
    np.testing.assert_allclose(p[:, 2:], learnt.probabilities(classifier, rows), atol=1e-5)
    gold = np.array([(1, 2, 0)[i % 3] for i in range(45)])
    assert (p[:, 2].argmax(-1) == gold).mean() > 0.8
    assert learnt.counts == {"assert": 15, "reject": 15, "none": 15}
    assert [one.id for one in narratives_of(grown)] == ["bubble", "liquidity_crisis", "stagflation"]


def test_definition_and_cues_alone_rank_sentences(base: Path) -> None:
    classifier = load(base)
    learnt = learn_narrative(classifier, narrative("stagflation"), [])
    p = learnt.probabilities(classifier, labelled("stagflation", 30))[:, 0, 1]
    assert p[::3].min() > p[2::3].max()
    assert not learnt.fitted.is_cross_validated
    assert learnt.thresholds.values == ((0.5, 0.5),)


def test_sentences_without_labels_count_as_not_telling_where_they_hold_no_cue(base: Path) -> None:
    classifier, rows = load(base), labelled("stagflation", 30)
    bare = [replace(row, labels={}) for row in rows]
    without, beside = (learn_narrative(classifier, narrative("stagflation"), [], other) for other in ([], bare))
    assert beside.n_background == 10
    told = [one.probabilities(classifier, rows)[2::3, 0, 1].mean() for one in (without, beside)]
    assert told[1] < told[0]


def test_adding_again_changes_nothing_of_what_was_added_before(base: Path, tmp_path: Path) -> None:
    first_id = save(base, tmp_path / "first", drawn("stagflation", 128))
    second_id = save(tmp_path / "first", tmp_path / "second", drawn("austerity", 128))
    first, second = load(tmp_path / "first"), load(tmp_path / "second")
    assert second.narratives == ("bubble", "liquidity_crisis", "stagflation", "austerity")
    assert first_id == first.model_id != second_id == second.model_id
    np.testing.assert_array_equal(second.predict_proba(PASSAGES)[:, :3], first.predict_proba(PASSAGES))
    np.testing.assert_array_equal(first.predict_proba(PASSAGES)[:, :2], load(base).predict_proba(PASSAGES))
    assert [one.id for one in second.table] == ["stagflation", "austerity"]


def test_a_model_with_added_heads_is_saved_and_trained_on_like_any(base: Path, tmp_path: Path) -> None:
    save(base, tmp_path / "grown", drawn("stagflation", 128))
    grown = load(tmp_path / "grown")
    save_classifier(grown, tmp_path / "again")
    np.testing.assert_allclose(
        load(tmp_path / "again").predict_proba(PASSAGES), grown.predict_proba(PASSAGES), atol=1e-3
    )
    assert set(known_heads(tmp_path / "grown")) == {"bubble", "liquidity_crisis"}
    config = TrainingConfig(epochs=1, max_tokens=96)
    run = train(labelled("stagflation", 30), base=str(tmp_path / "grown"), narratives=("stagflation",), config=config)
    assert run.classifier.narratives == ("stagflation",)


def test_a_folder_whose_parts_do_not_fit_is_refused(base: Path, tmp_path: Path) -> None:
    save(base, tmp_path / "grown", drawn("stagflation", 128))
    manifest = json.loads((tmp_path / "grown" / "froth.json").read_text("utf-8"))
    for change in (
        {"added": ["bubble"]},
        {"added": []},
        {"narratives": ["bubble", "liquidity_crisis", "austerity"], "added": ["austerity"]},
    ):
        (tmp_path / "grown" / "froth.json").write_text(json.dumps(manifest | change), encoding="utf-8")
        with pytest.raises(CheckpointError, match="do not fit its manifest"):
            load(tmp_path / "grown")


def test_a_change_of_the_old_answers_would_be_found(base: Path, tmp_path: Path) -> None:
    save(base, tmp_path / "grown", drawn("stagflation", 128))
    before, grown = load(base), load(tmp_path / "grown")
    with torch.no_grad():
        grown.network.heads.bias[0] += 1e-6
    with pytest.raises(TrainingError, match="says other things of bubble"):
        check_unchanged(before, grown, labelled("stagflation", 5))


def test_every_family_of_encoders_gives_features(tmp_path: Path) -> None:
    for family in FAMILIES:
        encoder = load_encoder(str(make_encoder(family, tmp_path / family.replace(" ", "_"))))
        classifier = NarrativeClassifier.untrained(encoder, ("bubble",), 96)
        features = read_features(classifier, windows_of(PASSAGES, classifier))
        words = classifier.word_vectors.shape[1]
        assert features.shape == (len(TEXTS) + 1 + 2, 2 * encoder.width + 2 * words)
        assert np.isfinite(features).all()


def test_features_begin_with_the_mean_state_of_all_layers(base: Path) -> None:
    passage = [Passage((TEXTS[0],), 0, 1)]
    frozen = load(base)
    (window,) = windows_of(passage, frozen)
    encoder, width = frozen.encoder.model, frozen.encoder.width
    ids, mask = torch.tensor([window.ids]), torch.ones(1, len(window.ids), dtype=torch.long)
    with torch.inference_mode():
        layers = torch.stack(encoder(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states[1:])
    told = layers.mean(0)[0, window.spans[0].start : window.spans[0].end]
    expected = torch.cat([told.mean(0), told.amax(0)])
    assert read_features(frozen, [window])[0, : 2 * width] == pytest.approx(expected.numpy(), abs=1e-5)


def test_what_cannot_be_added_is_said(base: Path, tfidf_folder: Path) -> None:
    rows = labelled("stagflation", 4)
    with pytest.raises(InputError, match="knows bubble, liquidity_crisis already"):
        new_narratives(load(base), load_narratives())
    with pytest.raises(InputError, match="the labels name stagflation, which neither"):
        check_labels(rows, [], ["bubble"])
    with pytest.raises(InputError, match="1 articles \\('a3' …\\) are in both"):
        check_labels(rows, rows[3:], ["stagflation"])
    with pytest.raises(CheckpointError, match="has no encoder"):
        added_to(tfidf_folder)
