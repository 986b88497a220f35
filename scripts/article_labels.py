"""The part of `froth train` that learns from labels of whole articles."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from models.training_config import Method
from nlp.errors import InputError
from scripts.console import progress

if TYPE_CHECKING:
    from models.training_config import TrainingConfig
    from nlp.labelled import Kind

__all__ = ["label_kind", "refuse_settings", "train_articles"]


def label_kind(paths: Sequence[Path]) -> Kind:
    """What the labels of some files are of.

    Raises:
        InputError: some of sentences and some of articles.
    """
    from nlp.labelled import labelled_kind

    kinds = {path: labelled_kind(path, untold="sentences") for path in paths}
    if len(set(kinds.values())) > 1:
        raise InputError(
            f"{next(p for p, k in kinds.items() if k == 'sentences')} holds labelled sentences and "
            f"{next(p for p, k in kinds.items() if k == 'articles')} labelled articles, which are learnt from in "
            "different ways: train on the sentences first (froth train SENTENCES --method whole -o FIRST), then "
            "the articles (froth train ARTICLES --base FIRST -o DIR), which leaves what was learnt about rejection"
        )
    return next(iter(kinds.values()))


def refuse_settings(given: Mapping[str, object], base: str, unlabelled: Path | None, method: Method) -> None:
    """Refuses what means nothing to labelled articles."""
    if base == "tfidf" or unlabelled is not None:
        option = "--base tfidf" if base == "tfidf" else "--unlabelled"
        raise typer.BadParameter(f"{option} is for labelled sentences; these are labelled articles: leave it out")
    idle = [f"--{name.replace('_', '-')}" for name, value in given.items() if value is not None]
    if idle and method is not Method.whole:
        raise typer.BadParameter(f"{idle[0]} says how an encoder is trained; give --method whole, or leave it out")


def train_articles(
    files: Mapping[str, Sequence[Path]],
    base: str,
    out: Path,
    config: TrainingConfig,
    *,
    licence: str,
    method: Method,
) -> str:
    """Trains, saves the model with card and record; returns what it measures on articles held out, and where it is."""
    from models.article_folds import ArticleSplit, split_articles
    from models.article_record import article_card, article_profile, write_article_record
    from models.article_training import train_heads
    from models.article_tuning import fine_tune
    from models.checkpoint import save_classifier
    from models.manifest import BUNDLED, RECORD, model_folder
    from models.training_record import unfinished_folder
    from nlp.labelled import read_labelled_articles
    from nlp.profile_file import PROFILE, write_profile

    rows, held = read_labelled_articles(files["learnt"]), read_labelled_articles(files["held_out"])
    narratives = tuple(sorted({name for row in rows for name in row.labels}))
    split = split_articles(ArticleSplit(rows, held) if held else rows, narratives, config.held_out, config.seed)
    folder, unfinished = str(model_folder(base)) if base in BUNDLED else base, unfinished_folder(out)
    with progress("reading") as advance:
        run = train_heads(
            split, base=folder, narratives=narratives, config=config, on_read=lambda n, of: advance(n, of, 0.0)
        )
    if method is Method.whole:
        with progress("training") as advance:
            run = fine_tune(run, config=config, unfinished=unfinished, on_step=advance)
    run = replace(run, record={**run.record, "base": base, "licence": licence})
    record = unfinished / RECORD
    metrics = write_article_record(record, run, config, files)
    card = article_card(out.name, run, metrics)
    model_id = save_classifier(run.classifier, out, record=run.record, card=card, files=record)
    write_profile(article_profile(run, model_id), out / PROFILE)
    shutil.rmtree(unfinished)
    sys.stderr.write(f"added {len(rows) + len(held)}, skipped 0, failed 0\n")
    return f"{metrics.to_string(index=False, float_format='%.3f')}\n\nmodel {model_id} in {out}"
