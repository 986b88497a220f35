"""What heads and fine-tune measure on each fold (`models.method_choice`), kept so that a stop loses one at most."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from nlp.errors import CheckpointError
from nlp.tables import whole_file

__all__ = ["FOLDS", "FoldGain", "read_folds", "write_folds"]

FOLDS = "folds.json"
"""Name of the file in the folder of an unfinished training."""


@dataclass(frozen=True, slots=True)
class FoldGain:
    """What both measure on one fold, of `n_rows` sentences: the mean average precision."""

    fold: int
    n_rows: int
    head: float
    whole: float

    @property
    def gain(self) -> float:
        """Of the fine-tune on the heads."""
        return self.whole - self.head


def write_folds(folds: Sequence[FoldGain], path: Path, run: str) -> None:
    """Writes the folds that are done, of the comparison `run` (a hash), all of them or nothing.

    Raises:
        InputError: the place cannot be written.
    """
    with whole_file(path) as file:
        json.dump({"run": run, "folds": [asdict(fold) for fold in folds]}, file)


def read_folds(path: Path, run: str) -> list[FoldGain]:
    """The folds of the same comparison; none where there is no file, or one of another comparison.

    Raises:
        CheckpointError: the file cannot be read.
    """
    if not path.exists():
        return []
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return [FoldGain(**fold) for fold in kept["folds"]] if kept["run"] == run else []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f"the unfinished comparison in {path} cannot be taken up ({error}): delete it to start anew"
        ) from error
