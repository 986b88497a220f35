"""What `froth evaluate --report` leaves in a folder: tables to open and a calibration plot to look at.

`metrics.csv` (per language, source and year), `confusion.csv`, `errors.csv` (every wrong answer with its text, the
surest first), `calibration.csv` and `calibration.html`. The measures themselves are `models.evaluation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.decisions import Thresholds, decide
from models.evaluation import METRIC_COLUMNS, confusion, evaluate
from models.passages import answers_of
from nlp.report.calibration import calibration_page
from nlp.schema import ANSWERS
from nlp.tables import whole_file, write_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nlp.labelled import LabelledSentence

__all__ = ["CALIBRATION_COLUMNS", "ERROR_COLUMNS", "calibration_table", "errors_table", "write_evaluation"]

ERROR_COLUMNS = ("id", "lang", "source", "date", "narrative", "gold", "said", "p_gold", "p_said", "before", "text", "after")  # fmt: skip  # noqa: E501
CALIBRATION_COLUMNS = ("narrative", "answer", "stated", "happened", "n")
_N_BINS = 10


def write_evaluation(
    folder: Path,
    rows: Sequence[LabelledSentence],
    p: NDArray[np.float64],
    narratives: Sequence[str],
    thresholds: Thresholds,
) -> None:
    """Writes the files named above into `folder`, which is made where it lacks.

    Raises:
        InputError: the folder cannot be written.
    """
    measured = [
        evaluate(rows, p, narratives, thresholds=thresholds, by=by).rename(columns={by: "group"}).assign(by=by)
        for by in ("lang", "source", "year")
    ]
    columns = ["narrative", "answer", "by", "group", *METRIC_COLUMNS]
    write_table(pd.concat(measured)[columns], folder / "metrics.csv", columns)
    counts = confusion(rows, p, narratives, thresholds)
    write_table(counts, folder / "confusion.csv", list(counts.columns))
    write_table(errors_table(rows, p, narratives, thresholds), folder / "errors.csv", list(ERROR_COLUMNS))
    calibration = calibration_table(rows, p, narratives)
    write_table(calibration, folder / "calibration.csv", list(CALIBRATION_COLUMNS))
    with whole_file(folder / "calibration.html") as file:
        file.write(calibration_page(calibration))


def errors_table(
    rows: Sequence[LabelledSentence], p: NDArray[np.float64], narratives: Sequence[str], thresholds: Thresholds
) -> pd.DataFrame:
    """Every wrong answer, `ERROR_COLUMNS`, the least probable gold answer first."""
    gold, said = answers_of(rows, narratives), decide(p, thresholds)
    found = []
    for number, column in np.argwhere((gold >= 0) & (gold != said)):
        row, answers = rows[number], (gold[number, column], said[number, column])
        found.append(
            {
                **{name: getattr(row, name) for name in ("id", "lang", "source", "date", "before", "text", "after")},
                "narrative": narratives[column],
                **dict(zip(("gold", "said"), (ANSWERS[a] for a in answers), strict=True)),
                **dict(
                    zip(("p_gold", "p_said"), (round(float(p[number, column, a]), 4) for a in answers), strict=True)
                ),
            }
        )
    table = pd.DataFrame(found, columns=list(ERROR_COLUMNS))
    return table.sort_values("p_gold", kind="stable", ignore_index=True)


def calibration_table(
    rows: Sequence[LabelledSentence], p: NDArray[np.float64], narratives: Sequence[str]
) -> pd.DataFrame:
    """Mean stated probability and share of gold cases by tenths of the probability, `CALIBRATION_COLUMNS`."""
    gold = answers_of(rows, narratives)
    found = []
    for column, narrative in enumerate(narratives):
        judged = gold[:, column] >= 0
        for answer in ("assert", "reject"):
            stated = p[judged, column, ANSWERS.index(answer)]
            happened = gold[judged, column] == ANSWERS.index(answer)
            bins = np.minimum((stated * _N_BINS).astype(int), _N_BINS - 1)
            for number in np.unique(bins):
                inside = bins == number
                values = (narrative, answer, stated[inside].mean(), happened[inside].mean(), int(inside.sum()))
                found.append(dict(zip(CALIBRATION_COLUMNS, values, strict=True)))
    return pd.DataFrame(found, columns=list(CALIBRATION_COLUMNS)).round(4)
