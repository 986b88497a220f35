"""The market folder: one CSV per series, which grows with every complete answer and loses nothing to an incomplete one.

A file has `date`, the value (`open high low close`, or a column named by the id), and three columns that say of each
row where it comes from: `adjustment` (raw or adjusted), `source` (provider and symbol), `fetched_at` (UTC: when this
value was first fetched). It says all about itself, so that one replacement of one file keeps everything in step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from nlp.errors import MarketError
from nlp.tables import write_table
from scrapers.market_answers import Answer
from scrapers.market_series import SeriesSource

__all__ = ["PROVENANCE", "SeriesUpdate", "update_series"]

PROVENANCE = ("adjustment", "source", "fetched_at")
"""The columns behind the value."""

_SAME = 1e-6
"""Values nearer than this (relative) are one value: Yahoo's adjusted prices differ by rounding from call to call."""


@dataclass(frozen=True, slots=True)
class SeriesUpdate:
    """What one answer did to one file, in days; `first` and `last` are ISO days of the file as it is now."""

    id: str
    n_days: int
    n_added: int
    n_revised: int
    first: str
    last: str


def update_series(source: SeriesSource, answer: Answer, folder: Path) -> SeriesUpdate:
    """Merges an answer into `folder`/id.csv; the file is replaced whole, and only when something is new.

    Days that the answer does not reach back to are kept. A revised value replaces the earlier one.

    Raises:
        MarketError: the answer is incomplete, or the file holds something else. The file is as it was.
        InputError: the folder cannot be written.
    """
    path = folder / f"{source.id}.csv"
    fresh = _checked(source, answer)
    stored = _read_stored(source, path, list(answer.table.columns))
    if stored is not None:
        _check_against(source, fresh, stored, path)
    else:
        stored = fresh.iloc[:0]
    values = list(answer.table.columns)
    common = fresh.index.intersection(stored.index)
    old, new = (table.loc[common, values].to_numpy(dtype=float) for table in (stored, fresh))
    same = np.isclose(new, old, rtol=_SAME, atol=0, equal_nan=True).all(axis=1)
    n_added, n_revised = len(fresh) - len(common), int((~same).sum())
    changed = fresh.drop(common[np.flatnonzero(same)])
    merged = pd.concat([stored.drop(changed.index, errors="ignore"), changed]).sort_index()
    days = pd.DatetimeIndex(merged.index).strftime("%Y-%m-%d")
    if n_added or n_revised:
        rows = merged.assign(date=days, adjustment=source.adjustment, source=source.origin)
        write_table(rows, path, ["date", *values, *PROVENANCE])
    return SeriesUpdate(source.id, len(merged), n_added, n_revised, str(days[0]), str(days[-1]))


def _checked(source: SeriesSource, answer: Answer) -> pd.DataFrame:
    """The settled days of an answer, ascending, with `fetched_at`, once it is plausible as a whole.

    A day counts when it is over in the series' zone: before that its value may still move.
    """
    key = answer.table.columns[-1]
    table = answer.table.dropna(subset=[key]).sort_index()
    today = pd.Timestamp(answer.fetched_at.astimezone(source.tzinfo).date())
    if not np.isfinite(table[key]).all():
        raise _refused(source, "it holds an infinite value")
    if len(table) and table.index[-1] > today:
        raise _refused(source, f"it holds {table.index[-1].date()}, which is in the future")
    table = table[table.index < today]
    if table.empty:
        raise _refused(source, f"it holds no value ({len(answer.table)} rows)")
    age = (today - table.index[-1]).days
    if age > source.max_gap_days:
        raise _refused(
            source,
            f"it ends on {table.index[-1].date()}, {age} days ago (max_gap_days is {source.max_gap_days}): it is "
            "cut off, or the series is no longer kept",
        )
    regular = table.index[table.index >= pd.Timestamp(source.regular_since)]
    for before, after in pairwise(regular):
        if (after - before).days > source.max_gap_days:
            raise _refused(
                source,
                f"nothing between {before.date()} and {after.date()} (max_gap_days is {source.max_gap_days})",
            )
    return table.assign(fetched_at=answer.fetched_at.astimezone(UTC).isoformat(timespec="seconds"))


def _check_against(source: SeriesSource, fresh: pd.DataFrame, stored: pd.DataFrame, path: Path) -> None:
    """Refuses an answer that has less than is known to exist."""
    reach = stored.index if source.history == "full" else stored.index[stored.index >= fresh.index[0]]
    lost = reach.difference(fresh.index)
    if len(lost):
        raise _refused(
            source,
            f"{len(lost)} of the {len(reach)} days that {path} has are missing in it, the first {lost[0].date()}, the "
            f"last {lost[-1].date()}; if the provider has withdrawn them, delete these rows from the file",
        )
    if (fresh.index[0] - stored.index[-1]).days > source.max_gap_days:
        raise _refused(
            source,
            f"it begins on {fresh.index[0].date()} and leaves a hole behind {path}, which ends on "
            f"{stored.index[-1].date()}; fill the hole by hand, or move the file away",
        )


def _read_stored(source: SeriesSource, path: Path, values: list[str]) -> pd.DataFrame | None:
    """The file as it is: values by day with `fetched_at`; None where there is no file."""
    if not path.exists():
        return None
    try:
        table = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise _not_ours(path, f"it cannot be read ({error})") from error
    columns = ["date", *values, *PROVENANCE]
    if list(table.columns) != columns:
        raise _not_ours(path, f"its columns are {list(table.columns)}, those of this series {columns}")
    for column, mine in (("adjustment", source.adjustment), ("source", source.origin)):
        others = sorted(set(table[column]) - {mine})
        if others:
            raise _not_ours(path, f"its {column} is {others[0]!r}, that of this series {mine!r}")
    try:
        days = pd.DatetimeIndex(pd.to_datetime(table["date"], format="%Y-%m-%d"), name="date")
        numbers = table[values].replace("", "nan").astype(float).set_axis(days)
    except ValueError as error:
        raise _not_ours(path, f"a day or a value is none ({error})") from error
    return numbers.assign(fetched_at=table["fetched_at"].to_numpy()).sort_index()


def _refused(source: SeriesSource, why: str) -> MarketError:
    return MarketError(f"{source.id}: the answer of {source.origin} is incomplete: {why}; nothing was kept of it")


def _not_ours(path: Path, why: str) -> MarketError:
    return MarketError(
        f"{path} is not what `froth market` wrote for this series: {why}. Raw and adjusted values, and those of "
        "different origin, are never mixed in one file: move it away, or declare the series under another id"
    )
