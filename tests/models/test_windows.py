from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.passages import Passage
from models.windows import WindowLayout, pack

LAYOUT = WindowLayout(max_tokens=64, max_sentence=20, cls=1, sep=2)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=60), st.data())
def test_every_sentence_is_read_once_and_context_at_the_ends(sizes: list[int], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(sizes)))
    stop = data.draw(st.integers(start, len(sizes)))
    tokens = [[100 + i] * size for i, size in enumerate(sizes)]
    windows = list(pack(Passage(tuple(map(str, range(len(sizes)))), start, stop), tokens, LAYOUT, first_row=7))
    owned = [span.row for window in windows for span in window.spans]
    assert owned == list(range(7, 7 + stop - start))
    for window in windows:
        assert len(window.ids) <= LAYOUT.max_tokens
        for span in window.spans:
            assert list(window.ids[span.start : span.end]) == tokens[span.row - 7 + start]
    read = [list(window.ids) for window in windows]
    assert all(sum(100 + i in ids for ids in read) == 1 for i in range(start, stop))
    if windows:
        assert start == 0 or 100 + start - 1 in read[0]
        assert stop == len(sizes) or 100 + stop in read[-1]


def test_a_window_takes_sentences_until_it_is_half_full() -> None:
    windows = list(pack(Passage(("x",) * 9, 0, 9), [[5] * 9] * 9, LAYOUT, 0))
    assert [len(window.spans) for window in windows] == [3, 3, 3]


def test_a_short_article_is_one_window() -> None:
    (window,) = pack(Passage(("a", "b", "c"), 0, 3), [[10], [11, 12], [13]], LAYOUT, 0)
    assert window.ids == (1, 10, 2, 11, 12, 2, 13, 2)
    assert [(span.start, span.end) for span in window.spans] == [(1, 2), (3, 5), (6, 7)]


def test_a_layout_that_cannot_hold_context_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot hold three sentences"):
        WindowLayout(max_tokens=64, max_sentence=40, cls=1, sep=2)


def test_a_passage_that_judges_what_it_does_not_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="outside the passage"):
        Passage(("a",), 0, 2)
