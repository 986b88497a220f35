"""Trains a screen (`models.screen`) on what its classifier answered on articles, and sets its thresholds.

Its network (`models.screen_network`) learns the probability that a sentence tells a narrative, sentences that do
counting more, and those that get too low a score more still: recall hangs on the few that get the lowest. A part of the
articles is held back: their windows set the thresholds and the probabilities of unread sentences.
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
from models.screen_parts import hard_parts
from models.screen_places import has_han
from nlp.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.classifier import NarrativeClassifier
    from models.screen import Screen

__all__ = ["ScreenConfig", "best_in_window", "train_screen"]

_N_RANGES = 12
"""Ranges of scores of unread sentences, as many sentences in each."""
_NEARLY_SAID = (0.15, 0.35)
"""From the first probability on a score may lack something, from the second on it counts in full."""
_LOGITS_OF = (0.01, 0.73)
"""Probabilities between which the logit is asked for: a score of 1 is enough."""


@dataclass(frozen=True, slots=True)
class ScreenConfig:
    """How a screen is trained.

    Attributes:
        epochs: passes over the articles.
        recall: of the sentences that assert or reject in the articles held back, so many must be read, in each
            script.
        learning_rate: the highest.
        batch_tokens: read at once, about.
        positive_weight: how much more a sentence counts that tells a narrative.
        shortfall_weight: of the square of what its score lacks (`_loss`).
        widths: of the layers.
        seed: of the weights and the order.
    """

    epochs: int = 5
    recall: float = 0.997
    learning_rate: float = 3e-3
    batch_tokens: int = 7000
    positive_weight: float = 9.0
    shortfall_weight: float = 0.5
    widths: Widths = field(default_factory=Widths)
    seed: int = 0


def train_screen(
    learnt: Sequence[FullReading],
    held_back: Sequence[FullReading],
    classifier: NarrativeClassifier,
    config: ScreenConfig,
    on_step: Callable[[int, int, float], None] = lambda step, n_steps, loss: None,
) -> Screen:
    """A screen of `classifier`, learnt from articles that it has read.

    One that `classifier` has already learns on, from the parts of the articles that it does not put aside.

    Args:
        learnt: what the weights are learnt from.
        held_back: what sets the thresholds and the probabilities of unread sentences.
        classifier: whose word vectors and windows the screen is for.
        config: how.
        on_step: called with the step, their number and the loss.
    """
    torch.manual_seed(config.seed)
    network = ScreenNetwork(torch.from_numpy(classifier.word_vectors), len(classifier.narratives), config.widths)
    sep = classifier.layout.sep
    if classifier.screen is not None:
        network.take(classifier.screen)
        learnt = list(hard_parts(learnt, classifier.screen, sep, np.random.default_rng(config.seed)))
    batches = list(_batches(learnt, config))
    n_steps = len(batches)
    optimiser = torch.optim.AdamW(network.parameters(), lr=config.learning_rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, config.learning_rate, total_steps=n_steps + 1, pct_start=0.1
    )
    for step, batch in enumerate(batches, 1):
        told = torch.from_numpy(np.concatenate([article.told for article in batch])).float()
        loss = _loss(network(batch, sep), told, config)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        on_step(step, n_steps, float(loss.detach()))
    return _calibrated(network.finished(), held_back, classifier, config.recall)


def _loss(scores: torch.Tensor, told: torch.Tensor, config: ScreenConfig) -> torch.Tensor:
    """Cross entropy, and the square of what the score of a sentence that is nearly said lacks to the logit of `told`.

    Shape: (n, n_narratives) both.
    """
    losses = functional.binary_cross_entropy_with_logits(scores, told, reduction="none")
    lacking = functional.relu(torch.logit(told.clamp(*_LOGITS_OF)) - scores)
    low, high = _NEARLY_SAID
    near = ((told - low) / (high - low)).clamp(0, 1)
    return (losses * (1 + config.positive_weight * told) + config.shortfall_weight * near * lacking**2).mean()


def _batches(articles: Sequence[FullReading], config: ScreenConfig) -> Iterator[list[FullReading]]:
    rng = np.random.default_rng(config.seed)
    for _ in range(config.epochs):
        batch: list[FullReading] = []
        n_tokens = 0
        for place in rng.permutation(len(articles)):
            batch.append(articles[place])
            n_tokens += sum(map(len, articles[place].tokens))
            if n_tokens >= config.batch_tokens:
                yield batch
                batch, n_tokens = [], 0
        if batch:
            yield batch


def _calibrated(
    screen: Screen, held_back: Sequence[FullReading], classifier: NarrativeClassifier, recall: float
) -> Screen:
    """The screen with its thresholds, and with the mean of what was answered below them."""
    passages = [reading.passage for reading in held_back]
    scores = screen.scores(passages, [reading.tokens for reading in held_back], classifier.layout.sep)
    best = best_in_window(scores.max(axis=1), held_back)
    p = np.concatenate([reading.probabilities for reading in held_back])
    said = said_of(p, classifier.thresholds).any(axis=1)
    if not said.any():
        raise InputError("no sentence of the articles held back asserts or rejects anything: give more articles")
    script = has_han(passages)
    # A script in which nothing is said has the threshold of the other.
    each = [best[said & (script == one)] if (said & (script == one)).any() else best[said] for one in (0, 1)]
    screen = replace(screen, thresholds=np.array([_reached(scores, recall) for scores in each], dtype=np.float32))
    unread = best_in_window(screen.margins(passages, scores), held_back) < 0
    low = scores[unread] if unread.any() else scores
    edges = np.quantile(low, np.linspace(0, 1, _N_RANGES + 1)[1:-1]).astype(np.float32)
    ranges = np.searchsorted(edges, scores, side="right")
    means = [
        [_mean(p[unread & (ranges[:, narrative] == place), narrative]) for place in range(_N_RANGES)]
        for narrative in range(p.shape[1])
    ]
    return replace(screen, edges=edges, unread=np.array(means, dtype=np.float32))


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
