"""What a model has read already: the scores of an article whose language, title and text are another's, copied.

Syndicated texts come many times; their scores differ in nothing but the article that they are of. Not so sentences:
a model judges each in the context of its neighbours, so that a sentence which comes again is to be read again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, func, select

from nlp.schema import Article, ArticleScore, SentenceScore
from nlp.store.rows import reading_of, score_of, sentence_of
from nlp.store.tables import article_scores, article_vectors, scores, sentence_scores

__all__ = ["Scored", "copied", "known_readings"]

Scored = tuple[ArticleScore, Sequence[SentenceScore]]
"""What a model says of an article and its sentences."""


def copied(scored: Scored, article: Article) -> Scored:
    """The scores of an article, as those of another that reads the same."""
    score, sentences = scored
    by_narrative = {
        name: replace(found, evidence=replace(found.evidence, article_id=article.id) if found.evidence else None)
        for name, found in score.by_narrative.items()
    }
    judged = [replace(one, sentence=replace(one.sentence, article_id=article.id)) for one in sentences]
    return replace(score, article=article, by_narrative=by_narrative), judged


def known_readings(connection: Connection, model: str, batch: Sequence[Article]) -> list[Scored]:
    """The scores of those articles (storable ones) that read like one which the model has scored."""
    reading_by_id = {article.id: reading_of(article) for article in batch}
    head, vector = article_scores.c, article_vectors.c
    known = select(head.reading, func.min(head.article_id).label("id"))
    known = known.where(head.model == model, head.reading.in_(set(reading_by_id.values()))).group_by(head.reading)
    original_by_reading: dict[str, str] = {row.reading: row.id for row in connection.execute(known)}
    if not original_by_reading:
        return []
    of_originals = head.article_id.in_(original_by_reading.values()) & (head.model == model)
    heads = select(head.article_id, head.model, head.n_sentences, vector.vector).where(of_originals)
    same = (vector.article_id == head.article_id) & (vector.model == head.model)
    head_by_id: dict[str, Any] = {
        row.article_id: row for row in connection.execute(heads.outerjoin(article_vectors, same))
    }
    rows_by_id: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    sentences_by_id: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for table, order, by_id in (
        (scores, scores.c.narrative, rows_by_id),
        (sentence_scores, sentence_scores.c.sentence, sentences_by_id),
    ):
        wanted = select(table).where(table.c.article_id.in_(head_by_id), table.c.model == model)
        for row in connection.execute(wanted.order_by(order)):
            by_id[row.article_id].append(row)
    found: list[Scored] = []
    for article in batch:
        original = original_by_reading.get(reading_by_id[article.id])
        if original is not None:
            judged = [sentence_of(row, article.text) for row in sentences_by_id[original]]
            scored = score_of(article, head_by_id[original], rows_by_id[original]), judged
            found.append(copied(scored, article))
    return found
