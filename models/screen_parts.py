"""The parts of articles that a second round of learning a screen is worth: what a first screen does not put aside.

Most sentences are far from anything that is said, and a screen knows them soon. The others, each between its
neighbours, are two fifths of Reuters articles that key words chose, with nearly all that can still be confused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from models.passages import Passage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.full_readings import FullReading
    from models.screen import Screen

__all__ = ["EASY_SHARE", "hard_parts"]

EASY_SHARE = 0.05
"""Of the sentences that the first screen puts aside, so many are kept, or it would forget them."""
_BELOW = 0.75
"""So far below its threshold, in logits, a first screen puts a sentence aside."""
_TOLD = 0.12
"""Sentences that tell a narrative with this probability are kept, whatever the first screen says."""
_AT_ONCE = 256


def hard_parts(
    readings: Sequence[FullReading], screen: Screen, sep: int, rng: np.random.Generator
) -> Iterator[FullReading]:
    """Runs of sentences worth learning from, each between its neighbours, which are not judged.

    The runs are no articles and have one window each.

    Args:
        readings: whole articles.
        screen: that learnt from them before.
        sep: the token that closes a sentence.
        rng: draws the easy ones that are kept.
    """
    for start in range(0, len(readings), _AT_ONCE):
        some = readings[start : start + _AT_ONCE]
        scores = screen.scores([reading.passage for reading in some], [reading.tokens for reading in some], sep)
        ends = np.cumsum([len(reading.windows) for reading in some])
        for reading, best in zip(some, np.split(scores.max(axis=1), ends[:-1]), strict=True):
            easy = (best <= screen.thresholds.min() - _BELOW) & (reading.told.max(axis=1) <= _TOLD)
            yield from _runs(reading, ~easy | (rng.random(len(easy)) < EASY_SHARE))


def _runs(reading: FullReading, kept: NDArray[np.bool_]) -> Iterator[FullReading]:
    edges = np.flatnonzero(np.diff(kept, prepend=False, append=False))
    for first, stop in edges.reshape(-1, 2):
        start, end = reading.passage.start + first, reading.passage.start + stop
        low, high = max(0, start - 1), min(len(reading.tokens), end + 1)
        tokens = reading.tokens[low:high]
        yield replace(
            reading,
            passage=Passage(reading.passage.sentences[low:high], int(start - low), int(end - low)),
            tokens=tokens,
            windows=np.zeros(stop - first, dtype=np.int64),
            window_tokens=np.array([1 + sum(len(ids) + 1 for ids in tokens)]),
            probabilities=reading.probabilities[first:stop],
        )
