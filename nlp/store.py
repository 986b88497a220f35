"""The store: articles, their later versions and their scores in SQLite or PostgreSQL, through SQLAlchemy Core.

Adding is idempotent and loses nothing: a known id with the same content is passed over, with other content it is kept as
a version beside the first. A score belongs to an article and a model, and the first one given stays. Every batch is one
transaction, and several processes may add at once. The tables are `nlp.store_tables`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Engine, Row, delete, func, select, tuple_

from nlp.errors import StoreError
from nlp.schema import Article, ArticleScore, SentenceScore
from nlp.store_rows import (
    article_of,
    article_row,
    narrative_rows,
    score_of,
    sentence_of,
    sentence_rows,
    storable,
    storable_text,
)  # fmt: skip
from nlp.store_tables import (
    article_scores,
    article_versions,
    articles,
    insert_new,
    open_engine,
    scores,
    sentence_scores,
    transaction,
)  # fmt: skip
from nlp.urls import canonical_url

__all__ = ["AddReport", "ArticleVersion", "Counts", "Store"]

_BATCH = 500
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of the articles given; the three add up to their number.

    Attributes:
        n_added: new articles.
        n_skipped: articles known with the same content.
        n_versions: articles known with other content, which is now kept as a version.
    """

    n_added: int = 0
    n_skipped: int = 0
    n_versions: int = 0


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """Another content under the id of a stored article."""

    article_id: str
    content_hash: str
    first_seen: datetime | None
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a store holds."""

    n_articles: int
    n_versions: int
    n_scored_by_model: Mapping[str, int]


class Store:
    """An open database; a context manager. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str | Path) -> Self:
        """The store at a SQLite file (a path or `sqlite:///file.db`) or a `postgresql://` URL; made where there is none.

        Raises:
            StoreError: it cannot be opened, is another program's, or has another schema version.
        """
        return cls(open_engine(url))

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, new: Iterable[Article]) -> AddReport:
        """Add articles, in batches; NUL and lone surrogates are stored as U+FFFD.

        Raises:
            StoreError: the database refuses; batches before that one stay.
        """
        totals = [0, 0, 0]
        for batch in _batches(map(storable, new)):
            with transaction(self._engine, writes=True) as connection:
                report = _add_batch(connection, batch)
            for place, count in enumerate((report.n_added, report.n_skipped, report.n_versions)):
                totals[place] += count
        return AddReport(*totals)

    def known_urls(self, urls: Iterable[str]) -> set[str]:
        """Those of `urls`, as given, whose canonical form an article in the store has."""
        known = set()
        for batch in _batches(urls):
            canonical = {url: storable_text(canonical_url(url)) for url in batch}
            with transaction(self._engine) as connection:
                found = set(connection.scalars(select(articles.c.url).where(articles.c.url.in_(canonical.values()))))
            known |= {url for url, form in canonical.items() if form in found}
        return known

    def articles(self, *, unscored_by: str | None = None) -> Iterator[Article]:
        """All articles, or those without a score by a model, by (`known_at`, id); undated ones last.

        Read in pages, so that scores may be added meanwhile; what is added behind the reader is not seen.
        """
        query = select(articles)
        if unscored_by is not None:
            scored = select(1).where(
                article_scores.c.article_id == articles.c.id, article_scores.c.model == unscored_by
            )
            query = query.where(~scored.exists())
        for page in self._pages(query, (articles.c.known_at, articles.c.id)):
            yield from map(article_of, page)

    def versions(self, article_id: str) -> list[ArticleVersion]:
        """The other contents seen under an id."""
        query = select(article_versions).where(article_versions.c.article_id == storable_text(article_id))
        with transaction(self._engine) as connection:
            rows = connection.execute(query.order_by(article_versions.c.content_hash)).all()
        return [ArticleVersion(**row._mapping) for row in rows]

    def add_scores(self, score: ArticleScore, sentences: Sequence[SentenceScore] = ()) -> bool:
        """Add what a model says of an article and its sentences; False where its score is known, which then stays.

        Raises:
            StoreError: the article is not in the store with the text that was scored.
        """
        return self.add_score_batch([(score, sentences)]) == 1

    def add_score_batch(self, scored: Iterable[tuple[ArticleScore, Sequence[SentenceScore]]]) -> int:
        """Add many scores, a transaction per batch of articles; how many were new. Errors as in `add_scores`."""
        n_added = 0
        for batch in _batches(scored):
            with transaction(self._engine, writes=True) as connection:
                n_added += _add_scores(connection, batch)
        return n_added

    def scores(self, model: str | None = None) -> Iterator[ArticleScore]:
        """All scores, or one model's, by (`known_at`, article id, model)."""
        query = select(articles, article_scores.c.model, article_scores.c.n_sentences, article_scores.c.story).join(
            article_scores, article_scores.c.article_id == articles.c.id
        )
        if model is not None:
            query = query.where(article_scores.c.model == model)
        for page in self._pages(query, (articles.c.known_at, articles.c.id, article_scores.c.model)):
            wanted = select(scores).where(scores.c.article_id.in_({row.id for row in page}))
            narratives_by_key = defaultdict(list)
            with transaction(self._engine) as connection:
                for row in connection.execute(wanted.order_by(scores.c.narrative)):
                    narratives_by_key[row.article_id, row.model].append(row)
            for row in page:
                yield score_of(article_of(row), row, narratives_by_key[row.id, row.model])

    def sentence_scores(self, article_id: str, model: str) -> list[SentenceScore]:
        """A model's scores of an article's sentences, in order; empty where there are none."""
        table = sentence_scores
        query = select(table).where(table.c.article_id == storable_text(article_id), table.c.model == model)
        with transaction(self._engine) as connection:
            text = connection.scalar(select(articles.c.text).where(articles.c.id == storable_text(article_id)))
            rows = connection.execute(query.order_by(table.c.sentence)).all()
        return [sentence_of(row, text or "") for row in rows]

    def drop_scores(self, model: str) -> int:
        """Forget what a model said, to score again under its name; of how many articles."""
        with transaction(self._engine, writes=True) as connection:
            return connection.execute(delete(article_scores).where(article_scores.c.model == model)).rowcount

    def models(self) -> list[str]:
        """The models that scored something, sorted."""
        return sorted(self.counts().n_scored_by_model)

    def counts(self) -> Counts:
        """How much the store holds."""
        by_model = select(article_scores.c.model, func.count()).group_by(article_scores.c.model)
        with transaction(self._engine) as connection:
            n_articles = connection.scalar(select(func.count()).select_from(articles)) or 0
            n_versions = connection.scalar(select(func.count()).select_from(article_versions)) or 0
            return Counts(n_articles, n_versions, {model: n for model, n in connection.execute(by_model)})

    def _pages(self, query: Any, keys: tuple[Any, ...]) -> Iterator[Sequence[Row[Any]]]:
        """The rows of a query, ordered by unique `keys`, in pages that each are a transaction of their own."""
        ordered = query.order_by(*keys).limit(_BATCH)
        page_query = ordered
        while True:
            with transaction(self._engine) as connection:
                page = connection.execute(page_query).all()
            if page:
                yield page
            if len(page) < _BATCH:
                return
            last = tuple(page[-1]._mapping[key] for key in keys)
            page_query = ordered.where(tuple_(*keys) > last)


