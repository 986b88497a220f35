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

__all__ = ["Int8Linear", "Int8Neurons", "Linear", "Neurons", "PackedLinear", "PackedNeurons", "column_sizes"]

_ROWS = 256
"""Rows for which weights are laid out: those of a full window."""
_LEAST_OF_GELU = -0.17
_FAR_OUT = 5.0


class Linear(Protocol):
    """Shape: x (n, n_in), result and residual (n, n_out)."""

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """The layer itself, W x + b."""
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
        """The layer and then the exact activation, no approximation by a hyperbolic tangent."""
        return _tensor(torch.ops.mkldnn._linear_pointwise(x, self.weight, self.bias, "gelu", [], "none"))

    def plus(self, x: torch.Tensor, residual: torch.Tensor) -> torch.Tensor:
        """See `Linear`."""
        return _tensor(torch.ops.mkldnn._linear_pointwise.binary(x, residual, self.weight, self.bias, "add"))


@dataclass(frozen=True, slots=True)
class Int8Linear:
    """In 8-bit whole numbers, summed in 32 bits; one scale for all of x.

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
        return self._multiply(self._whole(x), "none", _Scale(1.0, 0), self.out)

    def gelu(self, x: torch.Tensor, scale: _Scale) -> _Whole:
        """The layer and then the exact activation, in whole numbers of that scale; what is beyond them is cut off."""
        return _Whole(self._multiply(self._whole(x), "gelu", scale, torch.uint8), scale)

    def plus(self, x: torch.Tensor | _Whole, residual: torch.Tensor) -> torch.Tensor:
        """See `Linear`."""
        whole = x if isinstance(x, _Whole) else self._whole(x.float())
        return _tensor(
            torch.ops.onednn.qlinear_pointwise.binary(
                whole.values, whole.scale.step, whole.scale.zero, self.weight, self.scales, self.zeros, residual,
                self.bias, 1.0, 0, torch.float32, 1.0, 0, "add", 1.0, "none", [], "",
            )
        )  # fmt: skip

    def _whole(self, x: torch.Tensor) -> _Whole:
        if self.shrink is not None:
            x = x * self.shrink
        scale = _Scale.of(min(float(x.amin()), 0.0), max(float(x.amax()), 0.0))
        # oneDNN is fast for whole numbers from 0 on; torch makes those from -128 on five times as fast.
        whole = torch.add(torch.tensor(scale.zero - 128.0), x, alpha=1 / scale.step).round_().to(torch.int8)
        return _Whole(whole.view(torch.uint8).add_(128), scale)

    def _multiply(self, x: _Whole, after: str, scale: _Scale, out: torch.dtype) -> torch.Tensor:
        return _tensor(
            torch.ops.onednn.qlinear_pointwise(
                x.values, x.scale.step, x.scale.zero, self.weight, self.scales, self.zeros, self.bias, scale.step,
                scale.zero, out, after, [], "none" if after == "gelu" else "",
            )
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Scale:
    """Which numbers the whole numbers from 0 to 255 stand for: (whole - zero) * step."""

    step: float
    zero: int

    @classmethod
    def of(cls, low: float, high: float) -> Self:
        """From low to high; a number is left free at either end, so that rounding leads nowhere beyond them."""
        step = max((high - low) / 253, 1e-8)
        return cls(step, 1 + round(-low / step))


@dataclass(frozen=True, slots=True)
class _Whole:
    """Whole numbers, uint8, and what they stand for."""

    values: torch.Tensor
    scale: _Scale


class Neurons(Protocol):
    """The two linear layers that a token goes through by itself, with the activation between them."""

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """What they give, and what went past them. Shape: (n, width) → (n, width)."""
        ...


@dataclass(frozen=True, slots=True)
class PackedNeurons:
    """In float32 or bfloat16."""

    up: PackedLinear
    down: PackedLinear

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """See `Neurons`."""
        return self.down.plus(self.up.gelu(x), x)


@dataclass(frozen=True, slots=True)
class Int8Neurons:
    """In 8-bit whole numbers, also between the layers, where their scale is known beforehand."""

    up: Int8Linear
    down: Int8Linear
    between: _Scale

    @classmethod
    def of(
        cls,
        up: tuple[torch.Tensor, torch.Tensor],
        down: tuple[torch.Tensor, torch.Tensor],
        norm: tuple[torch.Tensor, torch.Tensor],
    ) -> Self:
        """From weight and bias of each layer, and of the norm by which x was made.

        That norm says how x is spread, and so how far each neuron goes: to five standard deviations above its mean,
        if it is spread normally. The few that go further (which in trained encoders are those of the first token, and
        tell it apart and nothing more) are cut off there.
        """
        (weight, bias), (norm_weight, norm_bias) = up, norm
        most = (weight @ norm_bias + bias + _FAR_OUT * (weight * norm_weight).norm(dim=1)).amax()
        between = _Scale.of(_LEAST_OF_GELU, max(float(most), 1.0))
        return cls(Int8Linear.of(up, column_sizes(norm_weight, norm_bias)), Int8Linear.of(down), between)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """See `Neurons`."""
        return self.down.plus(self.up.gelu(x, self.between), x)


def column_sizes(norm_weight: torch.Tensor, norm_bias: torch.Tensor) -> torch.Tensor:
    """About how large a layer norm makes each column: its mean and three of its standard deviations; never 0."""
    sizes = norm_bias.abs() + 3 * norm_weight.abs()
    return (sizes / sizes.mean()).clamp_(min=0.1)


def _tensor(value: torch.Tensor) -> torch.Tensor:
    """Only says to the type checker what torch.ops gives."""
    return value
