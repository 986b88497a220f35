"""`froth suggest` as a person runs it: articles and labels in, a file to annotate out."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from nlp.labelled import LabelledSentence, read_labelled, write_labelled
from tests.commands import printed_by


def test_files_become_tasks_with_reasons(root: Path, tfidf_folder: Path, tmp_path: Path) -> None:
    sample = root / "corpora" / "sample" / "en.jsonl"
    first, second = [json.loads(line) for line in sample.read_text("utf-8").splitlines()[:2]]
    known = [LabelledSentence(id="k", lang="en", text="x", article=first["id"], labels={"bubble": 0})]
    write_labelled(tmp_path / "gold.jsonl", known)
    command = ["suggest", sample, "-n", 6, "--model", tfidf_folder, "--labelled", "gold.jsonl", "--at-random", ".5"]
    printed = printed_by(tmp_path, *command, "-o", "ask.json", "--ranking", "ranking.csv", "--sentences", 2)
    tasks = json.loads((tmp_path / "ask.json").read_text("utf-8"))
    ranking = pd.read_csv(tmp_path / "ranking.csv")
    assert first["id"] not in set(ranking["article_id"])
    assert ranking["stratum"].tolist() == ["suggested"] * 3 + ["random"] * 3
    assert ranking["n_asked"].sum() == len(tasks) <= 12
    assert {task["data"]["article"] for task in tasks} == set(ranking["article_id"])
    assert all(task["predictions"] for task in tasks)
    assert "added 6, skipped" in printed.splitlines()[-1]
    printed_by(tmp_path, *command, "-o", "ask.jsonl", "--to", "froth")
    rows = read_labelled([tmp_path / "ask.jsonl"], bare=True)
    assert all(not row.labels and row.article != first["id"] for row in rows)
    assert second["id"]


def test_a_store_is_read_once(root: Path, tfidf_folder: Path, tmp_path: Path) -> None:
    printed_by(tmp_path, "add", root / "corpora" / "sample" / "zh_hans.jsonl")
    command = ["suggest", "-n", 3, "--model", tfidf_folder, "--unit", "article", "--to", "doccano", "-o", "ask.jsonl"]
    printed_by(tmp_path, *command)
    first = (tmp_path / "ask.jsonl").read_bytes()
    printed_by(tmp_path, *command)
    assert (tmp_path / "ask.jsonl").read_bytes() == first
    rows = [json.loads(line) for line in first.decode().splitlines()]
    assert len(rows) == 3
    assert all(row["label"] == [] and row["unit"] == "article" for row in rows)


def test_nothing_left_to_label_is_said(root: Path, tfidf_folder: Path, tmp_path: Path) -> None:
    sample = root / "corpora" / "sample" / "en.jsonl"
    names = [json.loads(line)["id"] for line in sample.read_text("utf-8").splitlines()]
    write_labelled(
        tmp_path / "gold.jsonl",
        [LabelledSentence(id=n, lang="en", text=n, article=n, labels={"bubble": 0}) for n in names],
    )
    command = ["suggest", sample, "--model", tfidf_folder, "--labelled", "gold.jsonl"]
    assert "are labelled" in printed_by(tmp_path, *command, code=1)
    assert not (tmp_path / "suggested.json").exists()
