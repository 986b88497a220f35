"""Loads and saves classifiers as folders, all or nothing: an ordinary Hugging Face encoder plus our heads.

Weights are safetensors only. What a folder holds, and how it is verified, is `models.manifest`; the parts of a model
with an encoder are `models.encoder_files`.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.arithmetic import Precision, check_precision, marked
from models.encoder import choose_device
from models.manifest import (
    FORMAT_VERSION,
    LAYOUTS,
    MANIFEST,
    RECORD,
    check_target,
    model_folder,
    thresholds_of,
    verified_manifest,
    weights_hash,
)
from models.screen_file import SCREENED, read_screen
from nlp.errors import CheckpointError
from nlp.safety import harmless
from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from models.baseline import TfidfClassifier
    from models.passages import Classifier

__all__ = ["load_classifier", "new_folder", "save_classifier"]


def load_classifier(
    name_or_path: str | Path = "default",
    *,
    device: str = "auto",
    precision: Precision = "fp32",
    screened: bool = False,
) -> Classifier:
    """The classifier of a bundled name or of a folder written by `save_classifier`, to read with.

    Args:
        name_or_path: the name or the folder.
        device: auto, cpu, cuda, …
        precision: in which numbers an encoder computes (`models.arithmetic`); the model id says so.
        screened: leave unread what the screen in the folder, if there is one, says is not worth reading
            (`models.screen`); the model id says so.

    Raises:
        CheckpointError: missing or broken folder, a pickle in it, another label order, a newer format, no such device,
            a precision that it does not have, a screen of other weights.
    """
    path = model_folder(name_or_path)
    manifest = verified_manifest(path)
    model_hash = weights_hash(path, LAYOUTS[manifest["kind"]])
    model_id = f"{harmless(manifest['name'], 60)}@{model_hash}"
    if manifest["kind"] == "tfidf":
        if precision != "fp32":
            raise CheckpointError(f"{name_or_path} has no encoder that could compute in {precision}: leave that out")
        return _load_tfidf(path, manifest, model_id)
    chosen = choose_device(device)
    check_precision(precision, chosen)
    from models.encoder_files import load_encoder_classifier

    classifier = load_encoder_classifier(path, manifest, model_id)
    if screened and (screen := read_screen(path, model_hash, classifier.word_vectors)) is not None:
        classifier.screen, classifier.model_id = screen, f"{model_id}{SCREENED}{screen.screen_id}"
    classifier = classifier.to(chosen)
    classifier.precision, classifier.model_id = precision, marked(classifier.model_id, precision)
    return classifier.freeze()


def save_classifier(
    classifier: Classifier,
    path: Path,
    *,
    name: str | None = None,
    card: str = "",
    record: dict[str, Any] | None = None,
    files: Path | None = None,
) -> str:
    """Writes `classifier` as a folder, all of it or nothing; a model folder there is replaced. Returns the model id.

    Args:
        classifier: what to save.
        path: the folder.
        name: first half of the model id; the folder's name by default.
        card: Markdown for README.md.
        record: how it was trained, kept in the manifest under `training`.
        files: a folder that is copied into the model's as `record`.

    Raises:
        CheckpointError: `path` holds something that is not a model folder.
    """
    with new_folder(path) as folder:
        manifest = {
            "format": FORMAT_VERSION,
            "name": name or path.name,
            "narratives": list(classifier.narratives),
            "answers": list(ANSWERS),
            **_write_parts(classifier, folder),
            "thresholds": [list(pair) for pair in classifier.thresholds.values],
            "training": record or {},
        }
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        (folder / "README.md").write_text(card, encoding="utf-8")
        if files is not None:
            shutil.copytree(files, folder / RECORD)
    return f"{harmless(manifest['name'], 60)}@{weights_hash(path, LAYOUTS[manifest['kind']])}"


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """An empty folder that takes the place of `path` when the work in it ends without an error.

    Raises:
        CheckpointError: `path` holds something that is not a model folder.
    """
    check_target(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as scratch:
        folder = Path(scratch) / "model"
        folder.mkdir()
        yield folder
        _replace(path, folder, Path(scratch) / "old")


def _replace(path: Path, new: Path, old: Path) -> None:
    """Moves `new` to `path`; what was there goes to `old`, and comes back if that fails."""
    if path.exists():
        path.rename(old)
    try:
        new.rename(path)
    except OSError:
        if old.exists():
            old.rename(path)
        raise


def _write_parts(classifier: Classifier, folder: Path) -> dict[str, Any]:
    from models.baseline import TfidfClassifier
    from models.classifier import NarrativeClassifier

    if isinstance(classifier, TfidfClassifier):
        return classifier.write(folder)
    if isinstance(classifier, NarrativeClassifier):
        from models.encoder_files import write_encoder_classifier

        return write_encoder_classifier(classifier, folder)
    raise CheckpointError(f"froth cannot save a {type(classifier).__name__}")


def _load_tfidf(path: Path, manifest: dict[str, Any], model_id: str) -> TfidfClassifier:
    from safetensors import SafetensorError

    from models.baseline import TfidfClassifier

    try:
        return TfidfClassifier.read(path, tuple(manifest["narratives"]), thresholds_of(manifest), model_id)
    except (SafetensorError, OSError, KeyError, ValueError, AttributeError, TypeError) as error:
        raise CheckpointError(
            f"the TF-IDF model in {path} cannot be read ({error}): copy the folder again or train again"
        ) from error
