"""Copies of one text are one story: reprints, excerpts, edited versions and translations share a story id.

Texts meet in an index of the few smallest hashes of their sketches (`nlp.sketches`): as an excerpt's shingles are among
its whole's, those of the whole's smallest that it holds are among its own smallest too, however little the two resemble
each other (Broder 1997). Candidates are verified: most of the smaller text stands in the larger, and where both give a
number in the same words it is mostly the same number. Translations are told by vectors, which others compute
(`nlp.translations`). A story is named after its earliest article, and an article is compared with earlier ones only,
so articles that come later change no earlier story.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nlp.sketches import Sketch, containment, number_agreement
from nlp.translations import Meaning, Translations

__all__ = ["MAX_LOOKED_UP", "N_KEYS", "are_candidates", "assign_stories", "content_of", "is_copy"]

N_KEYS, _N_SHARED = 32, 2
"""How many hashes a text is looked up by, and how many a candidate must share: an excerpt of 30% shares fewer than two
of its whole's 32 smallest in .7^32 + 32 * .3 * .7^31 = .02% of cases."""
MAX_LOOKED_UP = 50
"""Of the texts that share a hash the earliest so many are compared: what more of them share is a stock phrase."""
_CONTAINMENT = 0.65
_NUMBERS_AGREE = 0.85
"""Both stand between made copies and real near misses, as `scripts/measure_stories.py` finds them."""
_SMALLEST_PART = 0.2
"""A smaller part of a text is a quotation from it: a round-up of flashes is no copy of each."""


def assign_stories(sketches: Iterable[Sketch], meanings: Mapping[str, Meaning] | None = None) -> dict[str, str]:
    """Story id per article id; a story's id is that of its earliest article (ties by id). The order does not matter.

    Args:
        sketches: of all articles.
        meanings: by article id; among these articles translations are found as well.

    Raises:
        InputError: vectors that cannot be compared.
    """
    ordered = sorted(sketches, key=lambda s: (s.known_at, s.article_id))
    first_by_content: dict[tuple[bytes, bytes], Sketch] = {}
    for item in ordered:
        first_by_content.setdefault(content_of(item), item)
    copied = _copied(list(first_by_content.values()))
    translations = Translations()
    stories: dict[str, str] = {}
    for item in ordered:
        if meanings and item.article_id in meanings:
            translations.add(item, meanings[item.article_id])
        earlier = first_by_content[content_of(item)]
        if earlier is item:
            earlier = next(copied) or translations.earliest(item) or item
        stories[item.article_id] = stories.get(earlier.article_id, item.article_id)
    return stories


def content_of(item: Sketch) -> tuple[bytes, bytes]:
    """Equal for texts that are looked up once: their shingles and numbers are the same."""
    return item.hashes.tobytes(), item.numbers.tobytes()


def _copied(ordered: Sequence[Sketch]) -> Iterator[Sketch | None]:
    """Of each text the earliest that it is a copy of, None where it is a copy of none before it."""
    for item, candidates in zip(ordered, _candidates(ordered), strict=True):
        yield next((ordered[place] for place in candidates if is_copy(item, ordered[place])), None)


def is_copy(a: Sketch, b: Sketch) -> bool:
    """Whether most of the smaller text stands in the larger, with the same numbers."""
    return containment(a, b) >= _CONTAINMENT and number_agreement(a, b) >= _NUMBERS_AGREE


def _candidates(ordered: Sequence[Sketch]) -> Iterator[NDArray[np.intp]]:
    """For each text the places of earlier ones of like size that share some of its keys, earliest first.

    The index is one array, sorted by key and within a key by time: of each key a text looks at those before itself.
    """
    sizes = np.array([item.n_shingles for item in ordered])
    starts = np.cumsum([0, *(min(N_KEYS, len(item.hashes)) for item in ordered)])
    keys = np.concatenate([np.empty(0, np.uint32), *(item.hashes[:N_KEYS] for item in ordered)])
    index = np.argsort(keys, kind="stable")
    owners = np.repeat(np.arange(len(ordered)), np.diff(starts))[index]
    place_of_key = np.empty_like(index)
    place_of_key[index] = np.arange(len(index))
    is_new = np.diff(keys[index], prepend=-1) != 0
    first_of_place = np.maximum.accumulate(np.where(is_new, np.arange(len(index)), 0))
    for place, (start, end) in enumerate(pairwise(starts)):
        ends = place_of_key[start:end]
        firsts = first_of_place[ends]
        spans = [owners[f : min(e, f + MAX_LOOKED_UP)] for f, e in zip(firsts, ends, strict=True) if e > f]
        found = np.concatenate([np.empty(0, np.intp), *spans])
        earlier, n_shared = np.unique(found, return_counts=True)
        yield earlier[are_candidates(sizes[earlier], sizes[place], n_shared)]


def are_candidates(
    sizes: NDArray[np.integer], other: NDArray[np.integer] | np.integer, n_shared: NDArray[np.integer]
) -> NDArray[np.bool_]:
    """Whether texts of these numbers of shingles are alike enough in size, and share enough keys, to be compared."""
    smaller, larger = np.minimum(sizes, other), np.maximum(sizes, other)
    alike: NDArray[np.bool_] = (n_shared >= np.minimum(smaller, _N_SHARED)) & (smaller >= _SMALLEST_PART * larger)
    return alike
