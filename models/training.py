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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from models.calibration import fit_calibration
from models.classifier import NarrativeClassifier, batches_of_windows, collate
from models.encoder import choose_device, load_encoder
from models.passages import answers_of, passage_of_label
from models.windows import Span, Window, tokenise
from nlp.errors import InputError
from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nlp.labelled import LabelledSentence

__all__ = ["Epoch", "TrainingConfig", "TrainingRun", "split_by_article", "train"]


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How to fine-tune; the defaults suit a small encoder on a CPU.

    Attributes:
        epochs: at most; training stops when the held-out loss has not improved for `patience` epochs.
        learning_rate, head_learning_rate: peaks of a linear warm-up and decay.
        batch_tokens: tokens a step, padding included.
        held_out: share of articles kept for early stopping and calibration.
        max_tokens: size of a window.
    """

    epochs: int = 5
    patience: int = 2
    learning_rate: float = 2e-4
    head_learning_rate: float = 1e-3
    batch_tokens: int = 2048
    held_out: float = 0.1
    max_tokens: int = 256
    seed: int = 0
    device: str = "auto"

    def __post_init__(self) -> None:
        for name in ("epochs", "patience", "batch_tokens", "max_tokens"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be at least 1")
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
    """The trained classifier and how it came about."""

    classifier: NarrativeClassifier
    config: TrainingConfig
    epochs: tuple[Epoch, ...]
    n_trained: int
    n_held_out: int
    record: dict[str, Any] = field(default_factory=dict)


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
    kept, held_out = split_by_article(rows, config.held_out, config.seed)
    gold = answers_of(kept, narratives)
    for index, narrative in enumerate(narratives):
        if len(np.unique(gold[gold[:, index] >= 0, index])) < 2:
            raise InputError(
                f"the labels know fewer than two answers for {narrative!r}: nothing can be learnt; add rows or drop it"
            )
    torch.manual_seed(config.seed)
    classifier = NarrativeClassifier.untrained(load_encoder(base), narratives, config.max_tokens).to(
        choose_device(config.device)
    )
    epochs, best = _fit(classifier, kept, gold, held_out, config, on_step)
    classifier.network.load_state_dict(best)
    logits = classifier.predict_logits([passage_of_label(row) for row in held_out])
    classifier.calibration = fit_calibration(logits, answers_of(held_out, narratives))
    record = {
        "base": base,
        "config": asdict(config),
        "epochs": [asdict(epoch) for epoch in epochs],
        "n_trained": len(kept),
        "n_held_out": len(held_out),
    }
    return TrainingRun(classifier, config, tuple(epochs), len(kept), len(held_out), record)


def split_by_article(
    rows: Sequence[LabelledSentence], share: float, seed: int
) -> tuple[list[LabelledSentence], list[LabelledSentence]]:
    """Rows to train on and rows held out; all sentences of an article fall on one side.

    Raises:
        InputError: fewer than two articles.
    """
    articles = sorted({row.article or row.id for row in rows})
    if len(articles) < 2:
        raise InputError(
            f"{len(rows)} labelled sentences come from {len(articles)} article(s): "
            "at least two are needed to hold one out"
        )
    random.Random(seed).shuffle(articles)  # noqa: S311 - a reproducible split, not a secret
    held = set(articles[: max(1, round(share * len(articles)))])
    return (
        [row for row in rows if (row.article or row.id) not in held],
        [row for row in rows if (row.article or row.id) in held],
    )


def _fit(
    classifier: NarrativeClassifier,
    rows: Sequence[LabelledSentence],
    gold: NDArray[np.int64],
    held_out: Sequence[LabelledSentence],
    config: TrainingConfig,
    on_step: Callable[[int, int, float], None],
) -> tuple[list[Epoch], dict[str, torch.Tensor]]:
    network = classifier.network
    weights = _answer_weights(gold).to(classifier.device)
    held_passages, held_gold = [passage_of_label(row) for row in held_out], answers_of(held_out, classifier.narratives)
    tokens = tokenise(classifier.encoder.tokenizer, [passage_of_label(row) for row in rows], classifier.max_sentence)
    starts = [passage_of_label(row).start for row in rows]
    plans = [_epoch_batches(tokens, starts, classifier, config, epoch) for epoch in range(config.epochs)]
    n_steps = sum(map(len, plans))
    optimizer = torch.optim.AdamW(
        [
            {"params": network.encoder.parameters(), "lr": config.learning_rate},
            {"params": network.heads.parameters(), "lr": config.head_learning_rate},
        ],
        weight_decay=0.01,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.1 * n_steps), max(0.02, (n_steps - step) / (0.9 * n_steps)))
    )
    epochs: list[Epoch] = []
    best, best_loss, step = copy.deepcopy(network.state_dict()), math.inf, 0
    for number, plan in enumerate(plans):
        network.train()
        losses = []
        for batch in plan:
            ids, mask, spans, order = collate(batch, int(classifier.encoder.tokenizer.pad_token_id), classifier.device)
            answers = torch.from_numpy(gold[order]).to(classifier.device)
            loss = _loss(network(ids, mask, spans), answers, weights)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            losses.append(float(loss.detach()))
            on_step(step, n_steps, losses[-1])
        logits = torch.from_numpy(classifier.predict_logits(held_passages)).float().to(classifier.device)
        held_loss = float(_loss(logits, torch.from_numpy(held_gold).to(classifier.device), weights))
        epochs.append(Epoch(number + 1, sum(losses) / len(losses), held_loss))
        if held_loss < best_loss:
            best, best_loss = copy.deepcopy(network.state_dict()), held_loss
        elif number + 1 - min(epochs, key=lambda e: e.held_out_loss).number >= config.patience:
            break
    return epochs, best


def _loss(logits: torch.Tensor, answers: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Sum over narratives of the weighted cross-entropy of the judged rows."""
    parts = [
        torch.nn.functional.cross_entropy(
            logits[answers[:, n] >= 0, n], answers[answers[:, n] >= 0, n], weight=weights[n]
        )
        for n in range(logits.shape[1])
        if bool((answers[:, n] >= 0).any())
    ]
    return torch.stack(parts).sum()


