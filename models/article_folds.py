"""Splits labelled articles into folds without leaks: copies of one story fall together, grades are spread evenly."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nlp.errors import InputError
from nlp.safety import harmless
from nlp.sketches import sketch
from nlp.stories import assign_stories

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nlp.labelled import LabelledArticle

__all__ = ["ArticleSplit", "article_folds", "split_articles"]


@dataclass(frozen=True, slots=True)
class ArticleSplit:
    """Labelled articles to learn from, and those held out to measure on."""

    kept: Sequence[LabelledArticle]
    held_out: Sequence[LabelledArticle]


def article_folds(
    rows: Sequence[LabelledArticle], narratives: Sequence[str], n_folds: int, seed: int
) -> NDArray[np.int64]:
    """The fold of each article, 0 to `n_folds` - 1. Shape: (len(rows),)."""
    stories = assign_stories([sketch(row.article) for row in rows])
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[stories[row.article.id]].append(place)
    groups = [places[story] for story in sorted(places)]
    random.Random(seed).shuffle(groups)  # noqa: S311 - a reproducible split, not a secret
    # By the grades of all narratives: neighbours in this order are alike, and go to different folds.
    groups.sort(key=lambda group: [max(rows[i].labels.get(name, -1) for i in group) for name in narratives])
    folds = np.zeros(len(rows), dtype=np.int64)
    for number, group in enumerate(groups):
        folds[group] = number % n_folds
    return folds


def split_articles(
    rows: Sequence[LabelledArticle] | ArticleSplit, narratives: Sequence[str], share: float, seed: int
) -> ArticleSplit:
    """The articles judged for some narrative, a share held out by story; a split that was made already is checked.

    Raises:
        InputError: an article comes twice, on one side or on both; nothing is left to hold out.
    """
    made = rows if isinstance(rows, ArticleSplit) else None
    every = [*made.kept, *made.held_out] if made else list(rows)  # type: ignore[arg-type]
    repeated = [name for name, n in Counter(row.article.id for row in every).items() if n > 1]
    if repeated:
        raise InputError(
            f"the article id {harmless(repeated[0])!r} occurs more than once: give each article one row, on one side "
            "(froth labels --merge makes one of several people's)"
        )
    if made is None:
        held = article_folds(every, narratives, max(2, round(1 / share)), seed) == 0
        made = ArticleSplit(
            [row for row, out in zip(every, held, strict=True) if not out],
            [row for row, out in zip(every, held, strict=True) if out],
        )
    split = ArticleSplit(
        *([row for row in side if row.labels.keys() & set(narratives)] for side in (made.kept, made.held_out))
    )
    if not split.held_out:
        raise InputError("no labelled article is held out to measure on: add articles, or name some with --held-out")
    return split
