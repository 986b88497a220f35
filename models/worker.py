"""What a worker of a cluster does: reads files into batches, scores batches, and keeps its model from one to the next.

Blocks of one row, which is a batch, come in and go out; how they are handed out is `models.cluster`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import count, islice
from typing import TYPE_CHECKING, Any

import numpy as np

from models.outcomes import load_scorer
from models.places import File
from nlp.errors import CheckpointError, Failure
from nlp.outcome import Outcome

if TYPE_CHECKING:
    from models.choice import ModelChoice
    from models.outcomes import Scorer
    from models.places import Reading
    from models.shards import Landing

__all__ = ["Batch", "Job", "read_batches", "score_batches"]


@dataclass(frozen=True, slots=True)
class Job:
    """What every worker is told, beside its batch.

    Attributes:
        choice: the model; its folder is at the same path everywhere.
        model_id: of that model where the run began.
        baselines, sentences: whether they are wanted.
        n_threads: of a worker.
        landing: where it writes its results itself.
    """

    choice: ModelChoice
    model_id: str
    baselines: bool = False
    sentences: bool = False
    n_threads: int = 1
    landing: Landing | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Items that were read or scored together.

    Attributes:
        run, number: which of what run of files; the same whenever the same input is read.
        ends: whether it is the last of its run.
    """

    run: int
    number: int
    items: tuple[Any, ...]
    ends: bool

    @property
    def name(self) -> str:
        """Run and number; names sort as the batches follow each other."""
        return f"{self.run:06}-{self.number:08}"


def _column(batch: Batch) -> dict[str, Any]:
    """A block of one row, the batch, as it is."""
    column = np.empty(1, object)
    column[0] = batch
    return {"batch": column}


def read_batches(rows: Mapping[str, Any], how: Reading, n_articles: int) -> Iterator[dict[str, Any]]:
    """Batches of what a run of files holds, the last of them perhaps an empty one."""
    for batch in rows["batch"]:
        items = (item for one in batch.items for item in (one.read(how) if isinstance(one, File) else [one]))
        for number in count():
            taken = tuple(islice(items, n_articles))
            yield _column(Batch(batch.run, number, taken, ends=len(taken) < n_articles))
            if len(taken) < n_articles:
                break


def score_batches(rows: Mapping[str, Any], job: Job) -> Iterator[dict[str, Any]]:
    """Batches of items as batches of what becomes of them."""
    scorer = _scorer(replace(job, landing=None))
    for batch in rows["batch"]:
        outcomes = scorer.outcomes(item for item in batch.items if not isinstance(item, Failure))
        items = tuple(item if isinstance(item, Failure) else next(outcomes) for item in batch.items)
        yield _column(_landed(replace(batch, items=items), job.landing))


@lru_cache(maxsize=1)
def _scorer(job: Job) -> Scorer:
    """The model, once a process.

    Raises:
        CheckpointError: it cannot be loaded, or is another than the run began with.
    """
    found = job.choice.model_id
    if found != job.model_id:
        raise CheckpointError(
            f"this worker has {found} under the name {job.choice.model}, the run is one of {job.model_id}: "
            "install the same froth on every node"
        )
    scorer = load_scorer(job.choice, baselines=job.baselines, sentences=job.sentences)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(job.n_threads)
    return scorer


def _landed(batch: Batch, landing: Landing | None) -> Batch:
    """The batch, its rows written and taken out where there is a landing."""
    if landing is None:
        return batch
    landing.land(f"{batch.name}.parquet", [item for item in batch.items if isinstance(item, Outcome)])
    bare = (replace(i, row=None, sentences=()) if isinstance(i, Outcome) else i for i in batch.items)
    return replace(batch, items=tuple(bare))
