"""The store: articles, their later versions and their scores in SQLite or PostgreSQL, through SQLAlchemy Core.

Adding is idempotent and loses nothing: a known id with the same content is passed over, with other content it is kept
as a version beside the first. A score belongs to an article and a model, and the first one given stays. Every batch is
one transaction, and several processes may add at once. The tables are `nlp.store.tables`, the log of tests is
`nlp.store.log_of_tests`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, func, select

from nlp.errors import StoreError
from nlp.schema import Article
from nlp.store.engine import in_turn, sqlite_file, transaction, written
from nlp.store.log_of_tests import LogOfTests
from nlp.store.pages import batches, pages
from nlp.store.presence import LEASE_SECONDS
from nlp.store.rows import article_of, storable, storable_text
from nlp.store.scored import ScoresKept
from nlp.store.tables import article_versions, articles, listed
from nlp.store.upgrades import open_engine
from nlp.store.work import BATCH_ARTICLES, Work
from nlp.store.writes import AddReport, write_articles, write_listed
from nlp.urls import canonical_url

__all__ = ["AddReport", "ArticleVersion", "Counts", "Listed", "Store"]


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


class Store(ScoresKept, LogOfTests):
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

    @classmethod
    def existing(cls, url: str | Path) -> Self:
        """The same to read from: a SQLite file that is not there is not made.

        Raises:
            StoreError: as `open`, or there is no such file.
        """
        file = sqlite_file(url)
        if file is not None and not file.is_file():
            raise StoreError(f"there is no database {file}: name files to read, or fill one with froth add or collect")
        return cls.open(url)

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
        for batch in batches(map(storable, new)):
            report = written(self._engine, partial(write_articles, batch=batch))
            for place, count in enumerate((report.n_added, report.n_skipped, report.n_versions)):
                totals[place] += count
        return AddReport(*totals)

    def add_listed(
        self, article: Article, source: str, entries: Mapping[str, str], *, seen: Mapping[str, Listed] | None = None
    ) -> AddReport | None:
        """Add an article and keep what entries of a source it came from, in one transaction.

        Args:
            article: as in `add`.
            source: the source's id.
            entries: what each said then, by key (see `Listed`).
            seen: what `listed` gave of these entries; where another process has kept something else of them since,
                nothing is added and None comes back: look again, what was new may be an edit by now.

        Raises:
            StoreError: the database refuses; nothing is kept.
        """
        article = storable(article)
        rows = {key: (article.id, content) for key, content in entries.items()}

        def write(connection: Connection) -> AddReport | None:
            in_turn(connection, f"source {source}")
            if seen is not None and _listed(connection, source, list(entries)) != {
                key: listed for key, listed in seen.items() if key in entries
            }:
                return None
            report = write_articles(connection, [article])
            write_listed(connection, source, rows)
            return report

        return written(self._engine, write)

    def ids_by_url(self, urls: Iterable[str]) -> dict[str, str]:
        """The article that has the canonical form of an address, by those of `urls`, as given, that one has.

        Of several articles with one address it is that of the smallest id.
        """
        known: dict[str, str] = {}
        for batch in batches(urls):
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
        for batch in batches(keys):
            with transaction(self._engine) as connection:
                found |= _listed(connection, source, batch)
        return found

    def note_listed(self, source: str, entries: Mapping[str, Listed]) -> None:
        """Keep what entries of a source were taken for, in place of what was kept under these keys.

        Raises:
            StoreError: an article is not in the store.
        """
        for batch in batches(entries.items()):
            rows = {key: (entry.article_id, entry.content) for key, entry in batch}
            written(self._engine, partial(write_listed, source=source, entries=rows))

    def articles(self) -> Iterator[Article]:
        """All articles by (`known_at`, id), undated ones last; those without a score are had through `work`.

        Read in pages, so that others may write meanwhile; what is added behind the reader is not seen.
        """
        for page in pages(self._engine, select(articles)):
            yield from map(article_of, page)

    def versions(self, article_id: str) -> list[ArticleVersion]:
        """The other contents seen under an id."""
        query = select(article_versions).where(article_versions.c.article_id == storable_text(article_id))
        with transaction(self._engine) as connection:
            rows = connection.execute(query.order_by(article_versions.c.content_hash)).all()
        return [ArticleVersion(**row._mapping) for row in rows]

    def work(
        self,
        model: str,
        *,
        n_at_once: int = BATCH_ARTICLES,
        lease_seconds: float = LEASE_SECONDS,
        began_at: float | None = None,
    ) -> Work:
        """A share in scoring all articles with a model, beside other processes; `nlp.store.work` says how.

        Args:
            model: its id, under which scores are kept.
            n_at_once: articles that are taken at once, and lost where the process is killed.
            lease_seconds: after so long without a sign of a worker its articles are others'.
            began_at: when the run began that it is part of, by the `Work.began_at` of the run's first; else now. What
                could not be scored before is tried again, so that one run tries an article once.
        """
        return Work(self._engine, model, n_at_once=n_at_once, lease_seconds=lease_seconds, began_at=began_at)

    def counts(self) -> Counts:
        """How much the store holds."""
        with transaction(self._engine) as connection:
            n_articles = connection.scalar(select(func.count()).select_from(articles)) or 0
            n_versions = connection.scalar(select(func.count()).select_from(article_versions)) or 0
        return Counts(n_articles, n_versions, self.n_scored_by_model())

    def n_articles_by_source(self) -> dict[str, int]:
        """How many articles there are of every source, by its name."""
        query = select(articles.c.source, func.count().label("n")).group_by(articles.c.source)
        with transaction(self._engine) as connection:
            return {row.source: row.n for row in connection.execute(query)}


def _listed(connection: Connection, source: str, keys: Sequence[str]) -> dict[str, Listed]:
    query = select(listed.c.key, listed.c.article_id, listed.c.content)
    rows = connection.execute(query.where(listed.c.source == source, listed.c.key.in_(keys)))
    return {row.key: Listed(row.article_id, row.content) for row in rows}
