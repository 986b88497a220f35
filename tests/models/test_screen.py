from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from models.checkpoint import load_classifier, save_classifier
from models.classifier import NarrativeClassifier
from models.encoder import load_encoder
from models.full_readings import FullReading, full_readings
from models.manifest import model_folder
from models.passages import Passage
from models.screen import Screen
from models.screen_evaluation import measure_screen
from models.screen_file import SCREEN, read_screen, unscreened, write_screen
from models.screen_network import ScreenNetwork, Widths
from models.screen_parts import hard_parts
from models.screen_training import ScreenConfig, train_screen
from nlp.errors import CheckpointError, InputError
from nlp.schema import Article

NARRATIVES = ("bubble", "liquidity_crisis")
DULL = ("rates are set.", "the bank met.", "it is cold.", "oil was 40.", "no news.", "a dog sat on a mat.")
CONFIG = ScreenConfig(epochs=20, recall=1.0, learning_rate=0.02, batch_tokens=500, widths=Widths(16, 16, 8))


@pytest.fixture(scope="module")
def classifier(tiny_encoder: Path) -> NarrativeClassifier:
    torch.manual_seed(1)
    return NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), NARRATIVES)


def readings(classifier: NarrativeClassifier, n: int, seed: int) -> list[FullReading]:
    """Articles of twenty sentences, in every third of which one tells of a bubble."""
    rng = random.Random(seed)
    articles, rows = [], []
    for number in range(n):
        sentences = [rng.choice(DULL) for _ in range(20)]
        told = rng.randrange(20) if number % 3 == 0 else None
        if told is not None:
            sentences[told] = "it is a bubble."
        article = Article.create(title="", text="\n".join(sentences), lang="en", source=f"wire {number}")
        articles.append(article)
        for place in range(20):
            p = 0.9 if place == told else 0.02
            rows.append((article.id, p, 0.01, 0.01, 0.0))
    columns = ["article_id", *(f"{name}_{answer}" for name in NARRATIVES for answer in ("assert", "reject"))]
    return list(full_readings(articles, pd.DataFrame(rows, columns=columns), classifier))


@pytest.fixture(scope="module")
def screen(classifier: NarrativeClassifier) -> Screen:
    return train_screen(readings(classifier, 60, 1), readings(classifier, 90, 2), classifier, CONFIG)


def test_it_finds_in_other_articles_what_it_learnt_and_leaves_most_unread(
    screen: Screen, classifier: NarrativeClassifier
) -> None:
    measures = measure_screen(screen, readings(classifier, 60, 3), classifier)
    recall = measures.recall.set_index("narrative")
    assert recall.loc["bubble", ["n_said", "n_missed", "high"]].tolist() == [20, 0, 1.0]
    assert recall.loc["bubble", "low"] == pytest.approx(0.025 ** (1 / 20))
    assert recall.loc["liquidity_crisis", "n_said"] == 0
    (saved,) = measures.saved.to_dict("records")
    assert saved["tokens_needed"] <= saved["tokens"] < 0.3
    bubble = measures.articles.set_index("narrative").loc["bubble"]
    assert bubble["largest_change"] < 0.02
    assert bubble["asserting_changed"] == 0


def test_the_finished_screen_gives_the_scores_of_the_network_that_learnt(classifier: NarrativeClassifier) -> None:
    torch.manual_seed(4)
    network = ScreenNetwork(torch.from_numpy(classifier.word_vectors), 2, Widths(12, 10, 6))
    own = readings(classifier, 5, 8)
    with torch.inference_mode():
        learnt = network(own, classifier.layout.sep).numpy()
    finished = network.finished()
    found = finished.scores([r.passage for r in own], [r.tokens for r in own], classifier.layout.sep)
    np.testing.assert_allclose(found, learnt, atol=1e-4)
    assert found.std(axis=0).min() > 1e-3
    again = ScreenNetwork(torch.from_numpy(classifier.word_vectors), 2, Widths(12, 10, 6))
    again.take(finished)
    with torch.inference_mode():
        np.testing.assert_allclose(again(own, classifier.layout.sep).numpy(), learnt, atol=1e-4)


