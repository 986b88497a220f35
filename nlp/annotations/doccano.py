"""doccano's exports: JSON and JSON lines of text classification, sequence labelling and both together.

`label` holds names, or spans as [start, end, name]; `cats` names; `entities` spans, as lists or as objects with
`start_offset` and `end_offset`; older ones `labels` and `annotations`. The fields beside them are what was imported.
A file is named after its annotator where a project has annotators of their own, `all` where they worked together. An
export holds unfinished texts too, unless only approved ones were asked for: a text without a label may be either.
Source of the forms: doccano/doccano, `backend/data_export`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nlp.annotations.json_values import json_values
from nlp.annotations.marks import AnnotatedText, Answer, SpanMark, as_text, assumed_of, context_of, text_of
from nlp.errors import Failure, InputError

__all__ = ["read_doccano"]

_SHARED = frozenset({"all", "export", "project", "admin_all"})
"""File names that are no annotator's."""

_LABEL_KEYS = ("label", "labels", "cats", "entities", "annotations")


def read_doccano(path: Path) -> Iterator[AnnotatedText | Failure]:
    """The texts of an export.

    Raises:
        InputError: not JSON.
    """
    stem = path.name.partition(".")[0]
    for row in json_values(path):
        if isinstance(row, Failure):
            yield row
            continue
        try:
            yield _text(row.item, row.value, "" if stem.lower() in _SHARED else stem)
        except InputError as error:
            yield Failure(row.item, "read", str(error))


def _text(item: str, value: Mapping[str, Any], annotator: str) -> AnnotatedText:
    text, context, judged = text_of(value), context_of(value), assumed_of(value)
    if text is None:
        raise InputError("has no text; export the documents with their text")
    spans: list[SpanMark] = []
    answers: list[Answer] = []
    for key in _LABEL_KEYS:
        given = value.get(key)
        for one in [given] if isinstance(given, str) else given if isinstance(given, list) else ():
            if isinstance(one, str):
                answers.append(Answer(one))
            else:
                spans.append(_span(one))
    return AnnotatedText(
        item=item,
        id=context.get("id", ""),
        text=text,
        annotator=context.get("annotator", annotator),
        spans=tuple(spans),
        answers=tuple(answers),
        context=context,
        assumed=judged,
        is_finished=bool(spans or answers) or judged is not None,
    )


def _span(one: object) -> SpanMark:
    if isinstance(one, list) and len(one) == 3:
        start, end, name = one
    elif isinstance(one, dict):
        start, end = one.get("start_offset"), one.get("end_offset")
        name = one.get("label")
    else:
        start, end, name = None, None, one
    if not isinstance(start, int) or not isinstance(end, int) or not as_text(name):
        raise InputError(f"has the label {one!r}, expected a name, [start, end, name], or start_offset and end_offset")
    return SpanMark(start=start, end=end, name=as_text(name))
