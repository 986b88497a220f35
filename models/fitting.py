"""The training loop: passes over labelled rows, the held-out loss after each, and the best of them kept.

With a state file (`models.training_state`) a killed run goes on where it was and ends where it would have ended. What
to train, and on which split, is `models.training`.
"""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from models.batches import collate, shuffled_batches
from models.calibration import fit_calibration
from models.encoder import fast_bfloat16
from models.loss import NarrativeLoss, answer_weights
from models.passages import answers_of, passage_of_label
from models.runs import tokenise_runs
from models.training_state import SavedState, StateFile, random_state, read_state, set_random_state, write_state
from nlp.errors import CheckpointError, TrainingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.classifier import NarrativeClassifier, NarrativeNetwork
    from models.training import TrainingConfig
    from models.windows import Window
    from nlp.labelled import LabelledSentence

__all__ = ["Epoch", "Examples", "fit"]

OnStep = Callable[[int, int, float], None]


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
    held_out: Sequence[LabelledSentence],
    config: TrainingConfig,
    *,
    state: StateFile | None = None,
    on_step: OnStep = lambda step, n_steps, loss: None,
) -> list[Epoch]:
    """Trains in place, stops early, leaves the classifier at its best pass; returns the losses of every pass.

    Args:
        classifier: to train.
        examples: to learn from.
        held_out: judged rows that stop the training.
        config: see there.
        state: where the unfinished run is kept.
        on_step: called after each step with its number, the number of steps and the loss.

    Raises:
        CheckpointError: the state file cannot be read.
        TrainingError: the loss is no number any more, or the state cannot be written.
    """
    loop = _Loop(classifier, examples, config)
    if state is not None:
        loop.restore(state)
    held_gold = answers_of(held_out, classifier.narratives)
    held_passages = [passage_of_label(row) for row in held_out]
    while not loop.finished:
        loop.run_pass(state, on_step)
        logits = classifier.predict_logits(held_passages)
        loop.end_pass(_calibrated_log_loss(logits, held_gold))
        if state is not None:
            loop.save(state)
    classifier.network.load_state_dict(loop.best)
    return loop.progress.epochs


class _Loop:
    """A run over fixed batches: every pass has its own, drawn from the seed, so that any step can be returned to."""

    def __init__(self, classifier: NarrativeClassifier, examples: Examples, config: TrainingConfig) -> None:
        self.classifier, self.config, self.targets = classifier, config, examples.targets
        self.loss_of = NarrativeLoss(answer_weights(examples.targets).to(classifier.device))
        self.passes = _passes(classifier, examples.rows, config)
        self.stepper = _Stepper(classifier.network, config, sum(map(len, self.passes)))
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

    def run_pass(self, state: StateFile | None, on_step: OnStep) -> None:
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
            if state is not None and state.due and self.stepper.pending == 0:
                self.save(state)
            on_step(progress.step, self.stepper.n_steps, progress.losses[-1])

    def end_pass(self, held_out_loss: float) -> None:
        """Notes the losses of the pass, and its weights where they are the best so far."""
        progress = self.progress
        _check_finite(held_out_loss, progress.step, self.config)
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


class _Stepper:
    """AdamW with a linear warm-up over a tenth of the steps and a linear decay; gradients gathered over some steps."""

    def __init__(self, network: NarrativeNetwork, config: TrainingConfig, n_steps: int) -> None:
        self.network, self.config, self.n_steps = network, config, n_steps
        self.pending, self.gathered = 0, config.accumulate
        self.peaks = (config.learning_rate, config.head_learning_rate)
        groups: list[dict[str, Any]] = [
            {"params": [p for p in network.encoder.parameters() if p.requires_grad]},
            {"params": network.heads.parameters()},
        ]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)

    def precision(self, device: torch.device) -> torch.autocast:
        """The context in which the network reads."""
        half = self.config.precision == "bfloat16" or (self.config.precision == "auto" and fast_bfloat16(device))
        return torch.autocast(device.type, dtype=torch.bfloat16, enabled=half)

    def step(self, loss: torch.Tensor, number: int, *, n_left: int) -> float:
        """Adds to the gradients, and updates once `accumulate` steps or the last of a pass are in; returns the loss.

        Args:
            loss: of this step.
            number: of this step, in the whole run.
            n_left: steps left in this pass, this one included.
        """
        value = float(loss.detach())
        _check_finite(value, number, self.config)
        if self.pending == 0:
            self.gathered = min(self.config.accumulate, n_left)
        (loss / self.gathered).backward()
        self.pending += 1
        if self.pending == self.gathered:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            for group, peak in zip(self.optimizer.param_groups, self.peaks, strict=True):
                group["lr"] = peak * self._share_of_peak(number)
            self.optimizer.step()
            self.optimizer.zero_grad()
            self.pending = 0
        return value

    def _share_of_peak(self, number: int) -> float:
        return min((number + 1) / (0.1 * self.n_steps), max(0.02, (self.n_steps - number) / (0.9 * self.n_steps)))

    def tensors(self) -> dict[str, torch.Tensor]:
        """The optimiser's moments, by parameter number and name."""
        state = self.optimizer.state_dict()["state"]
        return {f"{number}/{name}": value for number, of in state.items() for name, value in of.items()}

    def take(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """Takes up what `tensors` gave."""
        state: dict[int, dict[str, torch.Tensor]] = {}
        for key, value in tensors.items():
            number, name = key.split("/")
            state.setdefault(int(number), {})[name] = value
        self.optimizer.load_state_dict({"state": state, "param_groups": self.optimizer.state_dict()["param_groups"]})


def _passes(
    classifier: NarrativeClassifier, rows: Sequence[LabelledSentence], config: TrainingConfig
) -> list[list[list[Window]]]:
    runs = tokenise_runs(classifier.encoder.tokenizer, rows, classifier.max_sentence)
    rngs = [random.Random(f"{config.seed}-{number}") for number in range(config.epochs)]  # noqa: S311 - shuffling
    layout, size, bare = classifier.layout, config.batch_tokens, config.bare_share
    return [shuffled_batches(runs, layout, size, bare, rng) for rng in rngs]


def _calibrated_log_loss(logits: NDArray[np.float64], gold: NDArray[np.int64]) -> float:
    """Mean over the judged rows, summed over narratives."""
    p = fit_calibration(logits, gold).probabilities(logits)
    total = 0.0
    for column in range(gold.shape[1]):
        judged = np.flatnonzero(gold[:, column] >= 0)
        if len(judged):
            total -= float(np.log(p[judged, column, gold[judged, column]] + 1e-12).mean())
    return total


def _check_finite(loss: float, step: int, config: TrainingConfig) -> None:
    if not math.isfinite(loss):
        raise TrainingError(
            f"the loss became {loss} at step {step}: lower the learning rate (it was {config.learning_rate:g}), "
            "or train in float32"
        )
