"""Label Studio's exports: JSON with tasks and annotations, JSON-MIN and CSV with a row per annotation.

Read are marked spans (`labels`, `hypertextlabels`, `paragraphlabels`), choices, taxonomies and ratings, of whole texts
or of a region (its span is then what the label and the choice together say). Skipped (`was_cancelled`) annotations,
drafts and predictions are not. JSON-MIN and CSV keep no region for a choice: a list of several is refused.
Source of the forms: the exporters in HumanSignal/label-studio-sdk, `converter/converter.py` and `exports/csv2.py`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nlp.annotations.json_values import json_values
from nlp.annotations.marks import (
    CONTEXT,
    TEXT_KEYS,
    AnnotatedText,
    Answer,
    SpanMark,
    as_text,
    assumed_of,
    context_of,
    text_of,
)
from nlp.annotations.table_rows import table_rows
from nlp.errors import Failure, InputError

__all__ = ["OWN_KEYS", "read_label_studio", "read_label_studio_table"]

OWN_KEYS = frozenset({"annotation_id", "annotator", "lead_time", "created_at", "updated_at"})
"""Columns of a minimal export that are about the annotation."""

_SPAN_TYPES = ("labels", "hypertextlabels", "paragraphlabels")
_ANSWER_TYPES = ("choices", "rating", "number", "taxonomy")
_PASSED_OVER = OWN_KEYS | {"agreement", "history", "type", "judged"}


def read_label_studio(path: Path) -> Iterator[AnnotatedText | Failure]:
    """The annotations of a JSON or JSON-MIN export.

    Raises:
        InputError: not JSON.
    """
    for row in json_values(path):
        if isinstance(row, Failure):
            yield row
            continue
        try:
            if "data" in row.value and ("annotations" in row.value or "completions" in row.value):
                yield from _annotations(row.item, row.value)
            else:
                yield _minimal(row.item, row.value)
        except InputError as error:
            yield Failure(row.item, "read", str(error))


def read_label_studio_table(path: Path) -> Iterator[AnnotatedText | Failure]:
    """The annotations of a CSV or TSV export.

    Raises:
        InputError: not a table.
    """
    for row in table_rows(path):
        if isinstance(row, Failure):
            yield row
            continue
        try:
            yield _minimal(row.item, {name: _cell(value) for name, value in row.cells.items()})
        except InputError as error:
            yield Failure(row.item, "read", str(error))


def _annotations(item: str, task: Mapping[str, Any]) -> Iterator[AnnotatedText | Failure]:
    data = task["data"]
    if not isinstance(data, dict):
        raise InputError("its data is no object; export it as JSON with the tasks")
    text, context = _text(data), context_of(data)
    for annotation in task.get("annotations", task.get("completions")) or ():
        if not isinstance(annotation, dict) or annotation.get("was_cancelled") or annotation.get("skipped"):
            continue
        annotator = _annotator(annotation.get("completed_by"))
        where = f"{item} (id {as_text(task.get('id')) or context.get('id', '')}, annotator {annotator or 'unknown'})"
        try:
            spans, answers = _results(annotation.get("result") or ())
        except InputError as error:
            yield Failure(where, "read", str(error))
            continue
        yield AnnotatedText(
            item=where,
            id=context.get("id") or as_text(task.get("id")),
            text=text,
            annotator=annotator,
            spans=spans,
            answers=answers,
            context=context,
            assumed=assumed_of(data),
        )


def _results(results: object) -> tuple[tuple[SpanMark, ...], tuple[Answer, ...]]:
    """The spans and the answers of one annotation; what stands at one region belongs together."""
    labels: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    choices: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    places: dict[str, Mapping[str, Any]] = {}
    answers: list[Answer] = []
    for number, result in enumerate(results if isinstance(results, list) else ()):
        if not isinstance(result, dict) or not isinstance(result.get("value"), dict):
            continue  # a relation between regions
        value, kind, question = result["value"], str(result.get("type", "")).lower(), as_text(result.get("from_name"))
        region = as_text(result.get("id")) or f"#{number}"
        if kind in _SPAN_TYPES:
            places[region] = value
            labels[region] += [(question, name) for name in _names(value.get(kind))]
        elif kind in _ANSWER_TYPES and ("start" in value or "startOffset" in value):
            places.setdefault(region, value)
            choices[region] += [(question, name) for name in _names(value.get(kind))]
        elif kind in _ANSWER_TYPES:
            answers += [Answer(name, question) for name in _names(value.get(kind))]
    spans = []
    for region, value in places.items():
        both = [(label, choice) for _, label in labels[region] for _, choice in choices[region]]
        for question, name in both or labels[region] or choices[region]:
            spans.append(_span(value, name, question))
    return tuple(spans), tuple(answers)


def _span(value: Mapping[str, Any], name: str, question: str) -> SpanMark:
    offsets = value.get("globalOffsets") or value
    start, end = offsets.get("start"), offsets.get("end")
    if not isinstance(start, int) or not isinstance(end, int):
        raise InputError(
            f"a span has the offsets {start!r} and {end!r}, expected whole numbers; froth reads spans in plain text "
            "(the tag Text, not HyperText without globalOffsets)"
        )
    quote = value.get("text")
    return SpanMark(start=start, end=end, name=name, question=question, quote=quote if isinstance(quote, str) else None)


def _names(value: object) -> list[str]:
    """The labels in a result's value: a list, one of paths (taxonomy), or a number (rating)."""
    if isinstance(value, list):
        return [":".join(map(str, one)) if isinstance(one, list) else str(one) for one in value]
    return [as_text(value)] if as_text(value) else []


