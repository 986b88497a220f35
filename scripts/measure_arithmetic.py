"""How fast an encoder reads in each precision here, and what that does to its answers, side by side.

`python -m scripts.measure_arithmetic FILE...` reads articles and prints one Markdown table. Each row is measured in
turns with the others; seconds are medians. The first row is the encoder as its own library computes it, in float32; the
answers of the others are compared with its answers, by language: how far probabilities move, and how many answers
change sides of their threshold.
"""

from __future__ import annotations

import statistics
import sys
import time
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from models.arithmetic import PRECISIONS, Precision
from models.checkpoint import load_classifier
from models.classifier import NarrativeClassifier, windows_of
from models.passages import passage_of_article
from nlp.errors import CheckpointError
from nlp.reading import read_articles
from nlp.schema import Article
from nlp.text import split_sentences
from scripts.console import ModelOption, main

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.decisions import Thresholds

__all__ = ["measure_arithmetic"]

_ONCE = 8
"""Passages that each row reads before the next has its turn."""


def measure_arithmetic(
    inputs: Annotated[list[str], typer.Argument(help="Files of articles.")],
    model: ModelOption = "default",
    n_articles: Annotated[int, typer.Option(help="Articles of each file.")] = 100,
) -> None:
    """Print the table for the CPU of this machine."""
    articles = [
        item for path in inputs for item in islice(read_articles([path]), n_articles) if isinstance(item, Article)
    ]
    split = [split_sentences(article) for article in articles]
    passages = [passage_of_article(a, sentences) for a, sentences in zip(articles, split, strict=True)]
    langs = np.array([a.lang for a, sentences in zip(articles, split, strict=True) for _ in sentences])
    readers = _readers(model)
    plain = next(iter(readers.values()))
    n_tokens = sum(len(window.ids) for window in windows_of(passages, plain))
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in readers}
    answers: dict[str, list[NDArray[np.float64]]] = {name: [] for name in readers}
    for start in range(0, len(passages), _ONCE):
        for name, reader in readers.items():
            began = time.perf_counter(), time.process_time()
            answers[name].append(reader.predict_proba(passages[start : start + _ONCE]))
            taken[name].append((time.perf_counter() - began[0], time.process_time() - began[1]))
    say = sys.stdout.write
    say(f"{len(articles)} articles, {len(langs)} sentences, {n_tokens} tokens in windows, {plain.model_id}\n\n")
    say("| precision | articles/s | tokens/s | tokens a CPU second | times the first | moved and changed |\n")
    say("|---|---|---|---|---|---|\n")
    first = taken[next(iter(taken))]
    reference = np.concatenate(next(iter(answers.values())))
    for name, pairs in taken.items():
        wall, cpu = (sum(pair[place] for pair in pairs) for place in (0, 1))
        ratio = statistics.median(one[1] / own[1] for one, own in zip(first, pairs, strict=True))
        moved = _moved(reference, np.concatenate(answers[name]), langs, plain.thresholds)
        rates = f"{len(articles) / wall:.1f} | {n_tokens / wall:.0f} | {n_tokens / cpu:.0f}"
        say(f"| {name} | {rates} | {ratio:.2f} | {moved} |\n")


def _readers(model: str) -> dict[str, NarrativeClassifier]:
    """A classifier for each row, those that this machine has no instructions for left out."""
    readers: dict[str, NarrativeClassifier] = {}
    wanted: dict[str, Precision] = {"library": "fp32", **{each: each for each in PRECISIONS}}
    for name, precision in wanted.items():
        try:
            found = load_classifier(model, device="cpu", precision=precision)
        except CheckpointError as error:
            sys.stderr.write(f"{name}: {error}\n")
            continue
        if not isinstance(found, NarrativeClassifier):
            raise CheckpointError(f"{model} has no encoder: give a model that has one")
        if name == "library":
            found.reader = None
        readers[name] = found
    return readers


def _moved(
    reference: NDArray[np.float64], own: NDArray[np.float64], langs: NDArray[np.str_], thresholds: Thresholds
) -> str:
    """In words: the mean and the greatest difference, and the answers on the other side of their threshold."""
    told, bounds = [], np.array(thresholds.values)
    for lang in np.unique(langs):
        here, there = reference[langs == lang], own[langs == lang]
        apart = np.abs(here - there)
        said, says = here[:, :, 1:] >= bounds, there[:, :, 1:] >= bounds
        told.append(
            f"{lang}: mean {apart.mean():.1e}, most {apart.max():.1e}, "
            f"{int((said != says).sum())} changed of {int(said.sum())} said"
        )
    return "; ".join(told)


if __name__ == "__main__":
    main(measure_arithmetic)
