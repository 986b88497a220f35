"""`froth train`: labelled sentences → a model folder with its card."""

from __future__ import annotations

import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scripts.console import DeviceOption, main, progress

if TYPE_CHECKING:
    from models.self_training import Unlabelled
    from models.splits import Split
    from models.training import TrainingConfig, TrainingRun
    from nlp.labelled import LabelledSentence

__all__ = ["train"]


class Precision(StrEnum):
    """Of the matrix products in training."""

    auto = "auto"
    float32 = "float32"
    bfloat16 = "bfloat16"


def train(
    labelled: Annotated[list[Path], typer.Argument(help="Labelled sentences (JSONL).", show_default=False)],
    out: Annotated[Path, typer.Option("-o", "--out", help="The model folder to write.")],
    base: Annotated[
        str, typer.Option(help="default, tfidf, a hub name, a folder of a model or an encoder.")
    ] = "default",
    epochs: Annotated[int, typer.Option(min=1, help="Passes over the labels, at most.")] = 5,
    learning_rate: Annotated[float, typer.Option(min=1e-7, max=1e-1, help="Peak learning rate of the encoder.")] = 2e-4,
    batch_tokens: Annotated[int, typer.Option(min=256, help="Tokens read at once.")] = 2048,
    accumulate: Annotated[int, typer.Option(min=1, help="Steps whose gradients make one update.")] = 1,
    precision: Annotated[Precision, typer.Option(help="bfloat16 is faster where the device has it.")] = Precision.auto,
    adapter_rank: Annotated[
        int, typer.Option(min=0, help="Learn a low-rank change (LoRA) in a small file, the encoder stays; 0: all.")
    ] = 0,
    held_out: Annotated[
        Path | None,
        typer.Option(
            help="Labelled sentences that stop the training and calibrate it, instead of a tenth of LABELLED.",
            show_default=False,
        ),
    ] = None,
    unlabelled: Annotated[
        Path | None,
        typer.Option(
            help="Sentences without labels (JSONL); what the teachers answer on them is learnt.", show_default=False
        ),
    ] = None,
    teacher: Annotated[
        list[Path] | None,
        typer.Option(help="A model folder that answers UNLABELLED; give several for their mean.", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the split, the order and the heads.")] = 0,
    licence: Annotated[str, typer.Option(help="Licence of the labels and texts, for the model card.")] = "not stated",
    device: DeviceOption = "auto",
) -> None:
    """Fine-tune on labelled sentences; the narratives are those that the labels name.

    A run that was stopped goes on when the same command is given again.
    """
    from models.manifest import check_target
    from models.splits import Split
    from models.training import TrainingConfig, train_floor
    from nlp.labelled import read_labelled

    if (unlabelled is None) != (not teacher):
        raise typer.BadParameter("--unlabelled and --teacher belong together: give both or neither")
    if base == "tfidf" and (unlabelled is not None or adapter_rank):
        raise typer.BadParameter(
            "--base tfidf goes with neither --unlabelled, --teacher nor --adapter-rank: leave them out"
        )
    out = out.resolve()
    check_target(out)
    rows, held = read_labelled(labelled), read_labelled([held_out]) if held_out else []
    narratives = tuple(sorted({name for row in rows for name in row.labels}))
    config = TrainingConfig(
        epochs=epochs,
        learning_rate=learning_rate,
        batch_tokens=batch_tokens,
        accumulate=accumulate,
        precision=precision.value,
        adapter_rank=adapter_rank,
        seed=seed,
        device=device,
    )
    labels = Split(rows, held) if held else rows
    state = out.with_name(f".{out.name}.training.safetensors")
    if base == "tfidf":
        run = train_floor(labels, narratives, config)
    else:
        run = _fine_tune(labels, base, narratives, config, state, _taught(unlabelled, teacher or [], device))
    sys.stdout.write(f"{_saved(run, out, [*rows, *held], narratives, licence)}\n")
    state.unlink(missing_ok=True)
    sys.stderr.write(f"added {len(rows) + len(held)}, skipped 0, failed 0\n")


def _saved(run: TrainingRun, out: Path, rows: list[LabelledSentence], narratives: tuple[str, ...], licence: str) -> str:
    """Saves the model with its card; returns what it measures on the held-out fold, and where it is."""
    from models.card import model_card
    from models.checkpoint import save_classifier
    from models.confidence import training_profile
    from models.evaluation import confusion, evaluate, predict_labelled
    from nlp.profile_file import PROFILE, write_profile

    p, thresholds = predict_labelled(run.classifier, run.held_out), run.classifier.thresholds
    metrics = evaluate(run.held_out, p, narratives, thresholds=thresholds)
    counts = confusion(run.held_out, p, narratives, thresholds)
    card = model_card(out.name, rows, {**run.record, "licence": licence}, metrics, counts)
    model_id = save_classifier(run.classifier, out, record=run.record, card=card)
    write_profile(training_profile(rows, run.held_out, run.classifier, model_id), out / PROFILE)
    return f"{metrics.to_string(index=False, float_format='%.3f')}\n\nmodel {model_id} in {out}"


def _taught(path: Path | None, teachers: list[Path], device: str) -> Unlabelled | None:
    from models.checkpoint import load_classifier
    from models.self_training import Unlabelled
    from nlp.labelled import read_labelled

    if path is None:
        return None
    return Unlabelled(
        read_labelled([path], bare=True), [load_classifier(teacher, device=device) for teacher in teachers]
    )


def _fine_tune(
    labels: list[LabelledSentence] | Split,
    base: str,
    narratives: tuple[str, ...],
    config: TrainingConfig,
    state: Path,
    taught: Unlabelled | None,
) -> TrainingRun:
    from models.manifest import BUNDLED, model_folder
    from models.training import train as fine_tune

    folder = str(model_folder(base)) if base in BUNDLED else base
    state.parent.mkdir(parents=True, exist_ok=True)
    if state.exists():
        sys.stderr.write(f"an unfinished training is in {state}: it goes on if it is the same\n")
    with progress("training") as advance:
        run = fine_tune(labels, taught, base=folder, narratives=narratives, config=config, state=state, on_step=advance)
    return replace(run, record={**run.record, "base": base})


if __name__ == "__main__":
    main(train)