def _add_batch(connection: Connection, batch: Sequence[Article]) -> AddReport:
    first_by_id: dict[str, Article] = {}
    for article in batch:
        first_by_id.setdefault(article.id, article)
    added = set(
        connection.scalars(
            insert_new(connection, articles).returning(articles.c.id), list(map(article_row, first_by_id.values()))
        )
    )
    known = select(articles.c.id, articles.c.content_hash).where(articles.c.id.in_(first_by_id))
    hash_by_id = {row.id: row.content_hash for row in connection.execute(known)}
    versions = {
        (article.id, article.content_hash): article
        for article in batch
        if article.content_hash != hash_by_id[article.id]
    }
    rows = [
        {
            "article_id": a.id,
            "content_hash": a.content_hash,
            "first_seen": a.first_seen,
            "title": a.title,
            "text": a.text,
        }
        for a in versions.values()
    ]
    statement = insert_new(connection, article_versions).returning(article_versions.c.article_id)
    n_versions = len(connection.scalars(statement, rows).all()) if rows else 0
    return AddReport(len(added), len(batch) - len(added) - n_versions, n_versions)


def _add_scores(connection: Connection, batch: Sequence[tuple[ArticleScore, Sequence[SentenceScore]]]) -> int:
    by_key = {}
    for score, sentences in batch:
        by_key.setdefault((storable_text(score.article.id), score.model), (score, sentences))
    ids = {article_id for article_id, _ in by_key}
    query = select(articles.c.id, articles.c.text).where(articles.c.id.in_(ids))
    text_by_id = {row.id: row.text for row in connection.execute(query)}
    for (article_id, _), (score, _) in by_key.items():
        if text_by_id.get(article_id) != storable_text(score.article.text):
            state = "with another text" if article_id in text_by_id else "not at all"
            raise StoreError(
                f"article {article_id} was scored, but the store has it {state}; add the article first and score what "
                "Store.articles gives"
            )
    heads = [
        {
            "article_id": article_id,
            "model": model,
            "n_sentences": score.n_sentences,
            "story": storable_text(score.story),
        }
        for (article_id, model), (score, _) in by_key.items()
    ]
    head = article_scores.c
    statement = insert_new(connection, article_scores).returning(head.article_id, head.model)
    new = [(row.article_id, row.model) for row in connection.execute(statement, heads)]
    narratives = [row for key in new for row in narrative_rows(by_key[key][0], key[0])]
    sentences = [row for key in new for row in sentence_rows(by_key[key][1], *key)]
    for table, rows in ((scores, narratives), (sentence_scores, sentences)):
        if rows:
            connection.execute(table.insert(), rows)
    return len(new)


def _batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    stream = iter(items)
    while batch := list(islice(stream, _BATCH)):
        yield batch
