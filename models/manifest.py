"""What is in a model folder: the table of its files, and the manifest that is verified before anything is trusted.

A pickle anywhere in the folder is refused before it is opened. Loading and saving are `models.checkpoint`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from models.decisions import Thresholds
from models.encoder import UNSAFE_SUFFIXES, unsafe_message
from nlp.errors import CheckpointError
from nlp.safety import harmless
from nlp.schema import ANSWERS, is_narrative_id

__all__ = [
    "ADAPTER",
    "ADAPTER_CONFIG",
    "ADAPTER_WEIGHTS",
    "ADDED",
    "BUNDLED",
    "FORMAT_VERSION",
    "LAYOUTS",
    "MANIFEST",
    "RECORD",
    "TABLE",
    "VOCABULARY",
    "WORDS",
    "Layout",
    "check_target",
    "model_folder",
    "model_id",
    "thresholds_of",
    "verified_manifest",
    "weights_hash",
]

FORMAT_VERSION = 1
BUNDLED = ("default", "tfidf")
"""Names that stand for a folder shipped with froth."""
MANIFEST, RECORD = "froth.json", "record"
"""The manifest, and the folder that says how the model was made (`models.training_record`)."""
ADAPTER = "adapter.safetensors"
ADAPTER_CONFIG, ADAPTER_WEIGHTS = "adapter/adapter_config.json", "adapter/adapter_model.safetensors"
"""A low-rank change beside the weights (`models.adapter`): of before peft, and as peft has it."""
ADDED, TABLE = "added_heads.safetensors", "narratives.toml"
"""Heads that were added to a trained model (`models.added_heads`), and the narratives that the model brings with it."""
WORDS, VOCABULARY = "tfidf.safetensors", "vocabulary.json"
"""Coefficients of words (`models.baseline`): all of a `tfidf` model, beside the heads where an encoder has them."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one kind of model folder, besides the manifest and the card; `optional` ones may lack."""

    kind: str
    weights: tuple[str, ...]
    others: tuple[str, ...]
    optional: tuple[str, ...] = ()


_PARTS = frozenset((RECORD, "adapter"))
_FILES = frozenset((
    MANIFEST, TABLE, VOCABULARY, "README.md", "confusion.csv", "profile.json", "config.json", "generation_config.json",
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
    "vocab.txt", "merges.txt", "spiece.model", "sentencepiece.bpe.model", "chat_template.jinja",
    "model.safetensors.index.json",
))  # fmt: skip
"""What lies in a model folder beside weights; anything else is somebody's own."""

LAYOUTS = {
    layout.kind: layout
    for layout in (
        Layout(
            "encoder",
            ("model.safetensors", "heads.safetensors"),
            ("config.json", "tokenizer.json", "tokenizer_config.json"),
            (ADAPTER, ADAPTER_CONFIG, ADAPTER_WEIGHTS, ADDED, TABLE, WORDS, VOCABULARY),
        ),
        Layout("tfidf", (WORDS,), (VOCABULARY,)),
    )
}


def model_folder(name_or_path: str | Path) -> Path:
    """The folder of a bundled name or a path.

    Raises:
        CheckpointError: there is no such folder.
    """
    if str(name_or_path) in BUNDLED:
        return Path(str(files("models"))) / str(name_or_path)
    path = Path(name_or_path)
    if path.is_file():
        raise CheckpointError(
            unsafe_message(path) if path.suffix in UNSAFE_SUFFIXES else f"{path} is a file: give the model's folder"
        )
    if not path.is_dir():
        raise CheckpointError(
            f"no model folder at {path}: give {' or '.join(BUNDLED)}, or a folder that `froth train -o` wrote"
        )
    return path


def model_id(path: Path) -> str:
    """What names the model in a folder in every score: its name and the hash of what it answers by.

    Raises:
        CheckpointError: see `verified_manifest`.
    """
    manifest = verified_manifest(path)
    return f"{harmless(manifest['name'], 60)}@{weights_hash(path, LAYOUTS[manifest['kind']])}"


