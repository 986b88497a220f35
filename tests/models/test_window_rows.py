from __future__ import annotations

from models.window_rows import WindowRows
from models.windows import Window


def test_windows_stand_row_behind_row() -> None:
    windows = [Window(tuple(range(1, n + 1)), ()) for n in (20, 17, 8, 3, 9)]
    rows = WindowRows.of(windows, longest=20)
    assert rows.filled == [20, 20, 8, 8, 16]
    for window, start, n in zip(windows, rows.starts, rows.filled, strict=True):
        assert rows.ids[start : start + n].tolist() == [*window.ids, *[0] * (n - len(window.ids))]
    assert [(run.start, run.n, run.sizes) for run in rows.runs] == [(0, 20, (20, 17)), (40, 8, (8, 3)), (56, 16, (9,))]
    assert [run.rows.stop for run in rows.runs] == [40, 56, 72]
    assert (len(rows.ids), rows.n_behind) == (128, 56)
    assert len(WindowRows.of(windows, longest=20, filled_up=False).ids) == 72