def _answer_weights(gold: NDArray[np.int64]) -> torch.Tensor:
    """Inverse square root of each answer's share, mean 1 over the rows. Shape: (n_narratives, 3)."""
    weights = np.ones((gold.shape[1], len(ANSWERS)))
    for column in range(gold.shape[1]):
        judged = gold[gold[:, column] >= 0, column]
        share = np.bincount(judged, minlength=len(ANSWERS)) / len(judged)
        raw = np.where(share > 0, 1 / np.sqrt(np.maximum(share, 1e-6)), 0.0)
        weights[column] = raw / (raw * share).sum()
    return torch.from_numpy(weights).float()


def _epoch_batches(
    tokens: Sequence[Sequence[Sequence[int]]],
    starts: Sequence[int],
    classifier: NarrativeClassifier,
    config: TrainingConfig,
    epoch: int,
) -> list[list[Window]]:
    """The batches of one pass, in an order fixed by seed and epoch: one to six rows to a window."""
    rng = random.Random(f"{config.seed}-{epoch}")  # noqa: S311 - shuffling, not secrets
    order = list(range(len(tokens)))
    rng.shuffle(order)
    batches = list(batches_of_windows(list(_packed_rows(order, tokens, starts, classifier, rng)), config.batch_tokens))
    rng.shuffle(batches)
    return batches


def _packed_rows(
    order: Sequence[int],
    tokens: Sequence[Sequence[Sequence[int]]],
    starts: Sequence[int],
    classifier: NarrativeClassifier,
    rng: random.Random,
) -> Iterator[Window]:
    layout = classifier.layout
    spans: list[Span] = []
    ids, wanted = [layout.cls], rng.randint(1, 6)
    for row in order:
        size = sum(len(sentence) + 1 for sentence in tokens[row])
        if spans and (len(spans) >= wanted or len(ids) + size > layout.max_tokens):
            yield Window(tuple(ids), tuple(spans))
            ids, spans, wanted = [layout.cls], [], rng.randint(1, 6)
        for index, sentence in enumerate(tokens[row]):
            if index == starts[row]:
                spans.append(Span(row, len(ids), len(ids) + len(sentence)))
            ids += [*sentence, layout.sep]
    if spans:
        yield Window(tuple(ids), tuple(spans))
