"""Model folders: what is in one, written atomically, verified before anything is trusted.

A folder is an ordinary Hugging Face encoder (loadable by `AutoModel`) plus our heads; the table `LAYOUTS` lists the
files of each kind. Weights are safetensors only. A pickle anywhere in the folder is refused before it is opened.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.calibration import Calibration
from models.encoder import UNSAFE_SUFFIXES, choose_device, load_encoder, unsafe_message
from nlp.errors import CheckpointError
from nlp.safety import harmless
from nlp.schema import ANSWERS, is_narrative_id

if TYPE_CHECKING:
    from models.baseline import TfidfClassifier
    from models.classifier import NarrativeClassifier
    from models.passages import Classifier

__all__ = ["BUNDLED", "FORMAT_VERSION", "Layout", "check_target", "load_classifier", "model_folder", "save_classifier"]

FORMAT_VERSION = 1
BUNDLED = ("default",)
"""Names that stand for a folder shipped with froth."""
MANIFEST = "froth.json"


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one kind of model folder, besides the manifest and the card."""

    kind: str
    weights: tuple[str, ...]
    others: tuple[str, ...]


LAYOUTS = {
    layout.kind: layout
    for layout in (
        Layout(
            "encoder",
            ("model.safetensors", "heads.safetensors"),
            ("config.json", "tokenizer.json", "tokenizer_config.json"),
        ),
        Layout("tfidf", ("tfidf.safetensors",), ("vocabulary.json",)),
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


def load_classifier(name_or_path: str | Path = "default", *, device: str = "auto") -> Classifier:
    """The classifier of a bundled name or of a folder written by `save_classifier`.

    Raises:
        CheckpointError: missing or broken folder, a pickle in it, another label order, a newer format, no such device.
    """
    path = model_folder(name_or_path)
    manifest = _verified_manifest(path)
    model_id = f"{harmless(manifest['name'], 60)}@{_weights_hash(path, LAYOUTS[manifest['kind']])}"
    if manifest["kind"] == "tfidf":
        return _load_tfidf(path, manifest, model_id)
    return _load_encoder_classifier(path, manifest, model_id).to(choose_device(device))


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
            "training": record or {},
        }
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        (folder / "README.md").write_text(card, encoding="utf-8")
        _replace(path, folder, Path(scratch) / "old")
    return f"{harmless(manifest['name'], 60)}@{_weights_hash(path, LAYOUTS[manifest['kind']])}"


def check_target(path: Path) -> None:
    """Refuses a place that holds something other than a model; worth asking before a training begins.

    Raises:
        CheckpointError: it does.
    """
    if path.exists() and (not path.is_dir() or (any(path.iterdir()) and not (path / MANIFEST).exists())):
        raise CheckpointError(f"{path} exists and is no model folder: froth will not overwrite it; choose another -o")


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


def _verified_manifest(path: Path) -> dict[str, Any]:
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


def _weights_hash(path: Path, layout: Layout) -> str:
    digest = hashlib.sha256()
    for name in (
        *layout.weights,
        *layout.others,
    ):
        digest.update((path / name).read_bytes())
    manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    digest.update(json.dumps({k: v for k, v in manifest.items() if k != "training"}, sort_keys=True).encode())
    return digest.hexdigest()[:8]


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

    half: Any = copy.deepcopy(classifier.encoder.model)
    half.to("cpu", torch.float16)
    half.save_pretrained(folder)
    classifier.encoder.tokenizer.save_pretrained(folder)
    heads = {name: tensor.detach().cpu().contiguous() for name, tensor in classifier.network.heads.state_dict().items()}
    save_file(heads, folder / "heads.safetensors")
    return {
        "kind": "encoder",
        "max_tokens": classifier.max_tokens,
        "max_sentence": classifier.max_sentence,
        "calibration": asdict(classifier.calibration),
    }


def _load_encoder_classifier(path: Path, manifest: dict[str, Any], model_id: str) -> NarrativeClassifier:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from models.classifier import NarrativeClassifier, NarrativeNetwork

    encoder = load_encoder(str(path))
    narratives = tuple(manifest["narratives"])
    network = NarrativeNetwork(encoder.model, encoder.width, len(narratives))
    try:
        network.heads.load_state_dict(load_file(path / "heads.safetensors"))
        saved = manifest["calibration"]
        calibration = Calibration(tuple(saved["scales"]), tuple(map(tuple, saved["shifts"])))
        return NarrativeClassifier(
            encoder, narratives, calibration, network, manifest["max_tokens"], manifest["max_sentence"], model_id
        )
    except (SafetensorError, RuntimeError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(
            f"the heads in {path} do not fit its manifest ({error}): copy the folder again or train again"
        ) from error


def _load_tfidf(path: Path, manifest: dict[str, Any], model_id: str) -> TfidfClassifier:
    from safetensors import SafetensorError

    from models.baseline import TfidfClassifier

    try:
        return TfidfClassifier.read(path, tuple(manifest["narratives"]), model_id)
    except (SafetensorError, OSError, KeyError, ValueError, AttributeError, TypeError) as error:
        raise CheckpointError(
            f"the TF-IDF model in {path} cannot be read ({error}): copy the folder again or train again"
        ) from error
