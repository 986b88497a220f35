"""Trains the screen of a model on articles that the model has read whole, and writes it beside the weights.

Not a froth command. First `froth score ARTICLES -o S.csv --sentences SENTENCES.parquet`, for each file of
articles; then this, with the same files in the same order. A tenth of the articles, by their ids, is held back to set
the thresholds, and so are the sentences of --held-out, which are read here. A screen that is there already learns on,
from the parts of the articles that it does not put aside.
Measure it on other articles with `python -m scripts.measure_screen`.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.errors import CheckpointError, InputError
from scripts.console import ModelOption, Tally, articles_of, main, progress

if TYPE_CHECKING:
    from models.classifier import NarrativeClassifier
    from models.full_readings import FullReading

__all__ = ["encoder_classifier", "read_here", "readings_of", "train_screen"]

_HELD_BACK = 10


def train_screen(
    articles: Annotated[list[Path], typer.Argument(help="Files of articles.", show_default=False)],
    sentences: Annotated[
        list[Path], typer.Option(help="What froth score --sentences wrote of each.", show_default=False)
    ],
    labelled: Annotated[
        list[Path] | None, typer.Option(help="Labelled sentences (JSONL) to learn from too.", show_default=False)
    ] = None,
    held_out: Annotated[
        list[Path] | None,
        typer.Option(
            help="Labelled sentences that set the thresholds too; the labels are not used.", show_default=False
        ),
    ] = None,
    model: ModelOption = "default",
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the articles.")] = 5,
    recall: Annotated[float, typer.Option(min=0.5, max=1, help="Of what is said, in the articles held back.")] = 0.997,
    seed: Annotated[int, typer.Option(help="Of the weights and the order.")] = 0,
) -> None:
    """Learn which windows need not be read, and write screen.safetensors into the model's folder."""
    from models import screen_training
    from models.full_readings import gold_probabilities, readings_of_labels
    from models.manifest import model_folder
    from models.screen_file import write_screen
    from nlp.labelled import read_labelled

    classifier = encoder_classifier(model, screened=True)
    readings = readings_of(articles, sentences, classifier)
    held_back = [reading for reading in readings if _is_held_back(reading.article_id)]
    learnt = [reading for reading in readings if not _is_held_back(reading.article_id)]
    if labelled:
        rows = read_labelled(labelled)
        learnt += readings_of_labels(rows, gold_probabilities(rows, classifier.narratives), classifier)
    if held_out:
        held_back += read_here(held_out, model)
    if not learnt or not held_back:
        raise InputError(f"{len(readings)} articles are too few to learn from some and hold others back")
    config = screen_training.ScreenConfig(epochs=epochs, recall=recall, seed=seed)
    with progress("training") as advance:
        screen = screen_training.train_screen(learnt, held_back, classifier, config, advance)
    written = write_screen(screen, model_folder(model))
    sys.stdout.write(f"{written} ({written.stat().st_size} bytes), thresholds {screen.thresholds.round(3)}\n")
    Tally(n_added=len(readings)).say()


def encoder_classifier(model: str, *, screened: bool = False) -> NarrativeClassifier:
    """The classifier of a name, which must be one with an encoder; with its screen where that is asked for.

    Raises:
        CheckpointError: it is another kind.
    """
    from models.checkpoint import load_classifier
    from models.classifier import NarrativeClassifier

    classifier = load_classifier(model, screened=screened)
    if not isinstance(classifier, NarrativeClassifier):
        raise CheckpointError(f"{model} has no encoder, so there is nothing to screen for: give an encoder's folder")
    return classifier


def read_here(labelled: Sequence[Path], model: str) -> list[FullReading]:
    """Labelled sentences with what the model answers on them, whatever their labels are."""
    from models.full_readings import readings_of_labels
    from models.passages import passage_of_label
    from nlp.labelled import read_labelled

    if not labelled:
        return []
    classifier, rows = encoder_classifier(model), read_labelled(labelled, bare=True)
    return readings_of_labels(rows, classifier.predict_proba([passage_of_label(row) for row in rows]), classifier)


def readings_of(
    articles: Sequence[Path], sentences: Sequence[Path], classifier: NarrativeClassifier
) -> list[FullReading]:
    """The articles of some files with what was answered on them, each id once.

    Raises:
        InputError: not as many tables as files of articles, or tables of other articles.
    """
    from models.full_readings import full_readings
    from nlp.tables import read_table

    if len(articles) != len(sentences):
        raise InputError(f"{len(articles)} files of articles and {len(sentences)} tables: give one --sentences each")
    by_id: dict[str, FullReading] = {}
    for file, table in zip(articles, sentences, strict=True):
        found = articles_of([str(file)], None, Tally())
        for reading in full_readings(found, read_table(table, ["article_id"]), classifier):
            by_id.setdefault(reading.article_id, reading)
    return list(by_id.values())


def _is_held_back(article_id: str) -> bool:
    return int(hashlib.sha256(article_id.encode()).hexdigest(), 16) % _HELD_BACK == 0


if __name__ == "__main__":
    main(train_screen)
