"""Linear layers whose weights are laid out once as the processor multiplies fastest (oneDNN), in three precisions.

In int8 each row of the weights has a scale of its own, found at loading; what comes in is scaled when it comes in, by
its own range (dynamic quantisation; Jacob et al. 2018, arXiv:1712.05877). Columns that a layer norm makes large are
made small beforehand, and their weights large, so that they cost the others no bits (as Xiao et al. 2023,
arXiv:2211.10438, do from activations; here the norm's own weights tell, and no data is needed).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import torch

__all__ = ["Int8Linear", "Linear", "PackedLinear", "column_sizes"]

_ROWS = 256
"""Rows for which weights are laid out: those of a full window."""
_LEAST, _MOST, _STEPS = -128, 127, 255


class Linear(Protocol):
    """Shape: x (n, n_in), result and residual (n, n_out)."""

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """The layer itself, W x + b."""
        ...

    def gelu(self, x: torch.Tensor) -> torch.Tensor:
        """The layer and then the exact activation, no approximation by a hyperbolic tangent."""
        ...

    def plus(self, x: torch.Tensor, residual: torch.Tensor) -> torch.Tensor:
        """The layer and what went past it, W x + b + residual."""
        ...


@dataclass(frozen=True, slots=True)
class PackedLinear:
    """In float32 or bfloat16; `weight` is in an order that only oneDNN knows."""

    weight: torch.Tensor
    bias: torch.Tensor

    @classmethod
    def of(cls, layer: tuple[torch.Tensor, torch.Tensor], dtype: torch.dtype) -> Self:
        """From weight and bias of a linear layer. Shape: (n_out, n_in), (n_out,)."""
        weight, bias = layer
        plain = weight.to(dtype).contiguous()
        return cls(torch.ops.mkldnn._reorder_linear_weight(plain, _ROWS), bias.to(dtype))

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """See `Linear`."""
        return _tensor(torch.ops.mkldnn._linear_pointwise(x, self.weight, self.bias, "none", [], ""))

    def gelu(self, x: torch.Tensor) -> torch.Tensor:
        """See `Linear`."""
        return _tensor(torch.ops.mkldnn._linear_pointwise(x, self.weight, self.bias, "gelu", [], "none"))

    def plus(self, x: torch.Tensor, residual: torch.Tensor) -> torch.Tensor:
        """See `Linear`."""
        return _tensor(torch.ops.mkldnn._linear_pointwise.binary(x, residual, self.weight, self.bias, "add"))


@dataclass(frozen=True, slots=True)
class Int8Linear:
    """In 8-bit whole numbers, summed in 32 bits.

    Attributes:
        weight: in oneDNN's order.
        scales: of each row of it.
        shrink: what each column of x is multiplied by before it is rounded, or None.
        out: of the result.
    """

    weight: torch.Tensor
    scales: torch.Tensor
    zeros: torch.Tensor
    bias: torch.Tensor
    shrink: torch.Tensor | None
    out: torch.dtype

    @classmethod
    def of(
        cls,
        layer: tuple[torch.Tensor, torch.Tensor],
        sizes: torch.Tensor | None = None,
        out: torch.dtype = torch.float32,
    ) -> Self:
        """From weight and bias of a linear layer, and how large each column of x is about (`column_sizes`)."""
        weight, bias = layer
        stretched = weight if sizes is None else weight * sizes
        scales = stretched.abs().amax(1).clamp(min=1e-8) / 127
        whole = (stretched / scales[:, None]).round().to(torch.int8)
        packed = torch.ops.onednn.qlinear_prepack(whole, [_ROWS, weight.shape[1]])
        zeros = torch.zeros(len(weight), dtype=torch.long)
        return cls(packed, scales, zeros, bias.float(), None if sizes is None else 1 / sizes, out)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """See `Linear`."""
        return self._of_whole(x, "none")

    def gelu(self, x: torch.Tensor) -> torch.Tensor:
        """See `Linear`."""
        return self._of_whole(x, "gelu")

    def plus(self, x: torch.Tensor, residual: torch.Tensor) -> torch.Tensor:
        """See `Linear`; each row of x has its own scale here, which costs nothing more."""
        x = x.float()
        high, low = x.amax(1, keepdim=True).clamp_(min=1e-8), x.amin(1, keepdim=True).clamp_(max=-1e-8)
        # One zero point for all rows, where the whole lies between its least and its greatest value.
        least, most = float(low.amin()), float(high.amax())
        zero = max(_LEAST + 16, min(0, round(_LEAST + _STEPS * least / (least - most))))
        scale = torch.maximum(high / (_MOST - zero), low / (_LEAST - zero))
        whole = (x / scale).add_(zero).round_().to(torch.int8)
        sums = self._multiply(whole, 1.0, zero, None, torch.float32, "none")
        return torch.addcmul(residual + self.bias, sums, scale)

    def _of_whole(self, x: torch.Tensor, after: str) -> torch.Tensor:
        """One scale and zero point for all of x."""
        if self.shrink is not None:
            x = x * self.shrink
        low, high = min(float(x.amin()), 0.0), max(float(x.amax()), 0.0)
        scale = max((high - low) / _STEPS, 1e-8)
        zero = round(_LEAST - low / scale)
        whole = (x * (1 / scale)).add_(zero).round_().clamp_(_LEAST, _MOST).to(torch.int8)
        return self._multiply(whole, scale, zero, self.bias, self.out, after)

    def _multiply(
        self, whole: torch.Tensor, scale: float, zero: int, bias: torch.Tensor | None, out: torch.dtype, after: str
    ) -> torch.Tensor:
        # oneDNN is fast for whole numbers from 0 on; torch makes those from -128 on five times as fast.
        positive = whole.view(torch.uint8).add_(-_LEAST)
        return _tensor(
            torch.ops.onednn.qlinear_pointwise(
                positive, scale, zero - _LEAST, self.weight, self.scales, self.zeros, bias, 1.0, 0, out, after, [],
                "none" if after == "gelu" else "",
            )
        )  # fmt: skip


def column_sizes(norm_weight: torch.Tensor, norm_bias: torch.Tensor) -> torch.Tensor:
    """About how large a layer norm makes each column: its mean and three of its standard deviations; never 0."""
    sizes = norm_bias.abs() + 3 * norm_weight.abs()
    return (sizes / sizes.mean()).clamp_(min=0.1)


def _tensor(value: torch.Tensor) -> torch.Tensor:
    """Only says to the type checker what torch.ops gives."""
    return value
