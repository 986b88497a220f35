"""How many articles the press published in all, where the scored ones are only those that a search picked out.

A file of articles chosen by key words has no base rates: the mean over them does not move when the press as a whole
turns to the subject. Counted against everything that was published, it does (as Baker, Bloom and Davis 2016 divide by
all articles of a newspaper and month).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from nlp.errors import InputError
from nlp.tables import read_table

__all__ = ["Published", "read_published"]

_COLUMNS = ("date", "n_published")


@dataclass(frozen=True, slots=True)
class Published:
    """Articles published, by the day (or the first day of the span) that a count is dated."""

    n_by_day: Mapping[date, int]

    def of_period(self, period: pd.Period, n_scored: int) -> float:
        """How many in a period; NaN where no count is dated in it.

        Raises:
            InputError: fewer than were scored of it.
        """
        first, last = period.start_time.date(), period.end_time.date()
        counts = [n for day, n in self.n_by_day.items() if first <= day <= last]
        if counts and sum(counts) < n_scored:
            raise InputError(
                f"{sum(counts)} articles are said to have been published in the period from {first}, "
                f"but {n_scored} of it were scored: give counts of all that was published"
            )
        return sum(counts) if counts else math.nan


def read_published(path: Path) -> Published:
    """From a CSV or Parquet file with the columns `date` (YYYY-MM-DD) and `n_published`, one row a day or a span.

    Raises:
        InputError: a missing file or column, a date twice, a count that is not a whole number of at least 0.
    """
    table = read_table(path, _COLUMNS)
    days = pd.to_datetime(table["date"], errors="coerce", format="%Y-%m-%d")
    counts = pd.to_numeric(table["n_published"], errors="coerce")
    bad = days.isna() | counts.isna() | (counts < 0) | (counts % 1 != 0)
    if bad.any():
        row = int(bad.to_numpy().argmax())
        raise InputError(
            f"{path} row {row + 1} has {table['date'].iloc[row]!r}, {table['n_published'].iloc[row]!r}; "
            "expected a date as YYYY-MM-DD and a whole number of articles"
        )
    if days.duplicated().any():
        raise InputError(f"{path} has {days[days.duplicated()].iloc[0]:%Y-%m-%d} twice: give each date one count")
    by_day = sorted(zip(days.dt.date, counts.astype(int).tolist(), strict=True))
    return Published(MappingProxyType(dict(by_day)))
