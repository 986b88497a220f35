"""No result takes the place of what a command reads, or of another result; tables that are wrong are refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from nlp.errors import InputError
from scripts.hold_out import hold_out
from tests.commands import printed_by

Change = Callable[[pd.DataFrame], pd.DataFrame]
ARTICLES = [
    {"id": f"a{n}", "date": f"2024-02-{n:02}T10:00:00Z", "lang": "en", "title": f"t{n}", "text": f"The VIX is at {n}."}
    for n in range(1, 4)
]
LABELS = [
    {"id": str(n), "lang": "en", "text": f"Sentence {n} of a bubble.", "article": f"a{n}", "labels": {"bubble": n % 2}}
    for n in range(6)
]


@pytest.fixture
def folder(tmp_path: Path, tfidf_folder: Path, root: Path) -> Iterator[Path]:
    """Articles, their scores and trend, labels, a page, a store and a market; none may change."""
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ARTICLES), encoding="utf-8")
    (tmp_path / "l.jsonl").write_text("".join(json.dumps(row) + "\n" for row in LABELS), encoding="utf-8")
    (tmp_path / "p.html").write_text("<html><body><p>A page.</p></body></html>", encoding="utf-8")
    (tmp_path / "tfidf").symlink_to(tfidf_folder)
    (tmp_path / "market").symlink_to(root / "corpora" / "market")
    printed_by(tmp_path, "score", "a.jsonl", "--model", "tfidf", "-o", "s.csv")
    printed_by(tmp_path, "trend", "s.csv", "-o", "t.csv")
    printed_by(tmp_path, "add", "a.jsonl", "--db", "sqlite:///x.db")
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    yield tmp_path
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(
    "command",
    [
        "score a.jsonl --model tfidf -o a.jsonl",
        "score a.jsonl --model tfidf -o new.csv --sentences ./new.csv",
        "score --db sqlite:///x.db --model tfidf -o x.db",
        "claims a.jsonl --market market -o a.jsonl",
        "claims a.jsonl --market market -o new.csv --summary new.csv",
        "claims --db sqlite:///x.db --market market -o x.db",
        "trend s.csv -o s.csv",
        "trend s.csv -o new.csv --episodes new.csv",
        "report t.csv -o t.csv",
        "report t.csv --figure s.csv --scores s.csv",
        "extract p.html -o p.html",
        "labels l.jsonl -o l.jsonl",
        "suggest a.jsonl --labelled l.jsonl --model tfidf -o l.jsonl",
        "evaluate l.jsonl --model tfidf -o l.jsonl",
        "drift a.jsonl l.jsonl --no-model -o l.jsonl",
        "curve l.jsonl --test l.jsonl -o l.jsonl --without-setfit",
    ],
)
def test_what_is_read_is_never_written_over(folder: Path, command: str) -> None:
    assert "choose another name to write to" in printed_by(folder, *command.split(), code=1)
    assert not (folder / "new.csv").exists()


def test_a_run_spares_what_it_reads(folder: Path) -> None:
    (folder / "scores.csv").write_bytes((folder / "s.csv").read_bytes())
    assert "choose another name" in printed_by(folder, "run", "scores.csv", "--model", "tfidf", "-o", ".", code=1)


def test_labels_held_out_do_not_go_where_they_came_from(folder: Path) -> None:
    with pytest.raises(InputError, match="choose another name"):
        hold_out([folder / "l.jsonl"], folder / "kept.jsonl", folder / "l.jsonl")


def test_a_mistyped_database_is_not_made(folder: Path) -> None:
    for command in ("score --model tfidf -o new.csv", "trend -o new.csv", "claims --market market -o new.csv"):
        said = printed_by(folder, *command.split(), "--db", "sqlite:///typo/froth.db", code=1)
        assert "there is no database typo/froth.db" in said
    assert not (folder / "typo").exists()


@pytest.mark.parametrize("db", ["new/froth.db", "sqlite:///new/froth.db"])
def test_the_folder_of_a_database_is_made(folder: Path, db: str) -> None:
    printed_by(folder, "add", "a.jsonl", "--db", db)
    assert (folder / "new" / "froth.db").is_file()


@pytest.mark.parametrize(
    ("out", "reason"),
    [
        ("", "name is empty"),
        ("new/failures.csv", "what went wrong"),
        ("x.csv.gz", ".csv, .parquet"),
        ("x.xlsx", "ends in"),
    ],
)
def test_a_name_that_cannot_hold_the_result_is_refused(folder: Path, out: str, reason: str) -> None:
    assert reason in printed_by(folder, "score", "a.jsonl", "--model", "tfidf", "-o", out, code=1)
    assert reason in printed_by(folder, "trend", "s.csv", "-o", out, code=1)


def test_pages_become_json_lines_once_each(folder: Path) -> None:
    assert "ends in .jsonl" in printed_by(folder, "extract", "p.html", "-o", "new.csv", code=1)
    assert "more than once: p.html" in printed_by(folder, "extract", "p.html", "p.html", "-o", "new.jsonl", code=1)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda table: table.assign(bubble="abc"), "row 2: bubble is abc, no number from 0 to 1"),
        (lambda table: table.assign(bubble=1.7), "row 2: bubble is 1.7"),
        (lambda table: table.assign(bubble_stance=-3), "no number from -1 to 1"),
        (lambda table: table.drop(columns="bubble_stance"), "lacks the column bubble_stance"),
        (lambda table: table.drop(columns="bubble"), "lacks the column bubble:"),
    ],
)
def test_scores_that_are_none_are_refused(folder: Path, change: Change, reason: str) -> None:
    change(pd.read_csv(folder / "s.csv")).to_csv(folder / "other.csv", index=False)
    assert reason in printed_by(folder, "trend", "other.csv", "-o", "new.csv", code=1)


def test_a_model_that_is_replaced_takes_nobody_elses_file_along(folder: Path) -> None:
    (folder / "mine.jsonl").write_bytes((folder / "l.jsonl").read_bytes())
    train = ("train", "l.jsonl", "--base", "tfidf", "-o")
    printed_by(folder, *train, "m")
    assert "is replaced when the new one is complete" in printed_by(folder, *train, "m")
    (folder / "mine.jsonl").rename(folder / "m" / "mine.jsonl")
    assert "holds mine.jsonl beside its model" in printed_by(folder, *train, "m", code=1)
    (folder / "m" / "mine.jsonl").rename(folder / "mine.jsonl")
    assert "is the base and would be replaced" in printed_by(
        folder, "train", "l.jsonl", "--base", "m", "--method", "head", "-o", "./m", code=1
    )


def test_labels_as_pandas_writes_a_column_with_gaps(folder: Path) -> None:
    table = pd.DataFrame({"id": list("1234"), "text": ["A bubble.", "Rain.", "No bubble.", "Snow."]})
    table.assign(bubble=[1.0, 0.0, -1.0, None]).to_csv(folder / "f.csv", index=False)
    printed_by(folder, "labels", "f.csv", "-o", "f.jsonl")
    rows = [json.loads(line) for line in (folder / "f.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["labels"] for row in rows] == [{"bubble": 1}, {"bubble": 0}, {"bubble": -1}]
    (folder / "g.jsonl").write_text(json.dumps({**LABELS[0], "labels": {"bubble": -1.0}}) + "\n", encoding="utf-8")
    printed_by(folder, "labels", "g.jsonl", "-o", "h.jsonl")
    assert json.loads((folder / "h.jsonl").read_text(encoding="utf-8"))["labels"] == {"bubble": -1}


def test_labels_go_where_their_form_says(folder: Path) -> None:
    assert "no name for --to froth" in printed_by(folder, "labels", "l.jsonl", "-o", "x.csv", code=1)
    assert "no name for --to csv" in printed_by(folder, "labels", "l.jsonl", "--to", "csv", "-o", "x.jsonl", code=1)
    assert "froth labels makes these" in printed_by(folder, "train", "t.csv", "--base", "tfidf", "-o", "m", code=1)