def test_a_score_is_the_same_in_every_company(screen: Screen, classifier: NarrativeClassifier) -> None:
    passages = [reading.passage for reading in readings(classifier, 7, 4)] + [Passage((), 0, 0)]
    tokens = [reading.tokens for reading in readings(classifier, 7, 4)] + [[]]
    together = screen.scores(passages, tokens, classifier.layout.sep)
    alone = [screen.scores([p], [t], classifier.layout.sep) for p, t in zip(passages, tokens, strict=True)]
    np.testing.assert_array_equal(together, np.concatenate(alone))
    backwards = screen.scores(passages[::-1], tokens[::-1], classifier.layout.sep)
    np.testing.assert_array_equal(backwards, np.concatenate(alone[::-1]))


def test_what_is_read_is_read_as_ever_and_the_rest_gets_what_is_usual(
    screen: Screen, classifier: NarrativeClassifier
) -> None:
    passages = [reading.passage for reading in readings(classifier, 6, 5)] + [Passage((), 0, 0)]
    full = classifier.predict_with_vectors(passages)
    through = replace(classifier, screen=screen).predict_with_vectors(passages)
    same = (through.probabilities == full.probabilities).all(axis=(1, 2))
    assert 0 < same.sum() < len(same)
    told = [index for index, text in enumerate(t for p in passages for t in p.judged) if "bubble" in text]
    assert same[told].all()
    tokens = [reading.tokens for reading in readings(classifier, 6, 5)]
    scores = screen.scores(passages[:-1], tokens, classifier.layout.sep)
    np.testing.assert_array_equal(through.probabilities[~same], screen.unread_probabilities(scores)[~same])
    assert through.vectors is not None
    words = classifier.word_vectors[[token for sentence in tokens[0] for token in sentence]]
    np.testing.assert_allclose(through.vectors[0], words.mean(axis=0), rtol=1e-4, atol=1e-6)
    assert not through.vectors[-1].any()


def test_a_screen_that_lets_all_by_changes_nothing(screen: Screen, classifier: NarrativeClassifier) -> None:
    passages = [reading.passage for reading in readings(classifier, 3, 6)]
    full = classifier.predict_with_vectors(passages)
    through = replace(
        classifier, screen=replace(screen, thresholds=np.full(2, -np.inf, np.float32))
    ).predict_with_vectors(passages)
    np.testing.assert_array_equal(through.probabilities, full.probabilities)


@pytest.fixture
def folder(classifier: NarrativeClassifier, screen: Screen, tmp_path: Path) -> Path:
    save_classifier(classifier, tmp_path / "model")
    write_screen(screen, tmp_path / "model")
    return tmp_path / "model"


def test_it_is_kept_beside_the_weights_and_named_in_the_model_id(folder: Path, screen: Screen) -> None:
    full, through = load_classifier(folder), load_classifier(folder, screened=True)
    assert isinstance(through, NarrativeClassifier)
    assert through.screen is not None
    assert through.model_id == f"{full.model_id}+{through.screen.screen_id}"
    assert unscreened(through.model_id) == full.model_id
    passages, tokens = [Passage(DULL, 1, 4)], [[[7, 8, 9]] * len(DULL)]
    np.testing.assert_array_equal(through.screen.scores(passages, tokens, 3), screen.scores(passages, tokens, 3))
    (folder / SCREEN).unlink()
    assert load_classifier(folder, screened=True).model_id == full.model_id


def test_a_screen_of_other_weights_or_broken_is_refused(folder: Path, tmp_path: Path, screen: Screen) -> None:
    with pytest.raises(CheckpointError, match=r"learnt from other weights .* learn it again .* or delete it"):
        read_screen(folder, "00000000", screen.vectors)
    shutil.copy(folder / "heads.safetensors", folder / SCREEN)
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_classifier(folder, screened=True)
    (folder / SCREEN).write_bytes(b"{")
    with pytest.raises(CheckpointError, match="cannot be read"):
        load_classifier(folder, screened=True)


