"""What the parts of a split share, and what the parts of a random split of the same sizes would have shared.

Of each key (articles, stories, near-copies of a sentence, sources, days) it counts the values that stand in more than
one part, and the rows of later parts that have such a value: what a model could have seen. How much that is worth is
told by a reader that understands nothing: it gives a row of the last part the answers of the row of the first part
whose words are most like its own (TF-IDF, cosine). What it gains by a random split is what copies give away.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nlp.labelled import Labelled, LabelledSentence
from nlp.sketches import tokens
from nlp.splits import Keys

__all__ = ["Leak", "leaks", "nearest_row_f1", "random_parts"]

_N_READ, _BLOCK = 2000, 200
"""How many rows of the last part the nearest row is looked for, and how many at once."""


@dataclass(frozen=True, slots=True)
class Leak:
    """How much of one key parts share: values that stand in several, and rows of later parts that have one of these."""

    shared: str
    n_values: int
    n_rows: int


def random_parts(parts: Sequence[int | None], seed: int) -> list[int | None]:
    """The same parts in the same sizes, rows drawn at random; rows that were left out are drawn as well."""
    shuffled = list(parts)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a reproducible comparison, not a secret
    return shuffled


def leaks(keys: Keys, parts: Sequence[int | None]) -> list[Leak]:
    """What the parts share, by key."""
    return [_leak(name, values, parts) for name, values in keys.named().items()]


def _leak(name: str, values: Sequence[Hashable], parts: Sequence[int | None]) -> Leak:
    parts_by_value: defaultdict[Hashable, set[int]] = defaultdict(set)
    for value, part in zip(values, parts, strict=True):
        if value is not None and part is not None:
            parts_by_value[value].add(part)
    shared = {value: min(found) for value, found in parts_by_value.items() if len(found) > 1}
    n_rows = sum(
        value in shared and part is not None and part > shared[value] for value, part in zip(values, parts, strict=True)
    )
    return Leak(name, len(shared), n_rows)


def nearest_row_f1(rows: Sequence[Labelled], parts: Sequence[int | None], seed: int = 0) -> float:
    """F1 over all narratives of answers other than none, by the reader that copies the nearest row; NaN without any.

    Args:
        rows: the labels.
        parts: of the rows; the first is copied from, the last is read.
        seed: of the rows that are read where the last part has more than 2,000.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    last = max((part for part in parts if part is not None), default=0)
    known = [row for row, part in zip(rows, parts, strict=True) if part == 0]
    read = [row for row, part in zip(rows, parts, strict=True) if part == last]
    if len(read) > _N_READ:
        read = random.Random(seed).sample(read, _N_READ)  # noqa: S311 - a reproducible sample, not a secret
    vectorizer = TfidfVectorizer(analyzer=_words, sublinear_tf=True, dtype=np.float32)
    try:
        copied, asked = vectorizer.fit_transform(map(_text, known)), vectorizer.transform(map(_text, read))
    except ValueError:  # not one word in all rows
        return float("nan")
    n_right = n_said = n_gold = 0
    for start in range(0, len(read), _BLOCK):
        nearest = np.asarray((asked[start : start + _BLOCK] @ copied.T).todense()).argmax(axis=1)
        for row, place in zip(read[start : start + _BLOCK], nearest, strict=True):
            said = known[int(place)].labels
            for narrative in row.labels.keys() & said.keys():
                n_right += row.labels[narrative] == said[narrative] != 0
                n_said += said[narrative] != 0
                n_gold += row.labels[narrative] != 0
    return 2 * n_right / (n_said + n_gold) if n_said + n_gold else float("nan")


def _text(row: Labelled) -> str:
    return row.text if isinstance(row, LabelledSentence) else f"{row.article.title}\n{row.article.text}"


def _words(text: str) -> list[str]:
    """Tokens and pairs of them: single Chinese characters say little."""
    found = tokens(text)
    return [*found, *map(" ".join, pairwise(found))]
