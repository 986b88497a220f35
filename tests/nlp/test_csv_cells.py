"""Cells of CSVs: read many at once they are those that pandas reads, whatever the file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nlp import csv_cells
from nlp.csv_cells import numbers_in, read_cells
from nlp.formulas import neutralise

CELLS = st.text(alphabet="a1 ,;\"'=-\r\n\t\x00é流", max_size=4)
PLAIN = st.lists(CELLS.map(neutralise).map(lambda cell: '"{}"'.format(cell.replace('"', '""'))), min_size=2, max_size=2)
PIECES = ["a", "b", "1", ",", ",", '"', "'", " ", "=", "\n", "\r\n"]
"""No carriage return alone outside quotes, which pandas takes for a line end that eats what follows."""
FILES = st.one_of(
    st.lists(PLAIN, max_size=4).map(lambda rows: "\r\n".join(["a,b", *map(",".join, rows), ""])),
    st.lists(st.sampled_from(PIECES), max_size=20).map(lambda pieces: f"a,b\n{''.join(pieces)}"),
    st.lists(st.sampled_from(PIECES), max_size=12).map(lambda pieces: f"a,b\n{''.join(pieces)}\n"),
    st.lists(st.sampled_from([*PIECES, "\ufeff"]), max_size=12).map("".join),
)


def _read(path: Path) -> object:
    try:
        return read_cells(path).astype(object).where(lambda cells: cells.notna(), None).to_dict("split")
    except ValueError as error:
        return type(error)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=FILES)
@example(text='a,b\n1,"')
@example(text='a,b\n1,"2""\n')
def test_every_file_is_read_as_pandas_reads_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    found = _read(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_cells, "_plain_table", lambda path: None)
        assert _read(path) == found


def test_a_plain_file_is_read_at_once_and_a_ragged_one_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text('﻿a,b\r\n\'=1+1,"it\'s, 1"\r\n"",\'-2\r\n', encoding="utf-8")
    ragged = tmp_path / "b.csv"
    ragged.write_text("a,b\n1\n", encoding="utf-8")
    assert read_cells(ragged).loc[0, "a"] == "1"
    monkeypatch.setattr(pd, "read_csv", None)
    cells = read_cells(path)
    assert cells.columns.tolist() == ["a", "b"]
    assert cells.loc[0].tolist() == ["=1+1", "it's, 1"]
    assert cells["a"].isna().tolist() == [False, True]
    assert cells.loc[1, "b"] == "-2"


@given(
    cells=st.one_of(
        st.lists(st.floats(-1e8, 1e8, allow_nan=False).map(lambda x: f"{x:.6f}"), min_size=1),
        st.lists(st.integers(-(10**14), 10**14).map(str), min_size=1),
        st.lists(st.one_of(st.none(), st.text(alphabet="0123.-e ", max_size=5)), min_size=1),
    )
)
def test_numbers_are_those_of_pandas_to_the_last_bit(cells: list[str | None]) -> None:
    column = pd.Series(cells, dtype="str", name="x")
    expected = pd.to_numeric(column, errors="coerce")
    found = numbers_in(column)
    if (expected.notna() != column.notna()).any():
        assert found is None
    else:
        assert found is not None
        pd.testing.assert_series_equal(found, expected, check_exact=True)
