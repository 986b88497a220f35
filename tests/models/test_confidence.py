"""Confidence as counts: every sentence is counted once a measure, in the article that it is of."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from models.checkpoint import load_classifier
from models.confidence import confidence, texts_of_labels, training_profile
from nlp.labelled import LabelledSentence
from nlp.profiles import BINS


@pytest.fixture
def rows(labelled_rows: list[LabelledSentence]) -> list[LabelledSentence]:
    return labelled_rows[:120]


def test_each_sentence_counts_once(rows: list[LabelledSentence], tfidf_folder: Path) -> None:
    classifier = load_classifier(tfidf_folder)
    texts, passages = texts_of_labels(rows)
    counted = list(confidence(passages, classifier))
    assert [len(text.sentences) for text in texts] == [sum(one["told/bubble"].values()) for one in counted]
    p = classifier.predict_proba([passage for text in passages for passage in text])
    n_told = sum(n for one in counted for name, n in one["told/bubble"].items() if float(name) > 0.5)
    assert n_told == int((1 - p[:, 0, 0] >= 0.5).sum()) > 0
    assert all(name in BINS["entropy"] for one in counted for name in one["entropy/bubble"])


def test_a_training_profile_holds_texts_of_all_and_answers_of_the_held_out(
    rows: list[LabelledSentence], tfidf_folder: Path
) -> None:
    profile = training_profile(rows, rows[:30], load_classifier(tfidf_folder), "m@1")
    n_articles, n_held = len({row.article or row.id for row in rows}), len({r.article or r.id for r in rows[:30]})
    assert profile.model == "m@1"
    assert profile.blocks["languages/all"].n_articles == n_articles
    assert profile.blocks["told/bubble"].n_articles == n_held
    assert math.isclose(profile.blocks["told/bubble"].counts.sum(), 30)
