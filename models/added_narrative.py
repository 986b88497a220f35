"""Adds narratives to a trained model: a head each, from definition, cue phrases and labels; all else stays as it is.

The encoder and the heads that are there are not touched, so that their answers stay the same to the last bit, which
`check_unchanged` looks at. The fit is `models.linear_head`, the sentences that definition and cues give are
`models.cue_sentences`, the folder is `models.added_files`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from models.classifier import windows_of
from models.cue_sentences import made_sentences
from models.decisions import Thresholds, fit_thresholds
from models.forward import read_features
from models.linear_head import FittedHead, Made, fit_head
from models.narrative_table import narratives_of
from models.passages import Passage, answers_of, passage_of_label
from nlp.errors import InputError, TrainingError
from nlp.labelled import LabelledSentence, article_of
from nlp.narratives import DriverMatcher
from nlp.safety import harmless
from nlp.schema import ANSWERS
from nlp.splits import groups_of, keys_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.classifier import NarrativeClassifier
    from nlp.narratives import Narrative

__all__ = ["Learnt", "check_labels", "check_unchanged", "learn_narrative", "new_narratives"]

_FEWEST = 1.0
"""Expected cases from which on a threshold is fitted: with few labels a half would say next to nothing."""

_N_COMPARED = 100
"""So many made sentences are looked at besides labelled ones."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A narrative that was learnt.

    Attributes:
        narrative: from the table.
        fitted: its head and calibration.
        thresholds: from which probability on assert and reject are said.
        rows: the labelled sentences that it was learnt from.
        p: what heads that had seen neither a row's article nor a copy say of it; empty where labels were too few.
            Shape: (n_rows, 1, 3).
        n_made: how many sentences definition and cues gave.
        n_background: how many sentences without labels were taken not to tell it.
    """

    narrative: Narrative
    fitted: FittedHead
    thresholds: Thresholds
    rows: tuple[LabelledSentence, ...]
    p: NDArray[np.float64]
    n_made: int
    n_background: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """How many labelled rows got each answer."""
        given = Counter(row.labels[self.narrative.id] for row in self.rows)
        return {answer: given[label] for answer, label in (("assert", 1), ("reject", -1), ("none", 0))}

    def probabilities(self, classifier: NarrativeClassifier, rows: Sequence[LabelledSentence]) -> NDArray[np.float64]:
        """Of other rows, Shape: (n_rows, 1, 3)."""
        features = _features(classifier, [passage_of_label(row) for row in rows]).astype(np.float64)
        logits = features @ self.fitted.weight.T + self.fitted.bias
        return self.fitted.calibration.probabilities(logits[:, None])


def new_narratives(classifier: NarrativeClassifier, table: Iterable[Narrative]) -> tuple[Narrative, ...]:
    """Those of a table that a classifier does not know.

    Raises:
        InputError: it knows all.
    """
    table = tuple(table)
    new = tuple(narrative for narrative in table if narrative.id not in classifier.narratives)
    if not new:
        raise InputError(
            f"{classifier.model_id} knows {', '.join(one.id for one in table)} already: give a table with a new "
            "[[narrative]], or train without --add to change what it knows"
        )
    return new


def check_labels(rows: Sequence[LabelledSentence], held_out: Sequence[LabelledSentence], known: Sequence[str]) -> None:
    """Refuses labels of narratives that nobody defines, and articles to learn from that are also held out.

    Raises:
        InputError: there are.
    """
    if strange := sorted({name for row in (*rows, *held_out) for name in row.labels} - set(known)):
        raise InputError(
            f"the labels name {', '.join(strange)}, which neither the base nor the table knows ({', '.join(known)}): "
            "give it a [[narrative]] table with definition and cues, or take it out of the labels"
        )
    if both := {article_of(row) for row in rows} & {article_of(row) for row in held_out}:
        raise InputError(f"{len(both)} articles ({harmless(min(both))!r} …) are in both files: hold out other articles")


def learn_narrative(
    classifier: NarrativeClassifier,
    narrative: Narrative,
    rows: Sequence[LabelledSentence],
    unlabelled: Sequence[LabelledSentence] = (),
) -> Learnt:
    """A head for one narrative.

    Args:
        classifier: whose encoder reads.
        narrative: what to learn.
        rows: labelled sentences, which may be none; those that are not judged for it are left out.
        unlabelled: of what is written otherwise; those without a cue of the narrative are taken not to tell it.
    """
    judged = tuple(row for row in rows if narrative.id in row.labels)
    sentences, matcher = made_sentences(narrative, narratives_of(classifier)), DriverMatcher([narrative])
    background = [row for row in unlabelled if not matcher.cues(row.text, row.lang)]
    passages = [Passage((one.text,), 0, 1) for one in sentences] + [passage_of_label(row) for row in background]
    none = ANSWERS.index("none")
    made = Made(
        _features(classifier, passages),
        np.array([ANSWERS.index(one.answer) for one in sentences] + [none] * len(background)),
        np.array([one.weight for one in sentences] + [1 / len(background) for _ in background]),
    )
    states = _features(classifier, [passage_of_label(row) for row in judged])
    answers = answers_of(judged, (narrative.id,))[:, 0]
    fitted = fit_head(states, answers, groups_of(keys_of(judged)), made)
    p = fitted.calibration.probabilities(fitted.out_of_fold[:, None])
    thresholds = fit_thresholds(p, _FEWEST)
    return Learnt(narrative, fitted, thresholds, judged, p, len(sentences), len(background))


def check_unchanged(base: NarrativeClassifier, grown: NarrativeClassifier, rows: Sequence[LabelledSentence]) -> int:
    """Compares what both say of the base's narratives, bit by bit; returns how many numbers were compared.

    They are compared in the rows and in sentences that the base's narratives give.

    Raises:
        TrainingError: one of them differs.
    """
    made = (one.text for narrative in narratives_of(base) for one in made_sentences(narrative, ()))
    passages = [
        *(passage_of_label(row) for row in rows),
        *(Passage((text,), 0, 1) for text in islice(made, _N_COMPARED)),
    ]
    old, new = base.predict_proba(passages), grown.predict_proba(passages)[:, : len(base.narratives)]
    if not np.array_equal(old, new) or grown.thresholds.values[: len(base.narratives)] != base.thresholds.values:
        raise TrainingError(
            f"{grown.model_id} says other things of {', '.join(base.narratives)} than {base.model_id}: "
            "do not use it, and report this"
        )
    return old.size


def _features(classifier: NarrativeClassifier, passages: Sequence[Passage]) -> NDArray[np.float32]:
    return read_features(classifier, windows_of(passages, classifier))