def _annotator(value: object) -> str:
    if isinstance(value, dict):
        return as_text(value.get("email")) or as_text(value.get("id"))
    return as_text(value)


def _text(data: Mapping[str, Any]) -> str:
    """The text of a task: by its name, else the longest there is."""
    text = text_of(data)
    others = [value for name, value in data.items() if isinstance(value, str) and str(name).lower() not in CONTEXT]
    if text is None and not others:
        raise InputError(f"has no text (its data: {', '.join(map(str, data))[:200]}); export the tasks with their text")
    return text if text is not None else max(others, key=len)


def _minimal(item: str, row: Mapping[str, Any]) -> AnnotatedText:
    """One annotation of a minimal export, where the fields of the task and the answers stand side by side."""
    data = {name.removeprefix("_data_"): value for name, value in row.items() if name.startswith("_data_")}
    data |= {name: value for name, value in row.items() if name not in data}
    spans: list[SpanMark] = []
    answers: list[Answer] = []
    for name, value in row.items():
        if isinstance(value, dict) and isinstance(value.get("choices"), list):
            answers += [Answer(str(choice), name) for choice in value["choices"]]
        elif isinstance(value, dict) and isinstance(value.get("rating"), int):
            answers.append(Answer(as_text(value["rating"]), name))
        elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            marks = [(one, label) for one in value for kind in _SPAN_TYPES for label in _names(one.get(kind))]
            spans += [_span(one, label, name) for one, label in marks]
            answers += [Answer(as_text(one["rating"]), name) for one in value if isinstance(one.get("rating"), int)]
        elif isinstance(value, list) and len(value) > 1 and all(isinstance(one, str) for one in value):
            raise InputError(f"{name} has one choice per region, and this export keeps no regions; export it as JSON")
        elif isinstance(value, str) and name.lower() not in {*CONTEXT, *TEXT_KEYS, *_PASSED_OVER} and value.strip():
            answers.append(Answer(value, name, is_field=True))
    context = context_of(data)
    return AnnotatedText(
        item=item,
        id=context.get("id", ""),
        text=_text({name: value for name, value in data.items() if name not in _PASSED_OVER}),
        annotator=_annotator(row.get("annotator")),
        spans=tuple(spans),
        answers=tuple(answers),
        context=context,
        assumed=assumed_of(data),
    )


def _cell(value: object) -> object:
    """A cell, opened where it holds JSON."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
