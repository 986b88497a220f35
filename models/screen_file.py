"""The file of a screen beside the weights that it was learnt from (`screen.safetensors`)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.manifest import LAYOUTS, verified_manifest, weights_hash
from models.screen import Screen
from models.screen_layer import Layer
from models.screen_places import DILATIONS
from nlp.errors import CheckpointError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SCREEN", "SCREENED", "read_screen", "screen_id", "unscreened", "write_screen"]

SCREEN = "screen.safetensors"
SCREENED = "+"
"""In a model id before the hash of its screen: `default@88363a0d+5a1c` reads what that screen lets by."""
_CONVOLUTIONS = tuple(f"convolution_{number}" for number in range(len(DILATIONS)))
_LAYERS = ("words", *_CONVOLUTIONS, "sentence", "context", "answer")


def write_screen(screen: Screen, folder: Path) -> Path:
    """Writes the screen into the folder of its model, whose hash is kept in it; returns the file."""
    from safetensors.numpy import save_file

    model_hash = weights_hash(folder, LAYOUTS[verified_manifest(folder)["kind"]])
    layers = (screen.words, *screen.convolutions, screen.sentence, screen.context, screen.answer)
    tensors: dict[str, NDArray[Any]] = {
        "thresholds": screen.thresholds,
        "edges": screen.edges,
        "unread": screen.unread,
    }
    for name, layer in zip(_LAYERS, layers, strict=True):
        tensors |= {name: layer.weights, f"{name}.scale": layer.scale, f"{name}.bias": layer.bias}
    contiguous = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
    save_file(contiguous, folder / SCREEN, metadata={"model": model_hash})
    return folder / SCREEN


def read_screen(folder: Path, model_hash: str, vectors: NDArray[np.floating]) -> Screen | None:
    """The screen in a model folder; None where there is none.

    Args:
        folder: of the model.
        model_hash: of the weights in it (`models.manifest.weights_hash`).
        vectors: the word vectors of its encoder, Shape: (n_tokens, width).

    Raises:
        CheckpointError: it was learnt from other weights, or cannot be read.
    """
    from safetensors import SafetensorError, safe_open

    path = folder / SCREEN
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="numpy") as file:
            learnt_from = (file.metadata() or {}).get("model")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        layers = {name: Layer(tensors[name], tensors[f"{name}.scale"], tensors[f"{name}.bias"]) for name in _LAYERS}
        screen = Screen(
            layers["words"],
            tuple(layers[name] for name in _CONVOLUTIONS),
            layers["sentence"],
            layers["context"],
            layers["answer"],
            tensors["thresholds"],
            tensors["edges"],
            tensors["unread"],
            vectors,
            screen_id(folder),
        )
    except (SafetensorError, OSError, KeyError, ValueError, IndexError) as error:
        raise CheckpointError(f"the screen in {folder} cannot be read ({error}): copy the folder again") from error
    if learnt_from != model_hash:
        raise CheckpointError(
            f"{path} was learnt from other weights than those beside it, and would leave unread what they find: "
            "learn it again (python -m scripts.train_screen) or delete it"
        )
    return screen


def screen_id(folder: Path) -> str:
    """The first 4 hex digits of a SHA-256 of the screen in a model folder."""
    return hashlib.sha256((folder / SCREEN).read_bytes()).hexdigest()[:4]


def unscreened(model_id: str) -> str:
    """The id of the same model when it reads everything.

    >>> unscreened("default@88363a0d+5a1c"), unscreened("default@88363a0d")
    ('default@88363a0d', 'default@88363a0d')
    """
    name, at, hashes = model_id.rpartition("@")
    return name + at + hashes.partition(SCREENED)[0]
