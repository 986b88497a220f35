"""What a worker of a cluster makes of some articles: all that becomes of them, without their texts.

A row of scores, rows of sentences, and the sketch and vector by which whoever has all of them finds the stories. It is
made where the article is, so that little travels and the one process that gathers does little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.baseline_scores import Baselines
from models.checkpoint import load_classifier
from models.narrative_table import narratives_of
from models.scoring import ScoredArticle, score_articles
from nlp.columns import score_row, sentence_rows
from nlp.errors import CheckpointError, Failure
from nlp.narratives import DriverMatcher
from nlp.sketches import Sketch, sketch
from nlp.translations import Meaning, meaning_of

if TYPE_CHECKING:
    from models.arithmetic import Precision
    from models.passages import Classifier
    from nlp.schema import Article

__all__ = ["Outcome", "Scorer"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one article.

    Attributes:
        id, content_hash, title: the article's.
        row: of the scores table, all but `story`; None of an article that could not be scored.
        sentences: rows of the sentences table.
        sketch, meaning: for its story.
        failure: why it could not be scored.
    """

    id: str
    content_hash: str
    title: str
    row: dict[str, Any] | None = None
    sentences: tuple[dict[str, Any], ...] = ()
    sketch: Sketch | None = None
    meaning: Meaning | None = None
    failure: Failure | None = None


class Scorer:
    """Scores with one model that is loaded once.

    Raises:
        CheckpointError: the folder cannot be loaded, or holds another model than `model_id` says.
    """

    def __init__(
        self,
        model: str,
        model_id: str,
        *,
        device: str = "auto",
        precision: Precision = "fp32",
        screened: bool = False,
        baselines: bool = False,
    ) -> None:
        self._classifier: Classifier = load_classifier(model, device=device, precision=precision, screened=screened)
        if self._classifier.model_id.partition("+")[0] != model_id:
            raise CheckpointError(
                f"this worker has {self._classifier.model_id} under the name {model}, the run is one of {model_id}: "
                "install the same froth on every node"
            )
        if screened and getattr(self._classifier, "screen", None) is None:
            raise CheckpointError(f"{model} has no screen: leave --screened out")
        table, narratives = narratives_of(self._classifier), self._classifier.narratives
        self._drivers = DriverMatcher(table)
        self._baselines = Baselines(narratives, load_classifier("tfidf"), table) if baselines else None

    def outcomes(self, items: Sequence[Article | Failure]) -> Iterator[Outcome | Failure]:
        """What becomes of each article, in the order of `items`; failures stay as they are."""
        articles = [item for item in items if not isinstance(item, Failure)]
        scored = self._scored(articles)
        for item in items:
            yield item if isinstance(item, Failure) else next(scored)

    def _scored(self, articles: Sequence[Article]) -> Iterator[Outcome]:
        results: Iterable[ScoredArticle | Failure] = score_articles(articles, self._classifier, self._drivers)
        for article, result in zip(articles, results, strict=True):
            if isinstance(result, Failure):
                yield Outcome(article.id, article.content_hash, article.title[:60], failure=result)
                continue
            own = [scored.sentence for scored in result.sentences]
            yield Outcome(
                article.id,
                article.content_hash,
                article.title[:60],
                row=score_row(result.score, self._baselines.measure(article, own) if self._baselines else {}),
                sentences=tuple(sentence_rows(result.sentences)),
                sketch=sketch(article),
                meaning=meaning_of(result.score),
            )
