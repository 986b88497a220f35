"""`froth train --add`: narratives added to a trained model, whose own stay as they are."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from models.added_record import Measured
    from models.classifier import NarrativeClassifier
    from nlp.labelled import LabelledSentence

__all__ = ["Adding", "add_narratives"]


@dataclass(frozen=True, slots=True)
class Adding:
    """What is asked for, as the options name it."""

    labelled: Sequence[Path]
    out: Path
    base: str
    table: Path
    held_out: Path | None
    unlabelled: Path | None
    licence: str
    device: str


def add_narratives(asked: Adding) -> None:
    """Learns the narratives of a table that the base does not know, saves the model, and says what it measures."""
    from models.added_files import added_to, save_added
    from models.added_narrative import check_labels, learn_narrative, new_narratives
    from models.added_record import measure, measures_by_kind, training_of, write_added_record
    from models.card import added_card
    from models.checkpoint import load_classifier
    from models.manifest import check_target, model_folder
    from nlp.labelled import read_labelled
    from nlp.narratives import load_narratives

    out, folder = asked.out.resolve(), model_folder(asked.base)
    check_target(out)
    added_to(folder)
    rows, held = read_labelled(asked.labelled), read_labelled([asked.held_out]) if asked.held_out else []
    base = cast("NarrativeClassifier", load_classifier(folder, device=asked.device))
    new = new_narratives(base, load_narratives(asked.table))
    check_labels(rows, held, [*base.narratives, *(narrative.id for narrative in new)])
    unlabelled = read_labelled([asked.unlabelled], bare=True) if asked.unlabelled else []
    learnt = [learn_narrative(base, narrative, rows, unlabelled) for narrative in new]
    measured = measure(base, learnt, held)
    training = training_of(asked.base, base.model_id, learnt, asked.licence)
    files = {
        "learnt": asked.labelled,
        "held_out": [asked.held_out] if asked.held_out else [],
        "unlabelled": [asked.unlabelled] if asked.unlabelled else [],
        "table": [asked.table],
    }
    card = added_card(out.name, base.model_id, learnt, training, measures_by_kind(measured))
    with tempfile.TemporaryDirectory(prefix="froth-record-") as scratch:
        record = Path(scratch) / "record"
        write_added_record(record, training, measured, files)
        # What is there already, the base perhaps, is replaced only by a model that was found to say the same.
        tried = Path(scratch) / "tried" / out.name
        tried.parent.mkdir()
        save_added(folder, tried, learnt, card=card, record=training, files=record)
        unchanged = _unchanged(base, tried, [*rows, *held], asked.device)
        model_id = save_added(folder, out, learnt, card=card, record=training, files=record)
    _say(measured, f"{unchanged}\nmodel {model_id} in {out}")
    sys.stderr.write(f"added {len(rows) + len(held)}, skipped 0, failed 0\n")


def _unchanged(base: NarrativeClassifier, out: Path, rows: Sequence[LabelledSentence], device: str) -> str:
    """The check that nothing of the base changed, in words."""
    from models.added_narrative import check_unchanged
    from models.checkpoint import load_classifier

    grown = cast("NarrativeClassifier", load_classifier(out, device=device))
    n_compared = check_unchanged(base, grown, rows)
    return f"{', '.join(base.narratives)}: as in {base.model_id}, {n_compared} probabilities are the same to the bit"


def _say(measured: Sequence[Measured], last: str) -> None:
    from models.added_record import measures_by_kind

    for kind, table in measures_by_kind(measured).items():
        sys.stdout.write(f"{kind}\n{table.to_string(index=False, float_format='%.3f')}\n\n")
    if not measured:
        sys.stdout.write("nothing was measured: give labels of at least two articles, or --held-out\n\n")
    sys.stdout.write(f"{last}\n")
