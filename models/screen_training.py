"""Trains a screen (`models.screen`) on what its classifier answered on articles, and sets its threshold.

The network is trained with the rounding of the finished one (quantisation-aware: Jacob et al. 2018), to give the
probability that a sentence tells a narrative, sentences that do counting more. A part of the articles is held back:
their windows set the threshold and the probabilities of unread sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from models.full_readings import FullReading, said_of
from models.screen import DILATIONS, LEVELS, Layer, Screen, judged_of, place_tokens
from nlp.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.classifier import NarrativeClassifier

__all__ = ["ScreenConfig", "best_in_window", "train_screen"]

_RANGE = 8.0
"""What a layer gives at most while it learns: LEVELS of the finished one. Where it is 1, much more is missed."""
_LEAK = 0.05
_FIRST_ANSWER = -3.0
"""The score of all sentences before anything is learnt: few tell anything."""
_N_RANGES = 12
"""Ranges of scores of unread sentences, as many sentences in each."""


@dataclass(frozen=True, slots=True)
class ScreenConfig:
    """How a screen is trained.

    Attributes:
        epochs: passes over the articles.
        recall: of the sentences that assert or reject in the articles held back, so many must be read, in each
            language.
        learning_rate: the highest.
        batch_articles: read at once.
        positive_weight: how much more a sentence counts that tells a narrative.
        words, places, sentence: widths of the layers.
        seed: of the weights and the order.
    """

    epochs: int = 5
    recall: float = 0.997
    learning_rate: float = 3e-3
    batch_articles: int = 8
    positive_weight: float = 9.0
    words: int = 48
    places: int = 64
    sentence: int = 24
    seed: int = 0


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


class _Network(nn.Module):
    """The screen while it learns; what its layers are is said in `models.screen.Screen`."""

    def __init__(self, vectors: torch.Tensor, n_narratives: int, config: ScreenConfig) -> None:
        super().__init__()
        widths = [config.words, *([config.places] * len(DILATIONS))]
        self.vectors, self.unit = vectors, float(1 / vectors.std())
        self.words = _Rounded(vectors.shape[1], config.words)
        self.convolutions = nn.ModuleList(_Rounded(3 * width, config.places) for width in widths[:-1])
        self.sentence = _Rounded(sum(widths), config.sentence)
        self.context = _Rounded(3 * config.sentence, config.sentence)
        self.answer = _Rounded(2 * config.sentence, n_narratives, is_last=True)

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


def train_screen(
    learnt: Sequence[FullReading],
    held_back: Sequence[FullReading],
    classifier: NarrativeClassifier,
    config: ScreenConfig,
    on_step: Callable[[int, int, float], None] = lambda step, n_steps, loss: None,
) -> Screen:
    """A screen of `classifier`, learnt from articles that it has read; one that `classifier` has already learns on.

    Args:
        learnt: what the weights are learnt from.
        held_back: what sets the threshold and the probabilities of unread sentences.
        classifier: whose word vectors and windows the screen is for.
        config: how.
        on_step: called with the step, their number and the loss.
    """
    torch.manual_seed(config.seed)
    network = _Network(torch.from_numpy(classifier.word_vectors), len(classifier.narratives), config)
    if classifier.screen is not None:
        network.take(classifier.screen)
    sep = classifier.layout.sep
    n_steps = config.epochs * -(-len(learnt) // config.batch_articles)
    optimiser = torch.optim.AdamW(network.parameters(), lr=config.learning_rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, config.learning_rate, total_steps=n_steps + 1, pct_start=0.1
    )
    for step, batch in enumerate(_batches(learnt, config), 1):
        told = torch.from_numpy(np.concatenate([article.told for article in batch])).float()
        losses = functional.binary_cross_entropy_with_logits(network(batch, sep), told, reduction="none")
        loss = (losses * (1 + config.positive_weight * told)).mean()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        on_step(step, n_steps, float(loss.detach()))
    return _with_threshold(network, held_back, classifier, config)


def _batches(articles: Sequence[FullReading], config: ScreenConfig) -> Iterator[list[FullReading]]:
    rng = np.random.default_rng(config.seed)
    for _ in range(config.epochs):
        order = rng.permutation(len(articles))
        for start in range(0, len(order), config.batch_articles):
            yield [articles[place] for place in order[start : start + config.batch_articles]]


def _with_neighbours(x: torch.Tensor, step: int) -> torch.Tensor:
    padded = functional.pad(x, (0, 0, step, step))
    return torch.cat([padded[: len(x)], x, padded[2 * step :]], dim=1)


def _with_threshold(
    network: _Network, held_back: Sequence[FullReading], classifier: NarrativeClassifier, config: ScreenConfig
) -> Screen:
    level = _RANGE / LEVELS
    screen = Screen(
        network.words.finished(network.unit),
        tuple(layer.finished(level) for layer in network.convolutions if isinstance(layer, _Rounded)),
        network.sentence.finished(level),
        network.context.finished(level),
        network.answer.finished(level),
        threshold=0.0,
        edges=np.zeros(0, np.float32),
        unread=np.zeros((len(classifier.narratives), 1, 3), np.float32),
        vectors=network.vectors.numpy(),
    )
    return _calibrated(screen, held_back, classifier, config.recall)


def _calibrated(
    screen: Screen, held_back: Sequence[FullReading], classifier: NarrativeClassifier, recall: float
) -> Screen:
    """The screen with its threshold, and with the mean of what was answered below it."""
    scores = screen.scores([r.passage for r in held_back], [r.tokens for r in held_back], classifier.layout.sep)
    best = best_in_window(scores.max(axis=1), held_back)
    p = np.concatenate([reading.probabilities for reading in held_back])
    said = said_of(p, classifier.thresholds).any(axis=1)
    langs = np.repeat([reading.lang for reading in held_back], [len(reading.windows) for reading in held_back])
    reached = [_reached(best[said & (langs == lang)], recall) for lang in np.unique(langs[said])]
    if not reached:
        raise InputError("no sentence of the articles held back asserts or rejects anything: give more articles")
    threshold = min(reached)
    unread = best < threshold
    low = scores[unread] if unread.any() else scores
    edges = np.quantile(low, np.linspace(0, 1, _N_RANGES + 1)[1:-1]).astype(np.float32)
    ranges = np.searchsorted(edges, scores, side="right")
    means = [
        [_mean(p[unread & (ranges[:, narrative] == place), narrative]) for place in range(_N_RANGES)]
        for narrative in range(p.shape[1])
    ]
    return replace(screen, threshold=threshold, edges=edges, unread=np.array(means, dtype=np.float32))


def best_in_window(scores: NDArray[np.float32], readings: Sequence[FullReading]) -> NDArray[np.float32]:
    """For each sentence the highest score in its window. Shape: (n_judged,) → (n_judged,)."""
    firsts = np.cumsum([0, *(len(reading.window_tokens) for reading in readings)])
    windows = np.concatenate([reading.windows + first for reading, first in zip(readings, firsts[:-1], strict=True)])
    best = np.full(firsts[-1], -np.inf, dtype=np.float32)
    np.maximum.at(best, windows, scores)
    result: NDArray[np.float32] = best[windows]
    return result


def _reached(scores: NDArray[np.float32], recall: float) -> float:
    """The highest threshold that `recall` of the scores reach."""
    return float(np.sort(scores)[int((1 - recall) * len(scores))])


def _mean(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the rows; certainly nothing where there are none."""
    result: NDArray[np.float64] = p.mean(axis=0) if len(p) else np.array([1.0, 0.0, 0.0])
    return result
