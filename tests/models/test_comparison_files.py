"""Of two models every answer that changed, and whether that was for the better."""

from __future__ import annotations

import numpy as np

from models.comparison_files import CHANGE_COLUMNS, changes_table
from models.decisions import Thresholds
from nlp.labelled import LabelledSentence

EVEN = Thresholds.even(1)
NONE, ASSERTS, REJECTS = (0.8, 0.1, 0.1), (0.1, 0.8, 0.1), (0.1, 0.1, 0.8)


def test_changes_are_lost_wrong_or_won() -> None:
    cases = [  # gold, old, new
        ("won", 1, NONE, ASSERTS),
        ("same", 1, ASSERTS, ASSERTS),
        ("wrong", -1, ASSERTS, NONE),
        ("lost", 0, NONE, REJECTS),
    ]
    rows = [LabelledSentence(id=name, lang="en", text=name, labels={"bubble": gold}) for name, gold, *_ in cases]
    rows.append(LabelledSentence(id="unjudged", lang="en", text="?"))
    old, new = (np.array([[case[k]] for case in cases] + [[(NONE, ASSERTS)[k - 2]]]) for k in (2, 3))
    table = changes_table(rows, (old, EVEN), (new, EVEN), ("bubble",))
    assert tuple(table.columns) == CHANGE_COLUMNS
    assert list(zip(table["id"], table["change"], strict=True)) == [
        ("lost", "lost"),
        ("wrong", "still wrong"),
        ("won", "won"),
    ]
    assert table.loc[2, ["gold", "said_old", "said_new", "p_gold_new"]].tolist() == ["assert", "none", "assert", 0.8]