def check_target(path: Path) -> None:
    """Refuses a place that holds something other than a model, or more; worth asking before a training begins.

    Raises:
        CheckpointError: it does.
    """
    if path.exists() and (not path.is_dir() or (any(path.iterdir()) and not (path / MANIFEST).exists())):
        raise CheckpointError(f"{path} exists and is no model folder: froth will not overwrite it; choose another -o")
    if foreign := sorted(file.name for file in path.glob("*") if not _is_of_model(file)):
        raise CheckpointError(
            f"{path} holds {', '.join(map(harmless, foreign[:3]))} beside its model, which would be lost when that is "
            "replaced: move it away or choose another -o"
        )


def _is_of_model(file: Path) -> bool:
    if file.is_dir():
        return file.name in _PARTS
    return file.name in _FILES or file.suffix == ".safetensors" or file.name.startswith(".")  # as .DS_Store


def verified_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a model folder, after everything in it that can be checked unopened has been.

    Raises:
        CheckpointError: a pickle in the folder, a file that lacks, a manifest that does not fit this froth.
    """
    for file in sorted(path.rglob("*")):
        if file.suffix.lower() in UNSAFE_SUFFIXES:
            raise CheckpointError(unsafe_message(file))
    manifest = _read_manifest(path)
    layout = LAYOUTS[manifest["kind"]]
    missing = [name for name in (*layout.weights, *layout.others) if not (path / name).is_file()]
    if missing:
        raise CheckpointError(
            f"{path} lacks {', '.join(missing)}: the folder is incomplete, copy it again or train again"
        )
    return manifest


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CheckpointError(f"{path} has no {MANIFEST}: it is not a folder that `froth train -o` wrote") from error
    except ValueError as error:
        raise CheckpointError(f"{path / MANIFEST} is not JSON ({error}): restore the folder or train again") from error
    if not isinstance(manifest, dict) or not {"format", "name", "kind", "narratives", "answers"} <= manifest.keys():
        raise CheckpointError(f"{path / MANIFEST} lacks format, name, kind, narratives or answers: train again")
    expected: dict[str, tuple[Callable[[Any], bool], str]] = {
        "format": (lambda found: found == FORMAT_VERSION, f"this froth reads {FORMAT_VERSION}: update froth"),
        "answers": (lambda found: found == list(ANSWERS), f"froth reads {list(ANSWERS)}: train again"),
        "narratives": (lambda found: bool(found) and all(map(is_narrative_id, found)), "ids are a-z, 0-9 and _"),
        "kind": (lambda found: found in LAYOUTS, f"this froth knows {sorted(LAYOUTS)}: update froth"),
    }
    for key, (fits, remedy) in expected.items():
        if not fits(manifest[key]):
            raise CheckpointError(f"{path / MANIFEST} says {key}: {harmless(str(manifest[key]))}; {remedy}")
    return manifest


def thresholds_of(manifest: dict[str, Any]) -> Thresholds:
    """The thresholds of a manifest; one half in those of before there were any.

    Raises:
        ValueError: not a pair a narrative.
    """
    n_narratives = len(manifest["narratives"])
    if "thresholds" not in manifest:
        return Thresholds.even(n_narratives)
    thresholds = Thresholds(tuple((float(a), float(r)) for a, r in manifest["thresholds"]))
    if len(thresholds.values) != n_narratives:
        raise ValueError(f"{len(thresholds.values)} pairs of thresholds for {n_narratives} narratives")
    return thresholds


def weights_hash(path: Path, layout: Layout) -> str:
    """The first 8 hex digits of a SHA-256 over everything in the folder that changes an answer."""
    digest = hashlib.sha256()
    there = [name for name in layout.optional if (path / name).is_file()]
    for name in (*layout.weights, *layout.others, *there):
        digest.update((path / name).read_bytes())
    manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    digest.update(json.dumps({k: v for k, v in manifest.items() if k != "training"}, sort_keys=True).encode())
    return digest.hexdigest()[:8]
