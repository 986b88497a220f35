from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.intensity import asserts, score_narrative
from nlp.schema import Sentence, SentenceScore

probability_pairs = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(lambda p: (p[0], p[1] * (1 - p[0])))


def scores_of(pairs: list[tuple[float, float]]) -> list[SentenceScore]:
    return [
        SentenceScore(Sentence("a", i, i, i + 1, "x"), {"bubble": a}, {"bubble": r}) for i, (a, r) in enumerate(pairs)
    ]


@given(st.lists(probability_pairs, max_size=40))
def test_bounded(pairs: list[tuple[float, float]]) -> None:
    told = score_narrative(scores_of(pairs), "bubble")
    assert 0 <= told.intensity <= 1
    assert -1 <= told.stance <= 1


@given(st.lists(probability_pairs, min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_order_does_not_matter(pairs: list[tuple[float, float]], rng: random.Random) -> None:
    scores = scores_of(pairs)
    shuffled = scores.copy()
    rng.shuffle(shuffled)
    assert score_narrative(shuffled, "bubble") == score_narrative(scores, "bubble")


@given(st.lists(probability_pairs, min_size=1, max_size=20), st.data())
def test_a_louder_sentence_never_lowers_intensity(pairs: list[tuple[float, float]], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(pairs) - 1))
    louder = pairs.copy()
    louder[index] = (pairs[index][0] + (1 - sum(pairs[index])) / 2, pairs[index][1])
    before, after = (score_narrative(scores_of(p), "bubble").intensity for p in (pairs, louder))
    assert after >= before - 1e-12


def test_mention_theme_and_absence_are_told_apart() -> None:
    quiet = (0.01, 0.005)
    mention = score_narrative(scores_of([quiet] * 39 + [(0.95, 0.0)]), "bubble").intensity
    theme = score_narrative(scores_of([quiet] * 30 + [(0.95, 0.0)] * 10), "bubble").intensity
    absent = score_narrative(scores_of([quiet] * 400), "bubble").intensity
    assert absent < 0.05 < mention < 0.6 < 0.9 < theme


def test_stance_follows_the_louder_side() -> None:
    denies = score_narrative(scores_of([(0.02, 0.9), (0.1, 0.8), (0.3, 0.1)]), "bubble")
    assert denies.stance < -0.5
    assert not asserts(denies.intensity, denies.stance)
    assert score_narrative(scores_of([(0.02, 0.01)] * 10), "bubble").stance == pytest.approx(0, abs=0.02)


def test_no_sentences_no_narrative() -> None:
    told = score_narrative([], "bubble")
    assert (told.intensity, told.stance, told.evidence) == (0.0, 0.0, None)


def test_evidence_is_the_loudest_sentence_and_the_first_of_equals() -> None:
    told = score_narrative(scores_of([(0.1, 0), (0.4, 0.4), (0.8, 0), (0.3, 0.3)]), "bubble")
    assert told.evidence is not None
    assert told.evidence.index == 1
