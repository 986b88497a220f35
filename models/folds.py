"""Folds for cross-validation: what belongs together stays in one, and each has its share of every answer if it can be.

Articles, copies of a text and sentences of one wording stay together (`nlp.splits`). The groups are dealt out one by
one, those with the rarest answers first, each to the fold that then is nearest to its share of every answer (as
scikit-learn's StratifiedGroupKFold does for one label a row).
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from models.passages import answers_of
from nlp.errors import InputError
from nlp.schema import ANSWERS
from nlp.splits import groups_of, keys_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from nlp.labelled import LabelledSentence

__all__ = ["folds_of"]


def folds_of(
    rows: Sequence[LabelledSentence], narratives: Sequence[str], *, n_folds: int = 5, seed: int = 0
) -> NDArray[np.int64]:
    """The fold of each row, fewer than `n_folds` where there are fewer groups. Shape: (n_rows,).

    Raises:
        InputError: all rows belong together.
    """
    rows_of_group: defaultdict[str, list[int]] = defaultdict(list)
    for place, group in enumerate(groups_of(keys_of(rows))):
        rows_of_group[group].append(place)
    if len(rows_of_group) < 2:
        raise InputError(f"all {len(rows)} labelled sentences belong to one article or story: label some of others")
    n_folds = min(n_folds, len(rows_of_group))
    told = answers_of(rows, narratives)[:, :, None] == np.arange(len(ANSWERS))
    shares = told.reshape(len(rows), -1) / np.maximum(told.sum(0).reshape(-1), 1)
    weights = {name: shares[places].sum(0) for name, places in rows_of_group.items()}
    names = sorted(rows_of_group)
    random.Random(seed).shuffle(names)  # noqa: S311 - a reproducible split, not a secret
    names.sort(key=lambda name: -float(weights[name].max()))
    dealt, sizes, fold_of = np.zeros((n_folds, shares.shape[1])), np.zeros(n_folds), np.zeros(len(rows), dtype=np.int64)
    for name in names:
        costs = [((dealt[fold] + weights[name]) ** 2).sum() - (dealt[fold] ** 2).sum() for fold in range(n_folds)]
        fold = min(range(n_folds), key=lambda one: (round(float(costs[one]), 12), sizes[one], one))
        dealt[fold] += weights[name]
        sizes[fold] += len(rows_of_group[name])
        fold_of[rows_of_group[name]] = fold
    return fold_of
