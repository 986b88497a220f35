"""Which training few labels can bear: heads on the encoder as it is, or the fine-tune, found by cross-validation.

Both learn from the same folds and answer for the rest (`models.folds`); what is compared is the average precision,
its mean over narratives and answers. The fine-tune costs a hundred times as much and is taken only where its gain is
beyond the noise of the folds: where the lower end of the one-sided 95% t interval of the mean gain is above 0. As the
training parts of the folds overlap, this interval is too narrow rather than too wide (Bengio and Grandvalet 2004).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from models.evaluation import predict_labelled
from models.few_labels import LabelledStates, answers_by_states, fit_heads, frozen_reader, states_of
from models.fold_gains import FOLDS, FoldGain, read_folds, write_folds
from models.folds import folds_of
from models.narrative_table import brought_by
from models.passages import answers_of
from models.resampling import average_precision
from models.splits import Split, all_labels, split_labels
from models.training import TrainingRun, run_hash, train
from models.training_config import Method, TrainingConfig
from models.training_state import network_hash
from models.unseen import unseen
from nlp.errors import InputError
from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nlp.labelled import LabelledSentence

__all__ = ["FEW_ROWS", "Choice", "choose_method", "compare_methods", "pays", "train_heads"]

FEW_ROWS = 1000
"""Up to so many judged sentences `auto` compares; with more the fine-tune is taken."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Heads or fine-tune, and the folds that say so; none where it was asked for."""

    method: Method
    folds: tuple[FoldGain, ...] = ()

    @property
    def record(self) -> dict[str, Any]:
        """What a model's record says of it."""
        folds = [{k: None if v != v else v for k, v in asdict(fold).items()} for fold in self.folds]
        return {"method": self.method.value, "folds": folds}

    def table(self) -> str:
        """The folds for the terminal, and what follows from them; empty where there are none."""
        if not self.folds:
            return ""
        table = pd.DataFrame([{**asdict(fold), "gain": fold.gain} for fold in self.folds])
        gains = np.array([fold.gain for fold in self.folds if not np.isnan(fold.gain)])
        taken = "the fine-tune" if self.method is Method.whole else "heads on the encoder as it is"
        told = "too few labels to tell what the fine-tune gains"
        if len(gains) > 1:
            noise = gains.std(ddof=1) / np.sqrt(len(gains))
            told = f"mean gain of the fine-tune {gains.mean():.3f}, standard error {noise:.3f}"
        shown: str = table.to_string(index=False, float_format="%.3f")
        return f"average precision in cross-validation\n{shown}\n{told}: {taken}\n\n"


def train_heads(
    rows: Sequence[LabelledSentence] | Split, *, base: str, narratives: Sequence[str], config: TrainingConfig
) -> TrainingRun:
    """Heads on the encoder `base` as it is, fitted on all rows and measured on them by cross-validation.

    A split's held-out rows are measured on instead, and learnt from by nobody.

    Raises:
        InputError: as `models.training.train`.
        CheckpointError: `base` cannot be loaded.
    """
    given = all_labels(rows, narratives)
    kept, held_out = list(given.kept), tuple(given.held_out)
    reader = frozen_reader(base, config)
    reader.table = brought_by(base, narratives)
    fitted = fit_heads(reader, states_of(reader, kept), narratives, seed=config.seed)
    weights = {
        name: {"words": mixture.weights[0], "states": mixture.weights[1]}
        for name, mixture in zip(narratives, fitted.mixtures, strict=True)
    }
    record: dict[str, Any] = {
        "base": base,
        "base_sha256": network_hash(fitted.classifier.network, reader.encoder.tokenizer),
        "config": asdict(config),
        "method": Method.head.value,
        "weights": weights,
        "n_trained": len(kept),
        "n_held_out": len(held_out),
    }
    if held_out:
        return TrainingRun(fitted.classifier, held_out, (), record)
    return TrainingRun(fitted.classifier, tuple(kept), (), record, unseen(fitted.classifier, kept, fitted.unseen))


