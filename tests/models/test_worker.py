"""What a worker does: batches that are the same whenever they are read, a model that must be the right one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from models.choice import ModelChoice
from models.cluster import in_order
from models.places import File, Reading
from models.worker import Batch, Job, read_batches, score_batches
from nlp.errors import CheckpointError, ClusterError, Failure
from nlp.outcome import Outcome

HOW = Reading(datetime(2024, 5, 1, tzinfo=UTC), None, {})


def batches_of(root: Path, n_articles: int) -> list[Batch]:
    path = root / "corpora/sample/en.jsonl"
    run = Batch(3, 0, (Failure("x", "read", "is empty"), File("en.jsonl", str(path), 1)), ends=True)
    return [block["batch"][0] for block in read_batches({"batch": [run]}, HOW, n_articles)]


@pytest.mark.parametrize("n_articles", [1, 7, 1000])
def test_a_run_is_cut_the_same_way_each_time(root: Path, n_articles: int) -> None:
    batches = batches_of(root, n_articles)
    assert batches == batches_of(root, n_articles)
    assert [batch.number for batch in batches] == list(range(len(batches)))
    assert [batch.ends for batch in batches] == [False] * (len(batches) - 1) + [True]
    assert len({len(batch.items) for batch in batches[:-1]} | {n_articles}) == 1
    whole = batches_of(root, 10**6)[0].items
    assert tuple(item for batch in batches for item in batch.items) == whole


def test_a_worker_with_another_model_refuses(root: Path) -> None:
    with pytest.raises(CheckpointError, match="install the same froth on every node"):
        list(score_batches({"batch": batches_of(root, 5)}, Job(ModelChoice("tfidf"), "tfidf@0")))


def test_every_article_has_an_outcome(root: Path) -> None:
    job = Job(ModelChoice("tfidf"), ModelChoice("tfidf").model_id, sentences=True)
    (batch,) = (block["batch"][0] for block in score_batches({"batch": batches_of(root, 5)[:1]}, job))
    assert isinstance(batch.items[0], Failure)
    for outcome in batch.items[1:]:
        assert isinstance(outcome, Outcome)
        assert outcome.row
        assert outcome.sketch
        assert np.isfinite(outcome.row["bubble"])
        assert len(outcome.sentences) == outcome.row["n_sentences"]


def sequence(*numbers: tuple[int, int, bool]) -> Iterable[Batch]:
    return (Batch(run, number, (), ends) for run, number, ends in numbers)


def test_batches_must_come_once_and_in_order() -> None:
    whole = [(0, 0, False), (0, 1, True), (1, 0, True)]
    assert len(list(in_order(sequence(*whole), 2))) == 3
    for wrong in (whole[:2], whole[1:], whole[::2], [*whole, whole[2]], [whole[0], *whole], whole[::-1]):
        with pytest.raises(ClusterError):
            list(in_order(sequence(*wrong), 2))
