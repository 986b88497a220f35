"""What is kept of a text to find its copies: the smallest hashes of its shingles, its numbers in their words.

A shingle is a run of three tokens, or of five where it begins with a CJK character. Of their hashes the smallest are
kept, which is Broder's one-permutation MinHash ("On the resemblance and containment of documents", 1997): the sketches
of two texts tell how much of the smaller stands in the larger. Numbers are kept with the words around them, for
daily notices share all but these. Which texts are copies is decided in `nlp.stories`.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from nlp.schema import Article
from nlp.simplified import SIMPLIFIED

__all__ = ["FAR_FUTURE", "Sketch", "containment", "figure_hash", "n_shared", "number_agreement", "sketch", "tokens"]

WORDS, CHARACTERS = 3, 5
_N_KEPT = 256
FAR_FUTURE = datetime.max.replace(tzinfo=UTC)
"""When an article without a date counts as known."""
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W_\u2e80-\u9fff\uac00-\ud7af]+|[\u2e80-\u2fff\u3005-\u9fff\uac00-\ud7af]")
_HALF = np.uint64(32)
_SOME_NUMBER = np.uint64(1)
_FACTORS = tuple(np.uint64(int(f, 16)) for f in ("9E3779B97F4A7C15", "C2B2AE3D27D4EB4F", "165667B19E3779F9",
                                                "D6E8FEB86659FD93", "A0761D6478BD642F"))  # fmt: skip
"""Odd numbers without a pattern in their bits."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text, about two kilobytes at most for an article of usual length.

    Attributes:
        article_id: whose text it is.
        known_at: when the article was known; undated ones come last of all.
        n_shingles: how many distinct shingles the text has.
        hashes: the smallest of their 32-bit hashes, ascending, at most 256.
        numbers: every distinct number with the two tokens before and after it: 32 bits of the words' hash above 32 of
            the number's, ascending.
        figures: hashes of the numbers' significant digits, ascending: the same in every language and unit.
    """

    article_id: str
    known_at: datetime
    n_shingles: int
    hashes: NDArray[np.uint32]
    numbers: NDArray[np.uint64]
    figures: NDArray[np.uint32]

    @property
    def is_dated(self) -> bool:
        """Whether it is known when the article was known."""
        return self.known_at != FAR_FUTURE


def tokens(text: str) -> list[str]:
    """Words, numbers and single CJK characters, without case, punctuation, script and ways of writing a number.

    >>> tokens("Stocks fell 1,200.50 points，美國")
    ['stocks', 'fell', '1200.5', 'points', '美', '国']
    """
    found = _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
    plain = {one: _plain_number(one) if one[0].isdecimal() else SIMPLIFIED.get(one, one) for one in set(found)}
    return list(map(plain.__getitem__, found))


def _plain_number(token: str) -> str:
    plain = token.replace(",", "")
    return plain.rstrip("0").rstrip(".") if plain.count(".") == 1 else plain


def sketch(article: Article) -> Sketch:
    """The sketch of an article's text; its title does not count, since copies change it first."""
    found = tokens(article.text) or [article.text.strip()]
    place_by_token = {token: place for place, token in enumerate(dict.fromkeys(found))}
    places = np.fromiter(map(place_by_token.__getitem__, found), np.intp, len(found))
    hashes = np.array([_crc(token) for token in place_by_token], np.uint64)[places]
    is_number = np.array([token[0].isdecimal() for token in place_by_token])[places]
    is_wide = np.array([token[0] >= "\u2e80" for token in place_by_token])[places]
    shingles = np.unique(_shingles(hashes, is_wide) >> _HALF).astype(np.uint32)
    figures = {_crc(digits) for t in place_by_token if t[0].isdecimal() if (digits := t.replace(".", "").strip("0"))}
    return Sketch(
        article.id,
        article.known_at or FAR_FUTURE,
        len(shingles),
        shingles[:_N_KEPT].copy(),
        _numbers(hashes, is_number),
        np.array(sorted(figures), np.uint32),
    )


def figure_hash(number: int) -> int:
    """What stands for a whole number in `Sketch.figures`.

    >>> article = Article.create(text="7,500 of 12")
    >>> [figure_hash(75) in sketch(article).figures, figure_hash(120) in sketch(article).figures]
    [True, True]
    """
    return _crc(str(number).strip("0"))


def _crc(token: str) -> int:
    return zlib.crc32(token.encode("utf-8", "surrogatepass"))


def _shingles(hashes: NDArray[np.uint64], is_wide: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Hashes of all runs; a text too short for one is one run."""
    found = [np.empty(0, np.uint64)]
    for size, begins in ((WORDS, ~is_wide), (CHARACTERS, is_wide)):
        n_runs = max(0, len(hashes) - size + 1)
        found.append(_mixed([hashes[place : place + n_runs] for place in range(size)])[begins[:n_runs]])
    runs = np.concatenate(found)
    return runs if len(runs) else _mixed([hashes[place : place + 1] for place in range(min(CHARACTERS, len(hashes)))])


def _mixed(columns: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """One hash for each row of hashes, its upper half well mixed; the order within a row counts."""
    mixed = np.zeros_like(columns[0])
    for column, factor in zip(columns, _FACTORS, strict=False):
        mixed = (mixed ^ column) * factor
        mixed ^= mixed >> np.uint64(29)
    return mixed * _FACTORS[0]


def _numbers(hashes: NDArray[np.uint64], is_number: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """See `Sketch.numbers`; of a number beside a number it only counts that it is one."""
    words = np.pad(np.where(is_number, _SOME_NUMBER, hashes), 2)
    around = _mixed([words[:-4], words[1:-3], words[3:-1], words[4:]])[is_number]
    return np.unique(around >> _HALF << _HALF | hashes[is_number])


def containment(a: Sketch, b: Sketch) -> float:
    """The share of the smaller text's shingles that stand in the larger, |A ∩ B| / min(|A|, |B|), in [0, 1].

    Exact for texts of up to 256 shingles; for longer ones an estimate from the hashes up to where both are known.
    """
    known = min(int(s.hashes[-1]) if s.n_shingles > len(s.hashes) else 2**32 for s in (a, b))
    fewer = min(int(np.count_nonzero(s.hashes <= known)) for s in (a, b))
    return n_shared(a.hashes, b.hashes) / fewer if fewer else 0.0


def number_agreement(a: Sketch, b: Sketch) -> float:
    """Of the numbers that both texts give in the same words, the share that are equal; 1 where there are none."""
    words_a, words_b = a.numbers >> _HALF, b.numbers >> _HALF
    fewer = min(np.count_nonzero(np.isin(words_a, words_b)), np.count_nonzero(np.isin(words_b, words_a)))
    return n_shared(a.numbers, b.numbers) / fewer if fewer else 1.0


def n_shared(a: NDArray[np.unsignedinteger], b: NDArray[np.unsignedinteger]) -> int:
    """How many hashes two arrays of distinct ones have in common."""
    return int(np.intersect1d(a, b, assume_unique=True).size)
