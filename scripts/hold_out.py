"""Divides labelled sentences by article into those to train on and those to stop and calibrate by.

Not a froth command: `froth train` holds out a tenth itself. This is for labels that grow: an article stays on its side
whatever is added, because a hash of its name decides.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from nlp.labelled import article_of, read_labelled, write_labelled
from nlp.tables import check_writable
from scripts.console import Tally, main

__all__ = ["hold_out", "is_held_out"]


def is_held_out(article: str, share: float) -> bool:
    """Whether an article is among the `share` held out; the same answer for the same name, always.

    >>> is_held_out("reuters-1", 0.0), is_held_out("reuters-1", 1.0)
    (False, True)
    """
    return int(hashlib.sha256(article.encode()).hexdigest()[:8], 16) < share * 2**32


def hold_out(
    labelled: Annotated[list[Path], typer.Argument(help="Labelled sentences (JSONL).")],
    kept: Annotated[Path, typer.Option(help="Those to train on (JSONL).")],
    held_out: Annotated[Path, typer.Option(help="The others, for `froth train --held-out`.")],
    share: Annotated[float, typer.Option(min=0.001, max=0.9, help="Of the articles to hold out.")] = 0.05,
) -> None:
    """Two files of labelled sentences, no article in both."""
    check_writable(kept, held_out, read=labelled)
    rows = read_labelled(labelled)
    held = [row for row in rows if is_held_out(article_of(row), share)]
    names = {article_of(row) for row in held}
    tally = Tally()
    tally.n_added = write_labelled(kept, (row for row in rows if article_of(row) not in names))
    tally.n_added += write_labelled(held_out, held)
    tally.say()


if __name__ == "__main__":
    main(hold_out)
