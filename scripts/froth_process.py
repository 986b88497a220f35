"""A froth command as a process of its own, and what it took: for the scripts that measure."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

__all__ = ["Measured", "froth_process"]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0
"""Seconds; looking takes a tenth of one for a few processes."""
_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a process took.

    Attributes:
        seconds: from its start to its end.
        processor: seconds of all cores together, without those of worker processes.
        peak_mib: the most memory that it and its workers held together, what they share counted once, in MiB; looked
            at now and then.
    """

    seconds: float
    processor: float
    peak_mib: float


def froth_process(arguments: Sequence[str]) -> Measured:
    """Runs a command, its output left aside.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    import psutil

    command = [sys.executable, "-m", "scripts.cli", *arguments]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    with ThreadPoolExecutor(1) as beside:
        ended = Event()
        most = beside.submit(_most_held, psutil.Process(process.pid), ended)
        try:
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - started
        finally:
            ended.set()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    alone = usage.ru_maxrss / (1 if sys.platform != "darwin" else 1024) / 1024
    return Measured(seconds, usage.ru_utime + usage.ru_stime, max(most.result(), alone))


def _most_held(process: psutil.Process, ended: Event) -> float:
    """The most MiB that a process and those that it started held together; 0 where nothing was seen."""
    import psutil

    most, pause = 0.0, _FIRST_PAUSE
    while not ended.wait(pause):
        pause = min(1.2 * pause, _LONGEST_PAUSE)
        held = 0.0
        with suppress(psutil.Error):  # the process has ended
            for one in (process, *process.children(recursive=True)):
                with suppress(psutil.Error):
                    info = one.memory_full_info()
                    held += getattr(info, "pss", info.uss)
        most = max(most, held)
    return most / 2**20
