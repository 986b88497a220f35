"""The log of a training: every step and pass as CSV, and for TensorBoard where it is installed (extra `tensorboard`).

A run that goes on after it was stopped drops what was logged after the state that it goes on from, so that its log is
that of a run which was never stopped. Watch it with `tensorboard --logdir DIR`.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.errors import TrainingError

if TYPE_CHECKING:
    from models.fitting import Epoch

__all__ = ["EPOCH_COLUMNS", "STEP_COLUMNS", "TrainingLog"]

STEP_COLUMNS = ("step", "training_loss", "learning_rate")
EPOCH_COLUMNS = ("step", "epoch", "training_loss", "held_out_loss")
_TABLES = {"steps.csv": STEP_COLUMNS, "epochs.csv": EPOCH_COLUMNS}
_EVENTS = "tensorboard"


class TrainingLog:
    """Writes steps.csv, epochs.csv and tensorboard/ into a folder; a step is on disk before the next one begins."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._board: Any = None

    def begin(self, step: int) -> None:
        """Drops what is of later steps; comes before the first row.

        Raises:
            TrainingError: the folder cannot be written.
        """
        try:
            if not step:
                shutil.rmtree(self._folder / _EVENTS, ignore_errors=True)
            for name, columns in _TABLES.items():
                rows = [row for row in _rows(self._folder / name, columns) if int(row[0]) <= step]
                scratch = self._folder / f".{name}.part"
                with scratch.open("w", encoding="utf-8", newline="") as file:
                    csv.writer(file).writerows([columns, *rows])
                scratch.replace(self._folder / name)
        except (OSError, ValueError) as error:
            raise TrainingError(
                f"the log in {self._folder} cannot be written ({error}): delete the folder to start anew"
            ) from error
        self._board = _board(self._folder / _EVENTS, step)

    def step(self, number: int, loss: float, learning_rate: float) -> None:
        """Of one step: its loss, and the learning rate of the encoder after it."""
        self._add("steps.csv", (number, loss, learning_rate))
        if self._board is not None:
            self._board.add_scalar("training/loss", loss, number)
            self._board.add_scalar("training/learning_rate", learning_rate, number)

    def epoch(self, step: int, epoch: Epoch) -> None:
        """Of one pass that ended with `step`."""
        self._add("epochs.csv", (step, epoch.number, epoch.training_loss, epoch.held_out_loss))
        if self._board is not None:
            self._board.add_scalar("pass/training_loss", epoch.training_loss, step)
            self._board.add_scalar("pass/held_out_loss", epoch.held_out_loss, step)

    def end(self) -> None:
        """Closes what is open; names the files for TensorBoard by number, as they would name the machine."""
        if self._board is not None:
            self._board.close()
            self._board = None
        for number, file in enumerate(sorted((self._folder / _EVENTS).glob("events.out.tfevents.*"))):
            file.rename(file.with_name(f"events.out.tfevents.{number:010}"))

    def _add(self, name: str, row: Sequence[object]) -> None:
        with (self._folder / name).open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow(row)


def _rows(path: Path, columns: Sequence[str]) -> list[list[str]]:
    """The whole rows below the head."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.reader(file) if len(row) == len(columns)][1:]


def _board(folder: Path, step: int) -> Any:  # noqa: ANN401 - it may not be installed
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder), purge_step=step + 1 if step else None)
