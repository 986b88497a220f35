"""The scores table: article scores as rows, with the story that each article belongs to.

Stories need all articles, so rows are gathered first and numbered at the end; what is kept of an article meanwhile is
its row, its sketch and its vector, not its text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd

from nlp.columns import score_row, scores_columns
from nlp.schema import ArticleScore
from nlp.sketches import Sketch, sketch
from nlp.stories import assign_stories
from nlp.tables import frame
from nlp.translations import Meaning, meaning_of

__all__ = ["ScoreTable"]


class ScoreTable:
    """Gathers article scores; an article id that comes twice is kept once.

    Attributes:
        narratives: narrative ids, in the order of the columns.
        columns: those of scores.csv, then those of the baselines, if there are any.
    """

    def __init__(self, narratives: Sequence[str], baselines: Sequence[str] = ()) -> None:
        self.narratives = tuple(narratives)
        self.columns = (*scores_columns(narratives), *baselines)
        self._row_by_id: dict[str, dict[str, Any]] = {}
        self._sketches: list[Sketch] = []
        self._meanings: dict[str, Meaning] = {}

    def __len__(self) -> int:
        return len(self._row_by_id)

    def __contains__(self, article_id: str) -> bool:
        return article_id in self._row_by_id

    def add(self, score: ArticleScore, baselines: Mapping[str, float | None] = MappingProxyType({})) -> bool:
        """Adds a score, and what baselines say by their columns; False when its article is already there."""
        if score.article.id in self._row_by_id:
            return False
        self._row_by_id[score.article.id] = score_row(score, baselines)
        self._sketches.append(sketch(score.article))
        if (meaning := meaning_of(score)) is not None:
            self._meanings[score.article.id] = meaning
        return True

    def table(self) -> pd.DataFrame:
        """The rows in the order they came, `columns`.

        Scores that came without a vector (of a model that has none, or from a store of before version 4) are in the
        stories of their copies, and never in one of another language.
        """
        stories = assign_stories(self._sketches, self._meanings)
        rows = [{**row, "story": stories[article_id]} for article_id, row in self._row_by_id.items()]
        return frame(rows, self.columns)
