"""What is left beside a model of how narratives were added to it: choices and data by hash, and what was measured.

`run.json`, and for each narrative `ID/cross_validation` and `ID/held_out` with what `models.evaluation_files` writes.
The former says what heads say of articles that they have not seen, but these also chose the settings and fitted
calibration and thresholds; held-out labels did nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from models.added_narrative import Learnt
from models.evaluation import evaluate
from models.evaluation_files import write_evaluation
from models.training_record import environment, file_record
from nlp.labelled import LabelledSentence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.classifier import NarrativeClassifier

__all__ = ["Measured", "measure", "measures_by_kind", "training_of", "write_added_record"]

_TITLES = {"cross_validation": "Cross-validation by article", "held_out": "Held-out labels"}


@dataclass(frozen=True, slots=True)
class Measured:
    """What a new narrative measures on some rows.

    Attributes:
        kind: `cross_validation` or `held_out`.
        p: of the rows. Shape: (n_rows, 1, 3).
        metrics: as from `models.evaluation.evaluate`.
    """

    learnt: Learnt
    kind: str
    rows: Sequence[LabelledSentence]
    p: NDArray[Any]
    metrics: pd.DataFrame


def measure(
    classifier: NarrativeClassifier, learnt: Sequence[Learnt], held_out: Sequence[LabelledSentence]
) -> list[Measured]:
    """Of every narrative, by cross-validation and on held-out rows, where there are labels for it."""
    found = []
    for one in learnt:
        name = (one.narrative.id,)
        judged = [row for row in held_out if one.narrative.id in row.labels]
        answered = {"cross_validation": (one.rows, one.p), "held_out": (judged, one.probabilities(classifier, judged))}
        for kind, (rows, p) in answered.items():
            if len(p):
                found.append(Measured(one, kind, rows, p, evaluate(rows, p, name, thresholds=one.thresholds)))
    return found


def measures_by_kind(measured: Sequence[Measured]) -> dict[str, pd.DataFrame]:
    """The tables of all narratives, by what they were measured on, in words."""
    kinds = dict.fromkeys(one.kind for one in measured)
    return {_TITLES[kind]: pd.concat([one.metrics for one in measured if one.kind == kind]) for kind in kinds}


def training_of(base: str, base_id: str, learnt: Sequence[Learnt], licence: str) -> dict[str, Any]:
    """What the manifest says of how narratives were added."""
    return {
        "base": base,
        "base_id": base_id,
        "added": {
            one.narrative.id: {
                "labels": one.counts,
                "n_made": one.n_made,
                "n_background": one.n_background,
                "strength": one.fitted.strength,
            }
            for one in learnt
        },
        "licence": licence,
    }


def write_added_record(
    folder: Path, training: Mapping[str, Any], measured: Sequence[Measured], files: Mapping[str, Sequence[Path]]
) -> None:
    """Writes the files named above into `folder`.

    Args:
        folder: made where it lacks.
        training: as from `training_of`.
        measured: as from `measure`.
        files: what was read, by what it was for.

    Raises:
        InputError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for one in measured:
        place = folder / one.learnt.narrative.id / one.kind
        write_evaluation(place, one.rows, one.p, (one.learnt.narrative.id,), one.learnt.thresholds)
    record = {
        **training,
        "files": {role: [file_record(path) for path in paths] for role, paths in files.items()},
        "metrics": {
            kind: json.loads(table.to_json(orient="records", double_precision=6))
            for kind, table in measures_by_kind(measured).items()
        },
        "environment": environment("cpu"),
    }
    (folder / "run.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
