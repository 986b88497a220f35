"""Learning and measuring a screen, from the files that `froth score` leaves to the file beside the weights."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import torch

from models.checkpoint import load_classifier, save_classifier
from models.classifier import NarrativeClassifier
from models.encoder import load_encoder
from nlp.errors import CheckpointError, InputError
from scripts.measure_screen import measure_screen
from scripts.train_screen import train_screen

COLUMNS = ["article_id", "bubble_assert", "bubble_reject"]


@pytest.fixture
def folder(tiny_encoder: Path, tmp_path: Path) -> Path:
    torch.manual_seed(2)
    save_classifier(NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), ("bubble",)), tmp_path / "model")
    return tmp_path / "model"


def written(path: Path, n: int) -> tuple[Path, Path]:
    """Articles of three sentences, every other with one that asserts, and the table of their sentences."""
    articles, rows = [], []
    for number in range(n):
        texts = ["it is cold.", "it is a bubble." if number % 2 else "oil was 40.", "no news."]
        articles.append({"id": f"a{number}", "lang": "en", "title": "", "text": "\n".join(texts)})
        rows += [(f"a{number}", 0.9 if "bubble" in text else 0.01, 0.0) for text in texts]
    files = path / "articles.jsonl", path / "sentences.parquet"
    files[0].write_text("\n".join(map(json.dumps, articles)), encoding="utf-8")
    pd.DataFrame(rows, columns=COLUMNS).to_parquet(files[1])
    return files


def test_from_scored_articles_to_a_measured_screen(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    articles, sentences = written(tmp_path, 40)
    with pytest.raises(CheckpointError, match=r"has no screen\.safetensors"):
        measure_screen([articles], [sentences], model=str(folder))
    train_screen([articles], [sentences], model=str(folder), epochs=2, recall=0.997, seed=0)
    assert "screen.safetensors" in capsys.readouterr().out
    screened = load_classifier(folder, screened=True)
    measure_screen([articles], [sentences], model=str(folder))
    shown = capsys.readouterr()
    assert shown.out.startswith(f"{screened.model_id}\n")
    assert shown.out.split("\n")[2].split()[:3] == ["en", "all", "20"]
    assert shown.err.endswith("added 40, skipped 0, failed 0\n")


def test_a_table_is_wanted_for_each_file_of_articles(folder: Path, tmp_path: Path) -> None:
    articles, _ = written(tmp_path, 2)
    with pytest.raises(InputError, match="1 files of articles and 0 tables"):
        train_screen([articles], [], model=str(folder))


def test_a_model_without_an_encoder_needs_no_screen(tfidf_folder: Path, tmp_path: Path) -> None:
    articles, sentences = written(tmp_path, 2)
    with pytest.raises(CheckpointError, match="has no encoder"):
        train_screen([articles], [sentences], model=str(tfidf_folder))
