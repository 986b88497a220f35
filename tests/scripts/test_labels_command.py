"""`froth labels` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner, Result

from nlp.annotations.agreement import AGREEMENT_COLUMNS
from nlp.annotations.disagreements import DISAGREEMENT_COLUMNS
from nlp.labelled import read_labelled
from scripts.labels import labels

GOLDEN = Path(__file__).parents[1] / "nlp" / "annotations" / "golden"


def froth_labels(*arguments: object) -> Result:
    app = typer.Typer()
    app.command()(labels)
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture
def double(tmp_path: Path) -> Path:
    """Sixty sentences of thirty articles, each judged by two people who agree on five of six."""
    path = tmp_path / "double.jsonl"
    rows = [
        {
            "id": f"s{n}", "lang": "en", "text": f"Number {n} of what people say of prices, lenders and of {n * 7}.",
            "article": f"a{n // 2}", "date": f"2024-01-{n // 2 + 1:02}", "annotator": who, "before": "",
            "labels": {"bubble": n % 3 - 1 if who == "an" or n % 6 else 0},
        }
        for n in range(60)
        for who in ("an", "bo")
    ]  # fmt: skip
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_an_export_becomes_labels_to_train_on(tmp_path: Path) -> None:
    out = tmp_path / "new" / "gold.jsonl"
    done = froth_labels(GOLDEN / "label_studio_spans.json", "-o", out)
    assert done.exit_code == 0, done.output
    rows = read_labelled([out])
    assert [row.annotator for row in rows] == ["1"] * 3 + ["bo@desk.example"] * 3
    assert done.stderr.splitlines()[-1] == "added 6, skipped 0, failed 2"
    assert len(pd.read_csv(out.with_name("failures.csv"))) == 2


def test_agreement_decisions_and_a_split(double: Path, tmp_path: Path) -> None:
    measured, listed = tmp_path / "agreement.csv", tmp_path / "differ.csv"
    done = froth_labels(double, "--agreement", measured, "--disagreements", listed)
    assert done.exit_code == 0, done.output
    assert tuple(pd.read_csv(measured).columns) == AGREEMENT_COLUMNS
    differ = pd.read_csv(listed)
    assert tuple(differ.columns) == DISAGREEMENT_COLUMNS
    assert "10 answers differ" in done.output
    differ["decided"] = "reject"
    differ.to_csv(listed, index=False)
    parts = [tmp_path / name for name in ("train.jsonl", "dev.jsonl", "test.jsonl")]
    done = froth_labels(double, "--decided", listed, "--split", *parts, "--by", "time", "--shares", ".6", ".2", ".2")
    assert done.exit_code == 0, done.output
    train, dev, test = (read_labelled([path]) for path in parts)
    assert (len(train), len(dev), len(test)) == (36, 12, 12)
    assert max(row.date for row in train) < min(row.date for row in dev) <= max(row.date for row in dev) < test[0].date
    assert all(row.labels["bubble"] == -1 for row in train if int(row.id[1:]) % 6 == 0)
    assert "left out 0" in done.output
    assert "articles" in done.output
    assert "F1 of copying the nearest row" in done.output


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "nothing to write"),
        (("-o", "x.jsonl", "--names", "absent.toml"), "cannot be read as a names file"),
        (("-o", "x.jsonl", "--shares", "1", "1", "1"), "all together 1"),
        (("-o", "x.jsonl", "--unit", "article"), "leave out --unit article"),
    ],
)
def test_a_request_that_cannot_be_met_is_refused(arguments: tuple[str, ...], reason: str) -> None:
    done = froth_labels(GOLDEN / "label_studio.csv", *arguments)
    assert done.exit_code
    assert reason in " ".join(f"{done.output} {done.exception}".replace("│", " ").split())


def test_an_export_without_annotations_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    path.write_text('[{"id": 1, "data": {"text": "x"}, "annotations": []}]', encoding="utf-8")
    done = froth_labels(path, "-o", tmp_path / "x.jsonl")
    assert "not one label in" in str(done.exception)
    assert not (tmp_path / "x.jsonl").exists()
