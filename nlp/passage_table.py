"""Passages written for froth: a table with one judged sentence a row, in reading order.

The rows of an article follow each other, so the neighbours of a sentence are the rows beside it, and no text stands in
the table three times as in the labelled-sentences contract.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from nlp.errors import InputError
from nlp.label_keys import read_key_table
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
    rows = read_key_table(path, PASSAGE_COLUMNS, _checked)
    found: list[LabelledSentence] = []
    seen: set[str] = set()
    for article, passage in groupby(rows, key=lambda row: row["article"]):
        if article in seen:
            raise InputError(f"{path}: the sentences of {article} do not stand together: sort them into reading order")
        seen.add(article)
        found += _sentences(article, list(passage))
    return found


def _checked(row: dict[str, str], item: str) -> dict[str, str]:
    whole = None not in row and bool(row["text"])  # more cells than columns stand under None
    if not whole or any(row[name] not in _LABELS for name in row.keys() - set(PASSAGE_COLUMNS)):
        raise InputError(f"{item}: expected an article, a language, a text, and labels of -1, 0 or 1")
    return row


def _sentences(article: str, rows: list[dict[str, str]]) -> Iterator[LabelledSentence]:
    texts = ["", *(row["text"] for row in rows), ""]
    for place, row in enumerate(rows, start=1):
        yield LabelledSentence(
            id=f"{article}-{place}",
            lang=row["lang"],
            text=row["text"],
            before=texts[place - 1],
            after=texts[place + 1],
            labels={name: _LABELS[value] for name, value in row.items() if name not in PASSAGE_COLUMNS},
            source=_SOURCE,
            article=article,
            stratum=_STRATUM,
        )


_LABELS = {str(label): label for label in SENTENCE_LABELS}
