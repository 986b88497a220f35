"""The table of formats: which one a file is in, by what it holds, and the labels of any number of files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from nlp.annotations.argilla import read_argilla
from nlp.annotations.conll import is_conll, read_conll
from nlp.annotations.doccano import read_doccano
from nlp.annotations.json_values import json_values
from nlp.annotations.label_studio import read_label_studio, read_label_studio_table
from nlp.annotations.marks import AnnotatedText, AnnotationReader
from nlp.annotations.options import Unit
from nlp.annotations.projection import Projection, project
from nlp.annotations.table_rows import table_columns
from nlp.annotations.tables import read_table_labels
from nlp.decoding import BROKEN_FILE, bare_suffix, open_text
from nlp.errors import Failure, InputError
from nlp.labelled import Labelled, LabelledArticle, LabelledSentence, labelled_kind, labelled_rows

__all__ = ["FORMATS", "LabelSet", "format_of", "read_labels"]

_HEAD = 1 << 14
_TABLES = frozenset({".csv", ".tsv", ".parquet"})
_OF_LABEL_STUDIO = frozenset({"annotation_id", "annotator", "lead_time"})
_OF_DOCCANO = frozenset({"label", "labels", "cats", "entities", "annotations"})


def _label_studio(path: Path) -> Iterator[AnnotatedText | Failure]:
    return (read_label_studio_table if bare_suffix(path) in _TABLES else read_label_studio)(path)


FORMATS: Mapping[str, AnnotationReader | None] = MappingProxyType(
    {
        "froth": None,
        "label-studio": _label_studio,
        "doccano": read_doccano,
        "argilla": read_argilla,
        "conll": read_conll,
        "csv": read_table_labels,
    }
)
"""The reader by the format's name; froth's own rows are labels already."""


@dataclass(slots=True)
class LabelSet:
    """The labels of some files, in their order, and what could not be read."""

    sentences: list[LabelledSentence] = field(default_factory=list)
    articles: list[LabelledArticle] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    @property
    def labels(self) -> Sequence[Labelled]:
        """Of the one kind that there is."""
        return self.sentences or self.articles


def read_labels(paths: Iterable[Path], how: Projection, given: str | None = None) -> LabelSet:
    """The labels of files, those of one format together as one task.

    Args:
        paths: the files.
        how: what the marks mean.
        given: the format of all of them; by default each is recognised.

    Raises:
        InputError: a file that is of no format or cannot be read, labels of unknown meaning, sentences beside articles.
    """
    found = LabelSet()
    texts: dict[str, list[AnnotatedText]] = {}
    for path in paths:
        try:
            name = given or format_of(path)
            reader = FORMATS[name]
            if reader is None:
                _sort(found, labelled_rows(path, _froth_kind(path, how.unit)))
                continue
            for one in reader(path):
                if isinstance(one, Failure):
                    found.failures.append(one)
                else:
                    texts.setdefault(name, []).append(one)
        except BROKEN_FILE as error:
            raise InputError(f"{path} cannot be read: {error}") from error
        except InputError as error:
            raise InputError(str(error) if str(path) in str(error) else f"{path} {error}") from error
    for name, of_one in texts.items():
        try:
            _sort(found, project(of_one, how))
        except InputError as error:
            raise InputError(f"{name} labels: {error}") from error
    if found.sentences and found.articles:
        raise InputError(
            f"these files label {len(found.sentences)} sentences and {len(found.articles)} articles: convert one kind "
            "at a time, or say with --unit what they are"
        )
    return found


def _sort(found: LabelSet, items: Iterable[Labelled | Failure]) -> None:
    for one in items:
        if isinstance(one, Failure):
            found.failures.append(one)
        elif isinstance(one, LabelledSentence):
            found.sentences.append(one)
        else:
            found.articles.append(one)


def _froth_kind(path: Path, unit: Unit) -> Literal["sentences", "articles"]:
    if unit is Unit.auto:
        return labelled_kind(path)
    return "sentences" if unit is Unit.sentence else "articles"


def format_of(path: Path) -> str:
    """The name of the format that a file is in, by what it holds.

    Raises:
        InputError: none of the formats.
    """
    if bare_suffix(path) == ".parquet":
        return _table_format(path)
    with open_text(path) as stream:
        head = stream.read(_HEAD)
    if not head.strip():
        raise InputError("is empty")
    if head.lstrip("\ufeff \t\r\n")[0] in "[{":
        return _json_format(path)
    lines = head.rsplit("\n", 1)[0] if len(head) == _HEAD else head
    return "conll" if is_conll(lines) else _table_format(path)


def _table_format(path: Path) -> str:
    return "label-studio" if set(table_columns(path)) >= _OF_LABEL_STUDIO else "csv"


def _json_format(path: Path) -> str:
    row = next((one for one in json_values(path) if not isinstance(one, Failure)), None)
    if row is None:
        raise InputError("holds no JSON object; expected an export of an annotation tool")
    keys = {str(key) for key in row.value}
    if isinstance(row.value.get("labels"), dict):
        return "froth"
    if {"data", "annotations"} <= keys or {"data", "completions"} <= keys or "annotation_id" in keys:
        return "label-studio"
    marks = {"fields", "responses"} & keys or {key for key in keys if key.endswith((".responses", "-suggestion"))}
    if marks or ("annotation" in keys and keys & {"prediction", "inputs", "tokens"}):
        return "argilla"
    if keys & _OF_DOCCANO:
        return "doccano"
    raise InputError(
        f"is of no format that froth knows (its keys: {', '.join(sorted(keys))[:200]}); say which it is with --format "
        f"{', '.join(FORMATS)}, or export it with the annotations"
    )
