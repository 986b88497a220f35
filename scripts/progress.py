"""How far a long work is, with its rate and the time left: a bar on a terminal, now and then a line in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress"]

_SECONDS_BETWEEN_LINES = 30.0


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """A bar with rate and time left on a terminal, elsewhere a line every half minute (nothing for less than that).

    Call what comes back once per item, or with (step, n_steps, loss).
    """
    if not sys.stderr.isatty():
        yield _lines(what, total)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total, rate="")

        def advance(step: int | None = None, n_steps: int | None = None, loss: float | None = None) -> None:
            bar.update(task, completed=step, total=n_steps) if step is not None else bar.advance(task)
            speed = bar.tasks[0].speed
            bar.update(task, rate=f"{speed:.1f}/s" if speed else "")

        yield advance


def _lines(what: str, total: int | None) -> Callable[..., None]:
    """What says how far the work is, at most every half minute."""
    started = said = time.monotonic()
    done, of = 0, total

    def advance(step: int | None = None, n_steps: int | None = None, loss: float | None = None) -> None:
        nonlocal done, of, said
        done, of = (done + 1, of) if step is None else (step, n_steps)
        now = time.monotonic()
        if now - said < _SECONDS_BETWEEN_LINES:
            return
        said, rate = now, done / (now - started)
        left = f" of {of:,}, {rate:.1f}/s, {max(0, of - done) / rate / 60:.0f} min left" if of else f", {rate:.1f}/s"
        sys.stderr.write(f"{what}: {done:,}{left}\n")

    return advance
