"""Two Ray nodes of one CPU each on this machine; `kill` on standard input kills the second while it scores.

Run as a script, in a process of its own: it prints the address, then `killed` when it has, or why not.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

__all__ = ["two_nodes"]

SOON = {"health_check_initial_delay_ms": 1000, "health_check_period_ms": 500, "health_check_failure_threshold": 4}
"""A lost node is missed within seconds."""
PATIENCE = 120


@contextmanager
def two_nodes(environment: dict[str, str]) -> Iterator[tuple[str, IO[str], IO[str]]]:
    """The address of the cluster, and the standard input and output of the process that has it."""
    command = [sys.executable, str(Path(__file__))]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield process.stdout.readline().strip(), process.stdin, process.stdout
        finally:
            process.stdin.close()
            process.wait(60)


def kill_while_scoring(raylet: int) -> str:
    """Kills a raylet and its workers, none of which can tell anyone, while one of them is scoring; says whether."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        workers = children(raylet)
        if any("score_batches" in title for title in workers.values()):
            for pid in (raylet, *workers):
                os.kill(pid, signal.SIGKILL)
            return "killed"
        time.sleep(0.01)
    return f"no worker of the second node has scored within {PATIENCE} s"


def children(parent: int) -> dict[int, str]:
    """Command lines of the child processes, by id."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(status.read_text().rpartition(")")[2].split()[1]) == parent:
                found[int(status.parent.name)] = status.with_name("cmdline").read_text()
        except OSError:  # it has ended
            continue
    return found


def main() -> None:
    """See above."""
    from ray.cluster_utils import Cluster

    head = {"num_cpus": 1, "include_dashboard": False, "object_store_memory": 100 << 20, "_system_config": SOON}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    second = cluster.add_node(num_cpus=1, object_store_memory=100 << 20)
    sys.stdout.write(f"{cluster.address}\n")
    sys.stdout.flush()
    for line in sys.stdin:
        if line.strip() == "kill":
            told = kill_while_scoring(second.all_processes["raylet"][0].process.pid)
            sys.stdout.write(f"{told}\n")
            sys.stdout.flush()
    cluster.shutdown()


if __name__ == "__main__":
    main()
