"""A profile as a file: what a model folder keeps of the texts that the model learnt from (`nlp.profiles`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from nlp.errors import InputError
from nlp.profiles import OTHER, Block, Profile
from nlp.tables import whole_file

__all__ = ["PROFILE", "is_profile", "read_profile", "write_profile"]

PROFILE = "profile.json"
"""Its name in a model folder."""
_FORMAT = 1
_HEAD = '{"format":'


def is_profile(path: Path) -> bool:
    """Whether a file begins as a profile does."""
    if path.suffix != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_HEAD)) == _HEAD.encode()


def write_profile(profile: Profile, path: Path) -> None:
    """Writes a profile as JSON, of each fold only what is in it.

    Raises:
        InputError: the place cannot be written.
    """
    blocks = {}
    for key, block in profile.blocks.items():
        folds = [[[int(place), int(row[place])] for place in np.flatnonzero(row)] for row in block.counts]
        blocks[key] = {"n_articles": block.n_articles, "categories": block.categories, "folds": folds}
    value = {"format": _FORMAT, "model": profile.model, "blocks": blocks, "words": profile.words}
    with whole_file(path) as file:
        json.dump(value, file, ensure_ascii=False, separators=(",", ":"))


def read_profile(path: Path) -> Profile:
    """Reads what `write_profile` wrote.

    Raises:
        InputError: the file is missing, broken or of another format.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if value["format"] != _FORMAT:
            raise InputError(f"{path} is a profile of format {value['format']!r}, this froth reads {_FORMAT}")
        blocks = {str(key): _block(one) for key, one in value["blocks"].items()}
        words = {str(lang): {str(w): int(n) for w, n in some.items()} for lang, some in value["words"].items()}
        return Profile(blocks, words, str(value["model"]))
    except FileNotFoundError as error:
        raise InputError(
            f"there is no profile at {path} (froth train writes one; bundled models, and those of --add, have none): "
            "give the texts that the model learnt from"
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path} is no profile of texts ({error}): train the model again") from error


def _block(value: Mapping[str, Any]) -> Block:
    categories = tuple(map(str, value["categories"]))
    if OTHER not in categories or not value["folds"]:
        raise ValueError("a measure without folds, or without a category for what is left")
    counts = np.zeros((len(value["folds"]), len(categories)))
    for number, fold in enumerate(value["folds"]):
        for place, n in fold:
            counts[number, place] = n
    return Block(categories, counts, int(value["n_articles"]))
