"""Doubt is 1 where the decision turns, and least where nothing could change it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decisions import Thresholds, decide
from models.uncertainty import entropy, nearness

UNIT = st.floats(0, 1)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((0.4, 0.0), 1.0),
        ((0.2, 0.0), 0.5),
        ((0.8, 0.0), 0.5),
        ((0.0, 0.1), 0.5),  # rejecting is said from .2
        ((0.4, 0.2), 1.0),  # both are said, and as far above
        ((0.0, 0.0), 0.0),
    ],
)
def test_nearness_at_known_places(told: tuple[float, float], expected: float) -> None:
    p = np.array([[[1 - sum(told), *told]]])
    assert nearness(p, Thresholds(((0.4, 0.2),)))[0, 0] == pytest.approx(expected, abs=1e-9)


@given(UNIT, UNIT, st.floats(0.05, 1), st.floats(0.05, 1))
def test_a_decision_turns_only_where_doubt_is_one(a: float, b: float, t_assert: float, t_reject: float) -> None:
    asserts, rejects = a, (1 - a) * b
    thresholds = Thresholds(((t_assert, t_reject),))

    def at(share: float) -> np.ndarray:
        told = np.array([asserts * share, rejects * share])
        return np.array([[[1 - told.sum(), *told]]])

    near = nearness(at(1), thresholds)[0, 0]
    assert 0 <= near <= 1
    if near < 0.9 and decide(at(1), thresholds)[0, 0] == 0:  # nothing is said: a tenth more says nothing either
        assert decide(np.minimum(at(1.1), 1), thresholds)[0, 0] == 0
    assert 0 <= entropy(at(1))[0, 0] <= 1 + 1e-9
