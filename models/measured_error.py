"""The measured error that lies beside a model's weights (`confusion.csv`), for the bands of a trend by its scores.

It is no part of the weights: it changes no score and no model id, and `froth evaluate --confusion` writes it anew. It
holds whether or not a model reads through its screen, which changes intensities far less than it is known to.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from models.manifest import BUNDLED, model_folder
from models.screen_file import unscreened
from nlp.confusion import CONFUSION_COLUMNS, Confusion
from nlp.errors import InputError
from nlp.safety import harmless
from nlp.tables import read_table

__all__ = ["CONFUSION", "bundled_confusion", "confusion_beside", "read_confusion"]

CONFUSION = "confusion.csv"


def confusion_beside(folder: Path, model_id: str) -> Confusion | None:
    """The error in a model folder; None where it lacks, or was measured on other weights.

    Raises:
        InputError: the file is broken.
    """
    path = folder / CONFUSION
    found = Confusion.of_table(read_table(path, CONFUSION_COLUMNS)) if path.is_file() else None
    return replace(found, model=model_id) if found and unscreened(found.model) == unscreened(model_id) else None


def bundled_confusion(models: Iterable[str]) -> Confusion | None:
    """The error of the bundled model whose ids are all that `models` holds, else None.

    Raises:
        InputError: the file is broken.
    """
    ids = sorted(set(models))
    name = ids[0].partition("@")[0] if len(ids) == 1 else ""
    return confusion_beside(model_folder(name), ids[0]) if name in BUNDLED else None


def read_confusion(path: Path, models: Iterable[str]) -> Confusion:
    """The error in a file, of the model that the scores are by.

    Raises:
        InputError: the file is missing or broken, or about another model.
    """
    found = Confusion.of_table(read_table(path, CONFUSION_COLUMNS))
    if others := sorted(model for model in set(models) if unscreened(model) != unscreened(found.model)):
        raise InputError(
            f"{path} is about {harmless(found.model)}, the scores are by {harmless(', '.join(others))}: "
            "measure the error of the model that made the scores (froth evaluate --confusion)"
        )
    return found
