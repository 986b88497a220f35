"""How sure a learning curve is: the median over seeds, and its band when test articles and seeds are drawn again.

Articles are drawn with replacement as everywhere (`models.resampling`), seeds with replacement beside them; the band
is the middle 95% of the medians. A gain is the median over seeds of the difference, in the same draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.passages import answers_of
from models.resampling import average_precision, f1, interval, resample
from nlp.labelled import article_of
from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nlp.labelled import LabelledSentence

__all__ = ["CURVE_COLUMNS", "MEAN", "MEASURES", "WAYS", "TestAnswers", "measured_ways"]

WAYS = ("froth", "tfidf", "setfit")
MEASURES = ("average_precision", "f1")
MEAN = "mean"
"""Beside the answers their mean, in the same draws: by it heads and fine-tune are compared (`models.method_choice`)."""
_RIVALS = WAYS[1:]
CURVE_COLUMNS = (
    "narrative", "answer", "measure", "n_articles", "n_sentences", "way", "median", "low", "high",
    *(f"gain_on_{rival}{end}" for rival in _RIVALS for end in ("", "_low", "_high")),
)  # fmt: skip
"""A row per narrative, answer, measure, number of articles and way; `n_sentences` is the median over seeds."""
_N_DRAWS = 1000
"""Of the bootstrap."""


@dataclass(frozen=True, slots=True)
class TestAnswers:
    """Of one way on the test rows. Shape: p (n_test, n_narratives, 3), said (n_test, n_narratives)."""

    __test__ = False

    p: NDArray[np.float64]
    said: NDArray[np.int64]


def measured_ways(
    test: Sequence[LabelledSentence], narratives: Sequence[str], answers: Mapping[str, Sequence[TestAnswers]]
) -> list[dict[str, object]]:
    """Medians over seeds with their bands, and gains, for each narrative, answer and their mean, measure and way.

    Args:
        test: gold; an answer that never occurs in it is left out.
        narratives: the second axis of the answers.
        answers: of each way, those of every seed.
    """
    gold = answers_of(test, narratives)
    found: list[dict[str, object]] = []
    articles = np.array([article_of(row) for row in test])
    for column, narrative in enumerate(narratives):
        judged = np.flatnonzero(gold[:, column] >= 0)
        drawn: dict[str, dict[str, NDArray[np.float64]]] = {}
        for answer in ("assert", "reject"):
            number = ANSWERS.index(answer)
            true = gold[judged, column] == number
            if true.any():
                drawn[answer] = {
                    way: _drawn(some, judged, (column, number), true, articles[judged].tolist())
                    for way, some in answers.items()
                }
        if len(drawn) > 1:
            drawn[MEAN] = {way: np.mean([draws[way] for draws in drawn.values()], axis=0) for way in answers}
        for answer, draws in drawn.items():
            for place, measure in enumerate(MEASURES):
                of_way = {way: both[:, place] for way, both in draws.items()}
                for way in answers:
                    row = {"narrative": narrative, "answer": answer, "measure": measure, "way": way}
                    found.append({**row, **_summary(of_way, way)})
    return found


def _drawn(
    some: Sequence[TestAnswers],
    judged: NDArray[np.int64],
    place: tuple[int, int],
    true: NDArray[np.bool_],
    articles: Sequence[str],
) -> NDArray[np.float64]:
    """Of one way, the measures of all test articles, then of each draw. Shape: (n_seeds, 2, 1 + n_draws)."""
    column, number = place

    def both(one: TestAnswers, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        p, said = one.p[judged, column, number], one.said[judged, column] == number
        return np.stack([average_precision(true, p, weights), f1(true, said, weights)])

    def measure(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.concatenate([both(one, weights) for one in some])

    whole = measure(np.ones((1, len(true))))
    drawn = resample(articles, measure, n_draws=_N_DRAWS, seed=0)
    return np.concatenate([whole, drawn], 1).reshape(len(some), len(MEASURES), -1)


def _summary(of_way: Mapping[str, NDArray[np.float64]], way: str) -> dict[str, float]:
    """Median and band of a way and of what it gains on others, Shape of each (n_seeds, 1 + n_draws)."""
    rng = np.random.default_rng(0)
    n_seeds, n_draws = of_way[way].shape
    seeds = rng.integers(n_seeds, size=(n_seeds, n_draws))
    seeds[:, 0] = np.arange(n_seeds)

    def middle(values: NDArray[np.float64]) -> NDArray[np.float64]:
        drawn: NDArray[np.float64] = np.median(np.take_along_axis(values, seeds, 0), 0)
        return drawn

    own = middle(of_way[way])
    found = dict(zip(("median", "low", "high"), (float(own[0]), *interval(own[1:])), strict=True))
    for rival in _RIVALS:
        if rival in of_way and rival != way:
            gain = middle(of_way[way] - of_way[rival])
            ends = (float(gain[0]), *interval(gain[1:]))
            found |= {f"gain_on_{rival}{end}": one for end, one in zip(("", "_low", "_high"), ends, strict=True)}
    return found
