"""The training loop: passes over labelled rows, the held-out loss after each, and the best of them kept.

With a state file a killed run goes on where it was and ends where it would have ended: weights, the best pass so far,
the optimiser and the random numbers are all in it, as safetensors. What to train, and on which split, is
`models.training`.
"""

from __future__ import annotations

import copy
import json
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from models.batches import collate, shuffled_batches
from models.calibration import fit_calibration
from models.loss import NarrativeLoss, answer_weights
from models.passages import answers_of, passage_of_label
from models.runs import tokenise_runs
from nlp.errors import CheckpointError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.classifier import NarrativeClassifier, NarrativeNetwork
    from models.training import TrainingConfig
    from models.windows import Window
    from nlp.labelled import LabelledSentence

__all__ = ["Epoch", "StateFile", "fit"]

OnStep = Callable[[int, int, float], None]


@dataclass(frozen=True, slots=True)
class Epoch:
    """Mean losses of one pass; `held_out_loss` is the log loss after calibration, which overconfidence cannot raise."""

    number: int
    training_loss: float
    held_out_loss: float


@dataclass(frozen=True, slots=True)
class StateFile:
    """Where an unfinished run is kept.

    Attributes:
        path: a safetensors file, replaced as a whole.
        run: what the run is (settings, base, labels) as a hash; a state of another run is not taken up.
        seconds: how often it is written, apart from the end of each pass.
    """

    path: Path
    run: str
    seconds: float = 120.0


@dataclass
class _Progress:
    """All that changes while a run goes on, beside weights, optimiser and random numbers."""

    step: int = 0
    losses: list[float] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)


