"""Labels in CSV and Parquet: long (`id, text, narrative, label`), wide (a column per narrative), or `text, label`.

A long table has a row per text and narrative. In a wide one every column whose values say something of a narrative is
a question; an empty cell was not judged. A column `label` beside a text, without one called `narrative`, holds the
labels of the text, with `#` between several, as doccano writes its CSV. A table that Label Studio wrote is read by
`nlp.annotations.label_studio`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from nlp.annotations.marks import CONTEXT, TEXT_KEYS, AnnotatedText, Answer, as_text, assumed_of, context_of, text_of
from nlp.annotations.table_rows import TableRow, table_rows
from nlp.errors import Failure

__all__ = ["read_table_labels"]

_LABEL_COLUMNS = ("label", "labels", "category")
_BETWEEN = "#"


def read_table_labels(path: Path) -> Iterator[AnnotatedText | Failure]:
    """The texts of a table with their answers; of a long table once all its rows are read, in order of appearance.

    Raises:
        InputError: not a table.
    """
    long: dict[tuple[str, str], AnnotatedText] = {}
    for row in table_rows(path):
        if isinstance(row, Failure):
            yield row
            continue
        cells = {str(name).strip().lower(): value for name, value in row.cells.items()}
        text = text_of(cells)
        if text is None:
            yield Failure(row.item, "read", _no_text(cells))
        elif "narrative" in cells and any(name in cells for name in _LABEL_COLUMNS):
            found = _text(row, cells, text, (Answer(_label(cells), as_text(cells["narrative"])),))
            before = long.setdefault((found.id or text, found.annotator), found)
            if before.text != text:
                yield Failure(row.item, "read", f"the id {found.id} came before with another text; give each its own")
            elif before is not found:
                joined = tuple(dict.fromkeys([*before.answers, *found.answers]))
                long[found.id or text, found.annotator] = _text(row, cells, text, joined, item=before.item)
        elif any(name in cells for name in _LABEL_COLUMNS):
            names = [name.strip() for name in _label(cells).split(_BETWEEN)]
            answers, judged = tuple(Answer(name) for name in names if name), assumed_of(cells)
            found = _text(row, cells, text, answers, assumed=judged)
            yield replace(found, is_finished=bool(answers) or judged is not None)
        else:
            yield _text(row, cells, text, tuple(_questions(row.cells)))
    yield from long.values()


def _text(
    row: TableRow,
    cells: Mapping[str, object],
    text: str,
    answers: tuple[Answer, ...],
    *,
    item: str = "",
    assumed: frozenset[str] | None = frozenset(),
) -> AnnotatedText:
    context = context_of(cells)
    return AnnotatedText(
        item=item or row.item,
        id=context.get("id", ""),
        text=text,
        annotator=context.get("annotator", ""),
        answers=tuple(answer for answer in answers if answer.name),
        context=context,
        assumed=assumed,
    )


def _label(cells: Mapping[str, object]) -> str:
    return next((as_text(cells[name]) for name in _LABEL_COLUMNS if name in cells), "")


def _questions(cells: Mapping[str, object]) -> Iterator[Answer]:
    for name, value in cells.items():
        if str(name).strip().lower() not in {*CONTEXT, *TEXT_KEYS} and (said := as_text(value)):
            yield Answer(said, str(name), is_field=True)


def _no_text(cells: Mapping[str, object]) -> str:
    if any(name in cells for name in TEXT_KEYS):
        return "has no text; give every row the text that was judged"
    return f"has no column called text (its columns: {', '.join(cells)[:200]}); rename the one that holds the text"
