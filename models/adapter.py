"""Low-rank adapters: a small file beside the weights of an encoder that says how a training changed them.

Each linear layer learns a change of its weight of low rank, scale · up · down, while the weight itself stays (LoRA; Hu
et al. 2021, arXiv:2106.09685). Training goes through peft (the extra `lora`), and what is saved is a folder that peft
reads too. When a model is loaded the change is added to the weights, so that reading needs no peft and costs nothing
more. Read as well is the one file of the bundled model, which has no room for more: `up` and `down` of each layer in
whole numbers of 8 bits, and a `scale` for each rank (in it, 1 where there is none).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from models.manifest import ADAPTER, ADAPTER_CONFIG, ADAPTER_WEIGHTS
from nlp.errors import CheckpointError, MissingExtraError

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["adapt", "is_adapted", "take_adapter", "without_adapter", "write_adapter"]

_PREFIX = "base_model.model."
_DOWN, _UP = ".lora_A.weight", ".lora_B.weight"
_PLAIN: dict[str, tuple[object, ...]] = {
    "peft_type": ("LORA",),
    "bias": ("none",),
    "use_dora": (False, None),
    "use_rslora": (False, None),
    "rank_pattern": ({}, None),
    "alpha_pattern": ({}, None),
    "modules_to_save": (None, []),
}
"""What an adapter's configuration must say for its change to be scale · up · down and nothing else."""


@dataclass(frozen=True, slots=True)
class _Change:
    """Of one layer. Shape: up (n_out, rank), down (rank, n_in), scale (rank,) or (1,)."""

    up: torch.Tensor
    down: torch.Tensor
    scale: torch.Tensor


def adapt(model: PreTrainedModel, rank: int) -> None:
    """Freezes an encoder, and gives each of its linear layers a change of rank `rank` to learn (seed through torch).

    The change is scaled by two (`lora_alpha` is twice the rank), and none at first.

    Raises:
        MissingExtraError: peft is not installed.
    """
    try:
        from peft import LoraConfig, inject_adapter_in_model
    except ImportError as error:
        raise MissingExtraError(
            f"low-rank adapters need peft, which cannot be imported ({error}): install it with "
            "pip install 'froth-narratives[lora]'",
            extra="lora",
        ) from error

    model.requires_grad_(False)
    names = [name for name, _ in _linear_layers(model)]
    inject_adapter_in_model(LoraConfig(r=rank, lora_alpha=2 * rank, target_modules=names), model)


def is_adapted(model: PreTrainedModel) -> bool:
    """Whether `adapt` was called on it."""
    return hasattr(model, "peft_config")


def write_adapter(model: PreTrainedModel, folder: Path) -> None:
    """Writes the changes of an adapted encoder, in float16, as peft would."""
    from peft import get_peft_model_state_dict
    from safetensors.torch import save_file

    place = folder / ADAPTER_WEIGHTS
    place.parent.mkdir()
    found = get_peft_model_state_dict(model)
    tensors = {_PREFIX + name: tensor.detach().to("cpu", torch.float16).contiguous() for name, tensor in found.items()}
    save_file(tensors, place, {"format": "pt"})
    written = _config(model).to_dict()
    # A set has another order in each process, and the file is part of the model's id.
    written = {key: sorted(value) if isinstance(value, set) else value for key, value in written.items()}
    text = json.dumps(written | {"inference_mode": True}, indent=1, sort_keys=True, default=str)
    (folder / ADAPTER_CONFIG).write_text(text + "\n", encoding="utf-8")


def without_adapter(model: PreTrainedModel) -> None:
    """Undoes `adapt`: the layers are those of before."""
    from peft.tuners.lora import LoraLayer

    for name, layer in list(model.named_modules()):
        if isinstance(layer, LoraLayer):
            model.set_submodule(name, layer.get_base_layer())
    del model.peft_config


def take_adapter(model: PreTrainedModel, folder: Path) -> None:
    """Adds the changes that a folder holds to the weights; does nothing where it holds none.

    Raises:
        CheckpointError: they are of another encoder, or cannot be read.
    """
    from safetensors import SafetensorError

    try:
        changes = _changes(folder)
        with torch.no_grad():
            for name, layer in _linear_layers(model):
                if change := changes.pop(name, None):
                    layer.weight += (change.up.float() * change.scale) @ change.down.float()
        if changes:
            raise ValueError(f"the encoder has no linear layer {min(changes)!r}")
    except (SafetensorError, OSError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise CheckpointError(
            f"the adapter in {folder} does not fit its encoder ({error}): copy the folder again or train again"
        ) from error


def _changes(folder: Path) -> dict[str, _Change]:
    """By name of the layer; empty where there is no adapter."""
    from safetensors.torch import load_file

    if (folder / ADAPTER).is_file():
        tensors = load_file(folder / ADAPTER)
        names = {name.rpartition(".")[0] for name in tensors}
        one = torch.ones(1)
        return {
            name: _Change(tensors[f"{name}.up"], tensors[f"{name}.down"], tensors.get(f"{name}.scale", one))
            for name in names
        }
    if not (folder / ADAPTER_WEIGHTS).is_file():
        return {}
    config = json.loads((folder / ADAPTER_CONFIG).read_text(encoding="utf-8"))
    for key, plain in _PLAIN.items():
        if key in config and config[key] not in plain:
            raise ValueError(f"{key} is {config[key]!r}")
    tensors = load_file(folder / ADAPTER_WEIGHTS)
    names = {name.removesuffix(_DOWN).removesuffix(_UP) for name in tensors}
    scale = torch.tensor([config["lora_alpha"] / config["r"]])
    return {name.removeprefix(_PREFIX): _Change(tensors[name + _UP], tensors[name + _DOWN], scale) for name in names}


def _config(model: Any) -> Any:  # noqa: ANN401 - peft is not there in every environment
    return model.peft_config["default"]


def _linear_layers(model: PreTrainedModel) -> Iterator[tuple[str, nn.Linear]]:
    yield from ((name, module) for name, module in model.named_modules() if isinstance(module, nn.Linear))
