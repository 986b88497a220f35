"""A layer of a screen (`models.screen`), in whole numbers of 8 bits whose sums are exact on every machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.arithmetic import fast_int8

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LEVELS", "Layer"]

LEVELS = 127
"""What a layer gives is a whole number from 0 to this."""
_MULTIPLE = 512
"""Of rows of a product: each number has a routine of its own, which stays in memory."""


@dataclass(frozen=True, slots=True)
class Layer:
    """x → x · weights · scale + bias, in levels.

    Attributes:
        weights: Shape: (n_in, n_out).
        scale, bias: Shape: (n_out,).
    """

    weights: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.weights.ndim != 2 or {self.scale.shape, self.bias.shape} != {self.weights.shape[1:]}:
            raise ValueError(
                f"weights of shape {self.weights.shape} do not go with scale {self.scale.shape} and bias "
                f"{self.bias.shape}"
            )

    def sums(self, x: NDArray[np.int8]) -> NDArray[np.float32]:
        """The values themselves, of levels. Shape: (n, n_in) → (n, n_out)."""
        result = _product(x, self.weights)
        result *= self.scale
        result += self.bias
        return result

    def levels(self, x: NDArray[np.int8]) -> NDArray[np.int8]:
        """The values as whole numbers from 0 to `LEVELS`; shapes as above."""
        return _whole(self.sums(x))

    def levels_of_reals(self, x: NDArray[np.floating]) -> NDArray[np.int8]:
        """The same of any numbers.

        In float64, so that the order of the sums, which is a machine's own, does not decide what is rounded where.
        """
        return _whole(x.astype(np.float64) @ self.weights.astype(np.float64) * self.scale + self.bias)


def _product(x: NDArray[np.int8], weights: NDArray[np.int8]) -> NDArray[np.float32]:
    """Exact: float32 holds every whole number that a thousand products of these sum up to."""
    import torch  # here, as who only asks which screen a model has waits for no torch

    if fast_int8(torch.device("cpu")) and len(x):
        filled = np.pad(x, ((0, -len(x) % _MULTIPLE), (0, 0)))
        exact: NDArray[np.int32] = torch._int_mm(torch.from_numpy(filled), torch.from_numpy(weights)).numpy()
        return exact[: len(x)].astype(np.float32)
    return x.astype(np.float32) @ weights.astype(np.float32)


def _whole(values: NDArray[np.floating]) -> NDArray[np.int8]:
    result: NDArray[np.int8] = np.rint(np.clip(values, 0, LEVELS, out=values), out=values).astype(np.int8)
    return result
