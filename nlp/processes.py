"""Processes on this machine that compute side by side: handed work piece by piece, or doing the same as this one.

Threads of one process share its interpreter, and between them leave a third of two cores idle, and more of more;
processes do not. Each computes with one thread, and ends when the process that it works for is gone, however that
ended.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from nlp.errors import WorkerError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext, SpawnContext
    from multiprocessing.process import BaseProcess

__all__ = ["Helper", "WorkerPool", "helpers", "n_cores", "start_imports", "worker_pool"]

_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_MOST_ON_WINDOWS = 60
_SURROUNDINGS = {
    "PYTHONSAFEPATH": "1",  # else what lies in the working folder is imported before froth
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1"),
    "TOKENIZERS_PARALLELISM": "false",
}


def n_cores() -> int:
    """How many cores this process may use: as many as it is bound to, or as its container has time for."""
    if not hasattr(os, "sched_getaffinity"):
        return min(os.cpu_count() or 1, _MOST_ON_WINDOWS)
    bound = len(os.sched_getaffinity(0))
    try:
        quota, period = _QUOTA.read_text().split()
        return max(1, min(bound, int(quota) // int(period)))
    except (OSError, ValueError):  # no such file, or "max": no limit
        return bound


class WorkerPool(ProcessPoolExecutor):
    """Processes that compute with one thread each; they start with the work that is handed to them."""

    def submit(self, *work: Any, **options: Any) -> Future[Any]:  # noqa: ANN401 - handed on
        """See `ProcessPoolExecutor`."""
        with _one_thread_each():
            return super().submit(*work, **options)


@contextmanager
def worker_pool(
    n_workers: int, modules: tuple[str, ...], begin: Callable[..., object] | None = None, *told: object
) -> Iterator[WorkerPool]:
    """Processes to hand work to; what they have not begun when the block ends is left.

    Args:
        n_workers: how many at most.
        modules: what they import.
        begin: what each calls first, with what it is `told`.
        told: see there.

    Raises:
        WorkerError: one of them was killed.
    """
    pool = WorkerPool(n_workers, start_imports(modules), initializer=partial(_begin, begin, *told))
    try:
        yield pool
    except BrokenProcessPool as error:
        raise WorkerError(
            "a worker process was killed, perhaps for want of memory: start the same run again, scores go on from "
            "where they were; --workers 1 needs the least memory"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, slots=True)
class Helper:
    """A process that helps, and where its result comes from."""

    process: BaseProcess
    connection: Connection

    def result(self) -> Any:  # noqa: ANN401 - of any work
        """What its work gave, waited for; None where it ended early."""
        try:
            return self.connection.recv()
        except EOFError:
            return None


@contextmanager
def helpers(n: int, modules: tuple[str, ...], work: Callable[..., Any], *told: object) -> Iterator[list[Helper]]:
    """Processes that work while the block runs; an error in the block ends them at once.

    Args:
        n: how many.
        modules: what they import.
        work: what each does, a function that can be pickled.
        told: its arguments.
    """
    context, running = start_imports(modules), list[Helper]()
    try:
        for _ in range(n):
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_help, args=(theirs, work, told), daemon=True)
            with _one_thread_each():
                process.start()
            theirs.close()
            running.append(Helper(process, ours))
        yield running
    except BaseException:
        for helper in running:
            helper.process.terminate()
        raise
    finally:
        for helper in running:
            helper.process.join()


def start_imports(modules: tuple[str, ...]) -> ForkServerContext | SpawnContext:
    """How processes are started: clean ones, forked from one that imports `modules` from now on.

    Where the system cannot fork safely, or that one was started before for other modules, each imports for itself.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods() or sys.platform == "darwin":
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(modules))
    with _one_thread_each():
        forkserver.ensure_running()
    return context


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


# What follows runs in the processes.


def _begin(begin: Callable[..., object] | None = None, *told: object) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a stop from the keyboard is for the process that waits
    Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin(*told)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _help(connection: Connection, work: Callable[..., Any], told: tuple[object, ...]) -> None:
    _begin()
    connection.send(work(*told))
