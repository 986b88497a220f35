"""Fine-tunes an encoder and its heads on labelled sentences, then calibrates them on a held-out fold.

Rows are packed several to a window, as articles are when they are scored, so that training and use see the same
thing. The loss is cross-entropy per narrative over the judged rows, answers weighted by the inverse square root of
their share. The fold that stops training early and fits the calibration is split off by article. Measuring is
`models.evaluation`.
"""

from __future__ import annotations

import copy
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import torch

from models.baseline import train_tfidf
from models.batches import TokenisedRow, collate, shuffled_batches
from models.calibration import fit_calibration
from models.classifier import NarrativeClassifier
from models.encoder import choose_device, load_encoder
from models.loss import NarrativeLoss, answer_weights
from models.passages import Classifier, answers_of, passage_of_label
from models.splits import split_labels
from models.windows import tokenise

if TYPE_CHECKING:
    from models.classifier import NarrativeNetwork
    from models.windows import Window
    from nlp.labelled import LabelledSentence

__all__ = ["Epoch", "TrainingConfig", "TrainingRun", "train", "train_floor"]


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How to fine-tune; the defaults suit a small encoder on a CPU.

    Attributes:
        epochs: at most; training stops when the held-out loss has not improved for `patience` epochs.
        learning_rate, head_learning_rate: peaks of a linear warm-up and decay.
        batch_tokens: tokens a step, padding included.
        held_out: share of articles kept for early stopping and calibration.
        max_tokens: size of a window.
        bare_share: share of the rows read without their neighbours in each pass.
    """

    epochs: int = 5
    patience: int = 2
    learning_rate: float = 2e-4
    head_learning_rate: float = 1e-3
    batch_tokens: int = 2048
    held_out: float = 0.1
    max_tokens: int = 256
    bare_share: float = 0.25
    seed: int = 0
    device: str = "auto"

    def __post_init__(self) -> None:
        for name in ("epochs", "patience", "batch_tokens", "max_tokens"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if not 0 <= self.bare_share <= 1:
            raise ValueError(f"bare_share is {self.bare_share}; it must lie between 0 and 1")
        if not 0 < self.held_out < 1:
            raise ValueError(f"held_out is {self.held_out}; it must lie between 0 and 1")


@dataclass(frozen=True, slots=True)
class Epoch:
    """Mean losses of one pass."""

    number: int
    training_loss: float
    held_out_loss: float


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """What came of a training.

    Attributes:
        classifier: calibrated, at its best pass.
        held_out: the rows that stopped the training and fitted the calibration.
        epochs: losses of every pass.
        record: base, settings, losses and counts, as kept in the checkpoint's manifest.
    """

    classifier: Classifier
    held_out: tuple[LabelledSentence, ...]
    epochs: tuple[Epoch, ...]
    record: dict[str, Any]


def train(
    rows: Sequence[LabelledSentence],
    *,
    base: str,
    narratives: Sequence[str],
    config: TrainingConfig,
    on_step: Callable[[int, int, float], None] = lambda step, n_steps, loss: None,
) -> TrainingRun:
    """A calibrated classifier fine-tuned from the encoder `base` (hub name or folder).

    Raises:
        InputError: too few rows or articles to hold any out, or a narrative that no row judges.
        CheckpointError: `base` cannot be loaded.
    """
    kept, held_out = split_labels(rows, narratives, config.held_out, config.seed)
    torch.manual_seed(config.seed)
    classifier = NarrativeClassifier.untrained(load_encoder(base), narratives, config.max_tokens)
    classifier.to(choose_device(config.device))
    epochs = _fit(classifier, kept, held_out, config, on_step)
    logits = classifier.predict_logits([passage_of_label(row) for row in held_out])
    classifier.calibration = fit_calibration(logits, answers_of(held_out, narratives))
    record = {
        "base": base,
        "config": asdict(config),
        "epochs": [asdict(epoch) for epoch in epochs],
        "n_trained": len(kept),
        "n_held_out": len(held_out),
    }
    return TrainingRun(classifier, tuple(held_out), tuple(epochs), record)


def train_floor(rows: Sequence[LabelledSentence], narratives: Sequence[str], config: TrainingConfig) -> TrainingRun:
    """The TF-IDF floor on the same split; only `held_out` and `seed` of the settings matter to it.

    Raises:
        InputError: as `train`.
    """
    kept, held_out = split_labels(rows, narratives, config.held_out, config.seed)
    record = {"base": "tfidf", "n_trained": len(kept), "n_held_out": len(held_out)}
    return TrainingRun(train_tfidf(kept, narratives, seed=config.seed), tuple(held_out), (), record)


def _fit(
    classifier: NarrativeClassifier,
    rows: Sequence[LabelledSentence],
    held_out: Sequence[LabelledSentence],
    config: TrainingConfig,
    on_step: Callable[[int, int, float], None],
) -> list[Epoch]:
    """Trains in place, stops early, leaves the classifier at its best pass."""
    gold, held_gold = answers_of(rows, classifier.narratives), answers_of(held_out, classifier.narratives)
    held_passages = [passage_of_label(row) for row in held_out]
    loss_of = NarrativeLoss(answer_weights(gold).to(classifier.device))
    plans = _plans(classifier, rows, config)
    n_steps = sum(map(len, plans))
    stepper = _Stepper(classifier.network, config, n_steps)
    epochs: list[Epoch] = []
    best, step = copy.deepcopy(classifier.network.state_dict()), 0
    for number, plan in enumerate(plans, start=1):
        classifier.network.train()
        losses = []
        for windows in plan:
            batch = collate(windows, classifier.pad, classifier.device)
            answers = torch.from_numpy(gold[batch.rows]).to(classifier.device)
            losses.append(stepper.step(loss_of(classifier.network(batch.ids, batch.mask, batch.spans), answers)))
            step += 1
            on_step(step, n_steps, losses[-1])
        logits = torch.from_numpy(classifier.predict_logits(held_passages)).float().to(classifier.device)
        held_loss = float(loss_of(logits, torch.from_numpy(held_gold).to(classifier.device)))
        if held_loss < min((epoch.held_out_loss for epoch in epochs), default=math.inf):
            best = copy.deepcopy(classifier.network.state_dict())
        epochs.append(Epoch(number, sum(losses) / len(losses), held_loss))
        if number - min(epochs, key=lambda epoch: epoch.held_out_loss).number >= config.patience:
            break
    classifier.network.load_state_dict(best)
    return epochs


def _plans(
    classifier: NarrativeClassifier, rows: Sequence[LabelledSentence], config: TrainingConfig
) -> list[list[list[Window]]]:
    """The batches of every pass, fixed by the seed."""
    passages = [passage_of_label(row) for row in rows]
    tokens = tokenise(classifier.encoder.tokenizer, passages, classifier.max_sentence)
    tokenised = [TokenisedRow(ids, passage.start) for ids, passage in zip(tokens, passages, strict=True)]
    rngs = [random.Random(f"{config.seed}-{epoch}") for epoch in range(config.epochs)]  # noqa: S311 - shuffling
    layout, size, bare = classifier.layout, config.batch_tokens, config.bare_share
    return [shuffled_batches(tokenised, layout, size, bare, rng) for rng in rngs]


class _Stepper:
    """AdamW with a linear warm-up over a tenth of the steps and a linear decay."""

    def __init__(self, network: NarrativeNetwork, config: TrainingConfig, n_steps: int) -> None:
        self.network = network
        groups = [
            {"params": network.encoder.parameters(), "lr": config.learning_rate},
            {"params": network.heads.parameters(), "lr": config.head_learning_rate},
        ]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer,
            lambda step: min((step + 1) / (0.1 * n_steps), max(0.02, (n_steps - step) / (0.9 * n_steps))),
        )

    def step(self, loss: torch.Tensor) -> float:
        """One update; returns the loss."""
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()
        return float(loss.detach())
