"""Scoring a store with helper processes: the same scores, everybody's failures, and an end with the one that asked."""

from __future__ import annotations

import multiprocessing
import os
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.local_workers import FEW
from nlp.schema import Article
from nlp.store import Store
from nlp.store.work import BATCH_ARTICLES
from scripts.console import Tally
from scripts.measure_memory import RuleClassifier, made_articles
from scripts.score_store import Shared, score_store

N = 6 * BATCH_ARTICLES
BAD = "unreadable"


class Picky(RuleClassifier):
    """Tells its process and takes its time; cannot read what says so."""

    def __init__(self, pids: str, seconds: float = 0.05) -> None:
        super().__init__()
        self._pids, self._seconds = pids, seconds

    def predict_with_vectors(self, passages):
        with Path(self._pids).open("a") as file:
            file.write(f"{os.getpid()}\n")
        if any(BAD in text for passage in passages for text in passage.sentences):
            raise ValueError(BAD)
        time.sleep(self._seconds if len(passages) > 1 else 0)
        return super().predict_with_vectors(passages)


class Accompanied(Picky):
    """Reads when another process has begun to."""

    def predict_with_vectors(self, passages):
        has_others_by = time.monotonic() + 60
        while not Path(self._pids).exists() and time.monotonic() < has_others_by:
            time.sleep(0.05)
        return super().predict_with_vectors(passages)


@dataclass(frozen=True)
class Choice:
    """Stands for a model's options, which helpers load."""

    pids: str
    seconds: float = 0.05
    after_failure_in: str | None = None

    def load(self) -> Picky:
        if self.seconds < 0:
            raise MemoryError
        if self.after_failure_in:
            with Store.open(self.after_failure_in) as store:
                while not store.failures("rule@0"):
                    time.sleep(0.05)
        return Picky(self.pids, self.seconds)


def store_of(path: Path, n_bad: int = 0) -> str:
    rows = [{**row, "published": None} for row in made_articles(N)]
    for number, row in enumerate(rows[:n_bad]):
        row["text"] = f"This {BAD} note has the number {number}."
    with Store.open(f"sqlite:///{path}") as store:
        store.add(Article.create(**row) for row in rows)
        return f"sqlite:///{path}"


def test_helpers_share_the_work_and_tell_all(tmp_path: Path) -> None:
    db, pids = store_of(tmp_path / "a.db", n_bad=3), str(tmp_path / "pids")
    tally = Tally()
    score_store(db, Accompanied(pids), tally, to_the_end=True, shared=Shared(Choice(pids), 3))
    assert len(set(Path(pids).read_text().split())) > 1
    with Store.open(db) as store:
        assert len(list(store.scores("rule@0"))) == N - 3 == tally.n_added
    assert len({failure.item for failure in tally.failures}) == len(tally.failures) == 3


def test_what_one_process_of_a_run_could_not_read_no_other_tries(tmp_path: Path) -> None:
    db, pids = store_of(tmp_path / "a.db", n_bad=3), str(tmp_path / "pids")
    late = Choice(pids, after_failure_in=db)
    tally = Tally()
    score_store(db, Picky(pids, 1.0), tally, to_the_end=True, shared=Shared(late, 2))
    assert len({failure.item for failure in tally.failures}) == len(tally.failures) == 3
    again = Tally()
    score_store(db, RuleClassifier(), again, to_the_end=True)  # a run of its own tries it again
    assert (again.n_added, again.failures) == (3, [])


def test_helpers_that_end_early_stop_nobody(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    db, pids = store_of(tmp_path / "a.db"), str(tmp_path / "pids")
    tally = Tally()
    score_store(db, Picky(pids), tally, to_the_end=True, shared=Shared(Choice(pids, -1), 2))
    assert tally.n_added == N
    assert "a worker process ended early" in capfd.readouterr().err


def test_helpers_end_with_an_error_of_the_one_they_help(tmp_path: Path) -> None:
    db, pids = store_of(tmp_path / "a.db"), tmp_path / "pids"

    class Stopped(Picky):
        def predict_with_vectors(self, passages):
            while not (pids.exists() and pids.stat().st_size):
                time.sleep(0.05)  # until a helper is at work
            raise KeyboardInterrupt

    before, started = set(multiprocessing.active_children()), time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        score_store(db, Stopped(str(pids)), Tally(), to_the_end=True, shared=Shared(Choice(str(pids), 60.0), 2))
    assert time.monotonic() - started < 40
    assert set(multiprocessing.active_children()) <= before


def test_as_many_as_have_something_to_do() -> None:
    shared, classifier = Shared(Choice(""), 8), RuleClassifier()
    assert shared.n_helpers(FEW, classifier) == 0
    assert shared.n_helpers(FEW + 1, classifier) == 1
    assert shared.n_helpers(100 * BATCH_ARTICLES, classifier) == 7
