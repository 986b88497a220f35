"""The training loop: passes over labelled rows, the held-out loss after each, and the best of them kept.

With a state file (`models.training_state`) a killed run goes on where it was and ends where it would have ended. What
to train, and on which split, is `models.training`.
"""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.batches import collate, shuffled_batches
from models.calibration import fit_calibration
from models.loss import NarrativeLoss, answer_weights
from models.passages import answers_of, passage_of_label
from models.runs import tokenise_runs
from models.stepping import Stepper, check_finite
from models.training_state import (
    SavedState,
    StateFile,
    Unfinished,
    random_state,
    read_state,
    set_random_state,
    write_state,
)
from nlp.errors import CheckpointError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.classifier import NarrativeClassifier
    from models.training_config import TrainingConfig
    from models.windows import Window
    from nlp.labelled import LabelledSentence

__all__ = ["Epoch", "Examples", "HeldOutLoss", "fit"]

OnStep = Callable[[int, int, float], None]
HeldOutLoss = Callable[["NarrativeClassifier"], float]
"""What a classifier loses on texts that it does not learn from."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows to learn from, and what they are to be answered with.

    Attributes:
        rows: those that follow each other in an article are read together.
        targets: see `models.loss`. Shape: (len(rows), n_narratives, 3).
    """

    rows: Sequence[LabelledSentence]
    targets: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Epoch:
    """Mean losses of one pass; `held_out_loss` is the log loss after calibration, which overconfidence cannot raise."""

    number: int
    training_loss: float
    held_out_loss: float


@dataclass
class _Progress:
    """All that changes while a run goes on, beside weights, optimiser and random numbers."""

    step: int = 0
    losses: list[float] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)


def fit(
    classifier: NarrativeClassifier,
    examples: Examples,
    held_out: Sequence[LabelledSentence] | HeldOutLoss,
    config: TrainingConfig,
    *,
    keep: Unfinished | None = None,
    on_step: OnStep = lambda step, n_steps, loss: None,
) -> list[Epoch]:
    """Trains in place, stops early, leaves the classifier at its best pass; returns the losses of every pass.

    Args:
        classifier: to train.
        examples: to learn from.
        held_out: judged rows that stop the training, or a loss of its own that does.
        config: see there.
        keep: where the unfinished run and its log are kept.
        on_step: called after each step with its number, the number of steps and the loss.

    Raises:
        CheckpointError: the state file cannot be read.
        TrainingError: the loss is no number any more, or the state cannot be written.
    """
    loop = _Loop(classifier, examples, config)
    if keep is not None:
        loop.restore(keep.state)
        keep.log.begin(loop.progress.step)
    held_out_loss = held_out if callable(held_out) else _log_loss_on(held_out)
    while not loop.finished:
        loop.run_pass(keep, on_step)
        loop.end_pass(held_out_loss(classifier))
        if keep is not None:
            keep.log.epoch(loop.progress.step, loop.progress.epochs[-1])
            loop.save(keep.state)
    if keep is not None:
        keep.log.end()
    classifier.network.load_state_dict(loop.best)
    return loop.progress.epochs


