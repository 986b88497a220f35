"""Measures a classifier against labelled sentences: per narrative, answer and group of rows.

Precision, recall and F1 of the answers that its thresholds give (`models.decisions`), expected calibration error by
`models.calibration`, average precision and intervals by `models.resampling`.
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
from models.resampling import average_precision, f1, interval, resample
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
    "of_narratives",
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


def of_narratives(
    classifier: Classifier, p: NDArray[np.float64], narratives: Sequence[str]
) -> tuple[NDArray[np.float64], Thresholds]:
    """Of some of a classifier's narratives, in the order given: its probabilities and its thresholds."""
    places = [classifier.narratives.index(name) for name in narratives]
    return p[:, places], Thresholds(tuple(classifier.thresholds.values[place] for place in places))


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
    found = [{**cell.name, **_metrics(cell, p, said)} for cell in _cells(rows, narratives, by)]
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
    found = []
    for cell in _cells(rows, narratives, by):
        measures = [_measured(cell, p, decide(p, thresholds)) for p, thresholds in (old, new)]

        def gains(weights: NDArray[np.float64], measures: Sequence[_Measure] = measures) -> NDArray[np.float64]:
            return measures[1](weights) - measures[0](weights)

        whole = np.ones((1, len(cell.true)))
        draws = resample(cell.articles, gains, n_draws=_N_DRAWS, seed=0)
        f1_old, f1_new = (float(measure(whole)[0, 0]) for measure in measures)
        f1_gain, ap_gain = gains(whole)[:, 0].tolist()
        values = (f1_old, f1_new, f1_gain, *interval(draws[0]), ap_gain, *interval(draws[1]))
        found.append({**cell.name, **dict(zip(COMPARISON_COLUMNS, values, strict=True))})
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


_Measure = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]


def _measured(cell: _Cell, p: NDArray[np.float64], said: NDArray[np.int64]) -> _Measure:
    """F1 and average precision of a cell under weights, Shape: (n, n_rows) → (2, n)."""
    flags, stated = said[cell.rows, cell.narrative] == cell.answer, p[cell.rows, cell.narrative, cell.answer]

    def measure(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack([f1(cell.true, flags, weights), average_precision(cell.true, stated, weights)])

    return measure


def _metrics(cell: _Cell, p: NDArray[np.float64], said: NDArray[np.int64]) -> dict[str, float]:
    from sklearn.metrics import precision_recall_fscore_support

    true, flags = cell.true, said[cell.rows, cell.narrative] == cell.answer
    precision, recall, _, _ = precision_recall_fscore_support(true, flags, average="binary", zero_division=np.nan)
    measure = _measured(cell, p, said)
    score, area = measure(np.ones((1, len(true))))[:, 0].tolist()
    draws = resample(cell.articles, measure, n_draws=_N_DRAWS, seed=0)
    values = (
        *(len(true), int(true.sum())),
        *(float(precision) if true.any() else float("nan"), float(recall) if true.any() else float("nan")),
        *(score, *interval(draws[0])),
        *(area, *interval(draws[1])),
        expected_calibration_error(p[cell.rows, cell.narrative, cell.answer], true),
    )
    return dict(zip(METRIC_COLUMNS, values, strict=True))
