from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.press import MIN_SOURCE_PERIODS, Press, PressHistory, Spoken, consensus

BY_SOURCE = st.dictionaries(
    st.sampled_from("abc"), st.lists(st.floats(0, 1), min_size=1, max_size=4), min_size=1, max_size=3
)

NUMBER = {"a": 0, "b": 1, "c": 2, "loud": 3, "quiet": 4}


def measured(periods: list[dict[str, list[float]]]) -> list[Press]:
    history = PressHistory()
    return [history.measure(spoken(one, n)) for n, one in enumerate(periods)]


def spoken(one: dict[str, list[float]], month: int, n_all: float | None = None) -> Spoken:
    """Stories of which every second one rejects, in a period of thirty days."""
    stories = [x for values in one.values() for x in values]
    balances = [x * (-1) ** place for place, x in enumerate(stories)]
    sources = sorted(one)
    day = date(2020, 1, 1) + timedelta(days=30 * month)
    return Spoken(
        day,
        np.array(stories),
        np.array(balances),
        np.array([NUMBER[source] for source in sources]),
        np.array([np.mean(one[source]) for source in sources]),
        len(stories) if n_all is None else n_all,
    )


def quiet_and_loud(n: int) -> list[dict[str, list[float]]]:
    rng = np.random.default_rng(4)
    return [{"quiet": list(rng.uniform(0, 0.1, 3)), "loud": list(rng.uniform(0.7, 0.9, 3))} for _ in range(n)]


def test_a_source_that_leaves_or_enters_does_not_move_the_index() -> None:
    periods = quiet_and_loud(200)
    left = [*periods[:100], *({"quiet": one["quiet"]} for one in periods[100:])]
    entered = [*({"quiet": one["quiet"]} for one in periods[:100]), *periods[100:]]
    for changed in (left, entered):
        index = [press.index for press in measured(changed)]
        assert abs(np.mean(index[100:]) - np.mean(index[50:100])) < 4
        mean = [np.mean([x for values in one.values() for x in values]) for one in changed]
        assert abs(np.mean(mean[100:]) - np.mean(mean[50:100])) > 0.3


def test_all_sources_louder_than_ever_is_a_high_index() -> None:
    usual = quiet_and_loud(30)
    crisis = {"quiet": [0.5, 0.6], "loud": [1.0, 1.0]}
    index = [press.index for press in measured([*usual, crisis])]
    assert index[-1] > max(index[MIN_SOURCE_PERIODS:-1]) + 20


def test_the_index_against_its_formula() -> None:
    periods = quiet_and_loud(12)
    press = measured(periods)[-1]
    deviations = []
    for source in ("quiet", "loud"):
        past = [np.mean(one[source]) for one in periods[:-1]]
        deviations.append((np.mean(periods[-1][source]) - np.mean(past)) / np.std(past, ddof=1))
    assert press.index == pytest.approx(100 + 10 * np.mean(deviations))


def test_before_a_source_is_known_there_is_no_index() -> None:
    index = [press.index for press in measured(quiet_and_loud(MIN_SOURCE_PERIODS + 1))]
    assert np.isnan(index[:-1]).all()
    assert math.isfinite(index[-1])


def test_a_source_that_never_moved_has_a_finite_index() -> None:
    press = measured([{"a": [0.0]}] * 10 + [{"a": [1.0]}])[-1]
    assert press.index == pytest.approx(100 + 10 * 100)


def test_attention_counts_denials_and_velocity_looks_back_four_periods() -> None:
    periods = [{"a": [x]} for x in (0.9, 0.1, 0.1, 0.1, 0.1)] + [{"a": [0.3, 0.7, 0.0, 0.2]}]
    press = measured(periods)[-1]
    assert press.attention == 0.5
    assert press.velocity == pytest.approx(0.3 - 0.1)
    assert math.isnan(measured(periods)[0].velocity)


@pytest.mark.parametrize(("means", "expected"), [([0.2, 0.2, 0.2], 1.0), ([0.9, 0.0, 0.0], 0.0), ([0.4], math.nan)])
def test_consensus(means: list[float], expected: float) -> None:
    assert consensus(np.array(means)) == pytest.approx(expected, nan_ok=True)
    assert math.isnan(consensus(np.array([0.0, 0.0])))


@given(st.lists(BY_SOURCE, min_size=1, max_size=20), BY_SOURCE)
def test_nothing_looks_ahead_and_all_is_in_its_range(
    periods: list[dict[str, list[float]]], later: dict[str, list[float]]
) -> None:
    before, after = measured(periods), measured([*periods, later])
    assert repr(after[:-1]) == repr(before)
    for press in after:
        assert 0 <= press.attention <= 1
        assert math.isnan(press.consensus) or 0 <= press.consensus <= 1 + 1e-12
        assert math.isnan(press.velocity) or -1 <= press.velocity <= 1


def test_what_was_published_in_all_is_what_attention_and_balance_are_counted_against() -> None:
    one = {"a": [0.8, 0.2], "b": [0.6]}
    among_scored, among_all = (PressHistory().measure(spoken(one, 0, n)) for n in (3, 30))
    assert among_scored.attention == pytest.approx(2 / 3)
    assert among_scored.balance == pytest.approx((0.8 - 0.2 + 0.6) / 3)
    assert (among_all.attention, among_all.balance) == pytest.approx((2 / 30, 1.2 / 30))


def test_where_what_was_published_is_not_known_nothing_is_counted_against_it() -> None:
    history = PressHistory()
    unknown, known = history.measure(spoken({"a": [0.8]}, 0, math.nan)), history.measure(spoken({"a": [0.4]}, 1, 10))
    assert all(map(math.isnan, (unknown.attention, unknown.balance, unknown.trailing)))
    assert known.trailing == known.balance == pytest.approx(0.04)


def test_the_trailing_mean_halves_what_is_a_month_old() -> None:
    history = PressHistory()
    trailing = [history.measure(spoken({"a": [x]}, month)).trailing for month, x in ((0, 0.8), (1, 0.2), (4, 0.0))]
    assert trailing == pytest.approx([0.8, (0.4 + 0.2) / 1.5, (0.8 / 16 + 0.2 / 8) / (1 + 1 / 8 + 1 / 16)])
