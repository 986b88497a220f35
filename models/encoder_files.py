"""The files of a model with an encoder: an ordinary Hugging Face encoder in half precision, and our heads beside it.

The rows of the heads are in the order of the manifest's narratives and of our answers, which the heads' file says too.
Which folder, and whether it may be opened, is `models.checkpoint`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from models.adapter import is_adapted, without_adapter, write_adapter
from models.calibration import Calibration
from models.classifier import NarrativeClassifier, NarrativeNetwork
from models.encoder import load_reader
from models.manifest import MANIFEST, thresholds_of, verified_manifest
from nlp.errors import CheckpointError
from nlp.schema import ANSWERS

__all__ = ["calibrated_heads", "known_heads", "load_encoder_classifier", "round_as_saved", "write_encoder_classifier"]

_ORDER = "order"
"""Key in the metadata of the heads under which narratives and answers stand in the order of their rows."""


def write_encoder_classifier(classifier: NarrativeClassifier, folder: Path) -> dict[str, Any]:
    """Writes encoder, adapter, tokenizer and heads; returns what the manifest says of them."""
    half: Any = copy.deepcopy(classifier.encoder.model)
    if is_adapted(half):
        write_adapter(half, folder)
        without_adapter(half)
    half.to("cpu", _stored_dtype(half))
    half.save_pretrained(folder)
    classifier.encoder.tokenizer.save_pretrained(folder)
    _compact(folder / "tokenizer.json")
    heads = {name: tensor.detach().cpu().contiguous() for name, tensor in classifier.network.heads.state_dict().items()}
    save_file(heads, folder / "heads.safetensors", {_ORDER: _order(classifier.narratives)})
    return {
        "kind": "encoder",
        "max_tokens": classifier.max_tokens,
        "max_sentence": classifier.max_sentence,
        "calibration": asdict(classifier.calibration),
    }


def load_encoder_classifier(path: Path, manifest: dict[str, Any], model_id: str) -> NarrativeClassifier:
    """The classifier of a folder whose manifest was verified, on the CPU.

    Raises:
        CheckpointError: weights that do not fit, heads of other narratives or answers than the manifest's.
    """
    encoder = load_reader(path)
    narratives = tuple(manifest["narratives"])
    network = NarrativeNetwork(encoder.model, encoder.width, len(narratives))
    try:
        network.heads.load_state_dict(_heads(path, narratives))
        saved = manifest["calibration"]
        calibration = Calibration(tuple(saved["scales"]), tuple(map(tuple, saved["shifts"])))
        return NarrativeClassifier(
            encoder,
            narratives,
            calibration,
            thresholds_of(manifest),
            network,
            manifest["max_tokens"],
            manifest["max_sentence"],
            model_id,
        )
    except (SafetensorError, RuntimeError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(
            f"the heads in {path} do not fit its manifest ({error}): copy the folder again or train again"
        ) from error


def known_heads(path: Path) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Weight and bias of the head of each narrative in a model folder; nothing where there is none of ours.

    Shape: weight (3, 2 · width), bias (3,).

    Raises:
        CheckpointError: it is a broken one.
    """
    if not (path / MANIFEST).is_file():
        return {}
    manifest = verified_manifest(path)
    if manifest["kind"] != "encoder":
        return {}
    n, narratives = len(ANSWERS), manifest["narratives"]
    try:
        heads = _heads(path, narratives)
        weights, biases = heads["weight"].split(n), heads["bias"].split(n)
        if [len(part) for part in (*weights, *biases)] != [n] * 2 * len(narratives):
            raise ValueError(f"{len(heads['bias'])} answers for {len(narratives)} narratives")
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise CheckpointError(f"the heads in {path} cannot be taken up ({error}): copy the folder again") from error
    return dict(zip(narratives, zip(weights, biases, strict=True), strict=True))


def calibrated_heads(path: Path) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """The same with the calibration worked into them: the softmax of their answers is what the model says."""
    heads = known_heads(path)
    if not heads:
        return {}
    manifest = verified_manifest(path)
    try:
        saved = manifest["calibration"]
        of_narrative = dict(
            zip(manifest["narratives"], zip(saved["scales"], saved["shifts"], strict=True), strict=True)
        )
        return {
            name: (weight.float() * of_narrative[name][0], bias.float() * of_narrative[name][0] + torch.tensor(shifts))
            for name, (weight, bias) in heads.items()
            for shifts in [of_narrative[name][1]]
        }
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        raise CheckpointError(f"the heads in {path} cannot be taken up ({error}): copy the folder again") from error


def round_as_saved(classifier: NarrativeClassifier) -> None:
    """Rounds the encoder's weights as saving will, so that what is measured before is what is loaded after."""
    model = classifier.encoder.model
    dtype = _stored_dtype(model)
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(weight.to(dtype))


def _stored_dtype(model: torch.nn.Module) -> torch.dtype:
    """float16; float32 where a weight is beyond its range."""
    most = max((float(weight.detach().abs().max()) for weight in model.parameters()), default=0.0)
    return torch.float16 if most <= torch.finfo(torch.float16).max else torch.float32


def _order(narratives: Sequence[str]) -> str:
    return json.dumps({"narratives": list(narratives), "answers": list(ANSWERS)})


def _heads(path: Path, narratives: Sequence[str]) -> dict[str, torch.Tensor]:
    """The heads of a folder, whose rows must be of these narratives and of our answers, in this order.

    Raises:
        ValueError: they are not; models of before it was written say nothing, and are taken by their manifest.
    """
    with safe_open(path / "heads.safetensors", "pt") as file:
        order = (file.metadata() or {}).get(_ORDER)
        if order is not None and order != _order(narratives):
            raise ValueError(f"the heads are of {order}, the manifest says {_order(narratives)}")
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping


def _compact(file: Path) -> None:
    """Writes a JSON file without its blanks: half of a tokenizer is indentation."""
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
