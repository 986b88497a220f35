"""Low-rank adapters: a small file beside the weights of an encoder that says how a training changed them.

Each linear layer learns a change of its weight of low rank, up · down, while the weight itself stays (LoRA; Hu et al.
2021, arXiv:2106.09685; here with scale 1). On disk the change stands apart from the encoder, a few MiB; when the folder
is loaded it is added to the weights, so that reading costs nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from models.manifest import ADAPTER
from nlp.errors import CheckpointError

if TYPE_CHECKING:
    from transformers import PreTrainedModel

__all__ = ["adapt", "is_adapted", "take_adapter", "without_adapter", "write_adapter"]


class _Adapted(nn.Linear):
    """x → W x + b + up · down · x; `up` starts at zero, so that nothing is changed at first.

    Shape: down (rank, n_in), up (n_out, rank).
    """

    def __init__(self, layer: nn.Linear, rank: int) -> None:
        super().__init__(layer.in_features, layer.out_features, bias=layer.bias is not None)
        self.weight, self.bias = layer.weight, layer.bias
        self.down = nn.Parameter(torch.randn(rank, layer.in_features) / layer.in_features**0.5)
        self.up = nn.Parameter(torch.zeros(layer.out_features, rank))

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return super().forward(input) + functional.linear(functional.linear(input, self.down), self.up)


def adapt(model: PreTrainedModel, rank: int) -> None:
    """Freezes an encoder, and gives each of its linear layers a change of rank `rank` to learn (seed through torch)."""
    model.requires_grad_(False)
    for name, layer in list(_linear_layers(model)):
        model.set_submodule(name, _Adapted(layer, rank))


def is_adapted(model: PreTrainedModel) -> bool:
    """Whether `adapt` was called on it."""
    return any(isinstance(layer, _Adapted) for _, layer in _linear_layers(model))


def write_adapter(model: PreTrainedModel, folder: Path) -> None:
    """Writes the changes of an adapted encoder, in float16."""
    from safetensors.torch import save_file

    tensors = {}
    for name, layer in _linear_layers(model):
        if isinstance(layer, _Adapted):
            for part, tensor in (("down", layer.down), ("up", layer.up)):
                tensors[f"{name}.{part}"] = tensor.detach().to("cpu", torch.float16).contiguous()
    save_file(tensors, folder / ADAPTER)


def without_adapter(model: PreTrainedModel) -> None:
    """Undoes `adapt`: the layers are those of before."""
    for name, layer in list(_linear_layers(model)):
        plain = nn.Linear(layer.in_features, layer.out_features, bias=layer.bias is not None)
        plain.weight, plain.bias = layer.weight, layer.bias
        model.set_submodule(name, plain)


def take_adapter(model: PreTrainedModel, folder: Path) -> None:
    """Adds the changes that a folder holds to the weights; does nothing where it holds none.

    Raises:
        CheckpointError: they are of another encoder, or cannot be read.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if not (folder / ADAPTER).is_file():
        return
    try:
        tensors = load_file(folder / ADAPTER)
        names = {name.rpartition(".")[0] for name in tensors}
        with torch.no_grad():
            for name, layer in _linear_layers(model):
                if name in names:
                    layer.weight += tensors[f"{name}.up"].float() @ tensors[f"{name}.down"].float()
                    names.remove(name)
        if names:
            raise ValueError(f"the encoder has no linear layer {min(names)!r}")
    except (SafetensorError, OSError, KeyError, ValueError, RuntimeError) as error:
        raise CheckpointError(
            f"the adapter in {folder} does not fit its encoder ({error}): copy the folder again or train again"
        ) from error


def _linear_layers(model: PreTrainedModel) -> Iterator[tuple[str, nn.Linear]]:
    yield from ((name, module) for name, module in model.named_modules() if isinstance(module, nn.Linear))
