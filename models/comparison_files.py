"""What `froth evaluate --against --report` leaves of two models: what the new one gains, and every answer that changed.

`comparison.csv` holds what `models.evaluation.compare` measures (paired bootstrap over articles), by language, source
and year; `changes.csv` the sentences on which the models differ, those that the new one gets wrong now first.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.decisions import Thresholds, decide
from models.evaluation import COMPARISON_COLUMNS, compare
from models.passages import answers_of
from nlp.schema import ANSWERS
from nlp.tables import write_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nlp.labelled import LabelledSentence

__all__ = ["CHANGE_COLUMNS", "changes_table", "write_comparison"]

CHANGE_COLUMNS = (
    "change", "id", "lang", "source", "date", "narrative", "gold", "said_old", "said_new", "p_gold_old", "p_gold_new",
    "before", "text", "after",
)  # fmt: skip
_CHANGES = ("lost", "still wrong", "won")

_Answers = tuple["NDArray[np.float64]", Thresholds]
"""Probabilities of the rows and the thresholds of the model that gave them."""


def write_comparison(
    folder: Path, rows: Sequence[LabelledSentence], old: _Answers, new: _Answers, narratives: Sequence[str]
) -> None:
    """Writes both files into `folder`, which is made where it lacks.

    Raises:
        InputError: the folder cannot be written.
    """
    gains = [
        compare(rows, old, new, narratives, by=by).rename(columns={by: "group"}).assign(by=by)
        for by in ("lang", "source", "year")
    ]
    columns = ["narrative", "answer", "by", "group", *COMPARISON_COLUMNS]
    write_table(pd.concat(gains)[columns], folder / "comparison.csv", columns)
    write_table(changes_table(rows, old, new, narratives), folder / "changes.csv", CHANGE_COLUMNS)


def changes_table(
    rows: Sequence[LabelledSentence], old: _Answers, new: _Answers, narratives: Sequence[str]
) -> pd.DataFrame:
    """Every judged answer on which two models differ, `CHANGE_COLUMNS`: `lost`, `still wrong`, then `won`."""
    gold, before, after = answers_of(rows, narratives), decide(*old), decide(*new)
    found = []
    for number, column in np.argwhere((gold >= 0) & (before != after)):
        row, right = rows[number], gold[number, column]
        was, now = before[number, column], after[number, column]
        found.append(
            {
                **{name: getattr(row, name) for name in ("id", "lang", "source", "date", "before", "text", "after")},
                "change": "won" if now == right else "lost" if was == right else "still wrong",
                "narrative": narratives[column],
                "gold": ANSWERS[right],
                "said_old": ANSWERS[was],
                "said_new": ANSWERS[now],
                "p_gold_old": round(float(old[0][number, column, right]), 4),
                "p_gold_new": round(float(new[0][number, column, right]), 4),
            }
        )
    table = pd.DataFrame(found, columns=list(CHANGE_COLUMNS))
    return table.sort_values("change", key=lambda names: names.map(_CHANGES.index), kind="stable", ignore_index=True)
