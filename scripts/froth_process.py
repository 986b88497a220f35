"""A froth command as a process of its own, and what it took: for the scripts that measure."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Measured", "froth_process"]

_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a process took.

    Attributes:
        seconds: from its start to its end.
        processor: seconds of all cores together, those of its children that it waited for included.
        peak_mib: the most memory that it held, in MiB.
    """

    seconds: float
    processor: float
    peak_mib: float


def froth_process(arguments: Sequence[str]) -> Measured:
    """Runs a command, its output left aside.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    command = [sys.executable, "-m", "scripts.cli", *arguments]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    kib = usage.ru_maxrss / (1 if sys.platform != "darwin" else 1024)
    return Measured(seconds, usage.ru_utime + usage.ru_stime, kib / 1024)