def test_a_table_of_other_articles_is_refused(classifier: NarrativeClassifier) -> None:
    article = Article.create(title="", text="One.\nTwo.\nThree.", lang="en", source="wire")
    with pytest.raises(InputError, match="lacks bubble_assert"):
        list(full_readings([article], pd.DataFrame({"article_id": [article.id]}), classifier))
    columns = ["article_id", *(f"{name}_{answer}" for name in NARRATIVES for answer in ("assert", "reject"))]
    short = pd.DataFrame([(article.id, 0.1, 0.1, 0.1, 0.1)], columns=columns)
    with pytest.raises(InputError, match="has 3 sentences, in the table 1: score these files again"):
        list(full_readings([article], short, classifier))


def test_each_script_has_its_own_threshold(screen: Screen) -> None:
    passages = [Passage(("A bubble.", "泡沫。", "Nothing."), 0, 2)]
    apart = replace(screen, thresholds=np.array([1.0, 3.0], dtype=np.float32))
    margins = apart.margins(passages, np.array([[0.5, 2.0], [2.5, 0.0]], dtype=np.float32))
    np.testing.assert_allclose(margins, [1.0, -0.5])


def test_a_second_round_learns_from_what_the_first_does_not_put_aside(
    screen: Screen, classifier: NarrativeClassifier
) -> None:
    own = readings(classifier, 60, 9)
    parts = list(hard_parts(own, screen, classifier.layout.sep, np.random.default_rng(0)))
    judged = [text for part in parts for text in part.passage.judged]
    assert judged.count("it is a bubble.") == 20
    assert len(judged) < 0.2 * sum(len(reading.passage.judged) for reading in own)
    for part in parts:
        assert len(part.passage.judged) == len(part.windows) == len(part.probabilities)
        assert len(part.passage.sentences) == len(part.tokens)
        told = [text == "it is a bubble." for text in part.passage.judged]
        assert (part.told[:, 0] > 0.5).tolist() == told
        (whole,) = [reading.passage.sentences for reading in own if reading.article_id == part.article_id]
        n = len(part.passage.sentences)
        assert part.passage.sentences in [whole[place : place + n] for place in range(len(whole))]


def test_a_second_round_starts_from_the_first(screen: Screen, classifier: NarrativeClassifier) -> None:
    learnt, held_back = readings(classifier, 12, 10), readings(classifier, 30, 2)
    brief = replace(CONFIG, epochs=1, learning_rate=1e-6)
    again = train_screen(learnt, held_back, replace(classifier, screen=screen), brief)
    np.testing.assert_allclose(again.answer.bias, screen.answer.bias, atol=1e-3)


def test_without_anything_said_no_threshold_can_be_set(classifier: NarrativeClassifier) -> None:
    quiet = [reading for reading in readings(classifier, 9, 7) if (reading.told < 0.5).all()]
    with pytest.raises(InputError, match="asserts or rejects anything"):
        train_screen(quiet, quiet, classifier, replace(CONFIG, epochs=1))


def test_the_bundled_model_has_a_screen_that_lets_by_what_is_clear() -> None:
    through = load_classifier("default", device="cpu", screened=True)
    assert isinstance(through, NarrativeClassifier)
    assert through.screen is not None
    assert sum(file.stat().st_size for file in model_folder("default").iterdir()) <= 45_000_000
    texts = (
        "The match ended in a draw.",
        "Traders say technology shares are in a bubble.",
        "银行间资金枯竭，钱荒来了。",
    )
    passages = [Passage((text,), 0, 1) for text in texts]
    tokens = [[ids] for ids in through.encoder.tokenizer(list(texts), add_special_tokens=False)["input_ids"]]
    assert through.screen.sift(passages, tokens, through.layout.sep).candidates.tolist() == [False, True, True]
