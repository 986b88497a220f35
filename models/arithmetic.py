"""In which numbers an encoder computes: float32 as it was trained, or fewer bits for speed, where a processor has them.

The choice is part of a model's id, as it changes scores: `default@2921813f` computes in float32,
`default@2921813f+int8-2` in whole numbers, in the second way of doing so. So a table says how it was made, and a store
keeps them apart.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, get_args

from models.encoder import fast_bfloat16
from nlp.errors import CheckpointError

if TYPE_CHECKING:
    import torch

__all__ = [
    "PRECISIONS",
    "Precision",
    "check_precision",
    "fast_int8",
    "full_width",
    "has_onednn",
    "linear_by_row",
    "marked",
]

Precision = Literal["fp32", "bf16", "int8"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
_MARKS: dict[Precision, str] = {"bf16": "bf16-2", "int8": "int8-2"}


def marked(model_id: str, precision: Precision) -> str:
    """The model id with the precision in it; float32 goes without saying.

    >>> marked("default@2921813f", "fp32"), marked("default@2921813f", "int8")
    ('default@2921813f', 'default@2921813f+int8-2')
    """
    return model_id if precision == "fp32" else f"{model_id}+{_MARKS.get(precision, precision)}"


def check_precision(precision: Precision, device: torch.device) -> None:
    """Refuses what this machine would compute slowly, or differently from others.

    Raises:
        CheckpointError: there are no such instructions here.
    """
    if precision == "bf16" and not fast_bfloat16(device):
        raise CheckpointError(f"the {device.type} has no bfloat16 instructions: leave --precision at fp32")
    if precision == "int8" and not fast_int8(device):
        raise CheckpointError(
            f"the {device.type} has no instructions for sums of 8-bit products (AVX-VNNI): leave --precision at fp32"
        )


def fast_int8(device: torch.device) -> bool:
    """Whether it sums products of whole numbers of 8 bits exactly, by instructions for that."""
    # Without VNNI the sums of two products are cut off at 16 bits: other scores, not only slower ones.
    return has_onednn() and bool(_instructions(device).get("avx512_vnni"))


def _instructions(device: torch.device) -> Mapping[str, object]:
    import torch

    return torch.cpu.get_capabilities() if device.type == "cpu" else {}


def has_onednn() -> bool:
    """Whether torch multiplies through oneDNN on this processor, by routines for its own instructions."""
    import torch

    return platform.machine() in ("x86_64", "AMD64") and torch.backends.mkldnn.is_available()


@contextmanager
def full_width() -> Iterator[None]:
    """Within it products of float32 go through oneDNN too, on processors where that changes no bit of a factor.

    By itself torch gives them to MKL, which uses half of the width of the processors of any maker but its own. torch
    has no switch for that but the permission to round factors to bfloat16, of which oneDNN makes no use where there is
    no matrix unit (AMX).
    """
    import torch

    chosen: Any = torch.backends.mkldnn.matmul  # type: ignore[attr-defined]
    found = _instructions(torch.device("cpu"))
    if not (has_onednn() and found.get("avx512_f") and not found.get("amx_tile") and not found.get("amx_bf16")):
        yield
        return
    before = chosen.fp32_precision
    chosen.fp32_precision = "bf16"
    try:
        yield
    finally:
        chosen.fp32_precision = before


def linear_by_row(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """A linear layer with few outputs, each row computed as if it were alone, on a CPU to the bit.

    Routines of products are chosen by the number of rows, and may sum in another order.

    Shape: x (n, n_in), weight (n_out, n_in), bias (n_out,) → (n, n_out).
    """
    import torch

    return torch.stack([(x * row).sum(-1) for row in weight], dim=-1) + bias
