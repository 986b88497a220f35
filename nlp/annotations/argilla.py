"""Argilla's records: `to_json` and `to_list` of version 2, feedback records and the first records of version 1.

Read are responses that were submitted (discarded ones and drafts are not); suggestions and predictions are a model's.
Of a first task record the `annotation` counts where its status is Validated or it has none. Spans are `start`, `end`
and `label` without a quote. Source of the forms: argilla-io/argilla, `argilla/src/argilla/records/_io`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlp.annotations.json_values import json_values
from nlp.annotations.marks import AnnotatedText, Answer, SpanMark, as_text, assumed_of, context_of, text_of
from nlp.errors import Failure, InputError

__all__ = ["read_argilla"]

_RESPONSES = ".responses"


@dataclass(slots=True)
class _Said:
    """What one annotator answered."""

    spans: list[SpanMark] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


def read_argilla(path: Path) -> Iterator[AnnotatedText | Failure]:
    """The responses of an export, one text for each annotator.

    Raises:
        InputError: not JSON.
    """
    for row in json_values(path):
        if isinstance(row, Failure):
            yield row
            continue
        try:
            yield from _texts(row.item, row.value)
        except InputError as error:
            yield Failure(row.item, "read", str(error))


def _texts(item: str, record: Mapping[str, Any]) -> Iterator[AnnotatedText]:
    fields, metadata = record.get("fields"), record.get("metadata")
    data = fields if isinstance(fields, dict) else {**_dict(record.get("inputs")), **_flat(record)}
    data = {**data, **_dict(metadata)}
    text = text_of(data)
    if text is None:
        strings = [value for value in _dict(fields).values() if isinstance(value, str) and value.strip()]
        if len(strings) != 1:
            raise InputError(f"has no field called text (its fields: {', '.join(data)[:200]}); rename the one that is")
        text = strings[0]
    identity = as_text(record.get("id")) or as_text(record.get("external_id"))
    for annotator, said in _responses(record).items():
        yield AnnotatedText(
            item=f"{item} (id {identity}, annotator {annotator or 'unknown'})",
            id=identity,
            text=text,
            annotator=annotator,
            spans=tuple(said.spans),
            answers=tuple(said.answers),
            context=context_of(data),
            assumed=assumed_of(data),
        )


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a flattened record: what is no response and no suggestion."""
    return {name: value for name, value in record.items() if "." not in name and not isinstance(value, dict | list)}


def _responses(record: Mapping[str, Any]) -> Mapping[str, _Said]:
    """What was answered, by annotator; one who answered nothing that was submitted is not there."""
    said: defaultdict[str, _Said] = defaultdict(_Said)
    responses = record.get("responses")
    if isinstance(responses, dict):
        given = _by_question(responses)
    elif isinstance(responses, list):
        given = _by_annotator(responses)
    elif "annotation" in record:
        given = _annotation(record)
    else:
        given = _flattened(record)
    for question, value, user, status in given:
        _add(said, question, value, user, status)
    return said


_Given = Iterator[tuple[str, object, object, object]]
"""Question, value, user and status."""


def _by_question(responses: Mapping[str, Any]) -> _Given:
    """Version 2."""
    for question, given in responses.items():
        for one in given or ():
            yield question, one.get("value"), one.get("user_id"), one.get("status")


def _by_annotator(responses: list[Any]) -> _Given:
    """Version 1, feedback records."""
    for one in responses:
        for question, given in _dict(one.get("values")).items():
            yield question, _dict(given).get("value"), one.get("user_id"), one.get("status")


def _annotation(record: Mapping[str, Any]) -> _Given:
    """Version 1, records of one task."""
    if record.get("status") in (None, "Validated") and record["annotation"] is not None:
        yield "", record["annotation"], record.get("annotation_agent"), None


def _flattened(record: Mapping[str, Any]) -> _Given:
    """Version 2 with `flatten=True`, and version 1 as a data set of the Hugging Face hub."""
    for name, values in record.items():
        question = name.removesuffix(_RESPONSES)
        if question != name:
            n_values = len(values or ())
            users, statuses = (record.get(f"{name}.{of}") or [None] * n_values for of in ("users", "status"))
            for value, user, status in zip(values or (), users, statuses, strict=False):
                yield question, value, user, status
        elif isinstance(values, list) and f"{name}-suggestion" in record:
            for one in values:
                yield name, one.get("value"), one.get("user_id"), one.get("status")


def _add(said: Mapping[str, _Said], question: str, value: object, user: object, status: object) -> None:
    if as_text(status).lower() not in ("", "submitted"):
        return
    one = said["" if user == "None" else as_text(user)]
    for given in value if isinstance(value, list) else [value]:
        if isinstance(given, dict) or (isinstance(given, list) and len(given) >= 3):
            one.spans.append(_span(given, question))
        elif as_text(given):
            one.answers.append(Answer(as_text(given), question))


def _span(given: dict[str, Any] | list[Any], question: str) -> SpanMark:
    if isinstance(given, dict):
        start, end, name = given.get("start"), given.get("end"), given.get("label")
    else:
        name, start, end = given[:3]
    if not isinstance(start, int) or not isinstance(end, int) or not as_text(name):
        raise InputError(f"has the span {given!r} in {question!r}, expected start, end and label")
    return SpanMark(start=start, end=end, name=as_text(name), question=question)
