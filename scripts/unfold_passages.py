"""Tables of passages written for froth into labelled sentences, each with its neighbours.

Not a froth command: `corpora/labels/passages_*.csv` hold each text once, `froth train` and `froth evaluate` read the
labelled-sentences contract.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nlp.labelled import write_labelled
from nlp.passage_table import read_passages
from nlp.tables import check_writable
from scripts.console import Tally, main

__all__ = ["unfold_passages"]


def unfold_passages(
    passages: Annotated[list[Path], typer.Argument(help="Tables of passages (CSV).")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Labelled sentences (JSONL).")],
) -> None:
    """One labelled sentence a row."""
    check_writable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    tally = Tally()
    tally.n_added = write_labelled(out, (row for path in passages for row in read_passages(path)))
    tally.say()


if __name__ == "__main__":
    main(unfold_passages)
