"""Labelled sentences in parts: what belongs together stays in one, and each has its share of every answer if it can be.

Articles, copies of a text and sentences of one wording stay together (`nlp.splits`). The groups are dealt out one by
one, those with the rarest answers first, each to the part that then is nearest to its share of every answer (as
scikit-learn's StratifiedGroupKFold does for one label a row and equal parts).
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from models.passages import answers_of
from nlp.errors import InputError
from nlp.labelled import article_of
from nlp.schema import ANSWERS
from nlp.splits import groups_of, keys_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nlp.labelled import LabelledSentence

__all__ = ["folds_of", "held_out_of"]


def folds_of(
    rows: Sequence[LabelledSentence], narratives: Sequence[str], *, n_folds: int = 5, seed: int = 0
) -> NDArray[np.int64]:
    """The fold of each row, fewer than `n_folds` where there are fewer groups. Shape: (n_rows,).

    Raises:
        InputError: all rows belong together.
    """
    groups = _groups(groups_of(keys_of(rows)))
    n_folds = min(n_folds, len(groups))
    return _dealt(answers_of(rows, narratives), groups, np.full(n_folds, 1 / n_folds), seed)


def held_out_of(
    rows: Sequence[LabelledSentence], narratives: Sequence[str], *, share: float = 0.1, seed: int = 0
) -> NDArray[np.bool_]:
    """Whether each row is among the `share` held out; some are, whatever the share. Shape: (n_rows,).

    Where the rows are copies of so few texts that an answer would not be left to learn, or a narrative not be held out,
    only articles stay together.

    Raises:
        InputError: all rows are of one article.
    """
    gold, articles = answers_of(rows, narratives), [article_of(row) for row in rows]
    of_articles = _groups(articles)
    together = groups_of(keys_of(rows))
    for groups in (_groups(together) if len(set(together)) > 1 else of_articles, of_articles):
        held: NDArray[np.bool_] = _dealt(gold, groups, np.array([1 - share, share]), seed) == 1
        are_left = all(set(left) == set(every) for left, every in zip(gold[~held].T, gold.T, strict=True))
        if are_left and (gold[held] >= 0).any(0).all():
            break
    return held


def _groups(names: Sequence[str]) -> dict[str, list[int]]:
    """The places of the rows that belong together, by the name that they share."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        groups[name].append(place)
    if len(groups) < 2:
        raise InputError(
            f"all {len(names)} labelled sentences belong to one article or story: at least two are needed to hold one "
            "out; label some of others"
        )
    return dict(groups)


def _dealt(
    gold: NDArray[np.int64], groups: dict[str, list[int]], parts: NDArray[np.float64], seed: int
) -> NDArray[np.int64]:
    """The part of each row with the answers `gold`; `parts` are the shares of the parts, none of which stays empty."""
    told = gold[:, :, None] == np.arange(len(ANSWERS))
    shares = told.reshape(len(gold), -1) / np.maximum(told.sum(0).reshape(-1), 1)
    weights = {name: shares[places].sum(0) for name, places in groups.items()}
    names = sorted(groups)
    random.Random(seed).shuffle(names)  # noqa: S311 - a reproducible split, not a secret
    names.sort(key=lambda name: -float(weights[name].max()))
    dealt, sizes = np.zeros((len(parts), shares.shape[1])), np.zeros(len(parts))
    part_of = np.zeros(len(gold), dtype=np.int64)
    for n_left, name in zip(range(len(names), 0, -1), names, strict=True):
        costs = (((dealt + weights[name]) ** 2 - dealt**2).sum(1) / parts).round(12).tolist()
        filled = (sizes / parts).tolist()
        empty = [one for one, n_rows in enumerate(filled) if not n_rows]
        open_to = empty if n_left <= len(empty) else range(len(parts))
        part = min(open_to, key=lambda one: (costs[one], filled[one], one))
        dealt[part] += weights[name]
        sizes[part] += len(groups[name])
        part_of[groups[name]] = part
    return part_of
