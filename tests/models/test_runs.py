from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.batches import shuffled_batches
from models.runs import Run, runs_of
from models.windows import WindowLayout
from nlp.labelled import LabelledSentence

LAYOUT = WindowLayout(max_tokens=64, max_sentence=20, cls=1, sep=2)


def article(n: int, name: str = "a") -> list[LabelledSentence]:
    texts = [f"{name}{i}." for i in range(n)]
    return [
        LabelledSentence(
            id=text,
            lang="en",
            text=text,
            before=texts[i - 1] if i else "",
            after=texts[i + 1] if i + 1 < n else "",
            article=name,
        )
        for i, text in enumerate(texts)
    ]


def test_neighbours_are_one_run_up_to_six() -> None:
    assert [len(run) for run in runs_of(article(14))] == [6, 6, 2]


def test_gaps_and_other_articles_break_a_run() -> None:
    rows = article(4)
    assert [list(run) for run in runs_of([rows[0], rows[1], rows[3], *article(1, "b")])] == [[0, 1], [2], [3]]


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.integers(0, 5), st.sampled_from([0.0, 0.5, 1.0]))
def test_every_row_is_read_once_in_every_pass(sizes: list[int], seed: int, bare: float) -> None:
    runs, first = [], 0
    for number, size in enumerate(sizes):
        sentences = tuple((100 + number,) * (3 + i % 15) for i in range(size + 2))
        runs.append(Run(sentences, 1, size, first))
        first += size
    batches = shuffled_batches(runs, LAYOUT, 256, bare, random.Random(seed))
    spans = [span for batch in batches for window in batch for span in window.spans]
    assert sorted(span.row for span in spans) == list(range(first))
    for batch in batches:
        for window in batch:
            assert len(window.ids) <= LAYOUT.max_tokens
            for span in window.spans:
                assert len(set(window.ids[span.start : span.end])) == 1
                assert window.ids[span.end] == LAYOUT.sep
            for one, two in pairwise(window.spans):
                assert one.end < two.start
