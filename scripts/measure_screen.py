"""Measures a model's screen: recall per language and narrative, share of tokens read, changes of intensities.

Not a froth command. The articles must be others than it learnt from, and read whole before:
`froth score ARTICLES -o S.csv --sentences SENTENCES.parquet`. Labelled sentences stand for articles of one
sentence; what is measured on them is agreement with the model, not with their labels.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.errors import CheckpointError
from scripts.console import ModelOption, Tally, main
from scripts.train_screen import encoder_classifier, read_here, readings_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["measure_screen"]


def measure_screen(
    articles: Annotated[list[Path] | None, typer.Argument(help="Files of articles.", show_default=False)] = None,
    sentences: Annotated[
        list[Path] | None,
        typer.Option(help="What froth score --sentences wrote of each.", show_default=False),
    ] = None,
    labelled: Annotated[
        list[Path] | None, typer.Option(help="Labelled sentences, which are read here.", show_default=False)
    ] = None,
    model: ModelOption = "default",
) -> None:
    """Print three tables: what is missed, what is saved, what changes."""
    from models.screen_evaluation import measure_screen as measure

    classifier = encoder_classifier(model, screened=True)
    if classifier.screen is None:
        raise CheckpointError(f"{model} has no screen.safetensors: learn one with python -m scripts.train_screen")
    readings = readings_of(articles or [], sentences or [], classifier) + read_here(labelled or [], model)
    measures = measure(classifier.screen, readings, classifier)
    tables = (_as_text(table) for table in (measures.recall, measures.saved, measures.articles))
    sys.stdout.write(f"{classifier.model_id}\n" + "\n\n".join(tables) + "\n")
    Tally(n_added=len(readings)).say()


def _as_text(table: pd.DataFrame) -> str:
    return table.to_string(index=False, float_format="%.4f")


if __name__ == "__main__":
    main(measure_screen)
