"""Linear layers whose weights are laid out once as the processor multiplies fastest (oneDNN), in three precisions.

In int8 each row of the weights has a scale of its own, and so has each column of what comes in: where it lies follows
from the weights that made it, a layer norm's or those of attention's values, so that nothing is measured while reading
(static quantisation; Jacob et al. 2018, arXiv:1712.05877) and rows don't depend on each other. The scales of columns
are multiplied into the weights (as Xiao et al. 2023, arXiv:2211.10438, do by activations that they observed).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, Self

import torch

__all__ = ["Int8Linear", "Int8Neurons", "Linear", "Neurons", "PackedLinear", "PackedNeurons", "Spread"]

_ROWS = 256
"""Rows for which weights are laid out: some hundreds, as of the windows that are read together."""
_LEAST_OF_GELU = -0.17
_FAR_OUT = 5.0
_USUAL, _OF_MEANS = 8.0, 4.0
"""Standard deviations to which columns of a norm are told that don't go far, and means of values."""
_ZERO = 128
"""Which of the whole numbers from 0 to 255 stands for the centre."""


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
class Spread:
    """Where the columns of what comes into a layer lie: within `reach` of `centre`; what lies beyond is cut off.

    Shape: (n_in,) each.
    """

    centre: torch.Tensor
    reach: torch.Tensor

    @classmethod
    def of_norm(cls, weight: torch.Tensor, bias: torch.Tensor, far: torch.Tensor | None = None) -> Self:
        """Of what a layer norm gives, by its weight and bias, and which columns go far (`models.norm_reach`).

        Those have room for all that a norm can make, the root of the width less one; where it isn't known, all have.
        """
        most = math.sqrt(max(len(weight) - 1, 1))
        usual = torch.full_like(weight, most if far is None else min(_USUAL, most))
        return cls(bias, weight.abs() * (usual if far is None else usual.masked_fill(far, most)))

    @classmethod
    def of_attention(cls, values: tuple[torch.Tensor, torch.Tensor], norm: tuple[torch.Tensor, torch.Tensor]) -> Self:
        """Of means of values, by weight and bias of the layer that makes these and of the norm before it."""
        (weight, bias), (norm_weight, norm_bias) = values, norm
        return cls(weight @ norm_bias + bias, _OF_MEANS * (weight * norm_weight).norm(dim=1))


@dataclass(frozen=True, slots=True)
class _Rounding:
    """Makes whole numbers from 0 to 255 (uint8) of each column. Shape: (n_in,) each.

    The shift has half a step in it, as what follows the point is cut off.
    """

    factor: torch.Tensor
    shift: torch.Tensor

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        # By way of int16: to uint8 itself torch goes number by number.
        return torch.addcmul(self.shift, x, self.factor).clamp_(0, 255).to(torch.int16).to(torch.uint8)


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
class Int8Linear:
    """In 8-bit whole numbers, summed in 32 bits.

    Attributes:
        weight: in oneDNN's order.
        scales: of each row of it.
        zero: the whole number that adds nothing to a sum.
        rounding: makes whole numbers of what comes in; None where they do.
        out: of the result.
    """

    weight: torch.Tensor
    scales: torch.Tensor
    zeros: torch.Tensor
    bias: torch.Tensor
    zero: int
    rounding: _Rounding | None
    out: torch.dtype

    @classmethod
    def of(cls, layer: tuple[torch.Tensor, torch.Tensor], spread: Spread, out: torch.dtype = torch.float32) -> Self:
        """From weight and bias of a linear layer, and how what comes in is spread."""
        weight, bias = layer
        step = (spread.reach / (_ZERO - 1)).clamp(min=1e-8)
        rounding = _Rounding(1 / step, _ZERO + 0.5 - spread.centre / step)
        return cls._laid_out(weight * step, bias + weight @ spread.centre, _ZERO, rounding, out)

    @classmethod
    def of_whole(cls, layer: tuple[torch.Tensor, torch.Tensor], scale: _Scale) -> Self:
        """The same where whole numbers of that scale come in."""
        return cls._laid_out(layer[0] * scale.step, layer[1], scale.zero, None, torch.float32)

    @classmethod
    def _laid_out(
        cls, weight: torch.Tensor, bias: torch.Tensor, zero: int, rounding: _Rounding | None, out: torch.dtype
    ) -> Self:
        scales = weight.abs().amax(1).clamp(min=1e-12) / 127
        whole = (weight / scales[:, None]).round().to(torch.int8)
        packed = torch.ops.onednn.qlinear_prepack(whole, [_ROWS, weight.shape[1]])
        zeros = torch.zeros(len(weight), dtype=torch.long)
        return cls(packed, scales, zeros, bias.float(), zero, rounding, out)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """See `Linear`."""
        return self._multiply(x, "none", _Scale(1.0, 0), self.out)

    def gelu(self, x: torch.Tensor, scale: _Scale) -> torch.Tensor:
        """The layer and then the exact activation, in whole numbers of that scale; what is beyond them is cut off."""
        return self._multiply(x, "gelu", scale, torch.uint8)

    def plus(self, x: torch.Tensor, residual: torch.Tensor) -> torch.Tensor:
        """See `Linear`."""
        return _tensor(
            torch.ops.onednn.qlinear_pointwise.binary(
                self._whole(x), 1.0, self.zero, self.weight, self.scales, self.zeros, residual,
                self.bias, 1.0, 0, torch.float32, 1.0, 0, "add", 1.0, "none", [], "",
            )
        )  # fmt: skip

    def _whole(self, x: torch.Tensor) -> torch.Tensor:
        return x if self.rounding is None else self.rounding(x)

    def _multiply(self, x: torch.Tensor, after: str, scale: _Scale, out: torch.dtype) -> torch.Tensor:
        return _tensor(
            torch.ops.onednn.qlinear_pointwise(
                self._whole(x), 1.0, self.zero, self.weight, self.scales, self.zeros, self.bias, scale.step,
                scale.zero, out, after, [], "none" if after == "gelu" else "",
            )
        )  # fmt: skip


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
    """In 8-bit whole numbers, also between the layers."""

    up: Int8Linear
    down: Int8Linear
    between: _Scale

    @classmethod
    def of(
        cls,
        up: tuple[torch.Tensor, torch.Tensor],
        down: tuple[torch.Tensor, torch.Tensor],
        norm: tuple[torch.Tensor, torch.Tensor],
        spread: Spread,
    ) -> Self:
        """From weight and bias of each layer, and of the norm by which x was made, and how x is spread.

        The norm says how far each neuron goes: to five standard deviations above its mean, if x is spread normally. The
        few that go further (which in trained encoders are those of the first token, and tell it apart and nothing
        more) are cut off there.
        """
        (weight, bias), (norm_weight, norm_bias) = up, norm
        most = (weight @ norm_bias + bias + _FAR_OUT * (weight * norm_weight).norm(dim=1)).amax()
        between = _Scale.of(_LEAST_OF_GELU, max(float(most), 1.0))
        return cls(Int8Linear.of(up, spread), Int8Linear.of_whole(down, between), between)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """See `Neurons`."""
        return self.down.plus(self.up.gelu(x, self.between), x)


def _tensor(value: torch.Tensor) -> torch.Tensor:
    """Only says to the type checker what torch.ops gives."""
    return value
