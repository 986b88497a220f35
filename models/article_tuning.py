"""Fine-tunes a whole encoder from labels of articles, after heads were learnt from them (`models.article_training`).

Every sentence is taught what those heads, which had not seen its article, say of it given the article's grade: nothing
in one of grade 0; in another the posterior under a noisy-or, by which some sentence must tell it (a step of expectation
and maximisation: Dempster, Laird and Rubin 1977). It stops by the loss on held-out articles, which also calibrate it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.adapter import adapt
from models.article_heads import article_loss, scale_and_shift, told_odds
from models.article_reading import ReadArticle, as_sentences, read_articles_of
from models.article_training import graded
from models.calibration import Calibration
from models.decisions import fit_thresholds
from models.encoder_files import round_as_saved
from models.fitting import Examples, fit
from models.manifest import RECORD
from models.training_log import TrainingLog
from models.training_state import STATE, StateFile, Unfinished, network_hash
from nlp.errors import InputError
from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.article_training import ArticleRun
    from models.classifier import NarrativeClassifier
    from models.training_config import TrainingConfig

__all__ = ["fine_tune", "posterior"]

_NONE = ANSWERS.index("none")
_NO_VECTORS, _NO_LOGITS = np.zeros((0, 0), dtype=np.float32), np.zeros((0, 3))


def fine_tune(
    run: ArticleRun,
    *,
    config: TrainingConfig,
    unfinished: Path | None = None,
    on_step: Callable[[int, int, float], None] = lambda step, n_steps, loss: None,
) -> ArticleRun:
    """The same with the encoder trained too; `run.classifier` is changed.

    Args:
        run: heads, and what they say of the articles.
        config: see there.
        unfinished: a folder that keeps the unfinished run, as in `models.training.train`.
        on_step: called after each step with its number, the number of steps and the loss.

    Raises:
        InputError: no article of some narrative is held out.
        CheckpointError: `unfinished` cannot be loaded.
    """
    classifier, split = run.classifier, run.split
    if missing := [name for name in classifier.narratives if not any(name in row.labels for row in split.held_out)]:
        raise InputError(f"no held-out article is labelled for {missing[0]}: hold out articles for every narrative")
    kept, held_out = read_articles_of(split.kept), read_articles_of(split.held_out)
    _work_in(classifier)
    if config.adapter_rank:
        adapt(classifier.encoder.model, config.adapter_rank)
    classifier.to(classifier.device)
    examples = Examples(as_sentences(kept), _targets(run, kept))
    keep = None
    if unfinished is not None:
        (unfinished / RECORD).mkdir(parents=True, exist_ok=True)
        keep = Unfinished(
            StateFile(unfinished / STATE, _run_hash(classifier, examples, held_out, config)),
            TrainingLog(unfinished / RECORD),
        )
    epochs = fit(classifier, examples, _held_out_loss(held_out), config, keep=keep, on_step=on_step)
    round_as_saved(classifier)
    logits = classifier.predict_logits([one.passage for one in held_out])
    fitted = [_calibration(logits, held_out, column, name) for column, name in enumerate(classifier.narratives)]
    classifier.calibration = Calibration(
        tuple(scale for scale, _ in fitted), tuple((0.0, shift, shift) for _, shift in fitted)
    )
    classifier.thresholds = fit_thresholds(classifier.calibration.probabilities(logits))
    record = {**run.record, "config": asdict(config), "epochs": [asdict(epoch) for epoch in epochs]}
    return replace(run, record=record)


def posterior(p: NDArray[np.float64], sizes: NDArray[np.int64], grades: NDArray[np.int64]) -> NDArray[np.float64]:
    """What a sentence is held to answer, given also its article's grade.

    Args:
        p: probabilities without it. Shape: (n_sentences, 3) → the same.
        sizes: sentences of each article. Shape: (n_articles,).
        grades: Shape: (n_articles,).

    >>> p = np.array([[0.5, 0.5, 0.0], [0.5, 0.4, 0.1], [0.9, 0.1, 0.0]])
    >>> posterior(p, np.array([2, 1]), np.array([1, 0])).round(2).tolist()
    [[0.33, 0.67, 0.0], [0.33, 0.53, 0.13], [1.0, 0.0, 0.0]]
    """
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    silent = np.exp(np.add.reduceat(np.log(np.maximum(p[:, _NONE], 1e-9)), starts))
    share = np.where(grades > 0, 1 / np.maximum(1 - silent, 1e-9), 0.0)
    told = 1 - p[:, _NONE]
    given = np.minimum(told * np.repeat(share, sizes), 1.0)
    found: NDArray[np.float64] = p * (given / np.maximum(told, 1e-12))[:, None]
    found[:, _NONE] = 1 - given
    return found


def _targets(run: ArticleRun, articles: Sequence[ReadArticle]) -> NDArray[np.float32]:
    """Shape: (n_sentences, n_narratives, 3); zeros where a narrative was not judged."""
    targets = np.zeros(run.unseen.shape, dtype=np.float32)
    sizes = np.array([len(one.sentences) for one in articles])
    for column, name in enumerate(run.classifier.narratives):
        judged = np.array([name in one.row.labels for one in articles])
        grades = np.array([one.row.labels.get(name, 0) for one in articles])
        rows = np.repeat(judged, sizes)
        targets[rows, column] = posterior(run.unseen[rows, column], sizes[judged], grades[judged])
    return targets


def _work_in(classifier: NarrativeClassifier) -> None:
    """Works the calibration into the heads, and gives up the weights that were laid out for reading."""
    heads, calibration = classifier.network.heads, classifier.calibration
    scales = torch.tensor(calibration.scales).repeat_interleave(len(ANSWERS)).to(heads.weight)
    with torch.no_grad():
        heads.weight *= scales[:, None]
        heads.bias.copy_(heads.bias * scales + torch.tensor(calibration.shifts).flatten().to(heads.bias))
    classifier.calibration = Calibration.identity(len(classifier.narratives))
    classifier.reader = None


def _held_out_loss(articles: Sequence[ReadArticle]) -> Callable[[NarrativeClassifier], float]:
    passages = [one.passage for one in articles]

    def loss(classifier: NarrativeClassifier) -> float:
        logits, total = classifier.predict_logits(passages), 0.0
        for column, name in enumerate(classifier.narratives):
            rows, some = _judged(articles, name)
            fitted = _calibration(logits, articles, column, name)
            total += article_loss(told_odds(logits[rows, column], *fitted), graded(some, _NO_VECTORS, _NO_LOGITS, name))
        return total

    return loss


def _calibration(
    logits: NDArray[np.float64], articles: Sequence[ReadArticle], column: int, name: str
) -> tuple[float, float]:
    rows, some = _judged(articles, name)
    return scale_and_shift(logits[rows, column], graded(some, _NO_VECTORS, _NO_LOGITS, name))


def _judged(articles: Sequence[ReadArticle], name: str) -> tuple[NDArray[np.bool_], list[ReadArticle]]:
    """Which sentences are of articles that were judged for a narrative, and these articles."""
    judged = [name in one.row.labels for one in articles]
    rows = np.repeat(judged, [len(one.sentences) for one in articles])
    return rows, [one for one, chosen in zip(articles, judged, strict=True) if chosen]


def _run_hash(
    classifier: NarrativeClassifier, examples: Examples, held_out: Sequence[ReadArticle], config: TrainingConfig
) -> str:
    network = network_hash(classifier.network, classifier.encoder.tokenizer)
    digest = hashlib.sha256(json.dumps([network, classifier.narratives, asdict(config)]).encode())
    digest.update(examples.targets.tobytes())
    for text in (*(row.text for row in examples.rows), *(one.row.article.text for one in held_out)):
        digest.update(text.encode("utf-8", "surrogatepass"))
    digest.update(json.dumps([dict(one.row.labels) for one in held_out]).encode())
    return digest.hexdigest()
