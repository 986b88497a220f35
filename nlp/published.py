"""How many articles the press published in all, where the scored ones are only those that a search picked out.

A file of articles chosen by key words has no base rates: the mean over them does not move when the press as a whole
turns to the subject. Counted against everything that was published, it does (as Baker, Bloom and Davis 2016 divide by
all articles of a newspaper and month; here copies of one text are one story above the line).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise
from pathlib import Path
from statistics import median

import pandas as pd

from nlp.errors import InputError
from nlp.tables import read_table

__all__ = ["Published", "read_published"]

_COLUMNS = ("date", "n_published")


@dataclass(frozen=True, slots=True)
class Published:
    """Articles published.

    Attributes:
        days: that a count is dated by, ascending: the day, or the first day of the span that it is of.
        totals: how many until the end of each day or span.
    """

    days: tuple[date, ...]
    totals: tuple[int, ...]

    @classmethod
    def of(cls, n_by_day: Mapping[date, int]) -> Published:
        """From counts by day."""
        days = sorted(n_by_day)
        return cls(tuple(days), tuple(accumulate(n_by_day[day] for day in days)))

    def check_fine_enough(self, longest_days: int) -> None:
        """Whether counts come at least once in so many days, the length of a period.

        Raises:
            InputError: they are further apart, so that some periods would get the counts of others.
        """
        gaps = [(later - earlier).days for earlier, later in pairwise(self.days)]
        if gaps and median(gaps) > longest_days:
            raise InputError(
                f"published counts come every {median(gaps):.0f} days and periods are of {longest_days} at most: "
                "give finer counts, or longer periods (--freq)"
            )

    def of_period(self, period: pd.Period, n_scored: int) -> float:
        """How many in a period; NaN where no count is dated in it.

        Raises:
            InputError: fewer than were scored of it.
        """
        first, last = period.start_time.date(), period.end_time.date()
        start, end = bisect_left(self.days, first), bisect_right(self.days, last)
        if start == end:
            return math.nan
        n = self.totals[end - 1] - (self.totals[start - 1] if start else 0)
        if n < n_scored:
            raise InputError(
                f"{n} articles are said to have been published in the period from {first}, "
                f"but {n_scored} of it were scored: give counts of all that was published"
            )
        return n


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
    return Published.of(dict(zip(days.dt.date, counts.astype(int).tolist(), strict=True)))
