"""Some windows row behind row, as an encoder reads them together: a row is a token, and each window has some to spare.

A window is filled up to a multiple of eight rows, and all of them to a multiple of 64: each number has routines of its
own, which are made when first needed and stay in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, repeat
from typing import Self

import torch

from models.windows import Window

__all__ = ["Run", "WindowRows", "n_rows"]

_MULTIPLE, _MULTIPLE_OF_ALL = 8, 64


@dataclass(frozen=True, slots=True)
class Run:
    """Windows behind each other of which each has `n` rows, the first of them from row `start` on.

    Attributes:
        sizes: of how many tokens each is; its other rows are empty, and attended by none.
    """

    start: int
    n: int
    sizes: tuple[int, ...]

    @property
    def rows(self) -> slice:
        """All its rows."""
        return slice(self.start, self.start + self.n * len(self.sizes))


@dataclass(frozen=True, slots=True)
class WindowRows:
    """Where the tokens of some windows are.

    Attributes:
        ids: of the tokens; zeros in empty rows. Shape: (n_rows,).
        filled: how many rows each window has; behind the last one are `n_behind` empty ones.
        runs: the windows, those that are filled up alike and follow each other together.
    """

    ids: torch.Tensor
    filled: list[int]
    n_behind: int
    runs: list[Run]

    @classmethod
    def of(cls, windows: Sequence[Window], longest: int, *, filled_up: bool = True) -> Self:
        """Windows in this order, none of more than `longest` tokens; `filled_up` to the multiple of all."""
        filled = [n_rows(window, longest) for window in windows]
        n_behind = -sum(filled) % _MULTIPLE_OF_ALL if filled_up else 0
        ids = [token for window, n in zip(windows, filled, strict=True) for token in _up_to(n, window)]
        runs, start = list[Run](), 0
        for n, group in groupby(zip(filled, windows, strict=True), key=lambda pair: pair[0]):
            runs.append(Run(start, n, tuple(len(window.ids) for _, window in group)))
            start = runs[-1].rows.stop
        return cls(torch.tensor([*ids, *repeat(0, n_behind)]), filled, n_behind, runs)

    @property
    def starts(self) -> list[int]:
        """The row of the first token of each window."""
        return [0, *accumulate(self.filled[:-1])]


def n_rows(window: Window, longest: int) -> int:
    """The rows of a window: a few more than its tokens, but no more than `longest`."""
    return min(-(-len(window.ids) // _MULTIPLE) * _MULTIPLE, longest)


def _up_to(n: int, window: Window) -> Iterator[int]:
    """The ids of a window, and zeros behind them."""
    yield from window.ids
    yield from repeat(0, n - len(window.ids))
