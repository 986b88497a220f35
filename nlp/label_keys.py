"""Labels without their texts: what was judged is named by file, article, offsets and a hash, and found again on demand.

Publishers own the texts; the labels are ours. A row of keys says where a judged sentence stands in a file of articles
(`../shared/text` here, anyone's copy elsewhere); `restore` looks it up, checks the hash and gives back the labelled
sentence with its neighbours. A key with a text of its own gives back that one: a sentence written for froth, to be read
where another stands.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from nlp.errors import Failure, InputError
from nlp.labelled import SENTENCE_LABELS, LabelledSentence
from nlp.reading import read_articles
from nlp.schema import Article
from nlp.text import split_sentences

__all__ = ["KEY_COLUMNS", "LabelKey", "read_key_table", "read_keys", "restore", "text_hash", "texts_file", "write_keys"]

KEY_COLUMNS = ("file", "article", "start", "end", "hash", "stratum")
"""Followed by one column a narrative, `<n>_second` where a second judge's label is kept, and `text` where the sentence
is written to stand there."""

Key = TypeVar("Key")

_TEXT, _SECOND = "text", "_second"
_OURS = "written for froth"
_SUFFIXES = (".jsonl.xz", ".jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelKey:
    """Where a judged sentence stands, and its labels.

    Attributes:
        file: below the folder of texts, without suffix: `en/reuters_2006_2013_market`.
        article: the article's id in that file.
        start, end: code points of `Article.text`, half-open.
        hash: of the sentence, see `text_hash`.
        stratum: how it was drawn, or for what it was written.
        labels, second: by narrative, of the first judge and (for some rows) of a second one who did not see them.
        text: a sentence written for froth that is judged in the place of the one that stands there; empty for that one.
    """

    file: str
    article: str
    start: int
    end: int
    hash: str
    stratum: str
    labels: Mapping[str, int]
    second: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    text: str = ""


def text_hash(text: str) -> str:
    """The first 12 hex digits of the SHA-256 of a sentence.

    >>> text_hash("a bubble")
    'b423ae73d002'
    """
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def write_keys(path: Path, keys: Sequence[LabelKey]) -> None:
    """Writes keys as CSV, in the order given; all have a text of their own, or none."""
    narratives = sorted({name for key in keys for name in key.labels})
    columns = [*KEY_COLUMNS, *narratives, *(name + _SECOND for name in narratives)]
    if any(key.text for key in keys):
        columns.append(_TEXT)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n", restval="")
        writer.writeheader()
        for key in keys:
            row = {name: getattr(key, name) for name in KEY_COLUMNS} | dict(key.labels)
            row |= {name + _SECOND: label for name, label in key.second.items()}
            writer.writerow(row | ({_TEXT: key.text} if key.text else {}))


def read_keys(path: Path) -> list[LabelKey]:
    """Reads what `write_keys` wrote.

    Raises:
        InputError: no such file, a missing column, a label other than -1, 0 and 1.
    """
    return read_key_table(path, KEY_COLUMNS, _key)


def read_key_table(path: Path, columns: Sequence[str], key_of: Callable[[dict[str, str], str], Key]) -> list[Key]:
    """The keys that `key_of` makes of each row and its place; see `read_keys` for the errors."""
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = set(columns) - set(reader.fieldnames or ())
            if missing:
                raise InputError(f"{path} lacks the columns {', '.join(sorted(missing))}: give the table that has them")
            return [key_of(row, f"{path}:{number}") for number, row in enumerate(reader, start=2)]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error


def _key(row: dict[str, str], item: str) -> LabelKey:
    labels, second = {}, {}
    try:
        for name in row.keys() - {*KEY_COLUMNS, _TEXT}:
            if row[name] == "":
                continue
            label = int(row[name])
            if label not in SENTENCE_LABELS:
                raise ValueError(f"{name} is {label}")
            if name.endswith(_SECOND):
                second[name.removesuffix(_SECOND)] = label
            else:
                labels[name] = label
        if _TEXT in row and not (row[_TEXT] or "").strip():
            raise ValueError("no text where the table has texts of its own")
        place = {name: row[name] for name in ("file", "article", "hash", "stratum")} | {"text": row.get(_TEXT, "")}
        return LabelKey(**place, start=int(row["start"]), end=int(row["end"]), labels=labels, second=second)
    except (ValueError, TypeError) as error:
        raise InputError(f"{item}: {error}; expected offsets, and labels of -1, 0 or 1") from error


def restore(keys: Iterable[LabelKey], texts: Path) -> Iterator[LabelledSentence | Failure]:
    """The labelled sentences of `keys`, file by file in the order of the articles there, neighbours included.

    A key whose file, article or sentence is not as it was becomes a `Failure`.

    Args:
        keys: see `LabelKey`.
        texts: the folder below which their files lie.

    Raises:
        InputError: `texts` is no folder; at once.
    """
    if not texts.is_dir():
        raise InputError(f"{texts} is no folder: give the one below which the files of the keys lie")
    return _restore(keys, texts)


def _restore(keys: Iterable[LabelKey], texts: Path) -> Iterator[LabelledSentence | Failure]:
    by_file: defaultdict[str, defaultdict[str, list[LabelKey]]] = defaultdict(lambda: defaultdict(list))
    for key in keys:
        by_file[key.file][key.article].append(key)
    for file, wanted in by_file.items():
        path = texts_file(texts, file)
        for article in read_articles([path]) if path else ():
            if isinstance(article, Article) and article.id in wanted:
                yield from _of_article(article, file, wanted.pop(article.id))
        for article_id, lost in wanted.items():
            yield Failure(f"{file} {article_id}", "read", f"is not there, with {len(lost)} judged sentences")


def texts_file(texts: Path, file: str) -> Path | None:
    """The file that keys call `file`, below the folder `texts`; None where it lacks."""
    return next((texts / f"{file}{suffix}" for suffix in _SUFFIXES if (texts / f"{file}{suffix}").is_file()), None)


def _of_article(article: Article, file: str, keys: Sequence[LabelKey]) -> Iterator[LabelledSentence | Failure]:
    sentences = split_sentences(article)
    place_by_span = {(sentence.start, sentence.end): place for place, sentence in enumerate(sentences)}
    for key in sorted(keys, key=lambda key: key.start):
        text, item = article.text[key.start : key.end], f"{file} {article.id} {key.start}:{key.end}"
        place = place_by_span.get((key.start, key.end))
        if text_hash(text) != key.hash or place is None:
            what = "the text is not the one that was judged" if place is not None else "sentences end elsewhere now"
            yield Failure(item, "read", what)
            continue
        before = sentences[place - 1].text if place else ""
        after = sentences[place + 1].text if place + 1 < len(sentences) else ""
        yield LabelledSentence(
            id=f"{article.id}:{key.start}" + (f"~{text_hash(key.text)}" if key.text else ""),
            lang=article.lang,
            text=key.text or text,
            before=before,
            after=after,
            labels=key.labels,
            date=article.published.date().isoformat() if article.published else "",
            source=_OURS if key.text else article.source or file,
            article=article.id,
            stratum=key.stratum,
        )
