"""Passages written for froth: a table with one judged sentence a row, in reading order.

The rows of an article follow each other, so the neighbours of a sentence are the rows beside it, and no text stands in
the table three times as in the labelled-sentences contract.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from nlp.errors import InputError
from nlp.labelled import SENTENCE_LABELS, LabelledSentence

__all__ = ["PASSAGE_COLUMNS", "read_passages"]

PASSAGE_COLUMNS = ("article", "lang", "text")
"""Followed by one column a narrative."""

_SOURCE, _STRATUM = "written for froth", "passage"


def read_passages(path: Path) -> list[LabelledSentence]:
    """The sentences of a table of passages with their neighbours, in order; ids are `article-1`, `article-2`, ….

    Raises:
        InputError: no such file, a missing column, a label other than -1, 0 and 1, an article in two places.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = set(PASSAGE_COLUMNS) - set(reader.fieldnames or ())
            if missing:
                raise InputError(f"{path} lacks the columns {', '.join(sorted(missing))}: it is no table of passages")
            rows = list(reader)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    found: list[LabelledSentence] = []
    seen: set[str] = set()
    for article, passage in groupby(rows, key=lambda row: row["article"]):
        if article in seen:
            raise InputError(f"{path}: the sentences of {article} do not stand together: sort them into reading order")
        seen.add(article)
        found += _sentences(path, article, list(passage))
    return found


def _sentences(path: Path, article: str, rows: list[dict[str, str]]) -> Iterator[LabelledSentence]:
    texts = ["", *(row["text"] for row in rows), ""]
    for place, row in enumerate(rows, start=1):
        labels = {name: value for name, value in row.items() if name not in PASSAGE_COLUMNS}
        if any(value not in _LABELS for value in labels.values()):
            raise InputError(f"{path}: sentence {place} of {article} has other labels than -1, 0 and 1: mend them")
        yield LabelledSentence(
            id=f"{article}-{place}",
            lang=row["lang"],
            text=row["text"],
            before=texts[place - 1],
            after=texts[place + 1],
            labels={name: _LABELS[value] for name, value in labels.items()},
            source=_SOURCE,
            article=article,
            stratum=_STRATUM,
        )


_LABELS = {str(label): label for label in SENTENCE_LABELS}
