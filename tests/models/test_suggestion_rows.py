"""Files of suggestions: tools find what a model says, froth reads nothing but what people answer."""

from __future__ import annotations

import csv
import json
from contextlib import suppress
from pathlib import Path

import pytest

from models.decisions import Thresholds
from models.suggestion_rows import SUGGESTION_COLUMNS, Asking, ranking, rows_to_judge
from models.suggestions import Labels, Suggestion, SuggestionPlan, suggest
from models.unlabelled import unlabelled
from nlp.annotations.formats import LabelSet, read_labels
from nlp.annotations.names import load_names
from nlp.annotations.projection import Projection
from nlp.annotations.writing import SPANS, WRITERS, write_rows
from nlp.errors import InputError
from tests.models.scored_articles import scored

ASKING = Asking(("bubble",), Thresholds(((0.4, 0.3),)), "model@0")
SUFFIXES = {"label-studio": ".json", "doccano": ".jsonl", "argilla": ".json", "conll": ".conll", "csv": ".csv"}


@pytest.fixture
def suggested() -> list[Suggestion]:
    pool = unlabelled([scored("torn", [(0.5, 0.1), (0.1, 0.42)]), scored("sure", [(0.9, 0)])], ())
    return suggest(pool, Labels(), SuggestionPlan(2), ("bubble",))


def read(path: Path) -> LabelSet:
    return read_labels([path], Projection(load_names()))


@pytest.mark.parametrize("to", sorted(WRITERS))
def test_what_the_model_says_is_no_label(to: str, suggested: list[Suggestion], tmp_path: Path) -> None:
    path = tmp_path / f"ask{SUFFIXES[to]}"
    write_rows(path, rows_to_judge(suggested, ASKING, "sentence", blind=False), to)
    with suppress(InputError):  # which says that no text has a label
        assert [row for row in read(path).labels if row.labels] == []


def test_label_studio_shows_predictions(suggested: list[Suggestion], tmp_path: Path) -> None:
    path = tmp_path / "ask.json"
    write_rows(path, rows_to_judge(suggested, ASKING, "sentence", blind=False), "label-studio")
    first = next(task for task in json.loads(path.read_text("utf-8")) if task["data"]["id"].startswith("torn:0"))
    assert first["annotations"] == []
    assert first["predictions"][0]["model_version"] == "model@0"
    assert first["predictions"][0]["result"][0]["value"] == {"choices": ["assert"]}
    assert first["predictions"][0]["score"] == 0.5
    assert "assert 0.10, reject 0.42" in first["data"]["why"]


def test_whole_articles_have_their_spans_marked(suggested: list[Suggestion], tmp_path: Path) -> None:
    path = tmp_path / "ask.json"
    rows = rows_to_judge(suggested, ASKING, "article", blind=False)
    assert sorted(row.id for row in rows) == ["sure", "torn"]
    write_rows(path, rows, "argilla")
    torn = next(record for record in json.loads(path.read_text("utf-8")) if record["id"] == "torn")
    marked = torn["suggestions"][SPANS]
    assert [one["label"] for one in marked["value"]] == ["bubble:assert", "bubble:reject"]
    text = torn["fields"]["text"]
    assert [text[one["start"] : one["end"]] for one in marked["value"]] == text.split("\n")
    assert marked["score"] == [0.5, 0.42]


def test_blind_tells_nothing(suggested: list[Suggestion], tmp_path: Path) -> None:
    path = tmp_path / "ask.json"
    write_rows(path, rows_to_judge(suggested, ASKING, "sentence", blind=True), "label-studio")
    tasks = json.loads(path.read_text("utf-8"))
    assert all(task["predictions"] == [] and "why" not in task["data"] for task in tasks)


def test_a_table_that_is_filled_in_is_labels(suggested: list[Suggestion], tmp_path: Path) -> None:
    path = tmp_path / "ask.csv"
    write_rows(path, rows_to_judge(suggested, ASKING, "sentence", blind=False), "csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["bubble"] for row in rows] == ["", "", ""]
    for row, answer in zip(rows, ("assert", "", "none"), strict=True):
        row["bubble"] = answer
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    found = read(path)
    assert found.failures == []
    assert {row.id: dict(row.labels) for row in found.sentences} == {
        rows[0]["id"]: {"bubble": 1},
        rows[2]["id"]: {"bubble": 0},
    }
    assert {row.stratum for row in found.sentences} == {"suggested"}


def test_the_ranking_gives_reasons(suggested: list[Suggestion]) -> None:
    rows = ranking(suggested, ASKING)
    assert [set(row) for row in rows] == [set(SUGGESTION_COLUMNS)] * 2
    assert rows[0]["article_id"] == "torn"
    assert "both asserts and rejects" in str(rows[0]["why"])
