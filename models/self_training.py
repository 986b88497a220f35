"""Learning from sentences without labels: several trained classifiers answer them, and one learns their probabilities.

The mean of classifiers that differ in their seed is closer to the judges than any of them; a single one that learns it
on many sentences keeps most of that (Hinton, Vinyals and Dean 2015; Xie et al. 2020, noisy student).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.runs import passages_of_runs
from nlp.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.passages import Classifier
    from nlp.labelled import LabelledSentence

__all__ = ["Unlabelled", "taught_targets"]


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """Sentences without labels, and the classifiers that answer them."""

    rows: Sequence[LabelledSentence]
    teachers: Sequence[Classifier]


def taught_targets(unlabelled: Unlabelled, narratives: Sequence[str]) -> NDArray[np.float32]:
    """The mean of the teachers' probabilities, Shape: (n_rows, n_narratives, 3).

    Raises:
        InputError: no teacher, or one that was trained for other narratives.
    """
    if not unlabelled.teachers:
        raise InputError("sentences without labels need a teacher: name the folder of a trained model")
    for teacher in unlabelled.teachers:
        if missing := set(narratives) - set(teacher.narratives):
            raise InputError(f"the teacher {teacher.model_id} was not trained for {', '.join(sorted(missing))}")
    passages = passages_of_runs(unlabelled.rows)
    total: NDArray[np.float64] = np.zeros(())
    for teacher in unlabelled.teachers:
        columns = [teacher.narratives.index(name) for name in narratives]
        total = total + teacher.predict_proba(passages)[:, columns]
    return (total / len(unlabelled.teachers)).astype(np.float32)
