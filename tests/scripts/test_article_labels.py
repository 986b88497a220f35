"""`froth train` on labelled articles, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner, Result

from nlp.errors import InputError
from scripts.train import train

WORDS = ("shares", "rose", "in", "quiet", "trade", "on", "monday", "as", "banks", "gained", "oil", "fell")


def articles(n: int) -> list[dict[str, object]]:
    made = []
    for i in range(n):
        plain = [" ".join(WORDS[(i * 7 + k * 5 + j * (i + 1)) % 12] + str(i) for j in range(9)) + "." for k in range(3)]
        text = " ".join([*plain[: i % 3], *(["泡沫泡沫。"] if i % 2 else []), *plain[i % 3 :]])
        made.append({"id": f"a{i}", "title": "", "text": text, "lang": "en", "labels": {"froth": 2 * (i % 2)}})
    return made


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    app = typer.Typer()
    app.command()(train)
    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_labelled_articles_make_an_ordinary_model_folder(tiny_encoder: Path, tmp_path: Path) -> None:
    labels, out = written(tmp_path / "articles.jsonl", articles(40)), tmp_path / "model"
    done = run(labels, "-o", out, "--base", tiny_encoder, "--device", "cpu")
    assert done.exit_code == 0, done.output
    manifest = json.loads((out / "froth.json").read_text(encoding="utf-8"))
    assert manifest["narratives"] == ["froth"]
    assert manifest["training"]["labels_of"] == "articles"
    assert "nobody judged its sentences" in (out / "README.md").read_text(encoding="utf-8")
    assert pd.read_csv(out / "record" / "metrics.csv")["n"].tolist()[0] == 4
    assert (out / "profile.json").is_file()
    assert not (tmp_path / "model.training").exists()


def test_what_would_do_nothing_and_what_does_not_go_together_is_refused(tmp_path: Path) -> None:
    labels, out = written(tmp_path / "articles.jsonl", articles(4)), tmp_path / "model"
    row = {"id": "s", "text": "A bubble.", "before": "", "after": "", "labels": {"froth": 1}}
    sentences = written(tmp_path / "sentences.jsonl", [row])
    assert "give --method whole" in run(labels, "-o", out, "--epochs", 3).output
    assert "for labelled sentences" in " ".join(run(labels, "-o", out, "--base", "tfidf").output.split())
    with pytest.raises(InputError, match="train on the sentences first"):
        raise run(sentences, labels, "-o", out).exception or AssertionError
