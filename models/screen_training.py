"""Trains a screen (`models.screen`) on what its classifier answered on articles, and sets its threshold.

Its network (`models.screen_network`) learns the probability that a sentence tells a narrative, sentences that do
counting more. A part of the articles is held back: their windows set the threshold and the probabilities of unread
sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from models.full_readings import FullReading, said_of
from models.screen_network import ScreenNetwork, Widths
from nlp.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.classifier import NarrativeClassifier
    from models.screen import Screen

__all__ = ["ScreenConfig", "best_in_window", "train_screen"]

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
        widths: of the layers.
        seed: of the weights and the order.
    """

    epochs: int = 5
    recall: float = 0.997
    learning_rate: float = 3e-3
    batch_articles: int = 8
    positive_weight: float = 9.0
    widths: Widths = field(default_factory=Widths)
    seed: int = 0


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
    network = ScreenNetwork(torch.from_numpy(classifier.word_vectors), len(classifier.narratives), config.widths)
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
    return _calibrated(network.finished(), held_back, classifier, config.recall)


def _batches(articles: Sequence[FullReading], config: ScreenConfig) -> Iterator[list[FullReading]]:
    rng = np.random.default_rng(config.seed)
    for _ in range(config.epochs):
        order = rng.permutation(len(articles))
        for start in range(0, len(order), config.batch_articles):
            yield [articles[place] for place in order[start : start + config.batch_articles]]


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
