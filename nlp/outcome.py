"""All that becomes of a scored article, without its text: what travels from where it is read to where tables are made.

It is made where the article is, so that little travels and the one process that gathers does little.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from nlp.columns import score_row, sentence_rows
from nlp.sketches import Sketch, sketch
from nlp.translations import Meaning, meaning_of

if TYPE_CHECKING:
    from nlp.errors import Failure
    from nlp.schema import Article, ArticleScore, SentenceScore

__all__ = ["Outcome"]

_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one article.

    Attributes:
        id, content_hash, title: the article's.
        row: of the scores table, all but `story`; None of an article that could not be scored.
        sentences: rows of the sentences table, where they are wanted.
        sketch, meaning: for its story.
        failure: why it could not be scored.
    """

    id: str
    content_hash: str
    title: str
    row: Mapping[str, Any] | None = None
    sentences: Sequence[Mapping[str, Any]] = ()
    sketch: Sketch | None = None
    meaning: Meaning | None = None
    failure: Failure | None = None

    @classmethod
    def of(
        cls,
        score: ArticleScore,
        baselines: Mapping[str, float | None] = MappingProxyType({}),
        sentences: Iterable[SentenceScore] = (),
    ) -> Self:
        """What became of an article that was scored; with its baselines and sentences where they are wanted."""
        article = score.article
        return cls(
            article.id,
            article.content_hash,
            article.title[:_LONGEST_TITLE],
            score_row(score, baselines),
            sentence_rows(sentences),
            sketch(article),
            meaning_of(score),
        )

    @classmethod
    def failed(cls, article: Article, why: Failure) -> Self:
        """What became of an article that could not be scored."""
        return cls(article.id, article.content_hash, article.title[:_LONGEST_TITLE], failure=why)
