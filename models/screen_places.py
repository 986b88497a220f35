"""The tokens of passages as a screen (`models.screen`) reads them: one after another, with gaps between passages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.passages import Passage

__all__ = ["DILATIONS", "Placed", "has_han", "judged_of", "parts_of", "place_tokens"]

DILATIONS = (1, 2, 4)
"""How far the tokens lie apart that each convolution looks at."""
_GAP = sum(DILATIONS)
"""So many empty places between texts, and no text changes what is read in another."""
_AT_ONCE = 4000
"""Tokens, about: with more of them the layers leave the cache of a core, and take three times as long."""
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Placed:
    """The tokens of some passages in one row.

    Attributes:
        ids: -1 at the empty places between passages, each sentence closed by a mark. Shape: (n_places,).
        starts: the first place of each sentence and of each run of empty places. Shape: (n_runs,).
        is_sentence: which of these are sentences. Shape: (n_runs,).
        passage: the passage of each sentence. Shape: (n_sentences,).
    """

    ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    is_sentence: NDArray[np.bool_]
    passage: NDArray[np.int64]


def place_tokens(tokens: Sequence[Sequence[Sequence[int]]], sep: int) -> Placed:
    """The tokens of passages one after another, with empty places before, between and after them."""
    ids: list[int] = []
    starts: list[int] = []
    is_sentence: list[bool] = []
    for sentences in tokens:
        starts.append(len(ids))
        is_sentence.append(False)
        ids += [-1] * _GAP
        for sentence in sentences:
            starts.append(len(ids))
            is_sentence.append(True)
            ids += [*sentence, sep]
    starts.append(len(ids))
    is_sentence.append(False)
    ids += [-1] * _GAP
    passage = np.repeat(np.arange(len(tokens)), [len(sentences) for sentences in tokens])
    return Placed(np.array(ids), np.array(starts), np.array(is_sentence), passage)


def parts_of(tokens: Sequence[Sequence[Sequence[int]]]) -> Iterator[tuple[int, int]]:
    """The half-open ranges of passages of parts of `_AT_ONCE` tokens, none of them without a sentence."""
    first, n_tokens, n_sentences = 0, 0, 0
    for stop, sentences in enumerate(tokens, 1):
        n_tokens += sum(map(len, sentences))
        n_sentences += len(sentences)
        if n_sentences and (n_tokens >= _AT_ONCE or stop == len(tokens)):
            yield first, stop
            first, n_tokens, n_sentences = stop, 0, 0


def judged_of(passage: Passage) -> NDArray[np.bool_]:
    """Which sentences of a passage are judged. Shape: (n_sentences,)."""
    result = np.zeros(len(passage.sentences), dtype=bool)
    result[passage.start : passage.stop] = True
    return result


def has_han(passages: Sequence[Passage]) -> NDArray[np.int64]:
    """Whether judged sentences have Han characters, as 0 or 1. Shape: (n_judged,)."""
    return np.array([_HAN.search(text) is not None for passage in passages for text in passage.judged], dtype=np.int64)
