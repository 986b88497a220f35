"""Episodes of a narrative: when it grew unusually loud, when it was loudest, when it went quiet again.

An episode starts in the first period whose z-score (`<n>_z` of a trend table, which looks back only) reaches
`start_z`, and it is over when the score was under `end_z` in `n_quiet` periods in a row. Its end is the period before
those; it is known only in the last of them. An empty period says nothing: it neither counts as quiet nor breaks a run
of quiet ones. The peak is the period of the highest intensity from start to end, the earlier of two alike.

So later periods change no start, and neither the end nor the peak of an episode that is over.
`nlp.drawdowns` sets episodes against the market.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.errors import InputError

__all__ = ["EPISODE_COLUMNS", "Episode", "EpisodeRule", "episode_table", "find_episodes"]


@dataclass(frozen=True, slots=True)
class EpisodeRule:
    """When an episode starts and when it is over.

    Attributes:
        start_z: the z-score that starts one.
        end_z: the z-score under which a period is quiet; not above `start_z`.
        n_quiet: how many quiet periods in a row end one.
    """

    start_z: float = 2.0
    end_z: float = 1.0
    n_quiet: int = 2

    def __post_init__(self) -> None:
        if not (math.isfinite(self.start_z) and math.isfinite(self.end_z) and self.end_z <= self.start_z):
            raise InputError(f"end_z {self.end_z} must be a number not above start_z {self.start_z}")
        if self.n_quiet < 1:
            raise InputError(f"n_quiet is {self.n_quiet}: give 1 or more")


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode.

    Attributes:
        narrative: whose.
        start: first day of its first period.
        peak: first day of the period with the highest intensity; may still move while the episode goes on.
        peak_intensity: in [0, 1].
        end: last day of its last period; None while it goes on.
        known_on: first day of the period that showed that it was over; None while it goes on.
    """

    narrative: str
    start: date
    peak: date
    peak_intensity: float
    end: date | None = None
    known_on: date | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing that comes later can change it."""
        return self.end is not None


EPISODE_COLUMNS = tuple(field.name for field in fields(Episode))


@dataclass(slots=True)
class _Open:
    """An episode while its periods are read."""

    start: int
    peak: int
    last: int
    n_quiet: int = 0


def find_episodes(trend: pd.DataFrame, narrative: str, rule: EpisodeRule | None = None) -> tuple[Episode, ...]:
    """The episodes of a narrative, in order; the last may go on.

    Args:
        trend: a trend table with one row per period (no breakdown), columns `date`, `<narrative>`, `<narrative>_z`.
        narrative: whose.
        rule: when one starts and ends.

    Raises:
        InputError: a column is missing, or dates are not ascending days without repeats.
    """
    rule = rule or EpisodeRule()
    days = _days(trend, narrative)
    intensity = trend[narrative].to_numpy(dtype=float)
    scores = trend[f"{narrative}_z"].to_numpy(dtype=float)
    found: list[Episode] = []
    current: _Open | None = None
    for row, z in enumerate(scores):
        if math.isnan(z) or math.isnan(intensity[row]):
            continue
        if current is None:
            if z >= rule.start_z:
                current = _Open(row, row, row)
            continue
        if z < rule.end_z:
            current.n_quiet += 1
            if current.n_quiet == rule.n_quiet:
                found.append(_episode(narrative, days, intensity, current, known=row))
                current = None
            continue
        _go_on(current, row, intensity)
    if current is not None:
        found.append(_episode(narrative, days, intensity, current, known=None))
    return tuple(found)


def episode_table(episodes: Iterable[Episode]) -> pd.DataFrame:
    """One row per episode, columns `EPISODE_COLUMNS`, days as ISO text, empty (None) where an episode goes on."""
    rows = [asdict(episode) for episode in episodes]
    for row in rows:
        row |= {name: day.isoformat() for name, day in row.items() if isinstance(day, date)}
    return pd.DataFrame(rows, columns=list(EPISODE_COLUMNS), dtype=object).astype({"peak_intensity": float})


def _go_on(current: _Open, row: int, intensity: NDArray[np.float64]) -> None:
    """Take in a period that is not quiet, and those quiet ones before it that ended nothing."""
    for place in range(current.last + 1, row + 1):
        if intensity[place] > intensity[current.peak]:
            current.peak = place
    current.last, current.n_quiet = row, 0


def _episode(narrative: str, days: list[date], intensity: NDArray[np.float64], at: _Open, known: int | None) -> Episode:
    start, peak = days[at.start], days[at.peak]
    if known is None:
        return Episode(narrative, start, peak, float(intensity[at.peak]))
    # Trend tables have a row for every period, so the next one begins the day after.
    end = days[at.last + 1] - timedelta(days=1)
    return Episode(narrative, start, peak, float(intensity[at.peak]), end, days[known])


def _days(trend: pd.DataFrame, narrative: str) -> list[date]:
    wanted = ("date", narrative, f"{narrative}_z")
    if missing := [column for column in wanted if column not in trend.columns]:
        raise InputError(f"the trend table lacks {', '.join(missing)}: give one from `froth trend` with this narrative")
    try:
        days = [date.fromisoformat(str(cell)[:10]) for cell in trend["date"]]
    except ValueError as error:
        raise InputError(f"the trend table's dates are not ISO days ({error})") from error
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise InputError("the trend table's dates do not ascend: give one group, without a breakdown, sorted by date")
    return days
