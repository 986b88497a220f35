"""Scores on this machine: few articles in this process, many in worker processes, each of which computes alone.

Threads of one process share its interpreter, and between them leave a third of two cores idle, and more of more;
processes do not. Each worker reads with the model that it loads with its first batch. Batches are handed out and taken
back in their order, so that what comes out does not depend on how many workers there are. A worker ends when the
process that it works for is gone, however that ended.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from multiprocessing.context import BaseContext
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Protocol, Self

from nlp.errors import WorkerError

if TYPE_CHECKING:
    from models.choice import ModelChoice
    from models.outcomes import Scorer
    from nlp.outcome import Outcome
    from nlp.schema import Article

__all__ = ["FEW", "LocalWorkers", "Scoring", "n_cores", "worker_processes"]

FEW = 32
"""So many articles are read sooner here than a worker starts."""
_BATCH = 16
_AHEAD = 2
"""Batches of a worker that are on their way; so much work is lost when a run is killed."""
_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_SURROUNDINGS = {
    "PYTHONSAFEPATH": "1",  # else what lies in the working folder is imported before froth
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1"),
    "TOKENIZERS_PARALLELISM": "false",
}
IMPORTED = ("models.classifier", "models.encoder_files", "models.outcomes", "nlp.text", "spacy")
"""What workers need; imported once for all of them where the system can do so (forkserver)."""


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
        """What becomes of each article, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class LocalWorkers:
    """Scores as the scorer that `load` makes.

    Attributes:
        narratives, model_id, columns: of that scorer.
        load: a function, or a partial one, that can be pickled.
        n_workers: processes at most; with one, all is done in this one.
        device: as for `models.checkpoint.load_classifier`; what is on a GPU is read in this process.
        imported: modules that workers need, imported once for all of them where the system can do so.
    """

    narratives: tuple[str, ...]
    model_id: str
    columns: tuple[str, ...]
    load: Callable[[], Scorer]
    n_workers: int
    device: str = "cpu"
    imported: tuple[str, ...] = ()

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
        return cls(narratives, choice.model_id, columns, load, n, choice.device, IMPORTED)

    def outcomes(self, articles: Iterable[Article]) -> Iterator[Outcome]:
        """What becomes of each article, in their order.

        Raises:
            WorkerError: a worker was killed.
        """
        stream = iter(articles)
        first = list(islice(stream, FEW + 1))
        everything = chain(first, stream)
        if self.n_workers == 1 or len(first) <= FEW:
            return self.load().outcomes(everything)
        _context(self.imported)  # imports go on there while torch is imported here, to ask it for a GPU
        return self.load().outcomes(everything) if _on_gpu(self.device) else self._apart(everything)

    def _apart(self, articles: Iterator[Article]) -> Iterator[Outcome]:
        with worker_processes(self.n_workers, self.imported) as workers:
            waiting: deque[Future[list[Outcome]]] = deque()
            while batch := list(islice(articles, _BATCH)):
                waiting.append(workers.submit(_outcomes, self.load, batch))
                if len(waiting) >= _AHEAD * self.n_workers:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()


def n_cores() -> int:
    """How many cores this process may use: as many as it is bound to, or as its container has time for."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = _QUOTA.read_text().split()
        return max(1, min(bound, int(quota) // int(period)))
    except (OSError, ValueError):  # no such file, or "max": no limit
        return bound


def _on_gpu(device: str) -> bool:
    if device == "cpu":
        return False
    from models.encoder import choose_device

    return choose_device(device).type != "cpu"


def _context(imported: tuple[str, ...]) -> BaseContext:
    """How processes are started: clean ones, forked from one that has done the imports, where the system has that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(imported))
    with _one_thread_each():
        forkserver.ensure_running()
    return context


class _Workers(ProcessPoolExecutor):
    """Processes that compute with one thread each; they start with the work that is handed to them."""

    def submit(self, *work: Any, **options: Any) -> Future[Any]:  # noqa: ANN401 - handed on
        with _one_thread_each():
            return super().submit(*work, **options)


@contextmanager
def worker_processes(n_workers: int, imported: tuple[str, ...] = IMPORTED) -> Iterator[ProcessPoolExecutor]:
    """Processes that compute with one thread each; what they have not begun when the block ends is left.

    Raises:
        WorkerError: one of them was killed.
    """
    pool = _Workers(n_workers, _context(imported), initializer=_start)
    try:
        yield pool
    except BrokenProcessPool as error:
        raise WorkerError(
            "a worker process was killed, perhaps for want of memory: start the same run again, it goes on from where "
            "it was; --workers 1 needs the least memory"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes that are started within it compute with one thread, in all libraries, and import nothing from here."""
    before = {name: os.environ.get(name) for name in _SURROUNDINGS}
    os.environ.update(_SURROUNDINGS)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


# What follows runs in the workers.

_scorer: list[Scorer] = []
"""The scorer of a worker, from its first batch on."""


def _start() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a stop from the keyboard is for the process that waits
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _outcomes(load: Callable[[], Scorer], batch: list[Article]) -> list[Outcome]:
    if not _scorer:
        _scorer.append(load())
    return list(_scorer[0].outcomes(batch))
