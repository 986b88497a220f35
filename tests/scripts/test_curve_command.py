"""`froth train --method` and `froth curve` as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from tests.commands import printed_by


def test_heads_are_an_ordinary_model(root: Path, tiny_encoder: Path, tmp_path: Path) -> None:
    labels = root / "corpora/labels/sentences.jsonl"
    printed_by(tmp_path, "train", labels, "--base", tiny_encoder, "--method", "head", "-o", "model")
    record = json.loads((tmp_path / "model/record/run.json").read_text())
    assert (record["method"], record["n_trained"]) == ("head", len(labels.read_text().splitlines()))
    card = (tmp_path / "model/README.md").read_text()
    assert "## Cross-validation\n\nEvery label was learnt from" in card
    manifest = json.loads((tmp_path / "model/froth.json").read_text())
    assert manifest["states"] == "all"
    printed_by(tmp_path, "score", root / "corpora/sample", "--model", "model", "-o", "scores.csv")
    scores = pd.read_csv(tmp_path / "scores.csv")
    assert scores["bubble"].between(0, 1).all()
    assert scores["model"].str.startswith("model@").all()


def test_cross_validation_chooses_and_is_recorded(root: Path, tiny_encoder: Path, tmp_path: Path) -> None:
    lines = (root / "corpora/labels/sentences.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "few.jsonl").write_text("".join(lines[:40]))
    trained = printed_by(tmp_path, "train", "few.jsonl", "--base", tiny_encoder, "--epochs", 1, "-o", "model")
    assert "mean gain of the fine-tune" in trained
    training = json.loads((tmp_path / "model/froth.json").read_text())["training"]
    assert training["method"] in ("head", "whole")
    assert [fold["fold"] for fold in training["folds"]] == [1, 2, 3, 4, 5]
    assert sum(fold["n_rows"] for fold in training["folds"]) == 40


def test_curve(root: Path, tiny_encoder: Path, tmp_path: Path) -> None:
    labels = root / "corpora/labels"
    done = printed_by(
        tmp_path, "curve", labels / "sentences.jsonl", "--test", labels / "hard.jsonl",
        "--base", tiny_encoder, "--articles", "10,all",
        "--seeds", 2, "--without-setfit", "-o", "curve.csv", "--picture", "curve.png"
    )  # fmt: skip
    assert "added " in done
    table = pd.read_csv(tmp_path / "curve.csv")
    assert set(table["way"]) == {"froth", "tfidf"}
    assert set(table["narrative"]) == {"bubble", "liquidity_crisis"}
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert "gain_on_tfidf" in done
