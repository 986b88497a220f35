"""Loads and saves classifiers as folders, all or nothing: an ordinary Hugging Face encoder plus our heads.

Weights are safetensors only. What a folder holds, and how it is verified, is `models.manifest`.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.arithmetic import Precision, check_precision, marked
from models.calibration import Calibration
from models.decisions import Thresholds
from models.encoder import choose_device, load_reader
from models.manifest import (
    FORMAT_VERSION,
    LAYOUTS,
    MANIFEST,
    check_target,
    model_folder,
    verified_manifest,
    weights_hash,
)
from models.screen_file import SCREENED, read_screen
from nlp.errors import CheckpointError
from nlp.safety import harmless
from nlp.schema import ANSWERS

if TYPE_CHECKING:
    import torch

    from models.baseline import TfidfClassifier
    from models.classifier import NarrativeClassifier
    from models.passages import Classifier

__all__ = ["known_heads", "load_classifier", "save_classifier"]


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
        return _load_tfidf(path, manifest, model_id)
    chosen = choose_device(device)
    check_precision(precision, chosen)
    classifier = _load_encoder_classifier(path, manifest, model_id)
    if screened and (screen := read_screen(path, model_hash, classifier.word_vectors)) is not None:
        classifier.screen, classifier.model_id = screen, f"{model_id}{SCREENED}{screen.screen_id}"
    classifier = classifier.to(chosen)
    classifier.precision, classifier.model_id = precision, marked(classifier.model_id, precision)
    return classifier.freeze()


def known_heads(path: Path) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Weight and bias of the head of each narrative in a model folder; nothing where there is none of ours.

    Shape: weight (3, 2 · width), bias (3,).

    Raises:
        CheckpointError: it is a broken one.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if not (path / MANIFEST).is_file():
        return {}
    manifest = verified_manifest(path)
    if manifest["kind"] != "encoder":
        return {}
    n, narratives = len(ANSWERS), manifest["narratives"]
    try:
        heads = load_file(path / "heads.safetensors")
        weights, biases = heads["weight"].split(n), heads["bias"].split(n)
        if [len(part) for part in (*weights, *biases)] != [n] * 2 * len(narratives):
            raise ValueError(f"{len(heads['bias'])} answers for {len(narratives)} narratives")
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise CheckpointError(f"the heads in {path} cannot be taken up ({error}): copy the folder again") from error
    return dict(zip(narratives, zip(weights, biases, strict=True), strict=True))


def save_classifier(
    classifier: Classifier, path: Path, *, name: str | None = None, card: str = "", record: dict[str, Any] | None = None
) -> str:
    """Writes `classifier` as a folder, all of it or nothing; a model folder there is replaced. Returns the model id.

    Args:
        classifier: what to save.
        path: the folder.
        name: first half of the model id; the folder's name by default.
        card: Markdown for README.md.
        record: how it was trained, kept in the manifest under `training`.

    Raises:
        CheckpointError: `path` holds something that is not a model folder.
    """
    check_target(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}-") as scratch:
        folder = Path(scratch) / "model"
        folder.mkdir()
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
        _replace(path, folder, Path(scratch) / "old")
    return f"{harmless(manifest['name'], 60)}@{weights_hash(path, LAYOUTS[manifest['kind']])}"


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
        return _write_encoder_classifier(classifier, folder)
    raise CheckpointError(f"froth cannot save a {type(classifier).__name__}")


def _write_encoder_classifier(classifier: NarrativeClassifier, folder: Path) -> dict[str, Any]:
    import copy

    import torch
    from safetensors.torch import save_file

    from models.adapter import is_adapted, without_adapter, write_adapter

    half: Any = copy.deepcopy(classifier.encoder.model)
    if is_adapted(half):
        write_adapter(half, folder)
        without_adapter(half)
    half.to("cpu", torch.float16)
    half.save_pretrained(folder)
    classifier.encoder.tokenizer.save_pretrained(folder)
    _compact(folder / "tokenizer.json")
    heads = {name: tensor.detach().cpu().contiguous() for name, tensor in classifier.network.heads.state_dict().items()}
    save_file(heads, folder / "heads.safetensors")
    return {
        "kind": "encoder",
        "max_tokens": classifier.max_tokens,
        "max_sentence": classifier.max_sentence,
        "calibration": asdict(classifier.calibration),
    }


def _compact(file: Path) -> None:
    """Writes a JSON file without its blanks: half of a tokenizer is indentation."""
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _load_encoder_classifier(path: Path, manifest: dict[str, Any], model_id: str) -> NarrativeClassifier:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from models.classifier import NarrativeClassifier, NarrativeNetwork

    encoder = load_reader(path)
    narratives = tuple(manifest["narratives"])
    network = NarrativeNetwork(encoder.model, encoder.width, len(narratives))
    try:
        network.heads.load_state_dict(load_file(path / "heads.safetensors"))
        saved = manifest["calibration"]
        calibration = Calibration(tuple(saved["scales"]), tuple(map(tuple, saved["shifts"])))
        return NarrativeClassifier(
            encoder,
            narratives,
            calibration,
            _thresholds(manifest),
            network,
            manifest["max_tokens"],
            manifest["max_sentence"],
            model_id,
        )
    except (SafetensorError, RuntimeError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(
            f"the heads in {path} do not fit its manifest ({error}): copy the folder again or train again"
        ) from error


def _thresholds(manifest: dict[str, Any]) -> Thresholds:
    """The thresholds of a manifest; one half in those of before there were any."""
    n_narratives = len(manifest["narratives"])
    if "thresholds" not in manifest:
        return Thresholds.even(n_narratives)
    thresholds = Thresholds(tuple((float(a), float(r)) for a, r in manifest["thresholds"]))
    if len(thresholds.values) != n_narratives:
        raise ValueError(f"{len(thresholds.values)} pairs of thresholds for {n_narratives} narratives")
    return thresholds


def _load_tfidf(path: Path, manifest: dict[str, Any], model_id: str) -> TfidfClassifier:
    from safetensors import SafetensorError

    from models.baseline import TfidfClassifier

    try:
        return TfidfClassifier.read(path, tuple(manifest["narratives"]), _thresholds(manifest), model_id)
    except (SafetensorError, OSError, KeyError, ValueError, AttributeError, TypeError) as error:
        raise CheckpointError(
            f"the TF-IDF model in {path} cannot be read ({error}): copy the folder again or train again"
        ) from error
