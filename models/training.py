"""Fine-tunes an encoder and its heads on labelled sentences, then calibrates them on a held-out fold.

Rows are packed several to a window, as articles are when they are scored, so that training and use see the same
thing. The fold that stops training early and fits calibration and thresholds shares no article with the rest
(`models.folds`). The loop is `models.fitting`, measuring is `models.evaluation`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from models.adapter import adapt
from models.baseline import train_tfidf
from models.calibration import fit_calibration
from models.classifier import NarrativeClassifier
from models.decisions import fit_thresholds
from models.encoder import choose_device, load_encoder
from models.encoder_files import known_heads, round_as_saved
from models.fitting import Epoch, Examples, fit
from models.loss import targets_of
from models.manifest import RECORD
from models.narrative_table import brought_by
from models.passages import Classifier, answers_of, passage_of_label
from models.self_training import Unlabelled, taught_targets
from models.splits import Split, split_labels
from models.training_config import TrainingConfig
from models.training_log import TrainingLog
from models.training_state import STATE, StateFile, Unfinished, network_hash
from nlp.errors import InputError

if TYPE_CHECKING:
    from nlp.labelled import LabelledSentence

__all__ = ["TrainingRun", "run_hash", "train", "train_floor"]


@dataclass(frozen=True, slots=True)
class TrainingRun:
    """What came of a training.

    Attributes:
        classifier: calibrated, at its best pass.
        held_out: the rows that stopped the training and fitted the calibration.
        epochs: losses of every pass.
        record: base (with a hash of its weights and fresh heads), settings, losses and counts; in the manifest too.
        judge: answers for the rows held out where the classifier has learnt from them (`models.unseen`).
    """

    classifier: Classifier
    held_out: tuple[LabelledSentence, ...]
    epochs: tuple[Epoch, ...]
    record: dict[str, Any]
    judge: Classifier | None = None


def train(  # noqa: PLR0913 - what to learn from, how, and where to keep it
    rows: Sequence[LabelledSentence] | Split,
    taught: Unlabelled | None = None,
    *,
    base: str,
    narratives: Sequence[str],
    config: TrainingConfig,
    unfinished: Path | None = None,
    on_step: Callable[[int, int, float], None] = lambda step, n_steps, loss: None,
) -> TrainingRun:
    """A calibrated classifier fine-tuned from the encoder `base` (hub name or folder).

    Args:
        rows: labelled sentences, of which a share is held out, or a split; neighbours that follow each other are read
            together. Probabilities will be right for the mix of answers that is held out.
        taught: sentences without labels, and the classifiers whose probabilities are learnt on them; these should have
            held out the same articles.
        base: hub name or folder of an encoder, or a model folder of froth's, whose heads are taken up where the
            narratives are the same.
        narratives: the heads to train.
        config: see there.
        unfinished: a folder that keeps the unfinished run and its log (`models.training_log`); where it holds the same
            run, that one goes on.
        on_step: called after each step with its number, the number of steps and the loss.

    Raises:
        InputError: too few rows or articles to hold any out, a narrative that no row judges, a teacher of others,
            sentences without labels of articles that are held out.
        CheckpointError: `base` or `unfinished` cannot be loaded.
    """
    split = split_labels(rows, narratives, config.held_out, config.seed)
    kept, held_out = split.kept, split.held_out
    if taught is not None:
        _refuse_held_out(taught, held_out)
    torch.manual_seed(config.seed)
    classifier = NarrativeClassifier.untrained(load_encoder(base), narratives, config.max_tokens)
    classifier.take_heads(known_heads(Path(base)))
    classifier.table = brought_by(base, narratives)
    if config.adapter_rank:
        adapt(classifier.encoder.model, config.adapter_rank)
    classifier.to(choose_device(config.device))
    base_hash, keep = network_hash(classifier.network, classifier.encoder.tokenizer), None
    if unfinished is not None:
        (unfinished / RECORD).mkdir(parents=True, exist_ok=True)
        run = run_hash(split, taught, base_hash, narratives, config)
        keep = Unfinished(StateFile(unfinished / STATE, run), TrainingLog(unfinished / RECORD))
    examples = Examples(kept, targets_of(answers_of(kept, narratives)))
    if taught is not None:
        targets = np.concatenate([examples.targets, taught_targets(taught, narratives)])
        examples = Examples([*kept, *taught.rows], targets)
    epochs = fit(classifier, examples, held_out, config, keep=keep, on_step=on_step)
    round_as_saved(classifier)
    logits, gold = (
        classifier.predict_logits([passage_of_label(row) for row in held_out]),
        answers_of(held_out, narratives),
    )
    classifier.calibration = fit_calibration(logits, gold)
    classifier.thresholds = fit_thresholds(classifier.calibration.probabilities(logits))
    record = {
        "base": base,
        "base_sha256": base_hash,
        "config": asdict(config),
        "epochs": [asdict(epoch) for epoch in epochs],
        "n_trained": len(kept),
        "n_held_out": len(held_out),
    }
    if taught is not None:
        record |= {"n_unlabelled": len(taught.rows), "teachers": [t.model_id for t in taught.teachers]}
    return TrainingRun(classifier, tuple(held_out), tuple(epochs), record)


def _refuse_held_out(taught: Unlabelled, held_out: Sequence[LabelledSentence]) -> None:
    if both := {row.article or row.id for row in taught.rows} & {row.article or row.id for row in held_out}:
        raise InputError(
            f"{len(both)} articles ({min(both)!r} …) of the sentences without labels are held out: leave those out"
        )


def train_floor(
    rows: Sequence[LabelledSentence] | Split, narratives: Sequence[str], config: TrainingConfig
) -> TrainingRun:
    """The TF-IDF floor on the same split; only `held_out` and `seed` of the settings matter to it.

    Raises:
        InputError: as `train`.
    """
    split = split_labels(rows, narratives, config.held_out, config.seed)
    kept, held_out = split.kept, split.held_out
    record = {"base": "tfidf", "n_trained": len(kept), "n_held_out": len(held_out)}
    classifier = train_tfidf(kept, narratives, seed=config.seed)
    p = classifier.predict_proba([passage_of_label(row) for row in held_out])
    classifier = replace(classifier, thresholds=fit_thresholds(p))
    return TrainingRun(classifier, tuple(held_out), (), record)


def run_hash(
    split: Split, taught: Unlabelled | None, base: str, narratives: Sequence[str], config: TrainingConfig
) -> str:
    """What makes two trainings the same: labels, sentences without, teachers, base (a hash of it) and settings."""
    teachers = [teacher.model_id for teacher in taught.teachers] if taught else []
    sizes = [len(split.kept), len(split.held_out), len(taught.rows) if taught else 0]
    digest = hashlib.sha256(json.dumps([base, list(narratives), asdict(config), teachers, sizes]).encode())
    for row in (*split.kept, *split.held_out, *(taught.rows if taught else ())):
        digest.update(json.dumps([row.before, row.text, row.after, row.article, dict(row.labels)]).encode())
    return digest.hexdigest()
