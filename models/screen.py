"""The first stage of a classifier: which sentences the encoder must read at all, by a network that costs little.

It reads the tokens that the encoder reads, as the encoder's own word vectors: a projection, three convolutions over
neighbouring tokens, the maximum over each sentence, and a convolution over neighbouring sentences give a score per
narrative. A window of the encoder in which no score reaches its threshold is not read, and its sentences get what the
encoder gives, on average, to sentences of such a score. It learns from the encoder's answers
(`models.screen_training`), as the first stage of a cascade does (Viola and Jones 2001), here with its miss rate stated.

All weights are whole numbers of 8 bits, and so is what the layers give (`models.screen_layer`): their sums are exact,
so that no machine, batch or number of threads changes a score (Jacob et al. 2018, arXiv:1712.05877).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from models.screen_layer import Layer
from models.screen_places import DILATIONS, has_han, judged_of, parts_of, place_tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.passages import Passage

__all__ = ["Screen", "Screened"]

_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Screened:
    """What the screen says of the judged sentences of some passages.

    Attributes:
        candidates: whether the encoder must read the sentence. Shape: (n_judged,).
        probabilities: what a sentence gets that is not read. Shape: (n_judged, n_narratives, 3).
    """

    candidates: NDArray[np.bool_]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Screen:
    """A trained screen.

    Attributes:
        words: of a word vector. convolutions: one for each of `DILATIONS`, over three places. sentence: of the maxima
            over a sentence, of all layers so far. context: over three sentences. answer: one score a narrative.
        thresholds: from this score on, of any narrative, a sentence is a candidate: one without Han characters, one
            with them. Shape: (2,).
        edges: between the ranges of scores in which unread sentences are alike. Shape: (n_ranges - 1,).
        unread: the mean probabilities in each range. Shape: (n_narratives, n_ranges, 3).
        vectors: the encoder's word vectors. Shape: (n_tokens, width).
        screen_id: hash of the file that it came from.
    """

    words: Layer
    convolutions: tuple[Layer, ...]
    sentence: Layer
    context: Layer
    answer: Layer
    thresholds: NDArray[np.float32]
    edges: NDArray[np.float32]
    unread: NDArray[np.float32]
    vectors: NDArray[np.floating] = field(repr=False)
    screen_id: str = "unsaved"
    _known: NDArray[np.int8] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        n, wide = len(DILATIONS), self.words.weights.shape[1]
        sizes = [self.vectors.shape[1], *(layer.weights.shape[0] for layer in self.convolutions)]
        given = [wide, *(layer.weights.shape[1] for layer in self.convolutions)]
        after = [self.sentence.weights, self.context.weights, self.answer.weights]
        fits = (
            len(self.convolutions) == n
            and sizes == [self.words.weights.shape[0], *(3 * width for width in given[:n])]
            and [part.shape[0] for part in after] == [sum(given), 3 * after[0].shape[1], 2 * after[0].shape[1]]
            and self.unread.shape == (after[2].shape[1], len(self.edges) + 1, 3)
            and self.thresholds.shape == (2,)
        )
        if not fits:
            raise ValueError(f"layers that read {sizes} and give {given} do not fit each other")
        # What the first layer gives of each token that came so far; the last row is of empty places, whose id is -1.
        known = np.full((len(self.vectors) + 1, wide), _UNKNOWN, dtype=np.int8)
        known[-1] = 0
        object.__setattr__(self, "_known", known)

    def scores(
        self, passages: Sequence[Passage], tokens: Sequence[Sequence[Sequence[int]]], sep: int
    ) -> NDArray[np.float32]:
        """The score of each judged sentence and narrative, in order. Shape: (n_judged, n_narratives).

        Args:
            passages: what the tokens are of.
            tokens: per sentence per passage, without marks, none empty.
            sep: the token that closes a sentence.
        """
        parts = [self._scores(passages[first:stop], tokens[first:stop], sep) for first, stop in parts_of(tokens)]
        return np.concatenate([np.zeros((0, self.answer.weights.shape[1]), dtype=np.float32), *parts])

    def _scores(
        self, passages: Sequence[Passage], tokens: Sequence[Sequence[Sequence[int]]], sep: int
    ) -> NDArray[np.float32]:
        placed = place_tokens(tokens, sep)
        layers = [self._of_words(placed.ids)]
        for layer, step in zip(self.convolutions, DILATIONS, strict=True):
            layers.append(layer.levels(_with_neighbours(layers[-1], step)))
        most = np.maximum.reduceat(np.concatenate(layers, axis=1), placed.starts)[placed.is_sentence]
        alone = self.sentence.levels(most)
        # A row of nothing between passages: the last sentence of one is no neighbour of the first of the next.
        rows = np.arange(len(alone)) + placed.passage
        apart = np.zeros((rows[-1] + 1, alone.shape[1]), dtype=np.int8)
        apart[rows] = alone
        together = self.context.levels(_with_neighbours(apart, 1)[rows])
        judged = np.concatenate([judged_of(passage) for passage in passages])
        return self.answer.sums(np.concatenate([alone, together], axis=1)[judged])

    def sift(self, passages: Sequence[Passage], tokens: Sequence[Sequence[Sequence[int]]], sep: int) -> Screened:
        """Which judged sentences are candidates, and what the others get; arguments as of `scores`."""
        scores = self.scores(passages, tokens, sep)
        return Screened(self.margins(passages, scores) >= 0, self.unread_probabilities(scores))

    def margins(self, passages: Sequence[Passage], scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """How far the best score of each sentence is over its threshold.

        Shape: (n_judged, n_narratives) → (n_judged,).
        """
        result: NDArray[np.float32] = scores.max(axis=1) - self.thresholds[has_han(passages)]
        return result

    def unread_probabilities(self, scores: NDArray[np.float32]) -> NDArray[np.float64]:
        """The mean probabilities of sentences of such scores. Shape: (n, n_narratives) → (n, n_narratives, 3)."""
        ranges = np.searchsorted(self.edges, scores, side="right")
        result: NDArray[np.float64] = self.unread[np.arange(scores.shape[1]), ranges].astype(np.float64)
        return result

    def meanings(self, passages: Sequence[Passage], tokens: Sequence[Sequence[Sequence[int]]]) -> NDArray[np.float32]:
        """The mean of the word vectors of each passage's judged sentences, else zeros. Shape: (n_passages, width).

        It stands for what an article says where the encoder has not read it all: alike for translations, as the
        encoder's word vectors were learnt in one space for all its languages.
        """
        result = np.zeros((len(passages), self.vectors.shape[1]), dtype=np.float32)
        for row, (passage, sentences) in enumerate(zip(passages, tokens, strict=True)):
            ids = [token for sentence in sentences[passage.start : passage.stop] for token in sentence]
            if ids:
                result[row] = self.vectors[ids].mean(axis=0)
        return result

    def _of_words(self, ids: NDArray[np.int64]) -> NDArray[np.int8]:
        """The first layer, zero at empty places. Shape: (n, width of words)."""
        new = np.unique(ids[self._known[ids, 0] == _UNKNOWN])
        self._known[new] = self.words.levels_of_reals(self.vectors[new])
        return self._known[ids]


def _with_neighbours(x: NDArray[np.int8], step: int) -> NDArray[np.int8]:
    """Each row between those `step` before and after it, zeros beyond the ends. Shape: (n, m) → (n, 3 · m)."""
    padded = np.pad(x, ((step, step), (0, 0)))
    return np.concatenate([padded[: len(x)], x, padded[2 * step :]], axis=1)
