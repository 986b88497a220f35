"""Draws sentences without labels for `froth train --unlabelled`: where a fast model sees anything, and some more.

Not a froth command. Sentences are drawn in runs with what stands around them, so that they are read in context;
articles that carry labels to be measured by can be left out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from models.passages import Passage, passage_of_article
from nlp.errors import InputError
from nlp.labelled import LabelledSentence, read_labelled, write_labelled
from nlp.reading import read_articles
from nlp.schema import Article, Sentence
from nlp.tables import check_writable
from nlp.text import split_sentences
from scripts.console import Tally, main

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["draw_unlabelled", "drawn_runs"]

_AT_ONCE = 200


def drawn_runs(seen: Sequence[float], least: float, share: float, rng: random.Random) -> list[range]:
    """Which sentences of an article to take: those seen with `least` and a `share` of others, with neighbours.

    >>> drawn_runs([0.0, 0.0, 0.0, 0.9, 0.0, 0.0], 0.5, 0.0, random.Random(0))
    [range(2, 5)]
    """
    runs: list[range] = []
    for place, probability in enumerate(seen):
        if probability < least and rng.random() >= share:
            continue
        first, beyond = max(0, place - 1), min(len(seen), place + 2)
        if runs and first <= runs[-1].stop:
            runs[-1] = range(runs[-1].start, beyond)
        else:
            runs.append(range(first, beyond))
    return runs


def draw_unlabelled(
    texts: Annotated[list[Path], typer.Argument(help="Files of articles.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Sentences without labels (JSONL).")],
    model: Annotated[Path, typer.Option(help="A fast model, as of `froth train --base tfidf`.")],
    without: Annotated[list[Path] | None, typer.Option(help="Labelled sentences whose articles are left out.")] = None,
    least: Annotated[
        float, typer.Option(min=0, max=1, help="From which probability of assert or reject a sentence is drawn.")
    ] = 0.1,
    share: Annotated[float, typer.Option(min=0, max=1, help="Of the other sentences.")] = 0.01,
    limit: Annotated[int, typer.Option(min=1, help="Sentences, at most.")] = 200_000,
) -> None:
    """Sentences without labels, in runs."""
    from models.checkpoint import load_classifier

    check_writable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    left_out = {row.article for row in read_labelled(without or [])}
    classifier, rng, tally = load_classifier(model), random.Random(0), Tally()  # noqa: S311 - sampling, not secrets
    runs: list[list[LabelledSentence]] = []
    for batch in _batches(texts, left_out, tally):
        passages = [passage_of_article(article, sentences) for article, sentences in batch]
        p = classifier.predict_proba(passages)
        runs += _drawn(batch, passages, p, least=least, share=share, rng=rng)
    if not runs:
        raise InputError("nothing was drawn: lower --least, or give texts that the model sees something in")
    rng.shuffle(runs)
    sizes = np.cumsum([len(run) for run in runs])
    kept = runs[: int(np.searchsorted(sizes, limit, side="right"))]
    tally.n_added = write_labelled(out, (row for run in kept for row in run))
    tally.say()


def _batches(texts: Sequence[Path], left_out: set[str], tally: Tally) -> Iterator[list[tuple[Article, list[Sentence]]]]:
    batch: list[tuple[Article, list[Sentence]]] = []
    for article in read_articles(texts):
        if not isinstance(article, Article):
            tally.fail(article)
        elif article.id not in left_out:
            batch.append((article, split_sentences(article)))
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    yield batch


def _drawn(
    batch: Sequence[tuple[Article, Sequence[Sentence]]],
    passages: Sequence[Passage],
    p: NDArray[np.float64],
    *,
    least: float,
    share: float,
    rng: random.Random,
) -> Iterator[list[LabelledSentence]]:
    row = 0
    for (article, sentences), passage in zip(batch, passages, strict=True):
        seen = p[row : row + len(passage.judged), :, 1:].max(axis=(1, 2))
        row += len(passage.judged)
        for run in drawn_runs(seen.tolist(), least, share, rng):
            yield [_row(article, sentences, place) for place in run]


def _row(article: Article, sentences: Sequence[Sentence], place: int) -> LabelledSentence:
    return LabelledSentence(
        id=f"{article.id}:{sentences[place].start}",
        lang=article.lang,
        text=sentences[place].text,
        before=sentences[place - 1].text if place else "",
        after=sentences[place + 1].text if place + 1 < len(sentences) else "",
        date=article.published.date().isoformat() if article.published else "",
        source=article.source,
        article=article.id,
    )


if __name__ == "__main__":
    main(draw_unlabelled)
