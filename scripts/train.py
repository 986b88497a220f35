"""`froth train`: labelled sentences → a model folder with its card."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.console import DeviceOption, main, progress

if TYPE_CHECKING:
    from models.training import TrainingConfig, TrainingRun
    from nlp.labelled import LabelledSentence

__all__ = ["train"]


def train(
    labelled: Annotated[list[Path], typer.Argument(help="Labelled sentences (JSONL).", show_default=False)],
    out: Annotated[Path, typer.Option("-o", "--out", help="The model folder to write.")],
    base: Annotated[str, typer.Option(help="default, tfidf, a hub name or the folder of an encoder.")] = "default",
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the labels, at most.")] = 5,
    learning_rate: Annotated[float, typer.Option(min=1e-7, max=1e-1, help="Peak learning rate of the encoder.")] = 2e-4,
    seed: Annotated[int, typer.Option(help="Of the split, the order and the heads.")] = 0,
    device: DeviceOption = "auto",
) -> None:
    """Fine-tune on labelled sentences; the narratives are those that the labels name."""
    from models.card import model_card
    from models.checkpoint import save_classifier
    from models.evaluation import evaluate, predict_labelled
    from models.manifest import check_target
    from models.training import TrainingConfig, train_floor
    from nlp.labelled import read_labelled

    check_target(out)
    rows = read_labelled(labelled)
    narratives = tuple(sorted({name for row in rows for name in row.labels}))
    config = TrainingConfig(epochs=epochs, learning_rate=learning_rate, seed=seed, device=device)
    run = train_floor(rows, narratives, config) if base == "tfidf" else _fine_tune(rows, base, narratives, config)
    metrics = evaluate(run.held_out, predict_labelled(run.classifier, run.held_out), narratives)
    model_id = save_classifier(
        run.classifier, out, record=run.record, card=model_card(out.name, rows, run.record, metrics)
    )
    sys.stdout.write(f"{metrics.to_string(index=False, float_format='%.3f')}\n\nmodel {model_id} in {out}\n")
    sys.stderr.write(f"added {len(rows)}, skipped 0, failed 0\n")


def _fine_tune(
    rows: list[LabelledSentence], base: str, narratives: tuple[str, ...], config: TrainingConfig
) -> TrainingRun:
    from models.manifest import BUNDLED, model_folder
    from models.training import train as fine_tune

    folder = str(model_folder(base)) if base in BUNDLED else base
    with progress("training") as advance:
        run = fine_tune(rows, base=folder, narratives=narratives, config=config, on_step=advance)
    return replace(run, record={**run.record, "base": base})


if __name__ == "__main__":
    main(train)
