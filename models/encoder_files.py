"""The files of a model with an encoder: an ordinary Hugging Face encoder in half precision, and our heads beside it.

The rows of the heads are in the order of the manifest's narratives and of our answers, which the heads' file says too.
Which folder, and whether it may be opened, is `models.checkpoint`.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from models.adapter import is_adapted, without_adapter, write_adapter
from models.added_heads import AddedHeads, Head
from models.baseline import TfidfClassifier
from models.calibration import Calibration
from models.classifier import NarrativeClassifier
from models.decisions import Thresholds
from models.encoder import load_reader
from models.manifest import ADDED, MANIFEST, TABLE, WORDS, thresholds_of, verified_manifest
from models.network import NarrativeNetwork
from models.token_states import STATES, states_width
from nlp.errors import CheckpointError
from nlp.narrative_writing import write_narratives
from nlp.narratives import load_narratives
from nlp.schema import ANSWERS

__all__ = [
    "HEADS",
    "calibrated_heads",
    "known_heads",
    "load_encoder_classifier",
    "read_added_heads",
    "round_as_saved",
    "together_of",
    "write_added_heads",
    "write_encoder_classifier",
]

HEADS = "heads.safetensors"
_ORDER = "order"
"""Key in the metadata of the heads under which narratives and answers stand in the order of their rows."""


def write_encoder_classifier(classifier: NarrativeClassifier, folder: Path) -> dict[str, Any]:
    """Writes encoder, adapter, tokenizer, heads and words; returns what the manifest says of them."""
    half: Any = copy.deepcopy(classifier.encoder.model)
    if is_adapted(half):
        write_adapter(half, folder)
        without_adapter(half)
    half.to("cpu", _stored_dtype(half))
    half.save_pretrained(folder)
    classifier.encoder.tokenizer.save_pretrained(folder)
    _compact(folder / "tokenizer.json")
    heads = {name: tensor.detach().cpu().contiguous() for name, tensor in classifier.network.heads.state_dict().items()}
    together, added = _parted(classifier.narratives, classifier.network)
    save_file(heads, folder / HEADS, {_ORDER: _order(together)})
    if classifier.network.added is not None:
        write_added_heads(dict(zip(added, classifier.network.added.heads, strict=True)), folder)
    if classifier.table:
        write_narratives(classifier.table, folder / TABLE)
    if classifier.words is not None:
        classifier.words.write(folder)
    states = {} if classifier.network.width == classifier.encoder.width else {"states": STATES[1]}
    return {
        "kind": "encoder",
        **states,
        "max_tokens": classifier.max_tokens,
        "max_sentence": classifier.max_sentence,
        "calibration": asdict(classifier.calibration),
        **({"added": list(added)} if added else {}),
    }


def write_added_heads(heads: Mapping[str, Head], folder: Path) -> None:
    """Writes the file of added heads, by narrative in their order."""
    tensors = {f"{name}.{part}": getattr(head, part) for name, head in heads.items() for part in ("weight", "bias")}
    save_file(
        {key: tensor.contiguous() for key, tensor in tensors.items()}, folder / ADDED, {_ORDER: _order(list(heads))}
    )


def read_added_heads(folder: Path, added: Sequence[str]) -> dict[str, Head]:
    """The added heads of a folder, which must be of these narratives in this order; none where there is no such file.

    Raises:
        ValueError: they are of others.
    """
    tensors = _tensors(folder / ADDED, added) if added else {}
    return {name: Head(tensors[f"{name}.weight"], tensors[f"{name}.bias"]) for name in added}


def load_encoder_classifier(path: Path, manifest: dict[str, Any], model_id: str) -> NarrativeClassifier:
    """The classifier of a folder whose manifest was verified, on the CPU.

    Raises:
        CheckpointError: weights that do not fit, heads of other narratives or answers than the manifest's.
    """
    encoder = load_reader(path)
    narratives, added = tuple(manifest["narratives"]), manifest.get("added", [])
    try:
        width = states_width(encoder, manifest.get("states", STATES[0]))
        network = NarrativeNetwork(encoder.model, width, len(narratives) - len(added))
        network.heads.load_state_dict(_tensors(path / HEADS, together_of(manifest)))
        if added:
            network.added = AddedHeads(tuple(read_added_heads(path, added).values()))
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
            table=load_narratives(path / TABLE) if (path / TABLE).is_file() else (),
            words=_words(path, together_of(manifest), thresholds_of(manifest)),
        )
    except (SafetensorError, OSError, RuntimeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckpointError(
            f"the heads in {path} do not fit its manifest ({error}): copy the folder again or train again"
        ) from error


def _words(path: Path, narratives: Sequence[str], thresholds: Thresholds) -> TfidfClassifier | None:
    """What is added for the words of a sentence, where the folder has it; added heads have none."""
    if not (path / WORDS).is_file():
        return None
    return TfidfClassifier.read(path, tuple(narratives), Thresholds(thresholds.values[: len(narratives)]), "words")


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
    n = len(ANSWERS)
    try:
        narratives = together_of(manifest)
        heads = _tensors(path / HEADS, narratives)
        weights, biases = heads["weight"].split(n), heads["bias"].split(n)
        if [len(part) for part in (*weights, *biases)] != [n] * 2 * len(narratives):
            raise ValueError(f"{len(heads['bias'])} answers for {len(narratives)} narratives")
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise CheckpointError(f"the heads in {path} cannot be taken up ({error}): copy the folder again") from error
    return dict(zip(narratives, zip(weights, biases, strict=True), strict=True))


def calibrated_heads(path: Path) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """The same with the calibration worked into them: the softmax of their answers is what the model says.

    Raises:
        CheckpointError: a broken one, or one whose heads read more than the last layer.
    """
    heads = known_heads(path)
    if not heads:
        return {}
    manifest = verified_manifest(path)
    if "states" in manifest:
        raise CheckpointError(
            f"the heads in {path} were learnt from few labels and read all layers, from where labels of articles do "
            "not go on: train it with --method whole, or give the model that it began with"
        )
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


def together_of(manifest: Mapping[str, Any]) -> list[str]:
    """The narratives whose heads were learnt together with the encoder; those that were added come after them.

    Raises:
        ValueError: they do not.
    """
    narratives, added = list(manifest["narratives"]), list(manifest.get("added", []))
    n_together = len(narratives) - len(added)
    if n_together < 1 or narratives[n_together:] != added:
        raise ValueError(f"the added narratives {added} are not the last of {narratives}")
    return narratives[:n_together]


def _parted(narratives: Sequence[str], network: NarrativeNetwork) -> tuple[Sequence[str], Sequence[str]]:
    """The narratives of the heads that were learnt together, and those that were added."""
    return narratives[: network.n_narratives], narratives[network.n_narratives :]


def _tensors(file: Path, narratives: Sequence[str]) -> dict[str, torch.Tensor]:
    """What a file of heads holds, whose rows must be of these narratives and of our answers, in this order.

    Raises:
        ValueError: they are not; models of before it was written say nothing, and are taken by their manifest.
    """
    with safe_open(file, "pt") as opened:
        order = (opened.metadata() or {}).get(_ORDER)
        if order is not None and order != _order(narratives):
            raise ValueError(f"the heads are of {order}, the manifest says {_order(narratives)}")
        return {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - not a mapping


def _compact(file: Path) -> None:
    """Writes a JSON file without its blanks: half of a tokenizer is indentation."""
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
