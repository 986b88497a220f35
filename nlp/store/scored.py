"""Scores in the store: adding, reading and dropping them. What is scored by whom is `nlp.store.work`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from sqlalchemy import Connection, Engine, delete, func, select

from nlp.errors import Failure, StoreError
from nlp.schema import ArticleScore, SentenceScore
from nlp.store.engine import transaction, written
from nlp.store.leases import failures
from nlp.store.pages import batches, pages
from nlp.store.rows import article_of, score_of, sentence_of, storable_text
from nlp.store.tables import SCORED, article_scores, articles, leases, scores, sentence_scores
from nlp.store.writes import write_scores

__all__ = ["ScoresKept"]


class ScoresKept:
    """The part of `nlp.store.Store` that keeps scores."""

    _engine: Engine

    def add_scores(self, score: ArticleScore, sentences: Sequence[SentenceScore] = ()) -> bool:
        """Add what a model says of an article and its sentences; False where its score is known, which then stays.

        Raises:
            StoreError: the article is not in the store with the text that was scored.
        """
        return self.add_score_batch([(score, sentences)]) == 1

    def add_score_batch(self, scored: Iterable[tuple[ArticleScore, Sequence[SentenceScore]]]) -> int:
        """Add many scores, a transaction per batch of articles; how many were new. Errors as in `add_scores`."""
        n_added = 0
        for batch in batches(scored):
            n_added += written(self._engine, partial(write_scores, batch=batch))
        return n_added

    def scores(self, model: str | None = None) -> Iterator[ArticleScore]:
        """All scores, or one model's, by (`known_at`, article id, model)."""
        query = SCORED if model is None else SCORED.where(article_scores.c.model == model)
        for page in pages(self._engine, query, article_scores.c.model):
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

    def all_sentence_scores(self, model: str) -> Iterator[list[SentenceScore]]:
        """The same of every article that the model scored, article by article in the order of `scores`."""
        table = sentence_scores
        scored = select(articles.c.id, articles.c.text)
        scored = scored.join(article_scores, article_scores.c.article_id == articles.c.id)
        for page in pages(self._engine, scored.where(article_scores.c.model == model)):
            wanted = select(table).where(table.c.article_id.in_([row.id for row in page]), table.c.model == model)
            rows_by_id = defaultdict(list)
            with transaction(self._engine) as connection:
                for row in connection.execute(wanted.order_by(table.c.article_id, table.c.sentence)):
                    rows_by_id[row.article_id].append(row)
            for row in page:
                yield [sentence_of(one, row.text) for one in rows_by_id[row.id]]

    def drop_scores(self, model: str) -> int:
        """Forget what a model said, to score again under its name; of how many articles."""

        def drop(connection: Connection) -> int:
            connection.execute(delete(leases).where(leases.c.model == model))
            return connection.execute(delete(article_scores).where(article_scores.c.model == model)).rowcount

        return written(self._engine, drop)

    def failures(self, model: str) -> list[Failure]:
        """What could not be scored when it was last tried, whichever process did (`nlp.store.work`)."""
        with transaction(self._engine) as connection:
            return failures(connection, model)

    def models(self) -> list[str]:
        """The models that scored something, sorted."""
        return sorted(self.n_scored_by_model())

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

    def n_scored_by_model(self) -> dict[str, int]:
        """How many articles each model scored."""
        query = select(article_scores.c.model, func.count().label("n")).group_by(article_scores.c.model)
        with transaction(self._engine) as connection:
            return {row.model: row.n for row in connection.execute(query)}
