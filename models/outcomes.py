"""Makes of articles all that becomes of them (`nlp.outcome`): for tables, in this process or in any worker's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from models.baseline_scores import Baselines
from models.narrative_table import narratives_of
from models.scoring import BATCH_ARTICLES, ScoredArticle, score_articles
from nlp.errors import Failure
from nlp.narratives import DriverMatcher
from nlp.outcome import Outcome

if TYPE_CHECKING:
    from models.choice import ModelChoice
    from models.passages import Classifier
    from nlp.schema import Article

__all__ = ["Scorer", "bundled_baselines", "load_scorer"]


def bundled_baselines(classifier: Classifier) -> Baselines:
    """What measures the baselines of a classifier's narratives, with the TF-IDF model that is shipped."""
    from models.checkpoint import load_classifier

    return Baselines(classifier.narratives, load_classifier("tfidf"), narratives_of(classifier))


def load_scorer(choice: ModelChoice, *, baselines: bool = False, sentences: bool = False) -> Scorer:
    """A scorer with the model chosen, the bundled baselines and the rows of sentences where they are wanted.

    Raises:
        CheckpointError: see `models.checkpoint.load_classifier`.
    """
    classifier = choice.load()
    return Scorer(classifier, bundled_baselines(classifier) if baselines else None, sentences=sentences)


class Scorer:
    """Scores with one model that is loaded once.

    Attributes:
        narratives, model_id: the classifier's.
        columns: of the baselines, if there are any.
    """

    def __init__(self, classifier: Classifier, baselines: Baselines | None = None, *, sentences: bool = False) -> None:
        self.narratives, self.model_id = classifier.narratives, classifier.model_id
        self.columns = baselines.columns if baselines else ()
        self._classifier, self._drivers = classifier, DriverMatcher(narratives_of(classifier))
        self._baselines, self._sentences = baselines, sentences

    def outcomes(self, articles: Iterable[Article]) -> Iterator[Outcome]:
        """What becomes of each article, in their order, a batch at a time."""
        stream = iter(articles)
        while batch := list(islice(stream, BATCH_ARTICLES)):
            yield from self._scored(batch)

    def _scored(self, articles: Sequence[Article]) -> Iterator[Outcome]:
        results: Iterable[ScoredArticle | Failure] = score_articles(articles, self._classifier, self._drivers)
        for article, result in zip(articles, results, strict=True):
            if isinstance(result, Failure):
                yield Outcome.failed(article, result)
                continue
            own = [scored.sentence for scored in result.sentences]
            beside = self._baselines.measure(article, own) if self._baselines else {}
            yield Outcome.of(result.score, beside, result.sentences if self._sentences else ())
