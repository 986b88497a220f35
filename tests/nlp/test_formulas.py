from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.formulas import neutralise, restored
from nlp.tables import write_table
from tests.nlp.injections import FORMULAS

SIGNS = "=+-@＝＋－＠"
FORMULA = re.compile(rf"[\s\ufeff\u200b]*[{re.escape(SIGNS)}]")
texts = st.one_of(st.text(), st.text(st.sampled_from([*SIGNS, *" '\";,\t\r\n\ufeff\u3000a1"])))


@given(texts)
def test_no_cell_begins_a_formula_whatever_ends_a_cell(text: str) -> None:
    safe = str(neutralise(text))
    assert not safe.startswith(("\t", "\r"))
    assert [part for part in re.split(r"[;\t\r\n]", safe) if FORMULA.match(part.lstrip('"'))] == []


@given(texts)
def test_reading_gives_back_what_was_written(text: str) -> None:
    assert restored(neutralise(text)) == text


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_known_payloads_stay_text_under_any_delimiter(delimiter: str, tmp_path: Path) -> None:
    write_table(
        [{"id": f"a{n}", "title": text} for n, text in enumerate(FORMULAS)], tmp_path / "t.csv", ["id", "title"]
    )
    with (tmp_path / "t.csv").open(newline="", encoding="utf-8") as file:
        cells = [cell for row in csv.reader(file, delimiter=delimiter) for cell in row]
    assert len(cells) > len(FORMULAS)
    assert [cell for cell in cells if FORMULA.match(cell.lstrip('"'))] == []


@pytest.mark.parametrize("text", ["up 3%", "a-b", "AI+", "1=1", "a; b", "'quoted'", "—dash", "“-5%”", "", "x\n\ny"])
def test_plain_text_is_left_alone(text: str) -> None:
    assert neutralise(text) == text


@pytest.mark.parametrize("value", [-1.5, None, float("-inf"), True])
def test_what_is_no_text_is_left_alone(value: object) -> None:
    assert neutralise(value) is value
    assert restored(value) is value
