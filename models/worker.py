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

from models.outcomes import Outcome, Scorer
from models.places import File

if TYPE_CHECKING:
    from models.arithmetic import Precision
    from models.places import Reading
    from models.shards import Landing

__all__ = ["Batch", "Job", "read_batches", "score_batches"]


@dataclass(frozen=True, slots=True)
class Job:
    """What every worker is told, beside its batch; `landing` where it writes its results itself."""

    model: str
    model_id: str
    device: str
    precision: Precision
    screened: bool
    baselines: bool
    n_threads: int
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
        yield _column(_landed(replace(batch, items=tuple(scorer.outcomes(batch.items))), job.landing))


@lru_cache(maxsize=1)
def _scorer(job: Job) -> Scorer:
    """The model, once a process."""
    scorer = Scorer(
        job.model,
        job.model_id,
        device=job.device,
        precision=job.precision,
        screened=job.screened,
        baselines=job.baselines,
    )
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
