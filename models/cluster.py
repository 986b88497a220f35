"""Scores on a Ray cluster, as many articles as it has workers for: the one module that knows Ray.

Files are read by tasks and cut into batches, and the batches scored by tasks, which Ray Data hands out and does again
where a worker or a node is lost. A worker process loads the model with its first batch and keeps it. Tasks and not an
actor pool: a task goes to any node that is left, the tasks of a lost actor wait until it has its CPUs back, which on a
full cluster is never. What the tasks do is `models.worker`.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.worker import Batch, read_batches, score_batches
from nlp.errors import ClusterError, Failure, FrothError, MissingExtraError

if TYPE_CHECKING:
    from models.places import File, Reading
    from models.shards import Landing
    from models.worker import Job

__all__ = ["Workers", "connected", "finish_shards", "in_order", "scored_batches"]

_OBJECT_STORE = 512 << 20
"""Bytes for what is on its way; a few hundred batches. The default, a third of the memory, is more than containers
have under /dev/shm."""
_ADVICE = "Failed to apply UDF"
"""How Ray Data's own words begin, which it puts after ours."""
_CPUS_PER_READER = 8
_MOST_BLOCKS = 4096
_SURROUNDINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # else workers under `uv run` install an environment of their own
    "RAY_DATA_LOG_LEVEL": "CRITICAL",
    "RAY_worker_niceness": "0",  # as the local engine has it; else workers yield to everything on the machine
}


@dataclass(frozen=True, slots=True)
class Workers:
    """What to score with.

    Attributes:
        address: of a running cluster; None for one on this machine, for this run.
        n_workers: how many batches are scored at once; None for as many as there are CPUs (or GPUs) for.
        n_cpus, n_gpus: of each worker.
        batch: articles that are handed out, and done again, together.
    """

    address: str | None = None
    n_workers: int | None = None
    n_cpus: float = 1
    n_gpus: float = 0
    batch: int = 256


@contextmanager
def connected(workers: Workers) -> Iterator[None]:
    """A connection to the cluster, or a cluster of this machine's, which ends with it.

    Nothing is reported to anyone and no dashboard is served; a cluster of our own listens on the loopback only.

    Raises:
        MissingExtraError: Ray is not installed.
        ClusterError: no such cluster, or work that failed on it for good.
    """
    for name, value in _SURROUNDINGS.items():
        os.environ.setdefault(name, value)
    try:
        import ray
        from ray.data import DataContext
        from ray.exceptions import RayError
    except ImportError as error:
        raise MissingExtraError(
            f"--engine ray needs Ray, which cannot be imported ({error}): install it with "
            "pip install 'froth-narratives[ray]'",
            extra="ray",
        ) from error
    if workers.address:
        _check_listening(workers.address)
    try:
        ray.init(**_start(workers))
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise ClusterError(
            f"no Ray cluster at {workers.address or 'this machine'} ({error}): start one with `ray start --head`, or "
            "leave --ray-address and RAY_ADDRESS out"
        ) from error
    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.target_max_block_size = 1  # every row, that is every batch, is handed out by itself
    context.execution_options.preserve_order = True
    try:
        yield
    except RayError as error:
        cause = getattr(error, "cause", None)
        why = str(cause) if isinstance(cause, FrothError) else f"{type(error).__name__}: {error}"
        raise ClusterError(f"a worker of the cluster could not go on: {why.partition(_ADVICE)[0].strip()}") from error
    finally:
        ray.shutdown()


def _check_listening(address: str) -> None:
    """Refuses the HOST:PORT of nothing, for which Ray would wait several minutes."""
    host, _, port = address.rpartition(":")
    if not port.isdecimal() or "/" in host:
        return
    try:
        socket.create_connection((host, int(port)), timeout=10).close()
    except OSError as error:
        raise ClusterError(
            f"nothing listens at {address} ({error}): give the address that `ray start --head` printed"
        ) from error


