"""Reads market series from a folder of CSV files and lines them up with periods.

A file is a series: a `date` column and a value (`close` where there is OHLC). The stem is the series' name. Fetching is
`scrapers`' business. A value counts from the end of the day of its publication (`nlp.publication_lags`): a close on its
own day, a balance sheet or a stress index days later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from nlp.errors import Failure, MarketError
from nlp.publication_lags import PUBLICATION_LAGS, PublicationLag, find_lag, published_on
from nlp.safety import harmless

__all__ = ["MarketFolder", "MarketSeries", "align_market", "read_market", "read_series"]

STALE_AFTER = pd.Timedelta(days=100)
"""A last value published longer ago than this at a period's end is not carried on: just over a quarter."""

_DAY = re.compile(r"(?P<y>\d{4})(?P<sep>[-/.]?)(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?=$|[T ])")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d+)?(?<=[\d.])(?<!^\.)")
_MISSING = {"", ".", "-", "na", "n/a", "#n/a", "nan", "null", "none"}
_PRICE_COLUMNS = {"open", "high", "low", "volume", "adj close"}


@dataclass(frozen=True, slots=True)
class MarketSeries:
    """One series: `values` is a float Series over sorted, unique, naive days, without missing values."""

    name: str
    column: str
    values: pd.Series[float]


@dataclass(frozen=True, slots=True)
class MarketFolder:
    """All readable series of a folder, sorted by name, and the files that were not."""

    series: tuple[MarketSeries, ...]
    failures: tuple[Failure, ...]


def read_market(folder: Path) -> MarketFolder:
    """All series of a folder; an unreadable file becomes a failure.

    Raises:
        MarketError: no such folder, or not one readable series in it.
    """
    if not folder.is_dir():
        raise MarketError(
            f"no market folder at {folder}: give a folder with one CSV per series (a date column and a value)"
        )
    series, failures = [], []
    for path in sorted(_series_files(folder)):
        try:
            series.append(read_series(path))
        except MarketError as error:
            failures.append(Failure(str(path), "read", str(error)))
    if not series:
        reason = failures[0].reason if failures else "it has no *.csv file"
        raise MarketError(f"no market series could be read from {folder}: {reason}")
    return MarketFolder(tuple(series), tuple(failures))


def _series_files(folder: Path) -> Iterator[Path]:
    """The CSV files of a folder, whatever the case of their suffix, without hidden ones."""
    return (path for path in folder.iterdir() if path.suffix.lower() == ".csv" and not path.name.startswith("."))


def read_series(path: Path) -> MarketSeries:
    """One series. Its value is `close`, else the column named like the file, else the first numeric one but prices.

    Raises:
        MarketError: no date column, no numeric column, a date or a value that is none.
    """
    try:
        table = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False, skipinitialspace=True)
    except (OSError, ValueError) as error:
        raise MarketError(f"{path} cannot be read as a UTF-8 CSV ({error})") from error
    by_lower = {str(column).strip().lower(): str(column) for column in table.columns}
    if "date" not in by_lower:
        raise MarketError(
            f"{path} has the columns {list(table.columns)}, but none called date: name the day column date"
        )
    column = _value_column(table, by_lower, path)
    days = [_day(cell, f"{path}, row {row}") for row, cell in enumerate(table[by_lower["date"]], start=2)]
    numbers = [_number(cell, f"{path}, row {row}") for row, cell in enumerate(table[column], start=2)]
    values = pd.Series(numbers, index=pd.DatetimeIndex(days), dtype=float)
    values = values[np.isfinite(values)].sort_index(kind="stable")
    values = values[~values.index.duplicated(keep="last")]
    if values.empty:
        raise MarketError(f"{path}: column {column} holds no number")
    return MarketSeries(harmless(path.stem), column, values)


def align_market(
    series: Iterable[MarketSeries],
    period_ends: Sequence[pd.Timestamp],
    lags: Sequence[PublicationLag] = PUBLICATION_LAGS,
) -> pd.DataFrame:
    """Columns `market_<series>`: the last value known at each period's end (the last day included), empty where stale.

    A value counts from the day of its publication (`published_on`, by the name of the series) for `STALE_AFTER`.

    Args:
        series: what to line up.
        period_ends: last day of each period, ascending, naive.
        lags: the schedules by name; a series that they do not name is known on its own day.
    """
    ends = pd.DatetimeIndex(list(period_ends))
    columns = {}
    for item in series:
        known_on = published_on(pd.DatetimeIndex(item.values.index), find_lag(item.name, lags))
        places = known_on.searchsorted(ends, side="right") - 1
        known = places >= 0
        fresh = known & (ends - known_on[np.maximum(places, 0)] <= STALE_AFTER)
        columns[f"market_{item.name}"] = np.where(fresh, item.values.to_numpy()[np.maximum(places, 0)], np.nan)
    return pd.DataFrame(columns, index=range(len(ends)))


def _value_column(table: pd.DataFrame, by_lower: Mapping[str, str], path: Path) -> str:
    for name in ("close", path.stem.lower()):
        if name in by_lower:
            return by_lower[name]
    for name, column in by_lower.items():
        if name == "date" or name in _PRICE_COLUMNS or name.startswith("unnamed:"):
            continue
        if any(_NUMBER.fullmatch(cell.strip()) for cell in table[column]):
            return column
    raise MarketError(f"{path} has no numeric value column beside date: its columns are {list(table.columns)}")


def _day(cell: str, where: str) -> pd.Timestamp:
    """The calendar day a cell names; a time and a zone after it are a matter of the exchange's own clock."""
    match = _DAY.match(cell.strip())
    try:
        if match:
            return pd.Timestamp(year=int(match["y"]), month=int(match["m"]), day=int(match["d"]))
    except ValueError:
        pass  # no such day: said below
    raise MarketError(f"{where}: {cell!r} is not a date: write YYYY-MM-DD")


def _number(cell: str, where: str) -> float:
    cell = cell.strip()
    if cell.lower() in _MISSING:
        return np.nan
    if _NUMBER.fullmatch(cell):
        return float(cell.replace(",", ""))
    raise MarketError(f"{where}: {cell!r} is not a number: write it with digits and a point, or leave the cell empty")
