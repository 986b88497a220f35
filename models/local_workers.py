"""Scores on this machine: few articles in this process, many in worker processes (`nlp.processes`).

Each worker reads with the model that it loads with its first batch, and what it makes of a batch is handed on as soon
as it is there. So the outcomes, but not their order, are the same whatever the number of workers.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, as_completed, wait
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Protocol, Self

from nlp.processes import n_cores, start_imports, worker_pool

if TYPE_CHECKING:
    from models.choice import ModelChoice
    from models.outcomes import Scorer
    from nlp.outcome import Outcome
    from nlp.schema import Article

__all__ = ["FEW", "MODEL_MODULES", "LocalWorkers", "Scoring"]

FEW = 32
"""So many articles are read sooner here than a worker starts."""
MODEL_MODULES = ("models.classifier", "models.encoder_files", "models.outcomes", "nlp.text", "spacy")
"""What a process that reads articles imports; done once for all of them where the system can do so."""
_BATCH = 16
_AHEAD = 2
"""Batches handed to each worker: one to read, one to go on with."""


class Scoring(Protocol):
    """What scores a stream of articles (`models.outcomes.Scorer`, or workers)."""

    @property
    def narratives(self) -> tuple[str, ...]:
        """Those that are looked for."""
        ...

    @property
    def model_id(self) -> str:
        """Of every score."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """Those of baselines beside the scores, if there are any."""
        ...

    def outcomes(self, articles: Iterable[Article]) -> Iterator[Outcome]:
        """What becomes of each article, in any order."""
        ...


@dataclass(frozen=True, slots=True)
class LocalWorkers:
    """Scores as the scorer that `load` makes.

    Attributes:
        narratives, model_id, columns: of that scorer.
        load: a function, or a partial one, that can be pickled.
        n_workers: processes at most; with one, all is done in this one.
        device: as for `models.checkpoint.load_classifier`; what is on a GPU is read in this process.
        modules: what workers import.
    """

    narratives: tuple[str, ...]
    model_id: str
    columns: tuple[str, ...]
    load: Callable[[], Scorer]
    n_workers: int
    device: str = "cpu"
    modules: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, choice: ModelChoice, *, baselines: bool = False, sentences: bool = False, n_workers: int | None = None
    ) -> Self:
        """Workers with a model, with baselines and rows of sentences where they are wanted; by default one a core."""
        from models.outcomes import load_scorer
        from nlp.columns import baseline_columns

        narratives = choice.narratives
        load = partial(load_scorer, choice, baselines=baselines, sentences=sentences)
        columns = baseline_columns(narratives) if baselines else ()
        n = n_workers or n_cores()
        return cls(narratives, choice.model_id, columns, load, n, choice.device, MODEL_MODULES)

    def outcomes(self, articles: Iterable[Article]) -> Iterator[Outcome]:
        """What becomes of each article, a batch after another in any order.

        Raises:
            WorkerError: a worker was killed.
        """
        stream = iter(articles)
        first = list(islice(stream, FEW + 1))
        everything = chain(first, stream)
        if self.n_workers == 1 or len(first) <= FEW:
            return self.load().outcomes(everything)
        start_imports(self.modules)  # they go on while torch is imported here, to ask it for a GPU
        return self.load().outcomes(everything) if _on_gpu(self.device) else self._apart(everything)

    def _apart(self, articles: Iterator[Article]) -> Iterator[Outcome]:
        with worker_pool(self.n_workers, self.modules) as workers:
            waiting: set[Future[list[Outcome]]] = set()
            while batch := list(islice(articles, _BATCH)):
                waiting.add(workers.submit(_outcomes, self.load, batch))
                if len(waiting) >= _AHEAD * self.n_workers:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield from future.result()
            for future in as_completed(waiting):
                yield from future.result()


def _on_gpu(device: str) -> bool:
    if device == "cpu":
        return False
    from models.encoder import choose_device

    return choose_device(device).type != "cpu"


_scorer: list[Scorer] = []
"""The scorer of a worker process, from its first batch on."""


def _outcomes(load: Callable[[], Scorer], batch: list[Article]) -> list[Outcome]:
    if not _scorer:
        _scorer.append(load())
        gc.collect()
        gc.freeze()  # what is loaded stays: it is not looked through for garbage again and again
    return list(_scorer[0].outcomes(batch))
