"""Heads for few labels: a linear fit on the states of an encoder that stays as it is, and one on words, added up.

The states of the labelled sentences (`models.token_states`, of all layers) are computed once, through the windows in
which articles are scored. On them a logistic regression is fitted for each narrative, another one on TF-IDF, and both
in cross-validation by article, which says how much each of them counts (`models.stacking`) and what the sum measures.
Then both are fitted on all rows. What comes of it is an ordinary classifier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.baseline import NEVER, TfidfClassifier, symmetric, train_known
from models.calibration import Calibration
from models.classifier import NarrativeClassifier, windows_of
from models.decisions import fit_thresholds
from models.encoder import choose_device, load_encoder
from models.encoder_files import round_as_saved
from models.folds import folds_of
from models.forward import pooled_vectors
from models.network import NarrativeNetwork
from models.passages import answers_of, passage_of_label
from models.stacking import Mixture, crossed, fit_mixture
from models.token_states import STATES, states_width
from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.training_config import TrainingConfig
    from nlp.labelled import LabelledSentence

__all__ = ["FittedHeads", "LabelledStates", "answers_by_states", "fit_heads", "frozen_reader", "states_of"]

_WORDS_C, _STATES_C = 10.0, 30.0
"""Inverse regularisation of the two fits, for rows of length 1."""
_FLAT = 1e-3
"""Added to the deviation of a feature, so that one which never varies counts for nothing."""


@dataclass(frozen=True, slots=True)
class LabelledStates:
    """Labelled sentences, and what the heads read of them. Shape: states (n_rows, 2 · width of the states)."""

    rows: Sequence[LabelledSentence]
    states: NDArray[np.float32]

    def part(self, places: NDArray[np.int64]) -> LabelledStates:
        """Some of them."""
        return LabelledStates([self.rows[place] for place in places], self.states[places])


@dataclass(frozen=True, slots=True)
class FittedHeads:
    """A classifier that has learnt from all rows, and the answers of those in cross-validation that had not.

    Attributes:
        classifier: calibrated by the answers of cross-validation.
        unseen: probabilities for each row from fits without its fold, weighted without it.
            Shape: (n_rows, n_narratives, 3).
        mixtures: per narrative, of words and states in this order.
    """

    classifier: NarrativeClassifier
    unseen: NDArray[np.float64]
    mixtures: tuple[Mixture, ...]


def frozen_reader(base: str, config: TrainingConfig) -> NarrativeClassifier:
    """The encoder `base` (hub name or folder) as it is read for heads on all its layers, without heads.

    Raises:
        CheckpointError: it cannot be loaded.
    """
    encoder = load_encoder(base)
    classifier = NarrativeClassifier.untrained(encoder, ("none",), config.max_tokens)
    classifier.network = NarrativeNetwork(encoder.model, states_width(encoder, STATES[1]), 1)
    round_as_saved(classifier)
    return classifier.to(choose_device(config.device)).freeze()


def states_of(reader: NarrativeClassifier, rows: Sequence[LabelledSentence]) -> LabelledStates:
    """What heads read of labelled sentences, each between its neighbours: one pass over them."""
    return LabelledStates(rows, pooled_vectors(reader, windows_of([passage_of_label(row) for row in rows], reader)))


def answers_by_states(classifier: NarrativeClassifier, labelled: LabelledStates) -> NDArray[np.float64]:
    """What `predict_proba` gives for the rows, from states that are there already, Shape: (n_rows, n_narratives, 3)."""
    classifier.network.eval()
    with torch.inference_mode():
        states = torch.from_numpy(labelled.states).to(classifier.device)
        logits: NDArray[np.float64] = classifier.network.answer(states).double().cpu().numpy()
    if classifier.words is not None:
        logits = logits + classifier.words.predict_logits([passage_of_label(row) for row in labelled.rows])
    return classifier.calibration.probabilities(logits)


def fit_heads(
    reader: NarrativeClassifier, labelled: LabelledStates, narratives: Sequence[str], *, seed: int = 0
) -> FittedHeads:
    """Heads for `narratives` on `reader` (from `frozen_reader`), which is left as it was.

    Raises:
        InputError: all rows belong to one article or story.
    """
    gold, folds = answers_of(labelled.rows, narratives), folds_of(labelled.rows, narratives, seed=seed)
    ways = np.zeros((2, *gold.shape, len(ANSWERS)))
    for fold in np.unique(folds):
        learnt = _fit(labelled.part(np.flatnonzero(folds != fold)), narratives, seed)
        ways[:, folds == fold] = learnt.logits(labelled.part(np.flatnonzero(folds == fold)))
    unseen, mixtures = np.zeros(ways.shape[1:]), []
    for column in range(len(narratives)):
        told = np.flatnonzero(gold[:, column] >= 0)
        # An answer that no other fold has says nothing of how the two ways are to be weighed.
        known = told[ways[0, told, column, gold[told, column]] > NEVER]
        mixtures.append(fit_mixture(list(ways[:, known, column]), gold[known, column]))
        unseen[:, column] = crossed(list(ways[:, :, column]), gold[:, column], folds, known)
    whole = _fit(labelled, narratives, seed).weighted(mixtures)
    shifts = tuple(mixture.shifts for mixture in mixtures)
    classifier = replace(
        reader,
        narratives=tuple(narratives),
        network=_network(reader, whole),
        words=whole.words,
        calibration=Calibration((1.0,) * len(mixtures), shifts),
        thresholds=fit_thresholds(unseen),
    )
    return FittedHeads(classifier, unseen, tuple(mixtures))


@dataclass(frozen=True, slots=True)
class _Fit:
    """Both ways, fitted. Shape: coefficients (n_narratives, 3, n_features), intercepts (n_narratives, 3)."""

    words: TfidfClassifier
    coefficients: NDArray[np.float64]
    intercepts: NDArray[np.float64]

    def logits(self, labelled: LabelledStates) -> NDArray[np.float64]:
        """Of words and of states, Shape: (2, n_rows, n_narratives, 3)."""
        words = self.words.predict_logits([passage_of_label(row) for row in labelled.rows])
        return np.stack([words, np.einsum("rf,naf->rna", labelled.states, self.coefficients) + self.intercepts])

    def weighted(self, mixtures: Sequence[Mixture]) -> _Fit:
        """The same with the weights of the mixtures in the coefficients, words rounded as they will be saved."""
        by_words, by_states = (np.array([m.weights[way] for m in mixtures])[:, None] for way in (0, 1))
        never = self.words.intercepts <= NEVER
        words = replace(
            self.words,
            idf=self.words.idf.astype(np.float32).astype(np.float64),
            coefficients=(self.words.coefficients * by_words[:, :, None]).astype(np.float16).astype(np.float64),
            intercepts=np.where(never, 0.0, self.words.intercepts * by_words).astype(np.float32).astype(np.float64),
        )
        intercepts = np.where(never, NEVER, self.intercepts * by_states)
        return _Fit(words, self.coefficients * by_states[:, :, None], intercepts)


def _fit(labelled: LabelledStates, narratives: Sequence[str], seed: int) -> _Fit:
    from sklearn.linear_model import LogisticRegression

    gold, n_features = answers_of(labelled.rows, narratives), labelled.states.shape[1]
    words = train_known(labelled.rows, narratives, seed=seed, strength=_WORDS_C, min_rows=1)
    coefficients = np.zeros((*words.intercepts.shape, n_features))
    intercepts = np.where(words.intercepts > NEVER, 0.0, NEVER)
    for column in range(len(narratives)):
        judged = np.flatnonzero(gold[:, column] >= 0)
        answers = gold[judged, column]
        present = np.unique(answers)
        if len(present) < 2:
            continue
        states = labelled.states[judged].astype(np.float64)
        mean, scale = states.mean(0), (states.std(0) + _FLAT) * np.sqrt(n_features)
        model = LogisticRegression(C=_STATES_C, max_iter=2000, random_state=seed).fit((states - mean) / scale, answers)
        found, shift = symmetric(model.coef_, model.intercept_)
        coefficients[column, present] = found / scale
        intercepts[column, present] = shift - found @ (mean / scale)
    return _Fit(words, coefficients, intercepts)


def _network(reader: NarrativeClassifier, fit: _Fit) -> NarrativeNetwork:
    """The reader's encoder with heads of these coefficients."""
    network = NarrativeNetwork(reader.encoder.model, reader.network.width, len(fit.coefficients))
    with torch.no_grad():
        network.heads.weight.copy_(torch.from_numpy(fit.coefficients.reshape(-1, fit.coefficients.shape[-1])))
        network.heads.bias.copy_(torch.from_numpy(fit.intercepts.reshape(-1)))
    return network.to(reader.device)
