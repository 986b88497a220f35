"""The store: articles, their later versions and their scores in SQLite or PostgreSQL, through SQLAlchemy Core.

Adding is idempotent and loses nothing: a known id with the same content is passed over, with other content it is kept
as a version beside the first. A score belongs to an article and a model, and the first one given stays. Every batch is
one transaction, and several processes may add at once. The tables are `nlp.store.tables`, the log of tests is
`nlp.store.log_of_tests`.
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

from sqlalchemy import ColumnElement, Engine, Row, Select, delete, func, select, tuple_

from nlp.errors import StoreError
from nlp.schema import Article, ArticleScore, SentenceScore
from nlp.store.engine import open_engine, transaction
from nlp.store.log_of_tests import LogOfTests
from nlp.store.rows import article_of, score_of, sentence_of, storable, storable_text
from nlp.store.tables import SCORED, article_scores, article_versions, articles, listed, scores, sentence_scores
from nlp.store.writes import AddReport, write_articles, write_listed, write_scores
from nlp.urls import canonical_url

__all__ = ["AddReport", "ArticleVersion", "Counts", "Listed", "Store"]

_BATCH = 500
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class ArticleVersion:
    """Another content under the id of a stored article."""

    article_id: str
    content_hash: str
    first_seen: datetime | None
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What an entry of a source was taken for.

    Attributes:
        article_id: of the article that it became.
        content: of what it said then (`scrapers.identity`).
    """

    article_id: str
    content: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a store holds."""

    n_articles: int
    n_versions: int
    n_scored_by_model: Mapping[str, int]


class Store(LogOfTests):
    """An open database; a context manager. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str | Path) -> Self:
        """The store in a SQLite file (a path or `sqlite:///file.db`) or at a `postgresql://` URL; made on first use.

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
                report = write_articles(connection, batch)
            for place, count in enumerate((report.n_added, report.n_skipped, report.n_versions)):
                totals[place] += count
        return AddReport(*totals)

    def add_listed(self, article: Article, source: str, entries: Mapping[str, str]) -> AddReport:
        """Add an article and keep what entries of a source it came from, in one transaction.

        Args:
            article: as in `add`.
            source: the source's id.
            entries: what each said then, by key (see `Listed`).

        Raises:
            StoreError: the database refuses; nothing is kept.
        """
        article = storable(article)
        with transaction(self._engine, writes=True) as connection:
            report = write_articles(connection, [article])
            write_listed(connection, source, {key: (article.id, content) for key, content in entries.items()})
        return report

    def ids_by_url(self, urls: Iterable[str]) -> dict[str, str]:
        """The article that has the canonical form of an address, by those of `urls`, as given, that one has.

        Of several articles with one address it is that of the smallest id.
        """
        known: dict[str, str] = {}
        for batch in _batches(urls):
            canonical = {url: storable_text(canonical_url(url)) for url in batch}
            query = select(articles.c.url, func.min(articles.c.id).label("id")).group_by(articles.c.url)
            with transaction(self._engine) as connection:
                rows = connection.execute(query.where(articles.c.url.in_(canonical.values()))).all()
            id_by_form = {row.url: row.id for row in rows}
            known |= {url: id_by_form[form] for url, form in canonical.items() if form in id_by_form}
        return known

    def listed(self, source: str, keys: Iterable[str]) -> dict[str, Listed]:
        """What the entries of a source were taken for, by those of `keys` that are known."""
        found: dict[str, Listed] = {}
        for batch in _batches(keys):
            query = select(listed.c.key, listed.c.article_id, listed.c.content)
            with transaction(self._engine) as connection:
                rows = connection.execute(query.where(listed.c.source == source, listed.c.key.in_(batch))).all()
            found |= {row.key: Listed(row.article_id, row.content) for row in rows}
        return found

    def note_listed(self, source: str, entries: Mapping[str, Listed]) -> None:
        """Keep what entries of a source were taken for, in place of what was kept under these keys.

        Raises:
            StoreError: an article is not in the store.
        """
        for batch in _batches(entries.items()):
            rows = {key: (entry.article_id, entry.content) for key, entry in batch}
            with transaction(self._engine, writes=True) as connection:
                write_listed(connection, source, rows)

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
                n_added += write_scores(connection, batch)
        return n_added

    def scores(self, model: str | None = None) -> Iterator[ArticleScore]:
        """All scores, or one model's, by (`known_at`, article id, model)."""
        query = SCORED if model is None else SCORED.where(article_scores.c.model == model)
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

    def one_model(self, model: str | None = None) -> str:
        """The model to take scores from: the one named, else the only one there is.

        Raises:
            StoreError: it scored nothing here, or there are none or several to choose from.
        """
        known = self.models()
        wanted = [model] if model is not None else known
        if len(wanted) == 1 and wanted[0] in known:
            return wanted[0]
        problem = "has no scores" if not known else f"has scores of {', '.join(known)}"
        asked = f", not of {model}" if known and model is not None else ""
        advice = "run `froth score` first" if not known else "name one of them"
        raise StoreError(f"the store {problem}{asked}; {advice}")

    def counts(self) -> Counts:
        """How much the store holds."""
        by_model = select(article_scores.c.model, func.count().label("n")).group_by(article_scores.c.model)
        with transaction(self._engine) as connection:
            n_articles = connection.scalar(select(func.count()).select_from(articles)) or 0
            n_versions = connection.scalar(select(func.count()).select_from(article_versions)) or 0
            return Counts(n_articles, n_versions, {row.model: row.n for row in connection.execute(by_model)})

    def n_articles_by_source(self) -> dict[str, int]:
        """How many articles there are of every source, by its name."""
        query = select(articles.c.source, func.count().label("n")).group_by(articles.c.source)
        with transaction(self._engine) as connection:
            return {row.source: row.n for row in connection.execute(query)}

    def _pages(self, query: Select[Any], keys: Sequence[ColumnElement[str]]) -> Iterator[Sequence[Row[Any]]]:
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


def _batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    stream = iter(items)
    while batch := list(islice(stream, _BATCH)):
        yield batch
