"""Measures a classifier against labelled sentences: per narrative, answer and language.

Precision, recall and F1 as in any textbook, average precision by scikit-learn, expected calibration error by
`models.calibration`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.calibration import expected_calibration_error
from models.passages import answers_of, passage_of_label
from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.passages import Classifier
    from nlp.labelled import LabelledSentence

__all__ = ["METRIC_COLUMNS", "PREDICTION_DIGITS", "evaluate", "predict_labelled", "predictions_table"]

METRIC_COLUMNS = ("narrative", "answer", "lang", "n", "n_gold", "precision", "recall", "f1", "average_precision", "ece")
PREDICTION_DIGITS = 6
_CHUNK = 512


def predict_labelled(classifier: Classifier, rows: Sequence[LabelledSentence]) -> NDArray[np.float64]:
    """Probabilities of labelled rows in input order, Shape: (n_rows, n_narratives, 3)."""
    chunks = [
        classifier.predict_proba([passage_of_label(row) for row in rows[i : i + _CHUNK]])
        for i in range(0, len(rows), _CHUNK)
    ]
    return np.concatenate(chunks) if chunks else np.zeros((0, len(classifier.narratives), len(ANSWERS)))


def predictions_table(
    rows: Sequence[LabelledSentence], p: NDArray[np.float64], narratives: Sequence[str]
) -> pd.DataFrame:
    """The predictions.csv contract: `id`, `<n>_assert`, `<n>_reject`, one row a labelled row in input order."""
    table = pd.DataFrame({"id": [row.id for row in rows]})
    for index, narrative in enumerate(narratives):
        for answer in ("assert", "reject"):
            table[f"{narrative}_{answer}"] = p[:, index, ANSWERS.index(answer)].round(PREDICTION_DIGITS)
    return table


def evaluate(rows: Sequence[LabelledSentence], p: NDArray[np.float64], narratives: Sequence[str]) -> pd.DataFrame:
    """One row per narrative, answer (assert, reject) and language (`all` first), columns `METRIC_COLUMNS`.

    Rows that are not judged for a narrative are left out; a metric without a gold case is NaN.
    """
    gold = answers_of(rows, narratives)
    langs = np.array([row.lang for row in rows])
    found = []
    for index, narrative in enumerate(narratives):
        for answer in ("assert", "reject"):
            for lang in ("all", *sorted(set(langs.tolist()))):
                judged = (gold[:, index] >= 0) & ((langs == lang) | (lang == "all"))
                if judged.any():
                    found.append(
                        {
                            "narrative": narrative,
                            "answer": answer,
                            "lang": lang,
                            **_metrics(gold[judged, index], p[judged, index], ANSWERS.index(answer)),
                        }
                    )
    return pd.DataFrame(found, columns=list(METRIC_COLUMNS))


def _metrics(gold: NDArray[np.int64], p: NDArray[np.float64], answer: int) -> dict[str, float]:
    from sklearn.metrics import average_precision_score, precision_recall_fscore_support

    true, said = gold == answer, p.argmax(axis=1) == answer
    precision, recall, f1, _ = precision_recall_fscore_support(true, said, average="binary", zero_division=np.nan)
    return {
        "n": len(gold),
        "n_gold": int(true.sum()),
        "precision": float(precision),
        "recall": float(recall),
        "f1": float(f1),
        "average_precision": float(average_precision_score(true, p[:, answer])) if true.any() else float("nan"),
        "ece": expected_calibration_error(p[:, answer], true),
    }
