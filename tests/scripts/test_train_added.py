"""`froth train --add` as a person runs it, and the commands that follow, with a narrative that froth does not know."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import cast

import pandas as pd
import pytest
import torch

from models.checkpoint import load_classifier, save_classifier
from models.classifier import NarrativeClassifier
from models.encoder import load_encoder
from nlp.columns import baseline_columns, scores_columns, sentences_columns
from nlp.labelled import LabelledSentence, write_labelled
from nlp.trend import trend_columns
from tests.commands import printed_by

OLD = ("bubble", "liquidity_crisis")
ALL = (*OLD, "stagflation")
TABLE = """
[[narrative]]
id = "stagflation"
names = { en = "Slump with inflation" }
definition = "Growth stops while prices rise."
cues = { en = ["stagflation"] }
[[narrative.drivers]]
id = "oil"
names = { en = "Oil" }
cues = { en = ["oil shock"] }
"""
TEXT = "It is stagflation again after the oil shock. Nobody on the desk sees a bubble. The plant opened on monday."


def froth(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scripts.cli", *map(str, arguments)]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def folder(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base model with random heads, a table, labels and articles."""
    path = tmp_path_factory.mktemp("added")
    torch.manual_seed(1)
    save_classifier(NarrativeClassifier.untrained(load_encoder(str(tiny_encoder)), OLD), path / "base")
    (path / "stagflation.toml").write_text(TABLE, encoding="utf-8")
    texts = ("stagflation is here", "no stagflation, he said", "the plant opened on monday")
    rows = [
        LabelledSentence(
            id=str(i), lang="en", text=f"{texts[i % 3]} {i}", article=f"a{i}", labels={"stagflation": (1, -1, 0)[i % 3]}
        )
        for i in range(40)
    ]
    write_labelled(path / "labels.jsonl", rows[:30])
    write_labelled(path / "test.jsonl", rows[30:])
    articles = [
        {"id": f"x{i}", "lang": "en", "date": f"2024-0{i + 1}-03", "source": "Harbour Wire", "title": "T", "text": TEXT}
        for i in range(3)
    ]
    (path / "articles.jsonl").write_text("".join(json.dumps(one) + "\n" for one in articles), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def trained(folder: Path) -> str:
    done = froth(
        *("train", "labels.jsonl", "-o", "grown", "--base", "base", "--add", "stagflation.toml"),
        *("--held-out", "test.jsonl", "--licence", "CC0"),
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip().splitlines()[-1] == "added 40, skipped 0, failed 0"
    return done.stdout


def test_it_prints_measures_and_that_the_old_narratives_stayed(trained: str, folder: Path) -> None:
    assert "Cross-validation by article" in trained
    assert "Held-out labels" in trained
    base, grown = (cast("NarrativeClassifier", load_classifier(folder / name)) for name in ("base", "grown"))
    assert f"bubble, liquidity_crisis: as in {base.model_id}, " in trained
    assert "probabilities are the same to the bit" in trained
    assert f"model {grown.model_id} in " in trained
    card = (folder / "grown" / "README.md").read_text("utf-8")
    assert "30 labelled sentences of 30 articles" in card
    assert "CC0" in card
    record = json.loads((folder / "grown" / "record" / "run.json").read_text("utf-8"))
    assert record["base_id"] == base.model_id
    assert record["added"]["stagflation"]["labels"] == {"assert": 10, "reject": 10, "none": 10}
    assert (folder / "grown" / "record" / "stagflation" / "held_out" / "errors.csv").is_file()


def test_a_run_with_the_new_narrative_in_a_process_of_its_own(trained: str, folder: Path) -> None:
    done = froth("run", "articles.jsonl", "--model", "grown", "--freq", "M", "-o", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    scores, sentences = pd.read_csv(folder / "out" / "scores.csv"), pd.read_csv(folder / "out" / "sentences.csv")
    trend = pd.read_csv(folder / "out" / "trend.csv")
    assert tuple(scores.columns) == (*scores_columns(ALL), *baseline_columns(ALL))
    assert tuple(sentences.columns) == sentences_columns(ALL)
    assert tuple(trend.columns) == trend_columns(ALL, (), None, baseline_columns(ALL))
    assert "stagflation:oil" in sentences["drivers"][0]
    assert scores["stagflation_keywords"].tolist() == [1, 1, 1]
    assert scores["stagflation"].between(0.01, 1).all()
    assert "Slump with inflation" in (folder / "out" / "report.html").read_text("utf-8")


def test_score_trend_report_evaluate_and_the_store_know_it(trained: str, folder: Path) -> None:
    printed_by(
        folder, "score", "articles.jsonl", "--model", "grown", "-o", "s/scores.csv", "--sentences", "s/sentences.csv"
    )
    printed_by(folder, "trend", "s/scores.csv", "--freq", "M", "-o", "s/trend.csv")
    printed_by(folder, "report", "s/trend.csv", "--narratives", "grown/narratives.toml", "-o", "s/report.html")
    assert "Slump with inflation" in (folder / "s" / "report.html").read_text("utf-8")
    assert "stagflation" in printed_by(folder, "evaluate", "test.jsonl", "--model", "grown", "-o", "s/predictions.csv")
    assert list(pd.read_csv(folder / "s" / "predictions.csv").columns)[-2:] == [
        "stagflation_assert",
        "stagflation_reject",
    ]
    old = folder / "s" / "old.csv"
    printed_by(folder, "score", "articles.jsonl", "--model", "base", "-o", old)
    same = [column for column in scores_columns(OLD) if column != "model"]
    files = [pd.read_csv(path, dtype=str)[same] for path in (old, folder / "s" / "scores.csv")]
    pd.testing.assert_frame_equal(*files)
    printed_by(folder, "add", "articles.jsonl")
    printed_by(folder, "score", "--model", "grown", "-o", "s/stored.csv")
    stored = pd.read_csv(folder / "s" / "stored.csv", dtype=str)
    assert stored["stagflation"].tolist() == pd.read_csv(folder / "s" / "scores.csv", dtype=str)["stagflation"].tolist()


def test_no_labels_are_needed_and_the_card_says_what_that_is_worth(folder: Path) -> None:
    printed = printed_by(folder, "train", "-o", "bare", "--base", "base", "--add", "stagflation.toml")
    assert "nothing was measured" in printed
    assert "not calibrated" in (folder / "bare" / "README.md").read_text("utf-8")


def test_what_would_do_nothing_is_refused(folder: Path) -> None:
    command = ["train", "labels.jsonl", "-o", "no", "--base", "base", "--add", "stagflation.toml"]
    for idle, told in (
        ((*command, "--epochs", 3, "--seed", 0), "leave out --epochs, --seed"),
        ((*command, "--method", "whole"), "leave out --method"),
        (
            (*command[:-2], "--method", "head", "--epochs", 3),
            "--method head leaves the encoder as it is: leave out --epochs",
        ),
    ):
        assert told in " ".join(printed_by(folder, *idle, code=2).split())
    assert "give labelled sentences" in printed_by(folder, "train", "-o", "no", code=2)
    assert not (folder / "no").exists()


def test_against_its_base_what_both_know_is_compared_and_nothing_was_gained(trained: str, folder: Path) -> None:
    old = [LabelledSentence(id=str(i), lang="en", text=f"a bubble {i}", labels={"bubble": i % 2}) for i in range(8)]
    write_labelled(folder / "old.jsonl", old)
    printed = printed_by(folder, "evaluate", "old.jsonl", "--model", "grown", "--against", "base")
    gains = printed.partition("gain on")[2]
    assert "bubble assert" in gains
    assert "stagflation" not in gains
    assert "0.000" in gains
