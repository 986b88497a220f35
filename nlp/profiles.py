"""What texts hold, as counts only: languages, sources, lengths and words of articles, without a text to read again.

Articles are counted one by one, and kept in folds of equally many, so that what two sets of texts differ by can be
tested by moving whole folds from one to the other (`nlp.drift`). As a file they are `nlp.profile_file`.
Words are words of alphabetic scripts and pairs of neighbouring CJK characters, without numbers, case and script.
"""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from nlp.simplified import SIMPLIFIED

__all__ = [
    "BINS",
    "N_FOLDS",
    "OTHER",
    "TOLD_EDGES",
    "Block",
    "Corpus",
    "Profile",
    "Text",
    "categories_of",
    "folded",
    "length_bin",
    "profile_of",
    "words_of",
]

N_FOLDS = 100
"""A profile keeps so many folds at most."""
OTHER = ""
"""The category of what is not among the most frequent."""
_MOST = {"vocabulary": 1000, "sources": 50}
"""Categories kept of measures that have any number."""
_N_WORDS = 5000
_LENGTHS = tuple(sorted({math.ceil(1.25**place) for place in range(45)}))
"""The least lengths of bins, each about a quarter wider than the one before."""
TOLD_EDGES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_RUN = re.compile(r"[\u2e80-\u2fdf\u3005\u3040-\u30ff\u3400-\u9fff]+|[^\W\d_\u2e80-\u9fff]{2,}")


@dataclass(frozen=True, slots=True)
class Text:
    """What is known of an article: all of its sentences, or where `is_whole` is false some of them."""

    id: str
    lang: str
    source: str
    sentences: Sequence[str]
    is_whole: bool = True


@dataclass(slots=True)
class Corpus:
    """Texts as counts: by measure and group one counter an article, in an order that has nothing to do with theirs.

    Attributes:
        counters: by `measure/group`: how often each category is in each article.
    """

    counters: dict[str, list[Counter[str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[Text], confidence: Iterable[Mapping[str, Counter[str]]] = ()) -> Corpus:
        """Counts texts, and beside them what a model makes of each (`models.confidence`), in the order of the texts."""
        counted = [(zlib.crc32(text.id.encode("utf-8", "surrogatepass")), dict(_counts(text))) for text in texts]
        for (_, counts), more in zip(counted, confidence, strict=False):
            counts.update(more)
        by_key: defaultdict[str, list[Counter[str]]] = defaultdict(list)
        for _, counts in sorted(counted, key=lambda one: one[0]):
            for key, counter in counts.items():
                by_key[key].append(counter)
        return cls(dict(by_key))


@dataclass(frozen=True, slots=True)
class Block:
    """One measure of one group, by fold.

    Attributes:
        categories: their names, `OTHER` for what is none of them.
        counts: Shape: (n_folds, n_categories).
        n_articles: how many were counted.
    """

    categories: tuple[str, ...]
    counts: NDArray[np.float64]
    n_articles: int


@dataclass(frozen=True, slots=True)
class Profile:
    """A corpus in folds.

    Attributes:
        blocks: by `measure/group`.
        words: by language, in how many articles each of the most frequent words is.
        model: whose confidence is in it, empty where there is none.
    """

    blocks: Mapping[str, Block]
    words: Mapping[str, Mapping[str, int]]
    model: str = ""


def words_of(text: str) -> list[str]:
    """The words of a text as they are counted.

    >>> words_of("The AI-bubble of 2024：美國泡沫。")
    ['the', 'ai', 'bubble', 'of', '美国', '国泡', '泡沫']
    """
    found: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).casefold()):
        if run[0] < "\u2e80":
            found.append(run)
            continue
        plain = [SIMPLIFIED.get(one, one) for one in run]
        found += map("".join, pairwise(plain)) if len(plain) > 1 else plain
    return found


def length_bin(n: int) -> str:
    """The bin of a length, named after its least one.

    >>> length_bin(1), length_bin(7), length_bin(100)
    ('1', '6', '87')
    """
    return str(_LENGTHS[max(0, bisect_right(_LENGTHS, n) - 1)])


BINS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sentence_length": tuple(map(str, _LENGTHS)),
        "article_length": tuple(map(str, _LENGTHS)),
        "told": tuple(f"{(low + high) / 2:g}" for low, high in pairwise(TOLD_EDGES)),
        "entropy": tuple(f"{n / 20:g}" for n in range(1, 20, 2)),
        "near_threshold": ("0", "1"),
    }
)
"""The categories of measures that are numbers, ascending; the last three are a model's (`models.confidence`)."""


def _counts(text: Text) -> Iterator[tuple[str, Counter[str]]]:
    words = [words_of(sentence) for sentence in text.sentences]
    yield "languages/all", Counter([text.lang])
    yield "sources/all", Counter([text.source or "unnamed"])
    yield f"vocabulary/{text.lang}", Counter(word for some in words for word in some)
    yield f"sentence_length/{text.lang}", Counter(length_bin(len(some)) for some in words)
    if text.is_whole:
        yield f"article_length/{text.lang}", Counter([length_bin(len(text.sentences))])


def profile_of(corpus: Corpus, model: str = "") -> Profile:
    """The profile to keep of a corpus.

    Words and sources are counted in every other article only, and which of them are kept is decided by the others: a
    word that is kept because chance made it frequent would seem to fall in any texts after.
    """
    blocks = {}
    for key, counters in corpus.counters.items():
        halved = key.partition("/")[0] in _MOST and len(counters) > 1
        counted = counters[1::2] if halved else counters
        like = categories_of(counters[::2] if halved else counters, key)
        blocks[key] = folded(counted, math.ceil(len(counted) / N_FOLDS), like)
    words = {
        key.partition("/")[2]: dict(Counter(word for one in counters for word in one).most_common(_N_WORDS))
        for key, counters in corpus.counters.items()
        if key.startswith("vocabulary/")
    }
    return Profile(blocks, words, model)


def categories_of(counters: Sequence[Counter[str]], key: str) -> tuple[str, ...]:
    """The categories of the measure `key`: its bins, or the most frequent in some articles; `OTHER` comes last."""
    measure = key.partition("/")[0]
    if measure in BINS:
        return (*BINS[measure], OTHER)
    total: Counter[str] = Counter()
    for one in counters:
        total.update(one)
    return (*sorted(name for name, _ in total.most_common(_MOST.get(measure)) if name != OTHER), OTHER)


def folded(counters: Sequence[Counter[str]], per_fold: float, like: Sequence[str]) -> Block:
    """Counters of articles in folds of about `per_fold`, in the categories `like`."""
    place = {name: n for n, name in enumerate(like)}
    n_folds = max(1, round(len(counters) / per_fold))
    counts = np.zeros((n_folds, len(like)))
    for number, one in enumerate(counters):
        row = counts[number * n_folds // len(counters)]
        for name, n in one.items():
            row[place.get(name, place[OTHER])] += n
    return Block(tuple(like), counts, len(counters))
