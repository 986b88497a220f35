"""Which word of one language stands for which of another, learnt from sentence pairs alone: IBM Model 1.

Every target token is taken to come from one source token of its pair, or from none; expectation maximisation finds
which (Brown, Della Pietra, Della Pietra and Mercer 1993).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["translation_counts"]


def translation_counts(
    sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]], *, shape: tuple[int, int], n_passes: int = 6
) -> csr_matrix:
    """How often each source token is expected to have brought forth each target token. Shape: `shape`.

    A token counts once a sentence.

    Args:
        sources: token ids of one side of each pair.
        targets: of the other side.
        shape: sizes of the two vocabularies.
        n_passes: of expectation maximisation.

    >>> pairs = [([0], [0]), ([0, 1], [0, 1]), ([1, 2], [1, 2])]
    >>> table = translation_counts(*zip(*pairs), shape=(3, 3))
    >>> table.argmax(axis=1).ravel().tolist()
    [[0, 1, 2]]
    """
    n_sources, n_targets = shape
    links = _links(sources, targets, nothing=n_sources)
    pairs, pair_of_link = np.unique(links.source * np.int64(n_targets) + links.target, return_inverse=True)
    source_of_pair, target_of_pair = pairs // n_targets, pairs % n_targets
    probability = np.ones(len(pairs))
    for _ in range(n_passes):
        weight = probability[pair_of_link]
        weight /= np.bincount(links.word, weight)[links.word]
        count = np.bincount(pair_of_link, weight)
        probability = count / np.bincount(source_of_pair, count)[source_of_pair]
    known = source_of_pair < n_sources
    return csr_matrix((count[known], (source_of_pair[known], target_of_pair[known])), shape=shape)


@dataclass(frozen=True, slots=True)
class _Links:
    """Every possible origin of every target word: `source[i]` may have brought forth word `word[i]`, a `target[i]`."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    word: NDArray[np.int64]


def _links(sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]], nothing: int) -> _Links:
    source, target, word, n_words = [], [], [], 0
    for one, other in zip(sources, targets, strict=True):
        origins, words = np.array([*sorted(set(one)), nothing]), np.array(sorted(set(other)), dtype=np.int64)
        source.append(np.tile(origins, len(words)))
        target.append(np.repeat(words, len(origins)))
        word.append(np.repeat(np.arange(n_words, n_words + len(words)), len(origins)))
        n_words += len(words)
    return _Links(np.concatenate(source), np.concatenate(target), np.concatenate(word))
