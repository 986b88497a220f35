"""Finds the sentences again that `corpora/labels/judged.csv` names without their texts, for `froth train`.

Not a froth command: it needs the texts, which belong to their publishers and are not in the repository.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nlp.errors import Failure
from nlp.label_keys import read_keys, restore
from nlp.labelled import write_labelled
from scripts.console import Tally, main

__all__ = ["restore_labels"]


def restore_labels(
    keys: Annotated[Path, typer.Argument(help="The table of label keys (CSV).")],
    texts: Annotated[Path, typer.Option(help="The folder that holds the files which the keys name.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Labelled sentences (JSONL).")],
) -> None:
    """Labels and texts together again, as labelled sentences."""
    tally = Tally()
    found = []
    for item in restore(read_keys(keys), texts):
        if isinstance(item, Failure):
            tally.fail(item)
        else:
            found.append(item)
    tally.n_added = write_labelled(out, found)
    tally.say()


if __name__ == "__main__":
    main(restore_labels)