def fit(
    classifier: NarrativeClassifier,
    rows: Sequence[LabelledSentence],
    held_out: Sequence[LabelledSentence],
    config: TrainingConfig,
    *,
    state: StateFile | None = None,
    on_step: OnStep = lambda step, n_steps, loss: None,
) -> list[Epoch]:
    """Trains in place, stops early, leaves the classifier at its best pass; returns the losses of every pass.

    Raises:
        CheckpointError: the state file cannot be read.
    """
    loop = _Loop(classifier, rows, config)
    if state is not None and state.path.exists():
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

    def __init__(
        self, classifier: NarrativeClassifier, rows: Sequence[LabelledSentence], config: TrainingConfig
    ) -> None:
        self.classifier, self.config = classifier, config
        self.gold = answers_of(rows, classifier.narratives)
        self.loss_of = NarrativeLoss(answer_weights(self.gold).to(classifier.device))
        self.passes = _passes(classifier, rows, config)
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
        saved_at = time.monotonic()
        for windows in batches[len(progress.losses) :]:
            batch = collate(windows, classifier.pad, classifier.device)
            answers = torch.from_numpy(self.gold[batch.rows]).to(classifier.device)
            with self.stepper.precision(classifier.device):
                logits = classifier.network(batch.ids, batch.mask, batch.spans)
            last = len(progress.losses) + 1 == len(batches)
            progress.losses.append(self.stepper.step(self.loss_of(logits.float(), answers), progress.step, last=last))
            progress.step += 1
            if state is not None and time.monotonic() - saved_at >= state.seconds and self.stepper.pending == 0:
                self.save(state)
                saved_at = time.monotonic()
            on_step(progress.step, self.stepper.n_steps, progress.losses[-1])

    def end_pass(self, held_out_loss: float) -> None:
        """Notes the losses of the pass, and its weights where they are the best so far."""
        progress = self.progress
        if held_out_loss < min((epoch.held_out_loss for epoch in progress.epochs), default=math.inf):
            self.best = copy.deepcopy(self.classifier.network.state_dict())
        mean = sum(progress.losses) / len(progress.losses)
        progress.epochs.append(Epoch(len(progress.epochs) + 1, mean, held_out_loss))
        progress.losses = []

    def save(self, state: StateFile) -> None:
        """Writes the state, all of it or nothing."""
        from safetensors.torch import save_file

        parts = {
            "network": self.classifier.network.state_dict(),
            "best": self.best,
            "optimizer": self.stepper.tensors(),
            "random": _random_state(self.classifier.device),
        }
        tensors = {f"{part}/{name}": t.detach().cpu().clone() for part, of in parts.items() for name, t in of.items()}
        scratch = state.path.with_suffix(".partial")
        save_file(tensors, scratch, {"run": state.run, "progress": json.dumps(asdict(self.progress))})
        scratch.replace(state.path)

    def restore(self, state: StateFile) -> None:
        """Takes up the state of the same run; one of another run is left alone, and overwritten in time."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(state.path, "pt") as file:
                metadata = file.metadata() or {}
                if metadata.get("run") != state.run:
                    return
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
            self._take(tensors, json.loads(metadata["progress"]))
        except (SafetensorError, OSError, KeyError, ValueError, RuntimeError) as error:
            raise CheckpointError(
                f"the unfinished training in {state.path} cannot be taken up ({error}): delete it to start anew"
            ) from error

    def _take(self, tensors: dict[str, torch.Tensor], progress: dict[str, Any]) -> None:
        def part(name: str) -> dict[str, torch.Tensor]:
            return {key.removeprefix(f"{name}/"): t for key, t in tensors.items() if key.startswith(f"{name}/")}

        self.classifier.network.load_state_dict(part("network"))
        self.best = {name: t.to(self.classifier.device) for name, t in part("best").items()}
        self.stepper.take(part("optimizer"))
        epochs = [Epoch(**epoch) for epoch in progress["epochs"]]
        self.progress = _Progress(progress["step"], progress["losses"], epochs)
        _set_random_state(part("random"), self.classifier.device)


class _Stepper:
    """AdamW with a linear warm-up over a tenth of the steps and a linear decay; gradients gathered over some steps."""

    def __init__(self, network: NarrativeNetwork, config: TrainingConfig, n_steps: int) -> None:
        self.network, self.config, self.n_steps, self.pending = network, config, n_steps, 0
        self.peaks = (config.learning_rate, config.head_learning_rate)
        groups = [{"params": network.encoder.parameters()}, {"params": network.heads.parameters()}]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)

    def precision(self, device: torch.device) -> torch.autocast:
        """The context in which the network reads."""
        half = self.config.precision == "bfloat16" or (self.config.precision == "auto" and fast_bfloat16(device))
        return torch.autocast(device.type, dtype=torch.bfloat16, enabled=half)

    def step(self, loss: torch.Tensor, number: int, *, last: bool) -> float:
        """One update once `accumulate` steps have been gathered, or at the last of a pass; returns the loss."""
        (loss / self.config.accumulate).backward()
        self.pending += 1
        if self.pending == self.config.accumulate or last:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            for group, peak in zip(self.optimizer.param_groups, self.peaks, strict=True):
                group["lr"] = peak * self._share_of_peak(number)
            self.optimizer.step()
            self.optimizer.zero_grad()
            self.pending = 0
        return float(loss.detach())

    def _share_of_peak(self, number: int) -> float:
        return min((number + 1) / (0.1 * self.n_steps), max(0.02, (self.n_steps - number) / (0.9 * self.n_steps)))

    def tensors(self) -> dict[str, torch.Tensor]:
        """The optimiser's moments, by parameter number and name."""
        state = self.optimizer.state_dict()["state"]
        return {f"{number}/{name}": value for number, of in state.items() for name, value in of.items()}

    def take(self, tensors: dict[str, torch.Tensor]) -> None:
        """Takes up what `tensors` gave."""
        state: dict[int, dict[str, torch.Tensor]] = {}
        for key, value in tensors.items():
            number, name = key.split("/")
            state.setdefault(int(number), {})[name] = value
        self.optimizer.load_state_dict({"state": state, "param_groups": self.optimizer.state_dict()["param_groups"]})


def fast_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies in bfloat16 faster than in float32."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    found = torch.cpu.get_capabilities() if device.type == "cpu" else {}
    return bool(found.get("avx512_bf16") or found.get("amx_bf16"))


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


def _random_state(device: torch.device) -> dict[str, torch.Tensor]:
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def _set_random_state(states: dict[str, torch.Tensor], device: torch.device) -> None:
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)