def compare_methods(
    rows: Sequence[LabelledSentence] | Split,
    *,
    base: str,
    narratives: Sequence[str],
    config: TrainingConfig,
    unfinished: Path | None = None,
    on_fold: Callable[[int, int, float], None] = lambda fold, n_folds, gain: None,
) -> list[FoldGain]:
    """Both ways on each fold; of the fine-tune nothing is known where the rest of a fold holds no rows out for it.

    Args:
        rows: labelled sentences; of a split those to train on.
        base: the encoder.
        narratives: to answer for.
        config: of the fine-tune, which holds out its share of each training part.
        unfinished: a folder that keeps the folds that are done; those of the same comparison are taken up.
        on_fold: called after each fold with its number, their number and the gain.

    Raises:
        InputError: as `models.training.train`.
    """
    kept = list(all_labels(rows, narratives).kept)
    folds = folds_of(kept, narratives, seed=config.seed)
    reader = frozen_reader(base, config)
    base_hash, found = network_hash(reader.encoder.model, reader.encoder.tokenizer), []
    run = run_hash(Split(kept, ()), None, base_hash, narratives, config)
    if unfinished is not None:
        found = read_folds(unfinished / FOLDS, run)
    states = states_of(reader, kept)
    for fold in range(len(found), int(folds.max()) + 1):
        learnt, asked = (states.part(np.flatnonzero(chosen)) for chosen in (folds != fold, folds == fold))
        heads = fit_heads(reader, learnt, narratives, seed=config.seed).classifier
        head, whole = _precision(asked, answers_by_states(heads, asked), narratives), float("nan")
        if _can_hold_out(learnt.rows, narratives, config):
            tuned = train(learnt.rows, base=base, narratives=narratives, config=config).classifier
            whole = _precision(asked, predict_labelled(tuned, asked.rows), narratives)
        found.append(FoldGain(fold + 1, len(asked.rows), head, whole))
        if unfinished is not None:
            write_folds(found, unfinished / FOLDS, run)
        on_fold(fold + 1, int(folds.max()) + 1, found[-1].gain)
    return found


def _can_hold_out(rows: Sequence[LabelledSentence], narratives: Sequence[str], config: TrainingConfig) -> bool:
    """Whether a fine-tune finds in the rows what it needs: every narrative on both of its sides."""
    try:
        split_labels(rows, narratives, config.held_out, config.seed)
    except InputError:
        return False
    return True


def choose_method(  # noqa: PLR0913 - what to compare, how, and where to keep it
    method: Method,
    rows: Sequence[LabelledSentence] | Split,
    *,
    base: str,
    narratives: Sequence[str],
    config: TrainingConfig,
    unfinished: Path | None = None,
    on_fold: Callable[[int, int, float], None] = lambda fold, n_folds, gain: None,
) -> Choice:
    """What was asked for; of `auto` what `compare_methods` finds up to `FEW_ROWS` rows, else the fine-tune.

    Raises:
        InputError: as `models.training.train`.
    """
    if method is not Method.auto:
        return Choice(method)
    if len(rows if isinstance(rows, Sequence) else rows.kept) > FEW_ROWS:
        return Choice(Method.whole)
    folds = compare_methods(
        rows, base=base, narratives=narratives, config=config, unfinished=unfinished, on_fold=on_fold
    )
    return Choice(Method.whole if pays(folds) else Method.head, tuple(folds))


def pays(folds: Sequence[FoldGain]) -> bool:
    """Whether the gain is beyond the noise of the folds; of folds without a case to find nothing is known."""
    from scipy.stats import t

    gains = np.array([fold.gain for fold in folds if not np.isnan(fold.gain)])
    if len(gains) < 2:
        return False
    noise = gains.std(ddof=1) / np.sqrt(len(gains)) * t.ppf(0.95, len(gains) - 1)
    return bool(gains.mean() > noise)


def _precision(asked: LabelledStates, p: NDArray[np.float64], narratives: Sequence[str]) -> float:
    """The mean over narratives and answers that occur; NaN where none does."""
    gold, found = answers_of(asked.rows, narratives), []
    for column in range(len(narratives)):
        judged = gold[:, column] >= 0
        for answer in (ANSWERS.index("assert"), ANSWERS.index("reject")):
            true = gold[judged, column] == answer
            if true.any():
                stated = p[judged, column, answer]
                found.append(float(average_precision(true, stated, np.ones((1, len(true))))[0]))
    return float(np.mean(found)) if found else float("nan")
