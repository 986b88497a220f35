from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlp.errors import Failure, InputError
from nlp.label_keys import LabelKey, read_keys, restore, text_hash, write_keys
from nlp.labelled import LabelledSentence

TEXT = "Prices rose. It is a bubble. Nobody minds."


def key(**changes: object) -> LabelKey:
    values: dict[str, object] = {
        "file": "en/wire",
        "article": "a-1",
        "start": 13,
        "end": 28,
        "hash": text_hash("It is a bubble."),
        "stratum": "random",
        "labels": {"bubble": 1, "liquidity_crisis": 0},
        "second": {"bubble": 0, "liquidity_crisis": 0},
    }
    return LabelKey(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    (tmp_path / "en").mkdir()
    row = {"id": "a-1", "lang": "en", "date": "2024-03-05", "title": "T", "text": TEXT, "source": "Wire"}
    (tmp_path / "en" / "wire.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    return tmp_path


def test_keys_come_back(tmp_path: Path) -> None:
    keys = [key(), key(start=0, second={}, labels={"bubble": -1})]
    write_keys(tmp_path / "keys.csv", keys)
    assert read_keys(tmp_path / "keys.csv") == keys
    assert "bubble." not in (tmp_path / "keys.csv").read_text("utf-8")


def test_a_key_finds_its_sentence_and_neighbours(texts: Path) -> None:
    (found,) = restore([key()], texts)
    assert found == LabelledSentence(
        id="a-1:13",
        lang="en",
        text="It is a bubble.",
        before="Prices rose.",
        after="Nobody minds.",
        labels={"bubble": 1, "liquidity_crisis": 0},
        date="2024-03-05",
        source="Wire",
        article="a-1",
        stratum="random",
    )


def test_sentences_written_to_stand_in_a_place_are_read_there(tmp_path: Path, texts: Path) -> None:
    written = ["Nobody asks what it earns.", "Nobody asks who lends."]
    keys = [key(text=text, second={}, stratum="placed") for text in written]
    write_keys(tmp_path / "placed.csv", keys)
    assert read_keys(tmp_path / "placed.csv") == keys
    found = list(restore(keys, texts))
    assert [(row.id, row.before, row.text, row.after, row.source) for row in found] == [  # type: ignore[union-attr]
        (f"a-1:13~{text_hash(text)}", "Prices rose.", text, "Nobody minds.", "written for froth") for text in written
    ]


@pytest.mark.parametrize("cell", ["", ",", ", "])
def test_a_row_without_text_is_refused_where_the_table_has_texts(tmp_path: Path, cell: str) -> None:
    table = tmp_path / "placed.csv"
    table.write_text(
        f"file,article,start,end,hash,stratum,bubble,text\nen/wire,a-1,13,28,abc,placed,1{cell}\n", "utf-8"
    )
    with pytest.raises(InputError, match=r"placed.csv:2: no text"):
        read_keys(table)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"hash": "000000000000"}, "not the one that was judged"),
        ({"start": 14}, "sentences end elsewhere now"),
        ({"end": 25, "hash": text_hash("It is a bubb")}, "sentences end elsewhere now"),
        ({"article": "gone"}, "is not there, with 1 judged"),
        ({"file": "en/gone"}, "is not there, with 1 judged"),
    ],
)
def test_what_has_changed_is_a_failure(texts: Path, change: dict[str, object], reason: str) -> None:
    (found,) = restore([key(**change)], texts)
    assert isinstance(found, Failure)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("a,b\n1,2\n", "lacks the columns"),
        ("file,article,start,end,hash,stratum,bubble\nf,a,0,3,h,s,2\n", r"keys\.csv:2: bubble is 2"),
        ("file,article,start,end,hash,stratum,bubble\nf,a,x,3,h,s,1\n", r"keys\.csv:2: invalid literal"),
    ],
)
def test_a_faulty_table_is_named(tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "keys.csv").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=reason):
        read_keys(tmp_path / "keys.csv")


def test_a_missing_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_keys(tmp_path / "gone.csv")


def test_a_folder_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no folder"):
        restore([key()], tmp_path / "gone")
