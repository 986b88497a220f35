"""Finds the texts again that the tables of keys in `corpora/labels` name without quoting them: judged, placed, rated.

Not a froth command: it needs the texts, which belong to their publishers and are not in the repository. Its output is
for `froth train` and `froth evaluate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from nlp.errors import Failure
from nlp.label_keys import read_keys, restore
from nlp.labelled import write_labelled
from nlp.rating_keys import read_ratings, restore_ratings, write_rated
from nlp.tables import check_writable
from scripts.console import Tally, main

__all__ = ["restore_labels"]

Found = TypeVar("Found")


def restore_labels(
    keys: Annotated[Path, typer.Argument(help="A table of judged sentences, or with --articles of rated articles.")],
    texts: Annotated[Path, typer.Option(help="The folder that holds the files which the table names.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Labelled sentences or articles (JSONL).")],
    articles: Annotated[bool, typer.Option("--articles", help="The table rates articles.")] = False,
) -> None:
    """Labels and texts together again."""
    check_writable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    tally = Tally()
    if articles:
        tally.n_added = write_rated(out, _kept(restore_ratings(read_ratings(keys), texts), tally))
    else:
        tally.n_added = write_labelled(out, _kept(restore(read_keys(keys), texts), tally))
    tally.say()


def _kept(items: Iterable[Found | Failure], tally: Tally) -> Iterator[Found]:
    for item in items:
        if isinstance(item, Failure):
            tally.fail(item)
        else:
            yield item


if __name__ == "__main__":
    main(restore_labels)
