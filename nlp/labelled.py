"""Labelled sentences and labelled articles: gold for training and evaluation, as JSON lines.

A sentence's label is 1 (asserts), -1 (rejects) or 0 (neither) per narrative, an article's 0 (absent) to 3 (main theme);
a narrative without a label was not judged. Gold is checked strictly: the first fault is an error that names file and
line, because a silently dropped row would change every number that follows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from nlp.decoding import BROKEN_FILE
from nlp.errors import Failure, InputError
from nlp.language import normalise
from nlp.reading.json_lines import JsonRow, json_rows
from nlp.reading.records import ReadOptions, article_from_row, read_language
from nlp.schema import Article, is_narrative_id
from nlp.tables import whole_file

__all__ = [
    "ARTICLE_LABELS",
    "SENTENCE_LABELS",
    "Kind",
    "Labelled",
    "LabelledArticle",
    "LabelledSentence",
    "article_of",
    "labelled_kind",
    "labelled_rows",
    "read_labelled",
    "read_labelled_articles",
    "write_labelled",
]

SENTENCE_LABELS = (-1, 0, 1)
ARTICLE_LABELS = (0, 1, 2, 3)
_OF_SENTENCES, _OF_ARTICLES = frozenset({"before", "after", "article"}), frozenset({"title", "url", "published"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSentence:
    """A sentence that was judged in its context.

    Attributes:
        before, after: the neighbouring text, empty where there is none.
        labels: -1, 0 or 1 by narrative id, without those that were not judged.
        date: as it is written in the file.
        article: the id of the article it is from: what a split must not cut through.
        stratum: how it was drawn, or None.
        annotator: who judged it, empty where that is not told; several rows of one id are several people's.
    """

    id: str
    lang: str
    text: str
    before: str = ""
    after: str = ""
    labels: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    date: str = ""
    source: str = ""
    article: str = ""
    stratum: str | None = None
    annotator: str = ""


_FIELDS = tuple(one.name for one in fields(LabelledSentence))


@dataclass(frozen=True, slots=True)
class LabelledArticle:
    """An article that was judged by `annotator`; labels are 0 to 3 by narrative id, without those not judged."""

    article: Article
    labels: Mapping[str, int]
    annotator: str = ""


Labelled = LabelledSentence | LabelledArticle
Kind = Literal["sentences", "articles"]


def article_of(row: Labelled) -> str:
    """The article that a row is of, which no split may cut through; a sentence without one is its own."""
    return (row.article or row.id) if isinstance(row, LabelledSentence) else row.article.id


def read_labelled(paths: Iterable[Path | str], *, bare: bool = False) -> list[LabelledSentence]:
    """The labelled sentences of JSON-lines files, in order; with `bare`, rows without labels are taken as not judged.

    Raises:
        InputError: a file or a line that does not keep to the contract, named in the message.
    """
    return [_sentence(row, bare=bare) for path in paths for row in _strict_rows(Path(path))]


def read_labelled_articles(paths: Iterable[Path | str], *, zone: tzinfo | None = None) -> list[LabelledArticle]:
    """The labelled articles of JSON-lines files, in order; a date that cannot be read leaves its article undated.

    Raises:
        InputError: a file or a line that does not keep to the contract, named in the message.
    """
    options = ReadOptions(now=datetime.now(UTC), zone=zone)
    return [_article(row, options) for path in paths for row in _strict_rows(Path(path))]


def write_labelled(path: Path, sentences: Iterable[LabelledSentence]) -> int:
    """Write labelled sentences as JSON lines; how many there were. Normalised text is read back equal.

    Raises:
        InputError: the place cannot be written.
    """
    n_written = 0
    with whole_file(path) as stream:
        for sentence in sentences:
            row = {name: getattr(sentence, name) for name in _FIELDS} | {"labels": dict(sentence.labels)}
            for absent in ("stratum", "annotator"):
                if not row[absent]:
                    del row[absent]
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
            n_written += 1
    return n_written


def labelled_rows(path: Path, kind: Kind) -> Iterator[Labelled | Failure]:
    """The labelled sentences or articles of a JSON-lines file, in order; a row that breaks the contract is a failure.

    Raises:
        InputError: a file that cannot be read or is empty.
    """
    options = ReadOptions(now=datetime.now(UTC))
    for row in _rows(path):
        if isinstance(row, Failure):
            yield row
            continue
        try:
            yield _sentence(row, bare=False) if kind == "sentences" else _article(row, options)
        except InputError as error:
            yield Failure(row.item, "read", str(error).removeprefix(f"{row.item}: "))


def labelled_kind(path: Path | str, *, untold: Kind | None = None) -> Kind:
    """Which of the two kinds of gold a file holds, by its rows that tell; `untold` where none does.

    A row that breaks the contract tells nothing; whoever reads the rows says so.

    Raises:
        InputError: a file that cannot be read, is empty, tells in no row (without `untold`), holds both kinds, or
            nothing but broken rows.
    """
    first_by_kind: dict[Kind, str] = {}
    broken: list[InputError] = []
    for row in _rows(Path(path)):
        try:
            if kind := _kind_of_row(row):
                first_by_kind.setdefault(kind, row.item)
        except InputError as error:
            broken.append(error)
    if broken and not first_by_kind:
        raise broken[0]
    if len(first_by_kind) > 1:
        sentences, articles = first_by_kind["sentences"], first_by_kind["articles"]
        raise InputError(
            f"{sentences} is a labelled sentence and {articles} a labelled article: put them into two files"
        )
    if not first_by_kind and untold is None:
        raise InputError(
            f"{path}: cannot tell whether its labels are of sentences or of articles; give sentences a `before` and an "
            "`after`, or articles a `title` (they may be empty)"
        )
    return next(iter(first_by_kind), None) or untold or "sentences"


def _kind_of_row(row: JsonRow | Failure) -> Kind | None:
    if isinstance(row, Failure):
        raise _broken(row)
    values = set() if row.value.get("labels") is None else set(_labels(row, range(-1, 4)).values())
    if row.value.keys() & _OF_SENTENCES or -1 in values:
        return "sentences"
    return "articles" if row.value.keys() & _OF_ARTICLES or values & {2, 3} else None


def _strict_rows(path: Path) -> Iterator[JsonRow]:
    for row in _rows(path):
        if isinstance(row, Failure):
            raise _broken(row)
        yield row


def _broken(row: Failure) -> InputError:
    return InputError(f"{row.item}: {row.reason} (froth labels makes these of an annotation tool's export)")


def _rows(path: Path) -> Iterator[JsonRow | Failure]:
    empty = True
    try:
        for row in json_rows(path):
            empty = False
            yield row
    except BROKEN_FILE as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    except InputError as error:
        message = str(error)
        raise InputError(message if message.startswith(str(path)) else f"{path} {message}") from error
    if empty:
        raise InputError(f"{path} is empty; expected one labelled sentence or article per line")


def _sentence(row: JsonRow, *, bare: bool) -> LabelledSentence:
    text = _string(row, "text")
    if not text.strip():
        raise InputError(f"{row.item}: has no text; give every row the sentence that was judged")
    given_id = _string(row, "id")
    if not given_id:
        raise InputError(f"{row.item}: has no id; give every row one of its own, predictions are told apart by it")
    return LabelledSentence(
        id=given_id,
        lang=read_language(_string(row, "lang"), text).lang,
        text=text,
        before=_string(row, "before"),
        after=_string(row, "after"),
        labels={} if bare and row.value.get("labels") is None else _labels(row, SENTENCE_LABELS),
        date=_string(row, "date"),
        source=_string(row, "source"),
        article=_string(row, "article"),
        stratum=_string(row, "stratum") or None,
        annotator=_string(row, "annotator"),
    )


def _article(row: JsonRow, options: ReadOptions) -> LabelledArticle:
    labels = _labels(row, ARTICLE_LABELS)
    found = next(article_from_row(row.value, row.item, options))
    if isinstance(found, Failure):
        raise InputError(f"{found.item}: {found.reason}")
    return LabelledArticle(found, labels, _string(row, "annotator"))


def _labels(row: JsonRow, allowed: Iterable[int]) -> Mapping[str, int]:
    allowed = tuple(allowed)
    labels = row.value.get("labels")
    if not isinstance(labels, dict):
        raise InputError(f'{row.item}: has no labels; write them as "labels": {{"bubble": {allowed[-1]}}}')
    for narrative, label in labels.items():
        if not is_narrative_id(narrative):
            raise InputError(
                f"{row.item}: {narrative!r} cannot name a narrative; write a letter, then a-z, 0-9 and _ (and no "
                "column's name)"
            )
        if isinstance(label, bool) or not isinstance(label, int | float) or label not in allowed:
            expected = ", ".join(map(str, allowed))
            raise InputError(
                f"{row.item}: the label of {narrative} is {label!r}; expected one of {expected} (leave out what was "
                "not judged)"
            )
    return MappingProxyType({narrative: int(label) for narrative, label in labels.items()})


def _string(row: JsonRow, name: str) -> str:
    value = row.value.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InputError(f"{row.item}: {name} is a {type(value).__name__}, expected text")
    return normalise(str(value))
