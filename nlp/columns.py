"""The contract of the files that people open: their columns, and the rows that records become.

README.md documents each column, and a test holds the two together. Writing and reading files is `nlp.tables`; the
trend's columns stand with its formulas in `nlp.trend`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from nlp.schema import ArticleScore, SentenceScore

__all__ = [
    "FAILURE_COLUMNS",
    "STRESS_WORDS",
    "baseline_columns",
    "is_text",
    "iso",
    "score_row",
    "scores_columns",
    "sentence_rows",
    "sentences_columns",
]

FAILURE_COLUMNS = ("item", "stage", "reason")
_ARTICLE_COLUMNS = ("article_id", "url", "source", "lang", "published", "first_seen", "story", "title", "n_sentences")
_SENTENCE_COLUMNS = ("article_id", "sentence", "start", "end", "text")
_TEXT_COLUMNS = {
    *("article_id", "url", "source", "lang", "published", "first_seen", "story", "title", "model"),
    *("text", "drivers", "date", "item", "stage", "reason", "id", "file"),
}
"""Columns that are read as text, whatever they look like; so are those that end in `_evidence`."""

STRESS_WORDS = "stress_words"
_BASELINES = ("_keywords", "_tfidf")
_DIGITS = 6


def is_text(column: str) -> bool:
    """Whether a column is read as text, whatever it looks like.

    >>> is_text("title"), is_text("bubble"), is_text("bubble_evidence")
    (True, False, True)
    """
    return column in _TEXT_COLUMNS or column.endswith("_evidence")


def scores_columns(narratives: Sequence[str]) -> tuple[str, ...]:
    """The columns of scores.csv."""
    return (
        *_ARTICLE_COLUMNS,
        *(f"{n}{suffix}" for n in narratives for suffix in ("", "_stance", "_evidence")),
        "model",
    )


def baseline_columns(narratives: Sequence[str]) -> tuple[str, ...]:
    """The columns that baselines add to scores.csv and trend.csv (`nlp.baselines`, `models.baseline_scores`).

    >>> baseline_columns(["bubble"])
    ('bubble_keywords', 'bubble_tfidf', 'stress_words')
    """
    return (*(f"{n}{baseline}" for n in narratives for baseline in _BASELINES), STRESS_WORDS)


def sentences_columns(narratives: Sequence[str]) -> tuple[str, ...]:
    """The columns of a sentences file."""
    return (*_SENTENCE_COLUMNS, *(f"{n}_{answer}" for n in narratives for answer in ("assert", "reject")), "drivers")


def iso(moment: datetime | None) -> str | None:
    """A UTC moment as ISO 8601 with a Z, or None."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def score_row(score: ArticleScore, baselines: Mapping[str, float | None] = MappingProxyType({})) -> dict[str, Any]:
    """One row of scores.csv, all but `story`, which is known only when all articles are; `baselines` by column."""
    article = score.article
    row: dict[str, Any] = {
        "article_id": article.id,
        "url": article.url,
        "source": article.source,
        "lang": article.lang,
        "published": iso(article.published),
        "first_seen": iso(article.first_seen),
        "title": article.title,
        "n_sentences": score.n_sentences,
        "model": score.model,
    }
    for name, told in score.by_narrative.items():
        row[name] = round(told.intensity, _DIGITS)
        row[f"{name}_stance"] = round(told.stance, _DIGITS)
        row[f"{name}_evidence"] = told.evidence.text if told.evidence else None
    return row | {name: None if value is None else round(value, _DIGITS) for name, value in baselines.items()}


def sentence_rows(scores: Iterable[SentenceScore]) -> list[dict[str, Any]]:
    """Rows of a sentences file."""
    rows = []
    for score in scores:
        sentence = score.sentence
        row: dict[str, Any] = {
            "article_id": sentence.article_id,
            "sentence": sentence.index,
            "start": sentence.start,
            "end": sentence.end,
            "text": sentence.text,
            "drivers": ";".join(score.drivers),
        }
        for name in score.p_assert:
            row[f"{name}_assert"] = round(score.p_assert[name], _DIGITS)
            row[f"{name}_reject"] = round(score.p_reject[name], _DIGITS)
        rows.append(row)
    return rows
