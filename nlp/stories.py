"""Copies of one text are one story: syndicated and lightly edited articles share a story id.

Shingles (runs of three words, or of five characters in Chinese) are sketched with MinHash, candidates found by
locality-sensitive hashing (Broder 1997; datasketch), and each candidate is verified on the shingles themselves: the
smaller text must be contained in the larger, its numbers
included. A story is named after its earliest article, so articles that come later
change no earlier story.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from nlp.schema import Article

if TYPE_CHECKING:
    from datasketch import MinHash
    from numpy.typing import NDArray

__all__ = ["Sketch", "assign_stories", "shingles", "sketch"]

WORDS, CHARACTERS = 3, 5
_THRESHOLD = 0.5
_CONTAINMENT = 0.8
_N_PERMUTATIONS = 64
_FAR_FUTURE = datetime.max.replace(tzinfo=UTC)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_TOKEN = re.compile(r"[^\W_\u2e80-\u9fff\uac00-\ud7af]+|[\u2e80-\u2fff\u3005-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text to find its copies: its time, its shingles as sorted 32-bit hashes, its numbers."""

    article_id: str
    known_at: datetime
    hashes: NDArray[np.uint32]
    numbers: frozenset[str]


def shingles(text: str) -> set[str]:
    """Runs of three words or, where CJK characters prevail, of five tokens; numbers and words count as one token each.

    Case and punctuation are left aside; a text shorter than a run is one shingle.

    >>> sorted(shingles("Stocks fell, again today"))
    ['fell again today', 'stocks fell again']
    """
    tokens = _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
    n_wide = sum(token[0] >= "\u2e80" for token in tokens)
    size = CHARACTERS if 2 * n_wide > len(tokens) else WORDS
    return {" ".join(tokens[i : i + size]) for i in range(max(1, len(tokens) - size + 1))}


def sketch(article: Article) -> Sketch:
    """The sketch of an article's text; its title does not count, since copies change it first."""
    hashes = np.fromiter(
        (zlib.crc32(s.encode("utf-8", "surrogatepass")) for s in shingles(article.text)), dtype=np.uint32
    )
    numbers = frozenset(_NUMBER.findall(unicodedata.normalize("NFKC", article.text)))
    return Sketch(article.id, article.known_at or _FAR_FUTURE, np.unique(hashes), numbers)


def assign_stories(sketches: Iterable[Sketch]) -> dict[str, str]:
    """Story id per article id; a story's id is that of its earliest article (ties by id). The order does not matter."""
    from datasketch import MinHashLSH

    index = MinHashLSH(threshold=_THRESHOLD, num_perm=_N_PERMUTATIONS)
    by_id: dict[str, Sketch] = {}
    story_by_hashes: dict[bytes, str] = {}
    stories: dict[str, str] = {}
    for item in sorted(sketches, key=lambda s: (s.known_at, s.article_id)):
        same = item.hashes.tobytes()
        if same not in story_by_hashes:
            minhash = _minhash(item)
            copies = [by_id[key] for key in index.query(minhash) if _is_copy(item, by_id[key])]
            earliest = min(copies, key=lambda s: (s.known_at, s.article_id), default=None)
            story_by_hashes[same] = stories[earliest.article_id] if earliest else item.article_id
            by_id[item.article_id] = item
            index.insert(item.article_id, minhash)
        stories[item.article_id] = story_by_hashes[same]
    return stories


def _minhash(item: Sketch) -> MinHash:
    from datasketch import MinHash

    minhash = MinHash(num_perm=_N_PERMUTATIONS, hashfunc=int)
    minhash.update_batch(item.hashes.tolist())
    return minhash


def _is_copy(a: Sketch, b: Sketch) -> bool:
    """Whether nearly all shingles and nearly all numbers of the smaller text stand in the larger one.

    Daily notices share most of their words; it is by their numbers that one is no copy of another.
    """
    shared = np.intersect1d(a.hashes, b.hashes, assume_unique=True).size
    fewer = min(len(a.numbers), len(b.numbers))
    return bool(
        shared >= _CONTAINMENT * min(a.hashes.size, b.hashes.size)
        and len(a.numbers & b.numbers) >= _CONTAINMENT * fewer
    )
