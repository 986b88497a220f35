"""A PostgreSQL of the tests' own, from the server's installed binaries: a new cluster, one socket, no network."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

USERS = ("postgres", "nobody")
"""Who runs the server where the tests run as root, which the server refuses to be."""


def binaries() -> Path | None:
    """The folder of initdb and postgres, or None where no server is installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    folders += [Path(found).resolve().parent] if found else []
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


@contextmanager
def running_postgres() -> Iterator[str]:
    """The URL of an empty database, whose server is stopped and removed afterwards."""
    folder = binaries()
    if folder is None:
        pytest.skip("no PostgreSQL server is installed")
    user = next((name for name in USERS if _exists(name)), None) if os.geteuid() == 0 else None
    place = Path(tempfile.mkdtemp(prefix="froth-pg-"))
    try:
        if user is not None:
            shutil.chown(place, user)
        as_user = {"user": user} if user is not None else {}
        subprocess.run(
            [folder / "initdb", "-D", place / "data", "-A", "trust", "-U", "froth", "-E", "UTF8", "--no-sync"],
            check=True,
            capture_output=True,
            cwd=place,
            **as_user,
        )
        command = [folder / "postgres", "-D", place / "data", "-k", place, "-c", "listen_addresses=", "-c", "fsync=off"]
        with (place / "log").open("wb") as log:
            server = subprocess.Popen(command, cwd=place, stdout=log, stderr=log, **as_user)
        try:
            _wait(folder, place, server)
            yield f"postgresql://froth@/postgres?host={place}"
        finally:
            server.send_signal(signal.SIGINT)  # at once; SIGTERM waits for clients
            server.wait(30)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _wait(folder: Path, place: Path, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        ready = subprocess.run([folder / "pg_isready", "-h", place, "-U", "froth"], capture_output=True)
        if ready.returncode == 0:
            return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start: {(place / 'log').read_text()[-2000:]}")


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
