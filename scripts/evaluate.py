"""`froth evaluate`: a model against labelled sentences or rated articles → a table on stdout and predictions.csv."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.errors import InputError
from nlp.safety import harmless
from scripts.console import DeviceOption, ModelOption, PrecisionOption, Tally, main

if TYPE_CHECKING:
    import pandas as pd

    from models.passages import Classifier

__all__ = ["evaluate"]


class Grouping(StrEnum):
    """By what the measures are broken down."""

    lang = "lang"
    source = "source"
    year = "year"
    stratum = "stratum"


def evaluate(
    labelled: Annotated[
        list[Path], typer.Argument(help="Labelled sentences, or articles rated 0 to 3 (JSONL).", show_default=False)
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Write the prediction for every row here.", show_default=False)
    ] = None,
    model: ModelOption = "default",
    against: Annotated[
        str | None, typer.Option(help="Another model: print what --model gains on it.", show_default=False)
    ] = None,
    by: Annotated[Grouping, typer.Option(help="Break the measures down by this.")] = Grouping.lang,
    report: Annotated[
        Path | None,
        typer.Option(help="Folder for metrics, confusion, errors with their text, calibration.", show_default=False),
    ] = None,
    confusion: Annotated[
        Path | None,
        typer.Option(
            help="From rated articles: write here how told and quiet ones are read, for the bands of a trend.",
            show_default=False,
        ),
    ] = None,
    device: DeviceOption = "auto",
    precision: PrecisionOption = "fp32",
) -> None:
    """Measure a model per narrative and language: F1 and calibration, for articles rank correlation and AUC."""
    from models.checkpoint import load_classifier
    from nlp.labelled import labelled_kind
    from nlp.tables import check_writable

    check_writable(out, confusion, read=labelled)
    kinds = {labelled_kind(path) for path in labelled}
    if len(kinds) > 1:
        raise InputError("some of these files hold sentences and some articles: evaluate them one kind at a time")
    classifier = load_classifier(model, device=device, precision=precision)
    if kinds == {"articles"}:
        if against or report or by is not Grouping.lang:
            raise InputError("--against, --by and --report are for labelled sentences; these files hold rated articles")
        shown = _on_articles(classifier, labelled, out, confusion)
    else:
        if confusion:
            raise InputError("--confusion is measured on rated articles; these files hold labelled sentences")
        other = load_classifier(against, device=device) if against else None
        shown = _on_sentences(classifier, labelled, out, report=report, by=by.value, against=other)
    sys.stdout.write(f"{harmless(classifier.model_id)}\n{shown}\n")


def _on_sentences(
    classifier: Classifier,
    labelled: list[Path],
    out: Path | None,
    *,
    report: Path | None,
    by: str,
    against: Classifier | None,
) -> str:
    from models.comparison_files import write_comparison
    from models.evaluation import compare, of_narratives, predict_labelled, predictions_table
    from models.evaluation import evaluate as measure
    from models.evaluation_files import write_evaluation
    from nlp.labelled import read_labelled
    from nlp.tables import write_table

    rows, narratives = read_labelled(labelled, bare=True), classifier.narratives
    shared = tuple(name for name in narratives if against is not None and name in against.narratives)
    if against is not None and not shared:
        raise InputError(f"{against.model_id} knows {against.narratives}, {classifier.model_id} {narratives}")
    p = predict_labelled(classifier, rows)
    if out:
        predictions = predictions_table(rows, p, narratives)
        write_table(predictions, out, list(predictions.columns))
    if report:
        write_evaluation(report, rows, p, narratives, classifier.thresholds)
    shown = _shown(measure(rows, p, narratives, thresholds=classifier.thresholds, by=by), narratives)
    if against is not None:
        old = of_narratives(against, predict_labelled(against, rows), shared)
        new = of_narratives(classifier, p, shared)
        gains = compare(rows, old, new, shared, by=by)
        if report:
            write_comparison(report, rows, old, new, shared)
        shown += f"\n\ngain on {harmless(against.model_id)}\n{_as_text(gains)}"
    Tally(n_added=len(rows)).say()
    return shown


def _on_articles(classifier: Classifier, labelled: list[Path], out: Path | None, confusion: Path | None) -> str:
    import pandas as pd

    from models.article_evaluation import evaluate_articles
    from nlp.confusion import CONFUSION_COLUMNS, measure_confusion
    from nlp.labelled import read_labelled_articles
    from nlp.tables import write_table
    from scripts.score import score_stream

    tally = Tally()
    rated = read_labelled_articles(labelled)
    repeated = [name for name, n in Counter(item.article.id for item in rated).items() if n > 1]
    if repeated:
        raise InputError(f"the article id {harmless(repeated[0])!r} occurs more than once: give each rating its own")
    scores = score_stream((item.article for item in rated), classifier, tally).table()
    if out:
        columns = [column for n in classifier.narratives for column in (n, f"{n}_stance")]
        ids = pd.Index([item.article.id for item in rated], name="id")
        write_table(scores.set_index("article_id").reindex(ids).reset_index(), out, ["id", *columns])
    if confusion:
        told = {n: {i.article.id: i.labels[n] >= 1 for i in rated if n in i.labels} for n in classifier.narratives}
        write_table(measure_confusion(scores, told, classifier.model_id), confusion, list(CONFUSION_COLUMNS))
    tally.say()
    return _shown(evaluate_articles(rated, scores, classifier.narratives), classifier.narratives)


def _shown(metrics: pd.DataFrame, narratives: Sequence[str]) -> str:
    if metrics.empty:
        return f"no row is labelled for {' or '.join(narratives)}: there is nothing to measure"
    return _as_text(metrics)


def _as_text(table: pd.DataFrame) -> str:
    """A table for the terminal; the names of groups are anybody's."""
    shown = table.map(lambda cell: harmless(cell, 60) if isinstance(cell, str) else cell)
    return shown.to_string(index=False, float_format="%.3f")


if __name__ == "__main__":
    main(evaluate)
