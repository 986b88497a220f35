"""Scoring through a work file: killed anywhere and started again, it gives what it would have given."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from models.outcomes import Scorer
from models.scoring import BATCH_ARTICLES
from nlp.errors import InputError
from scripts.console import Tally
from scripts.measure_memory import RuleClassifier, made_articles, rule_scorer
from scripts.score_files import Wanted, score_files

N = 6 * BATCH_ARTICLES + 5
DRIVER = """
import sys, time
from pathlib import Path
from scripts.console import Tally
from models.outcomes import Scorer
from scripts.measure_memory import RuleClassifier
from scripts.score_files import Wanted, score_files

class Counted(RuleClassifier):
    def predict_with_vectors(self, passages):
        with open(sys.argv[3], "a") as file:
            file.write("x" * len(passages))
        time.sleep(0.1)
        return super().predict_with_vectors(passages)

out = Path(sys.argv[2])
score_files([sys.argv[1]], Wanted(out, out.with_name("sentences.csv")), Scorer(Counted(), sentences=True), Tally())
"""


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("in") / "articles.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in made_articles(N)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def unbroken(articles: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("unbroken") / "scores.csv"
    score_files([str(articles)], Wanted(out, out.with_name("sentences.csv")), rule_scorer(sentences=True), Tally())
    assert pd.read_csv(out)["article_id"].tolist() == [row["id"] for row in made_articles(N)]
    return files_of(out.parent)


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def started(articles: Path, folder: Path) -> subprocess.Popen[bytes]:
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-c", DRIVER, str(articles), str(folder / "scores.csv"), str(folder.with_suffix(".n"))]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)


def killed_after(articles: Path, folder: Path, n_scored: int, seconds: float) -> int:
    """Kills a run so many seconds after it has begun to score so many articles.

    Returns how many the next may read again: all where the tables stood already, which is a new run.
    """
    process, counter = started(articles, folder), folder.with_suffix(".n")
    while process.poll() is None and not (counter.exists() and counter.stat().st_size >= n_scored):
        time.sleep(0.005)
    time.sleep(seconds)
    process.kill()
    process.wait()
    return BATCH_ARTICLES if (folder / ".scores.csv.work").exists() else N


def check(articles: Path, folder: Path, unbroken: dict[str, bytes], kills: list[tuple[int, float]]) -> None:
    n_again = sum(killed_after(articles, folder, *kill) for kill in kills)
    assert started(articles, folder).wait() == 0
    assert files_of(folder) == unbroken
    assert folder.with_suffix(".n").stat().st_size <= N + n_again


def test_a_killed_run_goes_on(articles: Path, unbroken: dict[str, bytes], tmp_path: Path) -> None:
    """Two processes, with seconds of imports each."""
    check(articles, tmp_path / "killed", unbroken, [(3 * BATCH_ARTICLES, 0.05)])


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.8, 1.0])
@pytest.mark.parametrize("seconds", [0.0, 0.03, 0.11, 0.3])
def test_killed_anywhere(
    articles: Path, unbroken: dict[str, bytes], tmp_path: Path, share: float, seconds: float
) -> None:
    check(articles, tmp_path / "killed", unbroken, [(int(share * N / 2), seconds / 2), (int(share * N), seconds)])


class Stopped(RuleClassifier):
    """Is interrupted at its second batch."""

    n = 0

    def predict_with_vectors(self, passages):
        self.n += 1
        if self.n > 1:
            raise KeyboardInterrupt
        return super().predict_with_vectors(passages)


def test_what_changed_since_is_said(articles: Path, tmp_path: Path) -> None:
    wanted, own = Wanted(tmp_path / "s.csv"), tmp_path / "articles.jsonl"
    own.write_bytes(articles.read_bytes())
    with pytest.raises(KeyboardInterrupt):
        score_files([str(own)], wanted, Scorer(Stopped()), Tally())
    other = RuleClassifier()
    other.model_id = "rule@1"
    with pytest.raises(InputError, match=r"the model was rule@0, now rule@1.*or delete the file"):
        score_files([str(own)], wanted, Scorer(other), Tally())
    own.write_text(own.read_text().replace("Title 7", "Title 8"))
    with pytest.raises(InputError, match="the input was"):
        score_files([str(own)], wanted, rule_scorer(), Tally())
    own.write_bytes(articles.read_bytes())
    tally = Tally()
    score_files([str(own)], wanted, rule_scorer(), tally)
    assert tally.n_added == N
    assert sorted(path.name for path in tmp_path.iterdir()) == ["articles.jsonl", "s.csv"]


def test_an_id_that_comes_twice(tmp_path: Path) -> None:
    rows = [("a", "One."), ("b", "Two."), ("a", "One."), ("b", "Another.")]
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in rows))
    tally = Tally()
    score_files([str(path)], Wanted(tmp_path / "s.csv"), rule_scorer(), tally)
    assert (tally.n_added, tally.n_skipped, len(tally.failures)) == (2, 1, 1)
    assert pd.read_csv(tmp_path / "s.csv")["article_id"].tolist() == ["a", "b"]
