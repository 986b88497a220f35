"""`froth evaluate`: a model against labelled sentences → a table on stdout and predictions.csv."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from scripts.console import DeviceOption, ModelOption, main

__all__ = ["evaluate"]


def evaluate(
    labelled: Annotated[list[Path], typer.Argument(help="Labelled sentences (JSONL).", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Write the probabilities of every row here.", show_default=False)
    ] = None,
    model: ModelOption = "default",
    device: DeviceOption = "auto",
) -> None:
    """Measure a model: precision, recall, F1, average precision and calibration per narrative, answer and language."""
    from models.checkpoint import load_classifier
    from models.evaluation import evaluate as measure
    from models.evaluation import predict_labelled, predictions_table
    from nlp.labelled import read_labelled
    from nlp.tables import write_table

    rows = read_labelled(labelled)
    classifier = load_classifier(model, device=device)
    p = predict_labelled(classifier, rows)
    if out:
        predictions = predictions_table(rows, p, classifier.narratives)
        write_table(predictions, out, list(predictions.columns))
    metrics = measure(rows, p, classifier.narratives)
    sys.stdout.write(
        f"{classifier.model_id} on {len(rows)} sentences\n{metrics.to_string(index=False, float_format='%.3f')}\n"
    )
    sys.stderr.write(f"added {len(rows)}, skipped 0, failed 0\n")


if __name__ == "__main__":
    main(evaluate)
