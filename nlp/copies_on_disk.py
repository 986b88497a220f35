"""The copies among more texts than memory holds: the rule of `nlp.stories`, its index sorted on disk part by part.

Texts come in the order of time and are known by their place in it. The keys of all texts are spread over files by
their last bits (the first ones are small in all of them), as many files as there are texts for; each file is sorted
alone, and the pairs that share a key are spread over files by the later text's place, so that no step holds more than a
part of them (a partitioned join; DeWitt et al. 1984, doi:10.1145/602259.602261).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.sketches import Sketch
from nlp.stories import MAX_LOOKED_UP, N_KEYS, are_candidates, is_copy

__all__ = ["copied_places"]

_N_TEXTS, _N_PLACES = 4096, 2048
_N_PAIRS = 1 << 18
_N_SKETCHES = 2048
"""Texts that are spread at once and whose keys make a file, places of a file of pairs, pairs made at once, sketches
kept: tens of MiB in all, whatever the number of texts."""
_MOST_PARTS = 4096
"""Files are opened once for each batch: with more than millions of texts they grow instead."""


def copied_places(
    texts: Iterable[tuple[int, Sketch]], n_places: int, sketch_at: Callable[[int], Sketch], folder: Path
) -> NDArray[np.int32]:
    """By place the earliest place that the text there is a copy of, -1 where of none before it.

    Args:
        texts: place and sketch of every distinct text, in the order of time.
        n_places: one more than the largest place.
        sketch_at: looks a text up again.
        folder: an empty one, for the parts.
    """
    sizes = np.zeros(n_places, np.int32)
    n_parts = min(_MOST_PARTS, n_places // _N_TEXTS + 1)
    _spread_keys(texts, sizes, n_parts, folder)
    for part in sorted(folder.glob("keys-*")):
        _spread_pairs(part, folder)
        part.unlink()
    remembered = lru_cache(_N_SKETCHES)(sketch_at)
    copied = np.full(n_places, -1, np.int32)
    for part in sorted(folder.glob("pairs-*")):
        for place, candidates in _candidates(part, sizes):
            item = remembered(place)
            found = (earlier for earlier in candidates if is_copy(item, remembered(earlier)))
            copied[place] = next(found, -1)
        part.unlink()
    return copied


def _spread_keys(texts: Iterable[tuple[int, Sketch]], sizes: NDArray[np.int32], n_parts: int, folder: Path) -> None:
    stream = iter(texts)
    while batch := list(islice(stream, _N_TEXTS)):
        for place, item in batch:
            sizes[place] = item.n_shingles
        keys = np.concatenate([item.hashes[:N_KEYS] for _, item in batch])
        owners = np.repeat([place for place, _ in batch], [min(N_KEYS, len(item.hashes)) for _, item in batch])
        _append(np.stack([keys, owners.astype(np.uint32)], 1), keys % np.uint32(n_parts), folder, "keys")


def _spread_pairs(part: Path, folder: Path) -> None:
    """Of each key every text with the earliest `MAX_LOOKED_UP` before it."""
    rows = np.fromfile(part, np.uint32).reshape(-1, 2)
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    owners = rows[:, 1]
    places = np.arange(len(rows))
    firsts = np.maximum.accumulate(np.where(np.diff(rows[:, 0].astype(np.int64), prepend=-1) != 0, places, 0))
    n_before = np.minimum(places - firsts, MAX_LOOKED_UP)
    so_far = np.cumsum(n_before)
    bounds = [*np.searchsorted(so_far, np.arange(_N_PAIRS, so_far[-1], _N_PAIRS)).tolist(), len(rows)]
    for start, end in pairwise([0, *bounds]):
        n = n_before[start:end]
        later = np.repeat(owners[start:end], n)
        within = np.arange(int(n.sum())) - np.repeat(np.cumsum(n) - n, n)
        earlier = owners[np.repeat(firsts[start:end], n) + within]
        _append(np.stack([later, earlier], 1), later // np.uint32(_N_PLACES), folder, "pairs")


def _candidates(part: Path, sizes: NDArray[np.int32]) -> Iterator[tuple[int, Sequence[int]]]:
    """Places with those of earlier texts of like size that share enough keys, both ascending."""
    pairs = np.fromfile(part, np.uint32).reshape(-1, 2).astype(np.uint64)
    both, n_shared = np.unique(pairs[:, 0] << np.uint64(32) | pairs[:, 1], return_counts=True)
    later, earlier = (both >> np.uint64(32)).astype(np.int64), (both & np.uint64(0xFFFFFFFF)).astype(np.int64)
    kept = are_candidates(sizes[earlier], sizes[later], n_shared)
    later, earlier = later[kept], earlier[kept]
    found, starts = np.unique(later, return_index=True)
    for place, (start, end) in zip(found.tolist(), pairwise([*starts.tolist(), len(earlier)]), strict=True):
        yield place, earlier[start:end].tolist()


def _append(rows: NDArray[np.uint32], numbers: NDArray[np.uint32], folder: Path, name: str) -> None:
    """Rows to the end of the files of their numbers, in the order in which they are."""
    order = np.argsort(numbers, kind="stable")
    found, starts = np.unique(numbers[order], return_index=True)
    for number, part in zip(found.tolist(), np.split(rows[order], starts[1:]), strict=False):
        with (folder / f"{name}-{number:08d}").open("ab") as file:
            file.write(np.ascontiguousarray(part).tobytes())
