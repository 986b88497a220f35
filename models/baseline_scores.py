"""All baselines of an article in one mapping: what naive readers make of it, and what the bundled TF-IDF model reads.

The TF-IDF model answers for the same sentences as the model that is measured, and its answers are pooled by the same
formula (`nlp.intensity`), so that the two differ by how they read and by nothing else. Naive readers are
`nlp.baselines`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from models.passages import passage_of_article
from models.scoring import sentence_score
from nlp.baselines import NaiveReader
from nlp.columns import baseline_columns
from nlp.intensity import score_narrative

if TYPE_CHECKING:
    from models.passages import Classifier
    from nlp.narratives import Narrative
    from nlp.schema import Article, Sentence

__all__ = ["Baselines"]


class Baselines:
    """Measures articles; made once, used for many.

    Attributes:
        columns: what `measure` gives, in the order of scores.csv (`nlp.columns.baseline_columns`).
    """

    def __init__(self, narratives: Sequence[str], floor: Classifier, table: Iterable[Narrative] | None = None) -> None:
        """Take the narratives to measure, the TF-IDF model, `load_classifier("tfidf")`, and the table of cues."""
        self.columns = baseline_columns(narratives)
        self._narratives, self._floor, self._reader = tuple(narratives), floor, NaiveReader(narratives, table)

    def measure(self, article: Article, sentences: Sequence[Sentence]) -> dict[str, float | None]:
        """Every baseline of an article by its column; None where a baseline does not know the narrative."""
        measures = self._reader.measure(article)
        known = self._floor.narratives
        p = self._floor.predict_proba([passage_of_article(article, sentences)])
        scores = [sentence_score(sentence, row, known) for sentence, row in zip(sentences, p, strict=True)]
        measures |= {
            f"{name}_tfidf": score_narrative(scores, name).intensity if name in known else None
            for name in self._narratives
        }
        return {column: measures[column] for column in self.columns}
