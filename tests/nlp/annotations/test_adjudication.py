from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from nlp.annotations.adjudication import adjudicated, read_decisions
from nlp.annotations.disagreements import DISAGREEMENT_COLUMNS, disagreements, write_disagreements
from nlp.errors import InputError
from nlp.labelled import LabelledSentence


def said(name: str, **answers: int) -> list[LabelledSentence]:
    return [
        LabelledSentence(id=name, lang="en", text="=Prices", labels={"bubble": label}, annotator=who)
        for who, label in answers.items()
    ]


ROWS = [*said("s1", a=1, b=-1), *said("s2", a=1, b=1, c=0), *said("s3", a=0, b=1), *said("s4", a=1)]


def test_the_listing_comes_back_with_decisions(tmp_path: Path) -> None:
    path = tmp_path / "disagreements.csv"
    write_disagreements(disagreements(ROWS), path)
    table = pd.read_csv(path, dtype=str)
    assert tuple(table.columns) == DISAGREEMENT_COLUMNS
    assert list(table["id"]) == ["s1", "s3", "s2"]
    assert table["text"].str.startswith("'=").all()
    assert table.loc[0, "answers"] == "a: assert; b: reject"
    table.loc[table["id"] == "s1", "decided"] = "Reject"
    table.to_csv(path, index=False)
    decisions = read_decisions(path)
    assert decisions == {("s1", "bubble"): "reject"}
    merged = adjudicated(ROWS, decisions)
    assert [(one.id, dict(one.labels)) for one in merged if isinstance(one, LabelledSentence)] == [
        ("s1", {"bubble": -1}),
        ("s2", {"bubble": 1}),
        ("s4", {"bubble": 1}),
    ]


def test_a_decision_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "decided.csv"
    path.write_text("id,narrative,decided\ns1,bubble,perhaps\n", encoding="utf-8")
    with pytest.raises(InputError, match="row 2: 'perhaps' decides nothing"):
        read_decisions(path)
    path.write_text("id,narrative,decided\ns1,bubble,3\n", encoding="utf-8")
    with pytest.raises(InputError, match="'3' was decided of bubble in s1"):
        adjudicated(ROWS, read_decisions(path))
