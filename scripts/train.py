"""`froth train`: labelled sentences → a model folder with its card."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scripts.console import DeviceOption, main, progress

if TYPE_CHECKING:
    from models.passages import Classifier
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
    from nlp.labelled import read_labelled

    rows = read_labelled(labelled)
    narratives = tuple(sorted({name for row in rows for name in row.labels}))
    settings = {"epochs": epochs, "learning_rate": learning_rate, "seed": seed, "device": device}
    classifier, held_out, record = _fit(rows, base, narratives, settings)
    metrics = evaluate(held_out, predict_labelled(classifier, held_out), narratives)
    model_id = save_classifier(classifier, out, record=record, card=model_card(out.name, rows, record, metrics))
    sys.stdout.write(f"{metrics.to_string(index=False, float_format='%.3f')}\n\nmodel {model_id} in {out}\n")
    sys.stderr.write(f"added {len(rows)}, skipped 0, failed 0\n")


def _fit(
    rows: list[LabelledSentence], base: str, narratives: tuple[str, ...], settings: dict[str, Any]
) -> tuple[Classifier, list[LabelledSentence], dict[str, Any]]:
    from models.training import TrainingConfig, split_by_article

    config = TrainingConfig(**settings)
    kept, held_out = split_by_article(rows, config.held_out, config.seed)
    if base == "tfidf":
        from models.baseline import train_tfidf

        return (
            train_tfidf(kept, narratives, seed=config.seed),
            held_out,
            {"base": base, "n_trained": len(kept), "n_held_out": len(held_out)},
        )
    from models.checkpoint import BUNDLED, model_folder
    from models.training import train as fine_tune

    with progress("training") as advance:
        run = fine_tune(
            rows,
            base=str(model_folder(base)) if base in BUNDLED else base,
            narratives=narratives,
            config=config,
            on_step=advance,
        )
    return run.classifier, held_out, {**run.record, "base": base}


if __name__ == "__main__":
    main(train)
