"""Draws from labelled sentences those that a model gets wrong or doubts, for a further training; others teach little.

Not a froth command. Kept are all sentences whose answer the model gives little weight; of those that it is sure of, all
Chinese and half of the English ones that tell a narrative, and a share of the others. Chinese ones that tell a
narrative and are hard, and written ones that were aimed at the model's errors, come twice. A sentence that is judged on
none of the model's narratives teaches nothing about it and is left out.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from models.passages import answers_of, passage_of_label
from nlp.labelled import LabelledSentence, read_labelled, write_labelled
from nlp.tables import check_writable
from scripts.console import DeviceOption, Tally, main

__all__ = ["draw_hard", "drawn"]

SURE, SURE_OF_NONE = 0.9, 0.95
"""The weights of the right answer from which a sentence with and without a narrative is easy."""

_AT_ONCE = 2000


def drawn(row: LabelledSentence, weight: float, easy: float, rng: random.Random) -> int:
    """How often to learn a sentence: 0, 1 or 2 times.

    Args:
        row: with its labels.
        weight: what the model gives the labelled answer, the least over narratives.
        easy: the share kept of the sentences without a narrative that the model is sure of.
        rng: decides about those.
    """
    if (row.stratum or "").startswith("aimed"):
        return 2
    if not any(row.labels.values()):
        return int(weight <= SURE_OF_NONE or rng.random() < easy)
    if row.lang == "zh":
        return 2 if weight < SURE else 1
    return int(weight <= SURE or rng.random() < 1 / 2)


def draw_hard(
    labelled: Annotated[list[Path], typer.Argument(help="Labelled sentences (JSONL).")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Those to learn from (JSONL).")],
    model: Annotated[str, typer.Option(help="A bundled name or a model folder.")] = "default",
    easy: Annotated[float, typer.Option(min=0, max=1, help="Share of easy sentences without a narrative.")] = 0.06,
    device: DeviceOption = "auto",
) -> None:
    """The sentences that a further training should see."""
    check_writable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    rng, tally, rows = random.Random(3), Tally(), read_labelled(labelled)  # noqa: S311 - sampling, not secrets
    tally.n_added = write_labelled(out, _repeated(rows, _weights(rows, model, device), easy, rng))
    tally.say()


def _repeated(
    rows: list[LabelledSentence], weights: list[float], easy: float, rng: random.Random
) -> Iterator[LabelledSentence]:
    """The rows in their order, the second of a pair in an article of its own, so that it is read alone."""
    for row, weight in zip(rows, weights, strict=True):
        for number in range(drawn(row, weight, easy, rng)):
            yield replace(row, id=f"{row.id}-again", article=f"{row.article or row.id}-again") if number else row


def _weights(rows: list[LabelledSentence], model: str, device: str) -> list[float]:
    """What the model gives each row's labelled answers, the least over the narratives that were judged."""
    from models.checkpoint import load_classifier

    classifier = load_classifier(model, device=device)
    weights: list[float] = []
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        p = classifier.predict_proba([passage_of_label(row) for row in part])
        for given, answers in zip(p, answers_of(part, classifier.narratives), strict=True):
            weights.append(min((float(given[n, a]) for n, a in enumerate(answers) if a >= 0), default=1.0))
    return weights


if __name__ == "__main__":
    main(draw_hard)
