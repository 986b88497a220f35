"""Records into rows of the store and back; the round trip is exact but for what no database keeps.

NUL, which PostgreSQL refuses, and lone surrogates, which UTF-8 does, become U+FFFD, one for one, so that offsets hold.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Row

from nlp.schema import Article, ArticleScore, NarrativeScore, Sentence, SentenceScore
from nlp.store.tables import UNKNOWN

__all__ = [
    "article_of",
    "article_row",
    "narrative_rows",
    "reading_of",
    "score_of",
    "sentence_of",
    "sentence_rows",
    "storable",
    "storable_text",
    "version_row",
]

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ARTICLE_FIELDS = tuple(field.name for field in fields(Article) if field.init)


def storable_text(text: str) -> str:
    r"""The text as a database can keep it, of the same length.

    >>> storable_text("a\x00b")
    'a\ufffdb'
    """
    return _UNSTORABLE.sub("\ufffd", text)


def storable(article: Article) -> Article:
    """The article as a database can keep it: nearly always the same object."""
    changes: dict[str, Any] = {}
    for name in _ARTICLE_FIELDS:
        value = getattr(article, name)
        if isinstance(value, str) and _UNSTORABLE.search(value):
            changes[name] = storable_text(value)
    return replace(article, **changes) if changes else article


def article_row(article: Article) -> dict[str, Any]:
    """The row of a storable article."""
    row = {name: getattr(article, name) for name in _ARTICLE_FIELDS}
    known_at = article.known_at.isoformat(timespec="microseconds") if article.known_at else UNKNOWN
    return row | {"known_at": known_at, "content_hash": article.content_hash}


def reading_of(article: Article) -> str:
    """What of a storable article a score depends on, as a hash: its language, title and text, to the character.

    `Article.content_hash` says less: articles that differ in line ends have the same, and other sentences.
    """
    said = "\0".join((article.lang, article.title, article.text))
    return hashlib.sha256(said.encode("utf-8")).hexdigest()[:32]


def version_row(article: Article) -> dict[str, Any]:
    """The row of a storable article whose id is known with another content."""
    row = {name: getattr(article, name) for name in ("content_hash", "first_seen", "title", "text")}
    return row | {"article_id": article.id}


def article_of(row: Row[Any]) -> Article:
    """The article of a row that has all its columns."""
    values = row._mapping
    return Article(**{name: values[name] for name in _ARTICLE_FIELDS})


def narrative_rows(score: ArticleScore, article_id: str) -> list[dict[str, Any]]:
    """One row per narrative."""
    rows = []
    for narrative, found in score.by_narrative.items():
        evidence = found.evidence
        rows.append(
            {
                "article_id": article_id,
                "model": score.model,
                "narrative": narrative,
                "intensity": float(found.intensity),
                "stance": float(found.stance),
                "evidence_sentence": evidence.index if evidence else None,
                "evidence_start": evidence.start if evidence else None,
                "evidence_end": evidence.end if evidence else None,
                "evidence_text": storable_text(evidence.text) if evidence else None,
            }
        )
    return rows


def sentence_rows(sentences: Iterable[SentenceScore], article_id: str, model: str) -> list[dict[str, Any]]:
    """One row per sentence; its text is not repeated, the offsets select it."""
    return [
        {
            "article_id": article_id,
            "model": model,
            "sentence": scored.sentence.index,
            "start_offset": scored.sentence.start,
            "end_offset": scored.sentence.end,
            "p_assert": _floats(scored.p_assert),
            "p_reject": _floats(scored.p_reject),
            "drivers": list(scored.drivers),
        }
        for scored in sentences
    ]


def score_of(article: Article, head: Row[Any], narratives: Iterable[Row[Any]]) -> ArticleScore:
    """The score of an article from its row of `article_scores` with its vector and its rows of `scores`."""
    by_narrative = {}
    for row in narratives:
        evidence = None
        if row.evidence_sentence is not None:
            evidence = Sentence(
                article.id, row.evidence_sentence, row.evidence_start, row.evidence_end, row.evidence_text
            )
        by_narrative[row.narrative] = NarrativeScore(row.intensity, row.stance, evidence)
    return ArticleScore(article, head.n_sentences, by_narrative, head.model, head.vector)


def sentence_of(row: Row[Any], text: str) -> SentenceScore:
    """The score of a sentence of the article with that text."""
    start, end = row.start_offset, row.end_offset
    sentence = Sentence(row.article_id, row.sentence, start, end, text[start:end])
    return SentenceScore(sentence, row.p_assert, row.p_reject, tuple(row.drivers))


def _floats(by_narrative: Mapping[str, float]) -> dict[str, float]:
    """Plain floats: a model's own number type is no JSON."""
    return {narrative: float(value) for narrative, value in by_narrative.items()}
