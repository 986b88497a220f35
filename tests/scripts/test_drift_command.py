"""`froth drift` as a person runs it: against a model folder, a profile and plain texts."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from nlp.drift import DRIFT_COLUMNS
from nlp.drift_words import DRIFT_WORD_COLUMNS
from tests.commands import printed_by


@pytest.fixture(scope="module")
def trained(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    labels = root / "corpora" / "labels" / "sentences.jsonl"
    printed_by(folder, "train", labels, "--base", "tfidf", "-o", "model")
    return folder / "model"


def test_a_trained_folder_knows_what_it_learnt_from(trained: Path, root: Path, tmp_path: Path) -> None:
    labels = root / "corpora" / "labels" / "sentences.jsonl"
    printed = printed_by(tmp_path, "drift", trained, labels, "--words", "words.csv", "--keep", "now.json")
    table = pd.read_csv(tmp_path / "drift.csv")
    assert tuple(table.columns) == DRIFT_COLUMNS
    assert table.loc[table["measure"].isin(["languages", "sentence_length"]), "value"].max() < 1e-9
    assert {"told", "entropy", "near_threshold"} <= set(table["measure"])
    assert tuple(pd.read_csv(tmp_path / "words.csv").columns) == DRIFT_WORD_COLUMNS
    assert "no drift seen" in printed
    printed_by(tmp_path, "drift", "now.json", labels, "--model", trained, "-o", "again.csv")
    again = pd.read_csv(tmp_path / "again.csv")
    assert again.loc[again["measure"].isin(["languages", "told", "entropy"]), "value"].max() < 1e-9
    assert set(again["verdict"]) == {"no drift seen"}


def test_texts_are_compared_without_a_model(root: Path, tmp_path: Path) -> None:
    sample = root / "corpora" / "sample"
    printed_by(tmp_path, "drift", sample / "en.jsonl", sample / "zh_hans.jsonl", sample / "en.jsonl", "--no-model")
    table = pd.read_csv(tmp_path / "drift.csv").set_index("measure")
    assert set(table.index) == {"languages", "sources", "vocabulary", "sentence_length", "article_length"}
    assert table.loc["languages", "verdict"] == "large drift"
    assert "zh 0.0% →" in table.loc["languages", "moved"] or "other 0.0% →" in table.loc["languages", "moved"]
    assert table.loc["vocabulary", "value"] < 1e-9


def test_a_model_without_a_profile_is_refused(root: Path, tfidf_folder: Path, tmp_path: Path) -> None:
    said = printed_by(tmp_path, "drift", tfidf_folder, root / "corpora" / "sample" / "en.jsonl", code=1)
    assert "there is no profile at" in said
    assert not (tmp_path / "drift.csv").exists()
