from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp.errors import Failure, InputError
from nlp.safety import inert
from nlp.tables import TableWriter, read_table, write_failures, write_table

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"])).map(inert).filter(lambda s: s.strip() == s != "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(texts, min_size=1, max_size=5))
def test_text_comes_back_as_it_was(tmp_path: Path, cells: list[str]) -> None:
    for suffix in (".csv", ".parquet"):
        path = tmp_path / f"t{suffix}"
        write_table([{"title": c} for c in cells], path, ["title"])
        assert read_table(path, ["title"])["title"].tolist() == cells


def test_hostile_cells_do_not_break_the_file(tmp_path: Path) -> None:
    kept = ['a"b', "x,y", "two\nlines", "=cmd|' /C calc'!A0", "x;＝1\t=1", "NA", "null"]
    by_hostile = {
        "nul\x00": "nul\ufffd",
        "half\ud83d": "half\ufffd",
        "\x1b[31m\u202e": "\ufffd[31m\ufffd",
        "a\r\nb\rc": "a\nb\nc",
    }
    for suffix in (".csv", ".parquet"):
        write_table([{"title": c} for c in (*kept, *by_hostile)], tmp_path / f"t{suffix}", ["title"])
        assert read_table(tmp_path / f"t{suffix}", ["title"])["title"].tolist() == [*kept, *by_hostile.values()]


def test_batches_make_one_file(tmp_path: Path) -> None:
    for suffix in (".csv", ".parquet"):
        with TableWriter(tmp_path / f"t{suffix}", ["a", "b"]) as writer:
            writer.add([{"a": 1, "b": "x"}])
            writer.add([{"a": 2}])
        table = read_table(tmp_path / f"t{suffix}", ["a", "b"])
        assert table["a"].tolist() == [1, 2]
        assert table["b"].isna().tolist() == [False, True]


def test_a_file_that_failed_half_way_does_not_appear(tmp_path: Path) -> None:
    def interrupted() -> None:
        with TableWriter(tmp_path / "t.csv", ["a"]) as writer:
            writer.add([{"a": 1}])
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_empty_tables_have_headers(tmp_path: Path) -> None:
    write_table([], tmp_path / "t.csv", ["a", "b"])
    assert (tmp_path / "t.csv").read_bytes() == b"a,b\r\n"
    write_table([], tmp_path / "t.parquet", ["a", "b"])
    assert list(pd.read_parquet(tmp_path / "t.parquet").columns) == ["a", "b"]


def test_failures_file(tmp_path: Path) -> None:
    write_failures([Failure("a.txt", "read", "empty")], tmp_path / "failures.csv")
    assert (tmp_path / "failures.csv").read_bytes() == b"item,stage,reason\r\na.txt,read,empty\r\n"


def test_text_that_looks_like_numbers_stays_text_and_numbers_are_numbers(tmp_path: Path) -> None:
    row = {"source": "007", "bubble_evidence": "2024.10", "title": "'-5%' day", "bubble": 0.5, "lang": "true"}
    for suffix in (".csv", ".parquet"):
        write_table([row], tmp_path / f"t{suffix}", list(row))
        assert read_table(tmp_path / f"t{suffix}", []).to_dict("records") == [row]


def test_what_cannot_be_read_or_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        read_table(tmp_path / "none.csv", [])
    (tmp_path / "t.csv").write_text("x\n1\n")
    with pytest.raises(InputError, match=r"lacks the column\(s\) story"):
        read_table(tmp_path / "t.csv", ["x", "story"])
    with pytest.raises(InputError, match="cannot write"):
        write_table([], tmp_path / "t.csv" / "below.csv", ["a"])
    with pytest.raises(InputError, match="it is a folder"):
        write_table([], tmp_path, ["a"])
