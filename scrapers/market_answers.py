"""What providers of market series answer, read strictly: one reader per form, each with a table of days or an error.

An answer in any other form than the known one is refused whole. Whether one in the known form is complete is judged
in `scrapers.market_folder`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pandas as pd
from pandas.api.types import is_numeric_dtype

from nlp.errors import MarketError
from scrapers.market_series import SeriesSource

__all__ = ["Answer", "read_cnn", "read_frame", "read_fred", "read_yahoo"]

_PRICES = ("open", "high", "low", "close")
"""The columns of a series that has prices; any other has one column, its id."""

_FRED_DAYS = ("observation_date", "DATE")  # the name since 2024, and the one before
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider said: float columns (`open high low close`, or the series' id) by naive day, and when (UTC)."""

    table: pd.DataFrame
    fetched_at: datetime


def read_fred(body: bytes, source: SeriesSource) -> pd.DataFrame:
    """FRED's CSV: the header `observation_date,SYMBOL`, a row per day, an empty cell or `.` for no value.

    Raises:
        MarketError: anything else, such as an error page or a body that ends within a row.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _changed(source, f"a body that is not UTF-8 ({error})") from error
    rows = list(csv.reader(text.splitlines()))
    header = rows[0] if rows else []
    if len(header) != 2 or header[0] not in _FRED_DAYS or header[1] != source.symbol:
        raise _changed(source, f"{text[:60]!r} where the header {_FRED_DAYS[0]},{source.symbol} should be")
    if not text.endswith("\n"):
        raise _changed(source, "a body that ends within a row: it was cut off")
    values: dict[date, float] = {}
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != 2:
            raise _changed(source, f"{row!r} in line {number}")
        _put(values, _day(row[0], source), _number(None if row[1] in ("", ".") else row[1], source), source)
    return _table(values, source)


def read_cnn(body: bytes, source: SeriesSource) -> pd.DataFrame:
    """CNN's JSON: under the symbol a `data` list of `x` (epoch milliseconds) and `y`.

    A settled day stands at midnight UTC; the running value beside it is left out.

    Raises:
        MarketError: anything else, such as an error page or a cut-off body.
    """
    try:
        points = [(point["x"], point["y"]) for point in json.loads(body)[source.symbol]["data"]]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise _changed(source, f"{body[:60]!r}, without the points of {source.symbol} ({error!r})") from error
    values: dict[date, float] = {}
    running = set()
    for at, value in points:
        if type(at) not in (int, float) or not 0 <= at < 4e12:
            raise _changed(source, f"the time {at!r}; expected epoch milliseconds")
        day = datetime.fromtimestamp(at / 1000, UTC).date()
        if at % _DAY_MS:
            running.add(day)
        else:
            _put(values, day, _number(value, source), source)
    lost = sorted(running - values.keys())[:-1]
    if lost:
        raise _changed(source, f"no value at midnight UTC for {lost[0]}")
    return _table(values, source)


def read_yahoo(table: object, source: SeriesSource) -> pd.DataFrame:
    """The prices of yfinance's history; an `Adj Close` beside them is what tells raw from adjusted ones.

    Raises:
        MarketError: the other kind of prices than declared, or what `read_frame` refuses.
    """
    if isinstance(table, pd.DataFrame):
        table = table.rename_axis(index="date").reset_index()
        table.columns = pd.Index([str(column).lower() for column in table.columns])
        if not table.empty and ("adj close" in table.columns) != (source.adjustment == "raw"):
            raise _changed(source, f"the columns {list(table.columns)}: these are not {source.adjustment} prices")
    return read_frame(table, source, has_zone=True)


def read_frame(table: object, source: SeriesSource, *, has_zone: bool) -> pd.DataFrame:
    """The prices of a client's data frame with `date`, `open`, `high`, `low` and `close`.

    Args:
        table: what the client returned.
        source: whose zone the days must be midnights of.
        has_zone: whether this client's days carry a zone; else they must not.

    Raises:
        MarketError: no frame or an empty one, a missing column, no day, another zone, a price that is no number.
    """
    if not isinstance(table, pd.DataFrame) or table.empty:
        raise _changed(source, "nothing: no such symbol, or the client was refused")
    missing = [column for column in ("date", *_PRICES) if list(table.columns).count(column) != 1]
    if missing:
        raise _changed(source, f"the columns {list(table.columns)}, without one {missing[0]!r}")
    try:
        if is_numeric_dtype(table["date"]):  # pandas would take any number for nanoseconds
            raise TypeError(f"{table['date'].iloc[0]!r}")
        days = pd.DatetimeIndex(pd.to_datetime(table["date"], format="ISO8601"))
        prices = table[list(_PRICES)].astype(float)
    except (ValueError, TypeError, OverflowError) as error:
        raise _changed(source, f"a day or a price that is none ({error})") from error
    if (days.tz is not None) != has_zone:
        raise _changed(source, f"days {'with' if days.tz is not None else 'without'} a zone ({days.tz})")
    if days.tz is not None:
        days = days.tz_convert(source.tzinfo).tz_localize(None)
    if days.hasnans or not (days == days.normalize()).all():
        raise _changed(source, f"days that are no midnights in {source.zone}")
    if days.has_duplicates:
        raise _changed(source, f"two rows for {days[days.duplicated()][0].date()}")
    return prices.set_axis(days.rename("date"))


def _changed(source: SeriesSource, found: str) -> MarketError:
    return MarketError(f"{source.id}: {source.origin} answers with {found}; nothing was kept of it")


def _day(cell: str, source: SeriesSource) -> date:
    try:
        return datetime.strptime(cell, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise _changed(source, f"the day {cell!r}; expected YYYY-MM-DD") from error


def _number(cell: object, source: SeriesSource) -> float:
    """A value, NaN for None."""
    if cell is None:
        return float("nan")
    try:
        if type(cell) in (str, int, float):
            return float(cell)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        pass  # said below
    raise _changed(source, f"the value {cell!r}; expected a number")


def _put(values: dict[date, float], day: date, value: float, source: SeriesSource) -> None:
    if day in values and values[day] != value:
        raise _changed(source, f"two values for {day}: {values[day]} and {value}")
    values[day] = value


def _table(values: Mapping[date, float], source: SeriesSource) -> pd.DataFrame:
    days = pd.DatetimeIndex(pd.to_datetime(list(values)), name="date")
    return pd.DataFrame({source.id: list(values.values())}, index=days, dtype=float)
