"""Documents made to hang, to swell or to break whoever reads them, read by processes of their own that are measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.scrapers.hostile_documents import documents

ROOT = Path(__file__).resolve().parents[2]
MEBIBYTES, SECONDS = 256, 30
"""The most that any may take; a page of a newspaper takes a tenth of a second."""
REFUSED = "ExtractionError"
N_SHARES = 8


def readings(n_shares: int, share: int) -> list[dict[str, Any]]:
    """What came of each document of a share; the last one has no outcome if it ended the process or did not end."""
    command = [sys.executable, "-m", "tests.scrapers.hostile_reading", str(n_shares), str(share)]
    paths = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=paths) as process:
        try:
            out, err = process.communicate(timeout=SECONDS * 20)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
    assert out, err[-2000:]
    by_name: dict[str, dict[str, Any]] = {}
    for line in out.splitlines():
        reading = json.loads(line)
        by_name[reading["name"]] = reading
    return list(by_name.values())


def check(found: list[dict[str, Any]]) -> None:
    for reading in found:
        assert "said" in reading, f"{reading['name']} was not read to its end"
        assert reading["said"] == REFUSED or reading["said"].endswith(" characters"), reading
        assert reading["seconds"] < SECONDS, reading
        assert reading["growth"] < MEBIBYTES, reading


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux: its memory figures")
@pytest.mark.parametrize("shares", [range(3, 4), pytest.param(range(8), marks=pytest.mark.slow)])
def test_every_document_is_read_or_refused_in_time_and_memory(shares: range) -> None:
    with ThreadPoolExecutor(2) as pool:
        found = [reading for part in pool.map(partial(readings, N_SHARES), shares) for reading in part]
    check(found)
    assert len(found) == sum(number % N_SHARES in shares for number, _ in enumerate(documents()))


def test_there_are_hundreds_of_them() -> None:
    assert len({name for name, _ in documents()}) >= 500
