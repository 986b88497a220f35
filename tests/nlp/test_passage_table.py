from __future__ import annotations

from pathlib import Path

import pytest

from nlp.errors import InputError
from nlp.labelled import LabelledSentence
from nlp.passage_table import read_passages

HEAD = "article,lang,text,bubble\n"


def table(tmp_path: Path, rows: str, head: str = HEAD) -> Path:
    path = tmp_path / "passages.csv"
    path.write_text(head + rows, encoding="utf-8")
    return path


def test_the_rows_beside_a_sentence_are_its_neighbours(tmp_path: Path) -> None:
    rows = read_passages(table(tmp_path, "a,zh,涨得没道理。,1\na,zh,是吗？,0\nb,en,No.,-1\n"))
    assert [(row.id, row.before, row.after, row.labels["bubble"]) for row in rows] == [
        ("a-1", "", "是吗？", 1),
        ("a-2", "涨得没道理。", "", 0),
        ("b-1", "", "", -1),
    ]
    assert rows[2] == LabelledSentence(
        id="b-1",
        lang="en",
        text="No.",
        labels={"bubble": -1},
        source="written for froth",
        article="b",
        stratum="passage",
    )


@pytest.mark.parametrize(
    ("head", "rows", "complaint"),
    [
        ("article,text,bubble\n", "a,x,0\n", "lacks the columns lang"),
        (HEAD, "a,en,x,0\na,en,x,2\n", "csv:3: expected .* labels of -1, 0 or 1"),
        (HEAD, "a,en,one, two,0\n", "csv:2: expected"),
        (HEAD, "a,en\n", "csv:2: expected"),
        (HEAD, "a,en,,0\n", "csv:2: expected an article, a language, a text"),
        (HEAD, "a,en,x,0\nb,en,y,0\na,en,z,0\n", "sentences of a do not stand together"),
    ],
)
def test_what_is_no_table_of_passages_is_told(tmp_path: Path, head: str, rows: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        read_passages(table(tmp_path, rows, head))
