"""Lines of a CSV written from rows are those that a data frame of the rows gives."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp.csv_rows import csv_lines
from nlp.tables import TableWriter, frame

TEXTS = st.text(alphabet="a ,;\"'=-\r\n\t\x00é流\ud800", max_size=4)
NUMBERS = st.one_of(st.integers(-(2**53), 2**53), st.floats())
CELLS = st.one_of(st.none(), TEXTS, NUMBERS, st.booleans())
COLUMNS = [st.one_of(st.none(), NUMBERS), st.one_of(st.none(), TEXTS), st.integers(-9, 9), CELLS]
ROWS = st.lists(st.tuples(*COLUMNS).map(lambda cells: dict(zip("abcd", cells, strict=True))), max_size=4)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_lines_are_those_of_a_data_frame(tmp_path: Path, rows: list[dict[str, object]]) -> None:
    names = ["b", "=a", "c", "d", "a"]
    with TableWriter(tmp_path / "fast.csv", names) as writer:
        writer.add(rows)
    with TableWriter(tmp_path / "slow.csv", names) as writer:
        writer.add_table(frame(rows, names))
    assert (tmp_path / "fast.csv").read_bytes() == (tmp_path / "slow.csv").read_bytes()


def test_numbers_lack_where_they_are_none_and_what_is_no_plain_cell_is_left_to_pandas() -> None:
    assert csv_lines([{"a": math.nan}, {"a": 2}], ["a", "b"]) == ",\r\n2.0,\r\n"
    assert csv_lines([{"a": [1]}], ["a"]) is None


def test_writing_rows_loads_no_pandas(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from nlp.tables import write_table; import scripts.score_files, nlp.work_file\n"
        "write_table([{'a': 1}], pathlib.Path(sys.argv[1]), ['a']); print('pandas' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "t.csv")], check=True, capture_output=True, text=True
    )
    assert done.stdout == "False\n"
