"""The sentences and articles on which annotators differ, the hardest first, for someone to decide.

Hardest is where most pairs of annotators differ and differ most: asserting against rejecting weighs two, either against
neither one; ratings weigh as they are apart, against the three that they can be. Ties go by the number of annotators,
then in order. The column `decided` is for the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from nlp.annotations.agreement import Matrix, matrices
from nlp.annotations.rows import SENTENCE_ANSWERS
from nlp.labelled import Labelled, LabelledSentence, article_of
from nlp.tables import write_table

__all__ = ["DISAGREEMENT_COLUMNS", "Disagreement", "disagreements", "write_disagreements"]

DISAGREEMENT_COLUMNS = (
    "hardness", "narrative", "id", "article", "source", "lang", "answers", "before", "text", "after", "decided",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One narrative in one unit.

    Attributes:
        hardness: mean difference of the pairs of annotators, in [0, 1].
        unit: a row of it.
        labels: by annotator.
    """

    hardness: float
    narrative: str
    unit: Labelled
    labels: Mapping[str, int]


def disagreements(labels: Sequence[Labelled]) -> list[Disagreement]:
    """Where annotators differ, the hardest first.

    Raises:
        InputError: nothing that two annotators judged.
    """
    found = [one for matrix in matrices(labels) for one in _of_one(matrix)]
    return sorted(found, key=lambda one: (-one.hardness, -len(one.labels)))


def _of_one(matrix: Matrix) -> list[Disagreement]:
    widest = 2 if isinstance(matrix.units[0], LabelledSentence) else 3
    found = []
    for place, unit in enumerate(matrix.units):
        column = matrix.ratings[:, place]
        said = {who: int(label) for who, label in zip(matrix.annotators, column, strict=True) if not np.isnan(label)}
        apart = [abs(a - b) for a, b in combinations(said.values(), 2)]
        if any(apart):
            found.append(Disagreement(sum(apart) / len(apart) / widest, matrix.narrative, unit, said))
    return found


def write_disagreements(rows: Sequence[Disagreement], path: Path) -> None:
    """Writes the listing, CSV or Parquet by the suffix."""
    write_table([_row(one) for one in rows], path, DISAGREEMENT_COLUMNS)


def _row(one: Disagreement) -> dict[str, object]:
    unit = one.unit
    is_sentence = isinstance(unit, LabelledSentence)
    said = {who: SENTENCE_ANSWERS[label] if is_sentence else str(label) for who, label in one.labels.items()}
    shown = {
        "hardness": round(one.hardness, 3),
        "narrative": one.narrative,
        "article": article_of(unit),
        "answers": "; ".join(f"{who or 'unknown'}: {answer}" for who, answer in said.items()),
    }
    if isinstance(unit, LabelledSentence):
        return shown | {name: getattr(unit, name) for name in ("id", "source", "lang", "before", "text", "after")}
    article = unit.article
    text = f"{article.title}\n{article.text}"
    return shown | {"id": article.id, "source": article.source, "lang": article.lang, "text": text}
