from __future__ import annotations

import csv
from pathlib import Path

from nlp.exuberance_critical import CRITICAL_COLUMNS
from scripts.simulate_exuberance import simulate_exuberance, simulated_rows


def test_shipped_figures_come_from_the_seed(root: Path) -> None:
    with (root / "nlp" / "exuberance.csv").open(encoding="utf-8", newline="") as file:
        header, *shipped = csv.reader(file)
    assert tuple(header) == CRITICAL_COLUMNS
    for tests, n, lags, n_paths in (("dating", 20, 0, 20_000), ("dating", 25, 1, 20_000), ("whole", 20, 0, 4_000)):
        for row in simulated_rows(tests, n, lags, n_paths):
            assert [str(cell) for cell in row] in shipped


def test_a_file_can_be_made_again(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        simulate_exuberance(tmp_path / name, 1, 0.005, 25)
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    simulate_exuberance(tmp_path / "c.csv", 2, 0.005, 25)
    assert (tmp_path / "a.csv").read_bytes() != (tmp_path / "c.csv").read_bytes()
    assert len((tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()) == 1 + 2 * (2 * 6 + 2)