class _Loop:
    """A run over fixed batches: every pass has its own, drawn from the seed, so that any step can be returned to."""

    def __init__(self, classifier: NarrativeClassifier, examples: Examples, config: TrainingConfig) -> None:
        self.classifier, self.config, self.targets = classifier, config, examples.targets
        self.loss_of = NarrativeLoss(answer_weights(examples.targets).to(classifier.device))
        self.passes = _passes(classifier, examples.rows, config)
        self.stepper = Stepper(classifier.network, config, sum(map(len, self.passes)))
        self.best = copy.deepcopy(classifier.network.state_dict())
        self.progress = _Progress()

    @property
    def finished(self) -> bool:
        """Whether all passes are done, or the last few were no better."""
        epochs = self.progress.epochs
        if not epochs:
            return False
        best = min(epochs, key=lambda epoch: epoch.held_out_loss)
        return len(epochs) == len(self.passes) or epochs[-1].number - best.number >= self.config.patience

    def run_pass(self, keep: Unfinished | None, on_step: OnStep) -> None:
        """The rest of the present pass."""
        classifier, progress = self.classifier, self.progress
        classifier.network.train()
        batches = self.passes[len(progress.epochs)]
        for windows in batches[len(progress.losses) :]:
            batch = collate(windows, classifier.pad, classifier.device)
            targets = torch.from_numpy(self.targets[batch.rows]).to(classifier.device)
            with self.stepper.precision(classifier.device):
                logits = classifier.network(batch.ids, batch.mask, batch.spans)
            loss = self.loss_of(logits.float(), targets)
            progress.losses.append(self.stepper.step(loss, progress.step, n_left=len(batches) - len(progress.losses)))
            progress.step += 1
            if keep is not None:
                keep.log.step(progress.step, progress.losses[-1], self.stepper.learning_rate(progress.step - 1))
                if keep.state.due and self.stepper.pending == 0:
                    self.save(keep.state)
            on_step(progress.step, self.stepper.n_steps, progress.losses[-1])

    def end_pass(self, held_out_loss: float) -> None:
        """Notes the losses of the pass, and its weights where they are the best so far."""
        progress = self.progress
        check_finite(held_out_loss, progress.step, self.config)
        if held_out_loss < min((epoch.held_out_loss for epoch in progress.epochs), default=math.inf):
            self.best = copy.deepcopy(self.classifier.network.state_dict())
        mean = sum(progress.losses) / len(progress.losses)
        progress.epochs.append(Epoch(len(progress.epochs) + 1, mean, held_out_loss))
        progress.losses = []

    def save(self, file: StateFile) -> None:
        """Writes all that changes while the run goes on."""
        parts = {
            "network": self.classifier.network.state_dict(),
            "best": self.best,
            "optimizer": self.stepper.tensors(),
            "random": random_state(self.classifier.device),
        }
        write_state(file, SavedState(parts, asdict(self.progress)))

    def restore(self, file: StateFile) -> None:
        """Takes up what `save` wrote, where it is of the same run."""
        saved = read_state(file)
        if saved is None:
            return
        try:
            self.classifier.network.load_state_dict(saved.parts["network"])
            self.best = {name: t.to(self.classifier.device) for name, t in saved.parts["best"].items()}
            self.stepper.take(saved.parts["optimizer"])
            set_random_state(saved.parts["random"], self.classifier.device)
            epochs = [Epoch(**epoch) for epoch in saved.progress["epochs"]]
            self.progress = _Progress(saved.progress["step"], saved.progress["losses"], epochs)
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise CheckpointError(
                f"the unfinished training in {file.path} does not fit ({error}): delete it to start anew"
            ) from error


def _passes(
    classifier: NarrativeClassifier, rows: Sequence[LabelledSentence], config: TrainingConfig
) -> list[list[list[Window]]]:
    runs = tokenise_runs(classifier.encoder.tokenizer, rows, classifier.max_sentence)
    rngs = [random.Random(f"{config.seed}-{number}") for number in range(config.epochs)]  # noqa: S311 - shuffling
    layout, size, bare = classifier.layout, config.batch_tokens, config.bare_share
    return [shuffled_batches(runs, layout, size, bare, rng) for rng in rngs]


def _log_loss_on(rows: Sequence[LabelledSentence]) -> HeldOutLoss:
    passages = [passage_of_label(row) for row in rows]
    return lambda classifier: _calibrated_log_loss(
        classifier.predict_logits(passages), answers_of(rows, classifier.narratives)
    )


def _calibrated_log_loss(logits: NDArray[np.float64], gold: NDArray[np.int64]) -> float:
    """Mean over the judged rows, summed over narratives."""
    p = fit_calibration(logits, gold).probabilities(logits)
    total = 0.0
    for column in range(gold.shape[1]):
        judged = np.flatnonzero(gold[:, column] >= 0)
        if len(judged):
            total -= float(np.log(p[judged, column, gold[judged, column]] + 1e-12).mean())
    return total
