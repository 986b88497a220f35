from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.figures import FigureCounts
from nlp.schema import Article
from nlp.sketches import Sketch, sketch

NUMBERS = st.lists(st.integers(1, 9999), min_size=1, max_size=9)


def giving(*numbers: object) -> Sketch:
    return sketch(Article.create(text="sold " + " of ".join(map(str, numbers))))


def test_what_is_rare_elsewhere_says_more_before_anything_is_known() -> None:
    counts = FigureCounts()
    worth = [counts.evidence(giving(number).figures) for number in ("4187", "47", "2024", "12", "3")]
    assert worth == pytest.approx([-math.log(share) for share in (0.005, 0.03, 0.06, 0.06, 0.2)])
    # A figure is its digits, whatever its unit: 1.2 billion is 1,200 million is 十二亿 written 12亿.
    assert counts.evidence(giving("1,200").figures) == worth[3]


def test_what_many_articles_give_says_less_and_less() -> None:
    counts, seen = FigureCounts(), giving(4187, 3)
    worth = []
    for _ in range(300):
        worth.append(counts.evidence(giving(4187).figures))
        counts.add(seen)
    assert worth == sorted(worth, reverse=True)
    assert worth[-1] == pytest.approx(-math.log((299 + 0.5) / 399))
    assert counts.evidence(giving(5261).figures) == pytest.approx(-math.log(0.5 / 400))


@given(NUMBERS, NUMBERS, st.lists(NUMBERS, max_size=5))
def test_evidence_adds_up_and_never_falls_with_more(
    some: list[int], others: list[int], articles: list[list[int]]
) -> None:
    counts = FigureCounts()
    for numbers in articles:
        counts.add(giving(*numbers))
    a, b = giving(*some).figures, giving(*others).figures
    both, either = np.intersect1d(a, b), np.union1d(a, b)
    assert counts.evidence(a) + counts.evidence(b) == pytest.approx(counts.evidence(both) + counts.evidence(either))
    assert 0 <= counts.evidence(both) <= counts.evidence(a)
