"""What adding means: the statements by which a batch of articles or of scores goes into the store.

Each function runs inside the caller's transaction. Keys that another process inserted in the meantime count as known;
rows go in by key, so that two processes with the same articles wait for each other in one direction only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from nlp.errors import StoreError
from nlp.schema import Article, ArticleScore, SentenceScore
from nlp.store.rows import article_row, narrative_rows, reading_of, sentence_rows, storable, storable_text, version_row
from nlp.store.tables import (
    article_scores,
    article_vectors,
    article_versions,
    articles,
    insert_new,
    listed,
    scores,
    sentence_scores,
)

__all__ = ["AddReport", "write_articles", "write_listed", "write_scores"]


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


def write_articles(connection: Connection, batch: Sequence[Article]) -> AddReport:
    """Insert the articles whose id is new; keep other content under a known id as a version."""
    first_by_id: dict[str, Article] = {}
    for article in batch:
        first_by_id.setdefault(article.id, article)
    statement = insert_new(connection, articles).returning(articles.c.id)
    rows = [article_row(first_by_id[article_id]) for article_id in sorted(first_by_id)]
    n_added = len(connection.scalars(statement, rows).all())

    known = select(articles.c.id, articles.c.content_hash).where(articles.c.id.in_(first_by_id))
    hash_by_id = {row.id: row.content_hash for row in connection.execute(known)}
    others = [article for article in batch if article.content_hash != hash_by_id[article.id]]
    version_by_key = {(article.id, article.content_hash): article for article in reversed(others)}
    statement = insert_new(connection, article_versions).returning(article_versions.c.article_id)
    rows = [version_row(version_by_key[key]) for key in sorted(version_by_key)]
    n_versions = len(connection.scalars(statement, rows).all()) if rows else 0
    return AddReport(n_added, len(batch) - n_added - n_versions, n_versions)


def write_listed(connection: Connection, source: str, entries: Mapping[str, tuple[str, str]]) -> None:
    """Keep for which article, and with which content, the entries of a source were taken, by key."""
    rows = [
        {"source": source, "key": key, "article_id": article_id, "content": content}
        for key, (article_id, content) in sorted(entries.items())
    ]
    if not rows:
        return
    statement = postgresql.insert(listed) if connection.dialect.name == "postgresql" else sqlite.insert(listed)
    new = {name: statement.excluded[name] for name in ("article_id", "content")}
    connection.execute(statement.on_conflict_do_update(index_elements=["source", "key"], set_=new), rows)


def write_scores(connection: Connection, batch: Sequence[tuple[ArticleScore, Sequence[SentenceScore]]]) -> int:
    """Insert the scores whose article and model are new together; how many there were.

    Raises:
        StoreError: an article is not stored with the text that was scored.
    """
    by_key: dict[tuple[str, str], tuple[ArticleScore, Sequence[SentenceScore]]] = {}
    for score, sentences in batch:
        by_key.setdefault((storable_text(score.article.id), score.model), (score, sentences))
    _check_texts(connection, {article_id: score.article for (article_id, _), (score, _) in by_key.items()})
    heads = [
        {
            "article_id": article_id,
            "model": model,
            "n_sentences": score.n_sentences,
            "reading": reading_of(storable(score.article)),
        }
        for (article_id, model), (score, _) in sorted(by_key.items(), key=itemgetter(0))
    ]
    head = article_scores.c
    statement = insert_new(connection, article_scores).returning(head.article_id, head.model)
    new = [(row.article_id, row.model) for row in connection.execute(statement, heads)]
    if vectors := [
        {"article_id": article_id, "model": model, "vector": by_key[article_id, model][0].vector}
        for article_id, model in new
        if by_key[article_id, model][0].vector is not None
    ]:
        connection.execute(article_vectors.insert(), vectors)
    if narratives := [row for key in new for row in narrative_rows(by_key[key][0], key[0])]:
        connection.execute(scores.insert(), narratives)
    if judged := [row for key in new for row in sentence_rows(by_key[key][1], *key)]:
        connection.execute(sentence_scores.insert(), judged)
    return len(new)


def _check_texts(connection: Connection, article_by_id: dict[str, Article]) -> None:
    """Offsets mean something only in the text that was scored."""
    stored = select(articles.c.id, articles.c.text).where(articles.c.id.in_(article_by_id))
    text_by_id = {row.id: row.text for row in connection.execute(stored)}
    for article_id, article in article_by_id.items():
        if text_by_id.get(article_id) != storable_text(article.text):
            state = "with another text" if article_id in text_by_id else "not at all"
            raise StoreError(
                f"article {article_id} was scored, but the store has it {state}; add it before, and score what "
                "Store.articles gives"
            )
