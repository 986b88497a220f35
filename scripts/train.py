"""`froth train`: labelled sentences → a model folder with its card."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.training_config import Method
from nlp.errors import InputError
from scripts.console import main, progress
from scripts.train_added import Adding, add_narratives

if TYPE_CHECKING:
    from models.self_training import Unlabelled
    from models.splits import Split
    from models.training import TrainingRun
    from models.training_config import TrainingConfig
    from nlp.labelled import LabelledSentence

__all__ = ["train"]


def train(
    out: Annotated[Path, typer.Option("-o", "--out", help="The model folder to write.")],
    labelled: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Labelled sentences, or articles labelled 0 to 3 (JSONL); none needed with --add.", show_default=False
        ),
    ] = None,
    base: Annotated[
        str, typer.Option(help="default, tfidf, a hub name, a folder of a model or an encoder.")
    ] = "default",
    add: Annotated[
        Path | None,
        typer.Option(
            help="Narratives (TOML) to add to the base, from definition, cues and labels; its own stay as they are.",
            show_default=False,
        ),
    ] = None,
    method: Annotated[
        Method,
        typer.Option(
            help="head: the encoder stays (seconds); whole: fine-tune it; auto: what cross-validation finds better, "
            "up to 1000 sentences, else whole; head for labelled articles."
        ),
    ] = Method.auto,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the labels, at most (5).")] = None,
    learning_rate: Annotated[
        float | None, typer.Option(min=1e-7, max=1e-1, help="Peak learning rate of the encoder (2e-4).")
    ] = None,
    batch_tokens: Annotated[int | None, typer.Option(min=256, help="Tokens read at once (2048).")] = None,
    adapter_rank: Annotated[
        int | None,
        typer.Option(min=0, help="Learn a low-rank change (LoRA) in a small file, the encoder stays; 0: all (0)."),
    ] = None,
    settings: Annotated[
        Path | None,
        typer.Option(help="More settings, lines like patience = 3 (TOML); options go first.", show_default=False),
    ] = None,
    held_out: Annotated[
        Path | None,
        typer.Option(
            help="Labels of the same kind that stop and calibrate it, not a tenth; with --add only measured on.",
            show_default=False,
        ),
    ] = None,
    unlabelled: Annotated[
        Path | None,
        typer.Option(
            help="Sentences without labels (JSONL): learnt as the teachers answer them; with --add, as not telling it.",
            show_default=False,
        ),
    ] = None,
    teacher: Annotated[
        list[Path] | None,
        typer.Option(help="A model folder that answers UNLABELLED; give several for their mean.", show_default=False),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Of the split, the order and the heads (0).")] = None,
    licence: Annotated[str, typer.Option(help="Licence of the labels and texts, for the model card.")] = "not stated",
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda, cuda:1, … (auto)")] = None,
) -> None:
    """Learn from labelled sentences, or from labelled articles; the narratives are those that the labels name.

    A run that was stopped goes on when the same command is given again; until its end its log is in OUT.training, then
    in OUT/record.
    """
    given = {"epochs": epochs, "learning_rate": learning_rate, "batch_tokens": batch_tokens}
    if add is not None:
        unused = {**given, "adapter_rank": adapter_rank, "settings": settings, "teacher": teacher, "seed": seed}
        _refuse({**unused, "method": None if method is Method.auto else method}, "--add")
        add_narratives(Adding(labelled or [], out, base, add, held_out, unlabelled, licence, device or "auto"))
        return
    if not labelled:
        raise typer.BadParameter("give labelled sentences, or with --add a narrative that is learnt without")

    from models.manifest import BUNDLED, MANIFEST, check_target
    from models.splits import Split
    from models.training import train_floor
    from models.training_config import read_config
    from models.training_record import unfinished_folder
    from nlp.labelled import read_labelled
    from scripts.article_labels import label_kind, refuse_settings, train_articles

    config = read_config(settings, {**given, "adapter_rank": adapter_rank, "seed": seed, "device": device})
    if (unlabelled is None) != (not teacher):
        raise typer.BadParameter("--unlabelled and --teacher belong together: give both or neither")
    if base == "tfidf" and (unlabelled is not None or config.adapter_rank):
        raise typer.BadParameter(
            "--base tfidf goes with neither --unlabelled, --teacher nor --adapter-rank: leave them out"
        )
    if method is Method.head:
        unused = {**given, "adapter_rank": config.adapter_rank or None, "unlabelled": unlabelled}
        _refuse({**unused, "base tfidf": base if base == "tfidf" else None}, "--method head")
    out = out.resolve()
    check_target(out)
    if base not in BUNDLED and Path(base).resolve() == out:
        raise InputError(f"{out} is the base and would be replaced: choose another -o")
    if (out / MANIFEST).is_file():
        sys.stderr.write(f"the model in {out} is replaced when the new one is complete\n")
    if label_kind([*labelled, *([held_out] if held_out else [])]) == "articles":
        refuse_settings({**given, "adapter_rank": config.adapter_rank or None}, base, unlabelled, method)
        files = {"learnt": labelled, "held_out": [held_out] if held_out else []}
        sys.stdout.write(f"{train_articles(files, base, out, config, licence=licence, method=method)}\n")
        return
    rows, held = read_labelled(labelled), read_labelled([held_out]) if held_out else []
    narratives = tuple(sorted({name for row in rows for name in row.labels}))
    labels = Split(rows, held) if held else rows
    unfinished = unfinished_folder(out)
    if base == "tfidf":
        run = train_floor(labels, narratives, config)
    else:
        taught = _taught(unlabelled, teacher or [], config.device)
        run = _trained(labels, base, narratives, config, unfinished, taught, method)
    run = replace(run, record={**run.record, "licence": licence})
    files = {
        "learnt": labelled,
        "held_out": [held_out] if held_out else [],
        "unlabelled": [unlabelled] if unlabelled else [],
    }
    sys.stdout.write(f"{_saved(run, out, [*rows, *held], config, unfinished, files)}\n")
    sys.stderr.write(f"added {len(rows) + len(held)}, skipped 0, failed 0\n")


def _refuse(unused: dict[str, object], chosen: str) -> None:
    """Refuses options that would do nothing with the one that was chosen."""
    if found := [f"--{name.replace('_', '-')}" for name, value in unused.items() if value not in (None, [])]:
        raise typer.BadParameter(f"{chosen} leaves the encoder as it is: leave out {', '.join(found)}")


def _saved(
    run: TrainingRun,
    out: Path,
    rows: list[LabelledSentence],
    config: TrainingConfig,
    unfinished: Path,
    files: dict[str, list[Path]],
) -> str:
    """Saves the model with card and record; returns what it measures on the held-out fold, and where it is."""
    from models.card import model_card
    from models.checkpoint import save_classifier
    from models.confidence import training_profile
    from models.manifest import RECORD
    from models.training_record import write_record
    from nlp.profile_file import PROFILE, write_profile

    record = unfinished / RECORD
    measured = write_record(record, run, config, files)
    card = model_card(out.name, rows, run.record, measured.metrics, measured.confusion)
    model_id = save_classifier(run.classifier, out, record=run.record, card=card, files=record)
    write_profile(training_profile(rows, run.held_out, run.judge or run.classifier, model_id), out / PROFILE)
    shutil.rmtree(unfinished)
    return f"{measured.metrics.to_string(index=False, float_format='%.3f')}\n\nmodel {model_id} in {out}"


def _taught(path: Path | None, teachers: list[Path], device: str) -> Unlabelled | None:
    from models.checkpoint import load_classifier
    from models.self_training import Unlabelled
    from nlp.labelled import read_labelled

    if path is None:
        return None
    return Unlabelled(
        read_labelled([path], bare=True), [load_classifier(teacher, device=device) for teacher in teachers]
    )


def _trained(
    labels: list[LabelledSentence] | Split,
    base: str,
    narratives: tuple[str, ...],
    config: TrainingConfig,
    unfinished: Path,
    taught: Unlabelled | None,
    method: Method,
) -> TrainingRun:
    """By the method that was asked for, or that cross-validation finds."""
    from models.manifest import BUNDLED, model_folder
    from models.method_choice import choose_method, train_heads

    folder = str(model_folder(base)) if base in BUNDLED else base
    with progress("comparing") as advance:
        choice = choose_method(
            method if taught is None else Method.whole,
            labels,
            base=folder,
            narratives=narratives,
            config=config,
            unfinished=unfinished,
            on_fold=advance,
        )
    sys.stdout.write(choice.table())
    if choice.method is Method.head:
        run = train_heads(labels, base=folder, narratives=narratives, config=config)
    else:
        run = _fine_tune(labels, base, narratives, config, unfinished, taught)
    return replace(run, record={**run.record, "base": base, **choice.record})


def _fine_tune(
    labels: list[LabelledSentence] | Split,
    base: str,
    narratives: tuple[str, ...],
    config: TrainingConfig,
    unfinished: Path,
    taught: Unlabelled | None,
) -> TrainingRun:
    from models.manifest import BUNDLED, model_folder
    from models.training import train as fine_tune
    from models.training_state import STATE

    folder = str(model_folder(base)) if base in BUNDLED else base
    if (unfinished / STATE).exists():
        sys.stderr.write(f"an unfinished training is in {unfinished}: it goes on\n")
    with progress("training") as advance:
        run = fine_tune(
            labels, taught, base=folder, narratives=narratives, config=config, unfinished=unfinished, on_step=advance
        )
    return replace(run, record={**run.record, "base": base})


if __name__ == "__main__":
    main(train)
