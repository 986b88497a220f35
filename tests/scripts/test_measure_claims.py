from __future__ import annotations

import json
import lzma
from collections import Counter
from pathlib import Path

import pytest

from scripts.measure_claims import drawn, measure_claims

TEXT = "The VIX closed at 30 on Monday. Insiders sold shares worth $12 billion."


def write(path: Path, n: int, date: str = "2024-05-06", text: str = TEXT) -> Path:
    with lzma.open(path, "wt", encoding="utf-8") as file:
        for i in range(n):
            row = {"id": f"{path.stem}-{i}", "date": date, "title": "Markets", "text": f"{text} Note {path.stem} {i}."}
            file.write(json.dumps(row) + "\n")
    return path


def test_a_large_file_does_not_fill_the_draw_and_a_seed_fixes_it(tmp_path: Path) -> None:
    files = [write(tmp_path / "large.jsonl.xz", 100), write(tmp_path / "small.jsonl.xz", 8)]
    rows = drawn(files, 20, seed=0)
    assert Counter(row["source"] for row in rows) == {"large": 12, "small": 8}
    assert rows == drawn(files, 20, seed=0) != drawn(files, 20, seed=1)


def test_undated_articles_and_second_copies_are_left_out(tmp_path: Path) -> None:
    undated, dated = write(tmp_path / "a.jsonl.xz", 3, date=""), write(tmp_path / "b.jsonl.xz", 3)
    assert len(drawn([undated, dated, dated], 20, seed=0)) == 3


def test_figures_and_verdicts_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "market").mkdir()
    days = "".join(f"2024-05-{day:02},15\n" for day in (1, 2, 3, 6))
    (tmp_path / "market" / "vix.csv").write_text(f"date,close\n{days}", encoding="utf-8")
    measure_claims([write(tmp_path / "a.jsonl.xz", 3)], tmp_path / "market", n=2, seed=0, workers=1)
    told = {line[:32].strip(): line[32:].strip() for line in capsys.readouterr().out.splitlines()}
    assert told["articles"] == "2"
    assert float(told["of an indicator, an article"]) == 1
    assert float(told["figures an article"]) >= 2
