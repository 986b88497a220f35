"""One answer for each text out of several annotators': what was decided, else what most of them say.

Decisions are read from the listing of `nlp.annotations.disagreements`, with its column `decided` filled in. Where none
was taken and no answer has more than half of the annotators, the narrative is left out of the row: not judged.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from nlp.annotations.names import ANSWER_WORDS
from nlp.errors import InputError
from nlp.labelled import Labelled, LabelledSentence
from nlp.tables import read_table

__all__ = ["adjudicated", "read_decisions"]

_SENTENCE = {"assert": 1, "reject": -1, "none": 0, "1": 1}
_ARTICLE = {"none": 0, "1": 1, "2": 2, "3": 3}

Decisions = Mapping[tuple[str, str], str]
"""Answer by (id, narrative)."""


def read_decisions(path: Path) -> dict[tuple[str, str], str]:
    """What was decided in a listing of disagreements; rows without a decision are passed over.

    Raises:
        InputError: no such listing, or a decision that is no answer.
    """
    table = read_table(path, ("id", "narrative", "decided"))
    found: dict[tuple[str, str], str] = {}
    for place, row in enumerate(table[["id", "narrative", "decided"]].astype(object).to_dict("records"), 2):
        said = row["decided"]
        if said is None or said != said:  # an empty cell is NaN
            continue
        word = str(int(said) if isinstance(said, float) else said).strip().casefold()
        if word not in ANSWER_WORDS:
            raise InputError(f"{path}: row {place}: {said!r} decides nothing; write assert, reject, none, or 0 to 3")
        found[str(row["id"]), str(row["narrative"])] = ANSWER_WORDS[word]
    return found


def adjudicated(labels: Sequence[Labelled], decisions: Decisions) -> list[Labelled]:
    """The labels with one row a text, in the order in which texts come first; rows left without labels are dropped.

    Raises:
        InputError: a decision that does not fit what was judged.
    """
    groups: defaultdict[str, list[Labelled]] = defaultdict(list)
    for one in labels:
        groups[one.id if isinstance(one, LabelledSentence) else one.article.id].append(one)
    found = []
    for name, group in groups.items():
        said: defaultdict[str, Counter[int]] = defaultdict(Counter)
        for one in group:
            for narrative, label in one.labels.items():
                said[narrative][label] += 1
        scale = _SENTENCE if isinstance(group[0], LabelledSentence) else _ARTICLE
        decided = {narrative: _label(decisions, (name, narrative), scale, counts) for narrative, counts in said.items()}
        kept = {narrative: label for narrative, label in decided.items() if label is not None}
        if kept:
            found.append(replace(group[0], labels=kept, annotator=group[0].annotator if len(group) == 1 else ""))
    return found


def _label(decisions: Decisions, key: tuple[str, str], scale: Mapping[str, int], counts: Counter[int]) -> int | None:
    answer = decisions.get(key)
    if answer is not None:
        if answer not in scale:
            raise InputError(f"{answer!r} was decided of {key[1]} in {key[0]}; expected one of {', '.join(scale)}")
        return scale[answer]
    label, n_said = counts.most_common(1)[0]
    return label if 2 * n_said > counts.total() else None
