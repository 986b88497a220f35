from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.drawdowns import (
    BESIDE_COLUMNS,
    DRAWDOWN_COLUMNS,
    Drawdown,
    Spell,
    beside_market,
    drawdown_table,
    drawdowns,
    settled_before,
)
from nlp.episodes import Episode
from nlp.errors import InputError


def prices(values: list[float]) -> pd.Series[float]:
    return pd.Series(values, index=pd.date_range("2024-01-01", periods=len(values)), dtype=float)


def day(number: int) -> date:
    return date(2024, 1, number)


def test_the_worked_example() -> None:
    found = drawdowns(prices([90, 100, 95, 80, 60, 70, 72, 75, 60, 61]))
    assert found == (
        Drawdown(peak=day(2), known_on=day(4), trough=day(5), depth=pytest.approx(0.4), over_on=day(7)),
        Drawdown(peak=day(8), known_on=day(9), trough=day(9), depth=pytest.approx(0.2)),
    )


def test_a_fall_that_is_not_deep_enough_and_missing_days_are_none() -> None:
    assert drawdowns(prices([100, np.nan, 81, np.nan, 100])) == ()
    assert drawdowns(prices([])) == ()
    (found,) = drawdowns(prices([100, np.nan, 79]), fall=0.2)
    assert (found.peak, found.trough, found.over_on) == (day(1), day(3), None)


PRICES = st.lists(st.floats(1, 100) | st.just(float("nan")), max_size=40)


@given(PRICES, st.integers(0, 40))
def test_later_prices_change_no_peak_and_nothing_that_is_over(values: list[float], n_known: int) -> None:
    whole, early = (drawdowns(prices(part)) for part in (values, values[:n_known]))
    known = [(item.peak, item.known_on) for item in early]
    assert [(item.peak, item.known_on) for item in whole][: len(early)] == known
    over = [item for item in early if item.over_on is not None]
    assert list(whole)[: len(over)] == over


@given(PRICES, st.integers(0, 40))
def test_later_prices_change_no_drawdown_that_touches_a_settled_day(values: list[float], n_known: int) -> None:
    whole, early = (drawdowns(prices(part)) for part in (values, values[:n_known]))
    settled = settled_before(prices(values[:n_known]), early)
    assert [item for item in whole if item.peak < settled] == [item for item in early if item.peak < settled]
    assert all(item.over_on is not None for item in early if item.peak < settled)


def test_what_is_settled() -> None:
    values = [90.0, 100, 95, 80, 60, 70, 72, 75, 60, 61]
    days = [settled_before(prices(values[:n]), drawdowns(prices(values[:n]))) for n in range(11)]
    # The high that a drawdown may turn out to have begun on, then the peak of the one that goes on, then a new high.
    assert days == [date.min, day(1), day(2), day(2), day(2), day(2), day(2), day(7), day(8), day(8), day(8)]


@given(PRICES)
def test_a_drawdown_is_as_deep_as_it_says(values: list[float]) -> None:
    series = prices(values)
    for item in drawdowns(series, fall=0.3, rise=0.1):
        until = item.over_on or series.index[-1].date()
        high, low = series[pd.Timestamp(item.peak)], series[pd.Timestamp(item.trough)]
        assert series.loc[pd.Timestamp(item.peak) : pd.Timestamp(item.trough)].max() == high
        assert series.loc[pd.Timestamp(item.peak) : pd.Timestamp(until)].min() == low
        assert item.depth == pytest.approx(1 - low / high)
        assert item.depth >= 0.3 - 1e-9


@pytest.mark.parametrize(
    ("series", "options", "reason"),
    [
        (prices([1, 0]), {}, "not positive"),
        (prices([1, np.inf]), {}, "not positive and finite"),
        (prices([1, 2])[::-1], {}, "do not ascend"),
        (prices([1, 2]), {"fall": 1.0}, "between 0 and 1"),
        (prices([1, 2]), {"rise": 0.0}, "above 0"),
    ],
)
def test_what_has_no_drawdowns_is_refused(series: pd.Series[float], options: dict[str, float], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        drawdowns(series, **options)
    with pytest.raises(InputError, match="cannot end"):
        Spell(day(2), day(1))


EPISODE = Episode("bubble", day(5), day(8), 0.5, end=day(10), known_on=day(12))
FALL = Drawdown(peak=day(9), known_on=day(11), trough=day(20), depth=0.4, over_on=day(25))


def beside(
    episode: Episode, spells: list[Spell] | None, falls: list[Drawdown], settled: date = date.min
) -> dict[str, object]:
    table = beside_market([episode], spells, falls, settled)
    assert tuple(table.columns) == BESIDE_COLUMNS
    return dict(table.iloc[0])


def test_an_episode_beside_the_drawdown_it_shares_days_with() -> None:
    row = beside(EPISODE, [Spell(day(1), day(5))], [FALL])
    assert (row["exuberant"], row["in_drawdown"], row["days_to_trough"], row["depth"]) == (True, True, 12, 0.4)
    assert (row["drawdown_trough"], row["trough_is_final"], row["end"]) == ("2024-01-20", True, "2024-01-10")
    early = Drawdown(peak=day(1), known_on=day(2), trough=day(6), depth=0.5, over_on=day(7))
    assert beside(EPISODE, [], [early, FALL])["days_to_trough"] == -2


def test_an_episode_before_the_next_drawdown() -> None:
    later = Drawdown(peak=day(15), known_on=day(16), trough=day(17), depth=0.3)
    last = Drawdown(peak=day(20), known_on=day(21), trough=day(22), depth=0.9)
    row = beside(EPISODE, [Spell(day(11))], [last, later])
    assert (row["exuberant"], row["in_drawdown"], row["drawdown_peak"]) == (False, False, "2024-01-15")
    assert (row["days_to_trough"], row["trough_is_final"]) == (9, False)


def test_what_goes_on_reaches_into_the_future() -> None:
    going_on = Episode("bubble", day(5), day(8), 0.5)
    assert beside(going_on, [Spell(day(28))], [])["exuberant"]
    assert beside(EPISODE, [Spell(day(1))], [])["exuberant"]
    row = beside(EPISODE, [], [Drawdown(peak=day(1), known_on=day(2), trough=day(3), depth=0.3)])
    assert row["in_drawdown"]
    assert beside(EPISODE, [], [])["days_to_trough"] is None


def test_a_row_is_final_once_nothing_can_change_it() -> None:
    assert beside(EPISODE, [], [FALL], day(11))["is_final"]
    assert not beside(EPISODE, [], [FALL], day(10))["is_final"]
    assert not beside(Episode("bubble", day(5), day(8), 0.5), [], [FALL], day(30))["is_final"]
    assert not beside(EPISODE, [], [Drawdown(day(9), day(11), day(20), 0.4)], day(30))["is_final"]
    assert not beside(EPISODE, [], [], day(30))["is_final"]
    row = beside(EPISODE, None, [FALL], day(11))
    assert (row["exuberant"], row["peak_intensity"]) == (None, 0.5)


def test_tables() -> None:
    table = drawdown_table([FALL])
    assert tuple(table.columns) == DRAWDOWN_COLUMNS
    assert table.iloc[0].tolist() == ["2024-01-09", "2024-01-11", "2024-01-20", 0.4, "2024-01-25"]
    assert beside_market([], [], []).empty
