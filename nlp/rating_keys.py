"""Ratings of articles without their texts, found again on demand: `nlp.label_keys` for whole articles."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nlp.errors import Failure, InputError
from nlp.label_keys import read_key_table, texts_file
from nlp.labelled import ARTICLE_LABELS, LabelledArticle
from nlp.reading import read_articles
from nlp.schema import Article
from nlp.tables import whole_file

__all__ = ["RATING_COLUMNS", "RatingKey", "read_ratings", "restore_ratings", "write_rated"]

RATING_COLUMNS = ("file", "article", "hash")
"""Followed by one column a narrative, rated 0 to 3, and `<n>_stance` (1 asserts, -1 rejects, 0 mixed or absent)."""

_HASH_DIGITS = 12
_STANCE = "_stance"


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingKey:
    """Which article was rated, and its ratings.

    Attributes:
        file, article: as in `nlp.label_keys.LabelKey`.
        hash: the first 12 hex digits of the article's content hash.
        labels, stances: by narrative.
    """

    file: str
    article: str
    hash: str
    labels: Mapping[str, int]
    stances: Mapping[str, int]


def read_ratings(path: Path) -> list[RatingKey]:
    """Reads a table of ratings.

    Raises:
        InputError: no such file, a missing column, a rating outside 0 to 3.
    """
    return read_key_table(path, RATING_COLUMNS, _rating)


def _rating(row: dict[str, str], item: str) -> RatingKey:
    names = [str(name) for name in row if name not in RATING_COLUMNS and not str(name).endswith(_STANCE)]
    try:
        labels = {name: int(row[name]) for name in names}
        stances = {name: int(row[name + _STANCE]) for name in names}
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{item}: {error}; expected a rating and a stance for every narrative") from error
    if not set(labels.values()) <= set(ARTICLE_LABELS) or not set(stances.values()) <= {-1, 0, 1}:
        raise InputError(f"{item}: ratings are {labels}, stances {stances}; expected 0 to 3, and -1, 0 or 1")
    return RatingKey(file=row["file"], article=row["article"], hash=row["hash"], labels=labels, stances=stances)


def restore_ratings(keys: Iterable[RatingKey], texts: Path) -> Iterator[LabelledArticle | Failure]:
    """The rated articles of `keys`; one that is not there, or not as it was, becomes a `Failure`."""
    by_file: defaultdict[str, dict[str, RatingKey]] = defaultdict(dict)
    for key in keys:
        by_file[key.file][key.article] = key
    for file, wanted in by_file.items():
        path = texts_file(texts, file)
        for article in read_articles([path]) if path else ():
            if not isinstance(article, Article) or article.id not in wanted:
                continue
            key = wanted.pop(article.id)
            if article.content_hash[:_HASH_DIGITS] == key.hash:
                yield LabelledArticle(article, key.labels)
            else:
                yield Failure(f"{file} {article.id}", "read", "the article is not the one that was rated")
        for article_id in wanted:
            yield Failure(f"{file} {article_id}", "read", "is not there")


def write_rated(path: Path, rated: Iterable[LabelledArticle]) -> int:
    """Writes rated articles as JSON lines, which `read_labelled_articles` reads; how many there were."""
    n_written = 0
    with whole_file(path) as stream:
        for item in rated:
            article = item.article
            row = {
                "id": article.id,
                "url": article.url,
                "source": article.source,
                "lang": article.script or article.lang,
                "published": article.published.isoformat() if article.published else None,
                "title": article.title,
                "text": article.text,
                "labels": dict(item.labels),
            }
            if item.annotator:
                row["annotator"] = item.annotator
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
            n_written += 1
    return n_written
