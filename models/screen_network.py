"""The network of a screen (`models.screen`) while it learns, with the rounding of the finished one.

It is trained as it will be read, with whole numbers of 8 bits (quantisation-aware: Jacob et al. 2018,
arXiv:1712.05877); the gradient passes through the rounding as if there were none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from models.full_readings import FullReading
from models.screen import Screen
from models.screen_layer import LEVELS, Layer
from models.screen_places import DILATIONS, judged_of, place_tokens

__all__ = ["ScreenNetwork", "Widths"]

_RANGE = 8.0
"""What a layer gives at most while it learns: LEVELS of the finished one. Where it is 1, much more is missed."""
_LEAK = 0.05
_FIRST_ANSWER = -3.0
"""The score of all sentences before anything is learnt: few tell anything."""


@dataclass(frozen=True, slots=True)
class Widths:
    """Of the layers over words, places and sentences."""

    words: int = 64
    places: int = 96
    sentence: int = 64


class _Rounded(nn.Module):
    """A linear layer with weights of 8 bits; what it gives is in LEVELS steps from 0 to _RANGE, but for the last."""

    def __init__(self, n_in: int, n_out: int, is_last: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_in, n_out) * (2 / n_in) ** 0.5)
        self.bias = nn.Parameter(torch.full((n_out,), _FIRST_ANSWER if is_last else 0.1))
        self.is_last = is_last

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scale = self._scale()
        weight = self.weight + (torch.round(self.weight / scale) * scale - self.weight).detach()
        y = x @ weight + self.bias
        if self.is_last:
            return y
        inside = y.clamp(0, _RANGE)
        # A little of the gradient passes beyond the ends, or what is once beyond them on all sentences stays there.
        leaking = inside + _LEAK * (y - inside)
        return leaking + (torch.round(inside * LEVELS / _RANGE) * (_RANGE / LEVELS) - leaking).detach()

    def take(self, layer: Layer, input_unit: float) -> None:
        """Starts from a finished layer; arguments as of `finished`."""
        unit = 1.0 if self.is_last else LEVELS / _RANGE
        with torch.no_grad():
            scale = torch.from_numpy(layer.scale / (input_unit * unit))
            self.weight.copy_(torch.from_numpy(layer.weights.astype(np.float32)) * scale)
            self.bias.copy_(torch.from_numpy(layer.bias / unit))

    def _scale(self) -> torch.Tensor:
        return (self.weight.detach().abs().amax(0) / LEVELS).clamp(min=1e-8)

    def finished(self, input_unit: float) -> Layer:
        """The layer in levels; `input_unit` is what one step of its input stands for."""
        scale, unit = self._scale(), 1.0 if self.is_last else LEVELS / _RANGE
        return Layer(
            torch.round(self.weight.detach() / scale).to(torch.int8).numpy(),
            (scale * (input_unit * unit)).numpy(),
            (self.bias.detach() * unit).numpy(),
        )


class ScreenNetwork(nn.Module):
    """The screen while it learns; what its layers are is said in `models.screen.Screen`."""

    def __init__(self, vectors: torch.Tensor, n_narratives: int, widths: Widths) -> None:
        super().__init__()
        by_place = [widths.words, *([widths.places] * len(DILATIONS))]
        self.vectors, self.unit = vectors, float(1 / vectors.std())
        self.words = _Rounded(vectors.shape[1], widths.words)
        self.convolutions = nn.ModuleList(_Rounded(3 * width, widths.places) for width in by_place[:-1])
        self.sentence = _Rounded(sum(by_place), widths.sentence)
        self.context = _Rounded(3 * widths.sentence, widths.sentence)
        self.answer = _Rounded(2 * widths.sentence, n_narratives, is_last=True)

    def take(self, screen: Screen) -> None:
        """Starts from a finished screen of the same widths."""
        level = _RANGE / LEVELS
        self.words.take(screen.words, self.unit)
        for layer, finished in zip(self.convolutions, screen.convolutions, strict=True):
            layer.take(finished, level)  # type: ignore[operator]
        for layer, finished in (
            (self.sentence, screen.sentence),
            (self.context, screen.context),
            (self.answer, screen.answer),
        ):
            layer.take(finished, level)

    def forward(self, articles: Sequence[FullReading], sep: int) -> torch.Tensor:
        """Scores of the judged sentences of some articles, Shape: (n_judged, n_narratives)."""
        placed = place_tokens([article.tokens for article in articles], sep)
        ids = torch.from_numpy(placed.ids)
        words = self.words(functional.embedding(ids.clamp(min=0), self.vectors) * self.unit)
        layers = [words * (ids >= 0).unsqueeze(1)]
        for layer, step in zip(self.convolutions, DILATIONS, strict=True):
            layers.append(layer(_with_neighbours(layers[-1], step)))
        lengths = np.diff(placed.starts, append=len(placed.ids))
        runs = torch.from_numpy(np.repeat(np.arange(len(lengths)), lengths))
        states = torch.cat(layers, dim=1)
        most = torch.zeros(len(lengths), states.shape[1]).scatter_reduce(
            0, runs[:, None].expand_as(states), states, "amax"
        )
        alone = self.sentence(most[torch.from_numpy(placed.is_sentence)])
        rows = torch.from_numpy(np.arange(len(alone)) + placed.passage)
        apart = torch.zeros(int(rows[-1]) + 1, alone.shape[1]).index_copy(0, rows, alone)
        together = self.context(_with_neighbours(apart, 1)[rows])
        judged = torch.from_numpy(np.concatenate([judged_of(article.passage) for article in articles]))
        scores: torch.Tensor = self.answer(torch.cat([alone, together], dim=1)[judged])
        return scores

    def finished(self) -> Screen:
        """The screen that gives the same scores, without thresholds: every sentence is a candidate."""
        level = _RANGE / LEVELS
        return Screen(
            self.words.finished(self.unit),
            tuple(layer.finished(level) for layer in self.convolutions if isinstance(layer, _Rounded)),
            self.sentence.finished(level),
            self.context.finished(level),
            self.answer.finished(level),
            thresholds=np.full(2, -np.inf, np.float32),
            edges=np.zeros(0, np.float32),
            unread=np.zeros((self.answer.weight.shape[1], 1, 3), np.float32),
            vectors=self.vectors.numpy(),
        )


def _with_neighbours(x: torch.Tensor, step: int) -> torch.Tensor:
    padded = functional.pad(x, (0, 0, step, step))
    return torch.cat([padded[: len(x)], x, padded[2 * step :]], dim=1)