def _start(workers: Workers) -> dict[str, Any]:
    """How Ray is started."""
    quiet = {"log_to_driver": False, "logging_level": "error", "configure_logging": True}
    if workers.address:
        packages = _checkout()
        return {**quiet, "address": workers.address, "runtime_env": {"py_modules": packages} if packages else None}
    n_cpus = None if workers.n_workers is None else max(1, round(workers.n_workers * workers.n_cpus))
    ours = {"include_dashboard": False, "_node_ip_address": "127.0.0.1", "object_store_memory": _OBJECT_STORE}
    return {**quiet, **ours, "address": "local", "num_cpus": n_cpus}


def _checkout() -> list[str]:
    """The folders of froth's packages where it runs from a checkout: other nodes get them from here."""
    import models

    root = Path(str(models.__file__)).resolve().parents[1]
    installed = "site-packages" in root.parts or "dist-packages" in root.parts
    return [] if installed else [str(root / name) for name in ("nlp", "scrapers", "models", "scripts")]


def scored_batches(
    runs: Iterable[tuple[File | Failure, ...]], how: Reading, job: Job, workers: Workers
) -> Iterator[Batch]:
    """What becomes of all that some runs of files hold, in their order; give it what `connected` gave a cluster to.

    Items are `Outcome`s and `Failure`s; where the job has a landing, outcomes come without the rows, which are parts
    there under the batch's name.
    """
    import ray

    pieces = [{"batch": Batch(number, 0, run, ends=True)} for number, run in enumerate(runs)]
    if not pieces:
        return
    n_blocks = min(len(pieces), _MOST_BLOCKS)
    scored = (
        ray.data.from_items(pieces, override_num_blocks=n_blocks)
        .map_batches(
            partial(read_batches, how=how, n_articles=workers.batch),
            batch_size=1,
            batch_format="numpy",
            num_cpus=0,  # it must go on where scoring has all CPUs
            concurrency=min(n_blocks, max(2, int(ray.cluster_resources().get("CPU", 0)) // _CPUS_PER_READER)),
        )
        .map_batches(
            partial(score_batches, job=job),
            batch_size=1,
            batch_format="numpy",
            num_cpus=workers.n_cpus,
            num_gpus=workers.n_gpus,
            concurrency=workers.n_workers,
            max_calls=0,  # else a process that used a GPU, and its model with it, would end with the first batch
        )
    )
    yield from in_order(
        (batch for rows in scored.iter_batches(batch_size=None, batch_format="numpy") for batch in rows["batch"]),
        len(pieces),
    )


def in_order(batches: Iterable[Batch], n_runs: int) -> Iterator[Batch]:
    """The batches, if they are all there once and in their order.

    Raises:
        ClusterError: they are not, which would be a fault of Ray's or ours, and the results worth nothing.
    """
    expected = (0, 0)
    for batch in batches:
        if (batch.run, batch.number) != expected:
            raise ClusterError(f"the cluster gave batch {batch.run}, {batch.number} where {expected} was to come")
        expected = (batch.run + 1, 0) if batch.ends else (batch.run, batch.number + 1)
        yield batch
    if expected != (n_runs, 0):
        raise ClusterError(f"the cluster ended before batch {expected} of {n_runs} runs of files")


def finish_shards(landing: Landing, story_by_place_by_name: Mapping[str, Mapping[int, str]]) -> None:
    """Makes the shards of all parts, by their names."""
    import ray

    finish = ray.remote(_finish)
    kept = ray.put(landing)
    waiting: list[Any] = []
    for name, story_by_place in story_by_place_by_name.items():
        if len(waiting) >= 1000:
            done, waiting = ray.wait(waiting, num_returns=500)
            ray.get(done)
        waiting.append(finish.remote(kept, f"{name}.parquet", story_by_place))
    ray.get(waiting)


def _finish(landing: Landing, name: str, story_by_place: Mapping[int, str]) -> None:
    landing.finish(name, story_by_place)
