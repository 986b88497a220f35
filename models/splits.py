"""Labels to learn from and labels held out, so that nothing leaks: articles and their copies fall on one side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.folds import held_out_of
from models.passages import answers_of
from nlp.errors import InputError
from nlp.labelled import article_of

if TYPE_CHECKING:
    from nlp.labelled import LabelledSentence

__all__ = ["Split", "all_labels", "split_labels"]


@dataclass(frozen=True, slots=True)
class Split:
    """Labelled sentences to train on, and those that stop the training and fit calibration and thresholds."""

    kept: Sequence[LabelledSentence]
    held_out: Sequence[LabelledSentence]


def split_labels(rows: Sequence[LabelledSentence] | Split, narratives: Sequence[str], share: float, seed: int) -> Split:
    """The rows judged for some narrative, a share of them held out; a split that was made already is checked.

    What belongs together (`models.folds`) is held out together, with its share of every answer if it can be.

    Raises:
        InputError: labels from which nothing can be learnt, all of one story, or an article on both sides.
    """
    if isinstance(rows, Split):
        split = Split(_judged(rows.kept, narratives), _judged(rows.held_out, narratives))
        both = {article_of(row) for row in split.kept} & {article_of(row) for row in split.held_out}
        if both or not split.held_out:
            what = f"{len(both)} articles ({min(both)!r} …) are on both sides" if both else "nothing is held out"
            raise InputError(f"{what}: hold out labelled sentences of other articles than those to train on")
    else:
        _refuse_one_sided(rows, narratives)
        judged = _judged(rows, narratives)
        held = held_out_of(judged, narratives, share=share, seed=seed)
        split = Split(*([row for row, out in zip(judged, held, strict=True) if out == side] for side in (False, True)))
    _refuse_one_sided(split.kept, narratives)
    held_names = {name for row in split.held_out for name in row.labels}
    if missing := [name for name in narratives if name not in held_names]:
        raise InputError(
            f"no held-out row is labelled for {', '.join(missing)}: label it in more articles, or give --held-out FILE "
            "with rows for every narrative (--method head holds nothing out)"
        )
    return split


def all_labels(rows: Sequence[LabelledSentence] | Split, narratives: Sequence[str]) -> Split:
    """The same for what cross-validation measures: nothing is held out but what a split holds out already.

    Raises:
        InputError: labels from which nothing can be learnt, or an article on both sides.
    """
    if isinstance(rows, Split):
        return split_labels(rows, narratives, share=0, seed=0)
    _refuse_one_sided(rows, narratives)
    return Split(_judged(rows, narratives), [])


def _judged(rows: Sequence[LabelledSentence], narratives: Sequence[str]) -> list[LabelledSentence]:
    return [row for row in rows if any(narrative in row.labels for narrative in narratives)]


def _refuse_one_sided(rows: Sequence[LabelledSentence], narratives: Sequence[str]) -> None:
    if not narratives:
        raise InputError("no row has a label: give every row what was judged, as labels: {narrative: 1, 0 or -1}")
    gold = answers_of(rows, narratives)
    for index, narrative in enumerate(narratives):
        if len(np.unique(gold[gold[:, index] >= 0, index])) < 2:
            raise InputError(
                f"the labels know fewer than two answers for {narrative!r}: nothing can be learnt; add rows or drop it"
            )
