"""Measures a classifier against labelled sentences: per narrative, answer and group of rows.

Precision, recall and F1 of the answers that its thresholds give (`models.decisions`), average precision by
scikit-learn, expected calibration error by `models.calibration`, intervals by `models.resampling`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.calibration import expected_calibration_error
from models.decisions import Thresholds, decide
from models.passages import answers_of, passage_of_label
from models.resampling import average_precision, draw_articles, f1, interval
from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.passages import Classifier
    from nlp.labelled import LabelledSentence

__all__ = [
    "COMPARISON_COLUMNS",
    "GROUPINGS",
    "METRIC_COLUMNS",
    "PREDICTION_DIGITS",
    "compare",
    "confusion",
    "evaluate",
    "predict_labelled",
    "predictions_table",
]

METRIC_COLUMNS = (
    "n", "n_gold", "precision", "recall", "f1", "f1_low", "f1_high", "average_precision", "ap_low", "ap_high", "ece",
)  # fmt: skip
"""What `evaluate` measures, after the columns narrative, answer and the group's."""

COMPARISON_COLUMNS = ("f1_old", "f1_new", "f1_gain", "f1_gain_low", "f1_gain_high", "ap_gain", "ap_gain_low", "ap_gain_high")  # fmt: skip  # noqa: E501
"""What `compare` measures, after the columns narrative, answer and the group's."""

GROUPINGS: Mapping[str, Callable[[LabelledSentence], str]] = MappingProxyType(
    {
        "lang": lambda row: row.lang,
        "source": lambda row: row.source or "unnamed",
        "year": lambda row: row.date[:4] or "undated",
        "stratum": lambda row: row.stratum or "unnamed",
    }
)
"""By what rows can be grouped."""

PREDICTION_DIGITS = 6
_CHUNK = 512
_N_DRAWS = 1000
_MEASURED = ("assert", "reject")


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
        for answer in _MEASURED:
            table[f"{narrative}_{answer}"] = p[:, index, ANSWERS.index(answer)].round(PREDICTION_DIGITS)
    return table


def evaluate(
    rows: Sequence[LabelledSentence],
    p: NDArray[np.float64],
    narratives: Sequence[str],
    *,
    thresholds: Thresholds | None = None,
    by: str = "lang",
) -> pd.DataFrame:
    """One row per narrative, answer (assert, reject) and group (`all` first) with `METRIC_COLUMNS`.

    Rows that are not judged for a narrative are left out; a metric without a gold case is NaN.

    Args:
        rows: gold.
        p: probabilities of the rows, as from `predict_labelled`.
        narratives: the second axis of `p`.
        thresholds: from which probability on an answer is said; one half by default.
        by: a name in `GROUPINGS`, which is also the name of the group's column.
    """
    said = decide(p, thresholds or Thresholds.even(len(narratives)))
    found = [
        {**cell.name, **_metrics(cell, p[:, cell.narrative, cell.answer], said[:, cell.narrative] == cell.answer)}
        for cell in _cells(rows, narratives, by)
    ]
    return pd.DataFrame(found, columns=["narrative", "answer", by, *METRIC_COLUMNS])


def compare(
    rows: Sequence[LabelledSentence],
    old: tuple[NDArray[np.float64], Thresholds],
    new: tuple[NDArray[np.float64], Thresholds],
    narratives: Sequence[str],
    *,
    by: str = "lang",
) -> pd.DataFrame:
    """What a new model gains on an old one: `COMPARISON_COLUMNS` with 95% intervals of the paired bootstrap."""
    said = [decide(p, thresholds) for p, thresholds in (old, new)]
    found = []
    for cell in _cells(rows, narratives, by):
        draws = np.concatenate([np.ones((1, len(cell.true))), draw_articles(cell.articles, _N_DRAWS, seed=0)])
        f1s = [f1(cell.true, s[cell.rows, cell.narrative] == cell.answer, draws) for s in said]
        aps = [average_precision(cell.true, p[cell.rows, cell.narrative, cell.answer], draws) for p, _ in (old, new)]
        f1_gain, ap_gain = f1s[1] - f1s[0], aps[1] - aps[0]
        values = (f1s[0][0], f1s[1][0], f1_gain[0], *interval(f1_gain[1:]), ap_gain[0], *interval(ap_gain[1:]))
        found.append({**cell.name, **dict(zip(COMPARISON_COLUMNS, map(float, values), strict=True))})
    return pd.DataFrame(found, columns=["narrative", "answer", by, *COMPARISON_COLUMNS])


def confusion(
    rows: Sequence[LabelledSentence], p: NDArray[np.float64], narratives: Sequence[str], thresholds: Thresholds
) -> pd.DataFrame:
    """Counts per narrative and gold answer (`gold`), a column for each answer that was said."""
    gold, said = answers_of(rows, narratives), decide(p, thresholds)
    found = []
    for index, narrative in enumerate(narratives):
        for number, answer in enumerate(ANSWERS):
            chosen = said[gold[:, index] == number, index]
            counts = {f"said_{name}": int((chosen == k).sum()) for k, name in enumerate(ANSWERS)}
            found.append({"narrative": narrative, "gold": answer, **counts})
    return pd.DataFrame(found)


@dataclass(frozen=True, slots=True)
class _Cell:
    """The rows of one narrative, answer and group."""

    name: dict[str, str]
    narrative: int
    answer: int
    rows: NDArray[np.int64]
    true: NDArray[np.bool_]
    articles: list[str]


def _cells(rows: Sequence[LabelledSentence], narratives: Sequence[str], by: str) -> Iterator[_Cell]:
    gold = answers_of(rows, narratives)
    groups = np.array([GROUPINGS[by](row) for row in rows])
    articles = np.array([row.article or row.id for row in rows])
    for index, narrative in enumerate(narratives):
        for answer in _MEASURED:
            for group in ("all", *sorted(set(groups.tolist()))):
                chosen = np.flatnonzero((gold[:, index] >= 0) & ((groups == group) | (group == "all")))
                if len(chosen):
                    number = ANSWERS.index(answer)
                    name = {"narrative": narrative, "answer": answer, by: group}
                    true = gold[chosen, index] == number
                    yield _Cell(name, index, number, chosen, true, articles[chosen].tolist())


def _metrics(cell: _Cell, p: NDArray[np.float64], said: NDArray[np.bool_]) -> dict[str, float]:
    from sklearn.metrics import average_precision_score, precision_recall_fscore_support

    true, p, said = cell.true, p[cell.rows], said[cell.rows]
    precision, recall, score, _ = precision_recall_fscore_support(true, said, average="binary", zero_division=np.nan)
    draws = draw_articles(cell.articles, _N_DRAWS, seed=0)
    f1_low, f1_high = interval(f1(true, said, draws))
    ap_low, ap_high = interval(average_precision(true, p, draws))
    return {
        "n": len(true),
        "n_gold": int(true.sum()),
        "precision": float(precision),
        "recall": float(recall),
        "f1": float(score),
        "f1_low": f1_low,
        "f1_high": f1_high,
        "average_precision": float(average_precision_score(true, p)) if true.any() else float("nan"),
        "ap_low": ap_low,
        "ap_high": ap_high,
        "ece": expected_calibration_error(p, true),
    }
