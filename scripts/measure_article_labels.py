"""Measures what labels of articles teach about sentences, beside other ways to learn from the same articles.

Not a froth command: it needs articles whose sentences were judged too; their labels are hidden from all ways but
"sentences", which bounds what can be had. README and `models/pooling.py` quote it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from scripts.console import main, plain_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.article_heads import GradedArticles
    from models.article_reading import ReadArticle

__all__ = ["measure_article_labels"]

_COLUMNS = ("learnt from", "AP of sentences", "evidence is gold", "article AUC", "Spearman")


def measure_article_labels(
    learn: Annotated[Path, typer.Argument(help="Labelled articles to learn from (JSONL).")],
    test: Annotated[Path, typer.Argument(help="Labelled articles to measure on.")],
    sentences: Annotated[Path, typer.Option(help="Labelled sentences of both, the gold.")],
    narrative: Annotated[str, typer.Option(help="The narrative.")],
    base: Annotated[str, typer.Option(help="Folder of the encoder, or a bundled name.")] = "default",
    penalty: Annotated[float, typer.Option(help="On the heads, the same for all ways.")] = 3e-3,
) -> None:
    """Average precision of sentences that tell the narrative, and whether the strongest of an article is one."""
    from models.article_reading import read_articles_of
    from nlp.labelled import read_labelled, read_labelled_articles

    gold = {(row.article, row.text): row.labels.get(narrative, 0) != 0 for row in read_labelled([sentences])}
    sides = [
        [row for row in read_articles_of(read_labelled_articles([path])) if narrative in row.row.labels]
        for path in (learn, test)
    ]
    tells = [
        np.array([gold.get((one.row.article.id, s.text), False) for one in side for s in one.sentences])
        for side in sides
    ]
    rows = [
        (name, *_measures(odds, tells[1], sides[1], narrative))
        for name, odds in _ways(sides, tells[0], narrative, base, penalty)
    ]
    plain_table(_COLUMNS, [(name, *(f"{value:.3f}" for value in values)) for name, *values in rows])


def _ways(
    sides: Sequence[Sequence[ReadArticle]], tells: NDArray[np.bool_], narrative: str, base: str, penalty: float
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Each way, and its log odds for the sentences of the second side."""
    from models.article_heads import NEVER, told_odds
    from models.article_heads import learn as learn_heads
    from models.article_reading import sentence_vectors
    from models.article_training import graded
    from models.checkpoint import load_classifier
    from models.classifier import NarrativeClassifier
    from models.pooling import POOLINGS

    classifier = load_classifier(base)
    if not isinstance(classifier, NarrativeClassifier):
        raise typer.BadParameter(f"{base} has no encoder: give a folder with one")
    seen, unseen = (
        graded(side, vectors, np.tile([0.0, 0.0, NEVER], (len(vectors), 1)), narrative)
        for side in sides
        for vectors in [sentence_vectors(classifier, side)]
    )
    yield "TF-IDF of articles", _tfidf(sides, narrative)
    of_article = np.repeat(seen.grades > 0, seen.sizes)
    # Each sentence an article of its own: its grade is what it is taught.
    yield "naive: sentences as their article", told_odds(learn_heads(_alone(seen, of_article), penalty).logits(unseen))
    for name, pooling in POOLINGS.items():
        yield name, told_odds(learn_heads(seen, penalty, pooling).logits(unseen))
    yield "sentences (bound)", told_odds(learn_heads(_alone(seen, tells), penalty).logits(unseen))


def _alone(articles: GradedArticles, told: NDArray[np.bool_]) -> GradedArticles:
    from models.article_heads import GradedArticles

    return GradedArticles(
        articles.vectors, articles.logits, np.ones(len(told), dtype=np.int64), 3 * told.astype(np.int64)
    )


def _tfidf(sides: Sequence[Sequence[ReadArticle]], narrative: str) -> NDArray[np.float64]:
    from models.baseline import train_tfidf
    from nlp.labelled import LabelledSentence

    rows = [
        LabelledSentence(
            id=one.row.article.id,
            lang=one.row.article.lang,
            text=f"{one.row.article.title}\n{one.row.article.text}",
            labels={narrative: int(one.row.labels[narrative] > 0)},
        )
        for one in sides[0]
    ]
    p = train_tfidf(rows, [narrative]).predict_proba([one.passage for one in sides[1]])[:, 0, 0]
    odds: NDArray[np.float64] = np.log((1 - p) / np.maximum(p, 1e-12))
    return odds


def _measures(
    odds: NDArray[np.float64], tells: NDArray[np.bool_], side: Sequence[ReadArticle], narrative: str
) -> list[float]:
    """The figures of `_COLUMNS` behind the name."""
    from scipy.stats import spearmanr
    from sklearn.metrics import average_precision_score, roc_auc_score

    from models.pooling import intensities

    sizes, grades = [len(one.sentences) for one in side], np.array([one.row.labels[narrative] for one in side])
    said = intensities(odds, sizes)
    parts = zip(*(np.split(values, np.cumsum(sizes)[:-1]) for values in (odds, tells)), strict=True)
    hits = [bool(own[z.argmax()]) for z, own in parts if own.any()]
    return [
        float(average_precision_score(tells, odds)),
        float(np.mean(hits)),
        float(roc_auc_score(grades > 0, said)),
        float(spearmanr(grades, said).statistic),
    ]


if __name__ == "__main__":
    main(measure_article_labels)
