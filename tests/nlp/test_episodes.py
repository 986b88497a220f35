from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.episodes import EPISODE_COLUMNS, Episode, EpisodeRule, episode_table, find_episodes
from nlp.errors import InputError

NAN = float("nan")


def trend(scores: list[float], intensity: list[float] | None = None) -> pd.DataFrame:
    """Weeks from 2024-01-01."""
    days = pd.date_range("2024-01-01", periods=len(scores), freq="7D").strftime("%Y-%m-%d")
    values = intensity if intensity is not None else [abs(z) / 10 for z in scores]
    return pd.DataFrame({"date": days, "bubble": values, "bubble_z": scores}).astype({"bubble": float})


def week(number: int) -> date:
    return date.fromordinal(date(2024, 1, 1).toordinal() + 7 * number)


def test_the_worked_example() -> None:
    found = find_episodes(trend([0, 1.9, 2, 3, 0.9, 1, 2.5, 0.5, 0.2, 2.4, 0]), "bubble")
    last_day = date.fromordinal(week(7).toordinal() - 1)
    assert found == (
        Episode("bubble", week(2), week(3), 0.3, last_day, known_on=week(8)),
        Episode("bubble", week(9), week(9), 0.24),
    )
    assert [episode.is_over for episode in found] == [True, False]


def test_an_empty_period_neither_counts_as_quiet_nor_breaks_a_run() -> None:
    (found,) = find_episodes(trend([NAN, 2, NAN, 0.5, NAN, 0.5, NAN]), "bubble")
    assert (found.start, found.end, found.known_on) == (week(1), date(2024, 1, 14), week(5))
    (going_on,) = find_episodes(trend([2, 0.5, NAN, 1.5, 0.5, NAN, NAN]), "bubble")
    assert going_on.end is None


def test_the_peak_is_the_loudest_period_and_not_the_highest_score() -> None:
    table = trend([2, 2.5, 0.5, 1.2, 0, 0], [0.3, 0.4, 0.6, 0.5, 0.9, 0.1])
    (found,) = find_episodes(table, "bubble")
    assert (found.peak, found.peak_intensity) == (week(2), 0.6)


def test_another_rule() -> None:
    rule = EpisodeRule(start_z=3, end_z=0, n_quiet=1)
    (found,) = find_episodes(trend([2, 3, 0.5, -0.1, 2]), "bubble", rule)
    assert (found.start, found.end) == (week(1), date(2024, 1, 21))
    for wrong in ({"start_z": 1, "end_z": 2}, {"n_quiet": 0}, {"start_z": NAN}):
        with pytest.raises(InputError):
            EpisodeRule(**wrong)  # type: ignore[arg-type]


SCORES = st.lists(st.one_of(st.floats(-3, 5), st.just(NAN)), max_size=40)


@given(SCORES, st.integers(0, 40))
def test_later_periods_change_no_start_and_nothing_that_was_over(scores: list[float], n_known: int) -> None:
    whole, early = (find_episodes(trend(part), "bubble") for part in (scores, scores[:n_known]))
    assert [episode.start for episode in early] == [episode.start for episode in whole][: len(early)]
    over = [episode for episode in early if episode.is_over]
    assert list(whole)[: len(over)] == over
    assert all(not episode.is_over for episode in early[len(over) :])


@given(SCORES)
def test_episodes_follow_one_another(scores: list[float]) -> None:
    found = find_episodes(trend(scores), "bubble")
    days = [day for e in found for day in (e.start, e.peak, e.end, e.known_on) if day is not None]
    assert days == sorted(days)
    loudest = np.nanmax([abs(z) / 10 for z in scores]) if found else 1
    assert all(episode.peak_intensity <= loudest for episode in found)


def test_the_table() -> None:
    table = episode_table(find_episodes(trend([2, 0, 0, 2]), "bubble"))
    assert tuple(table.columns) == EPISODE_COLUMNS
    assert table["end"].tolist() == ["2024-01-07", None]
    assert table["peak_intensity"].tolist() == [0.2, 0.2]
    assert tuple(episode_table([]).columns) == EPISODE_COLUMNS


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (trend([1]).drop(columns="bubble_z"), "lacks bubble_z"),
        (pd.concat([trend([1]), trend([2])]), "without a breakdown"),
        (trend([1, 2])[::-1], "do not ascend"),
        (trend([1]).assign(date="soon"), "not ISO days"),
    ],
)
def test_another_table_is_refused(table: pd.DataFrame, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        find_episodes(table, "bubble")
