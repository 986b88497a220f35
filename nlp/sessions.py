"""The exchange sessions that articles meet: the first one that opens strictly after a moment.

Days, hours, holidays and half days are those of the library exchange_calendars. It does not know all years: its
Shanghai calendar ends in 2026, and before `Exchange.known_from` its hours or holidays are wrong. There, every
weekday counts as an ordinary session and is marked `provisional`, so that nothing raises and nothing pretends. What
no calendar can know (a typhoon, a day of mourning yet to come) is in neither.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import numpy as np
import pandas as pd

from nlp.errors import InputError
from nlp.exchanges import EXCHANGES, Exchange, find_exchange

__all__ = [
    "SESSION_COLUMNS",
    "Session",
    "next_session",
    "next_sessions",
    "sessions_between",
]

SESSION_COLUMNS = ("session", "opens_at", "breaks_at", "resumes_at", "closes_at", "half_day", "provisional")
"""The columns of a table of sessions: `session` is the naive local day, the `_at` columns are aware UTC (NaT where
there is no lunch break), the last two are nullable booleans."""

_MOMENTS = [name for name in SESSION_COLUMNS if name.endswith("s_at")]
_FAR = "2049-12-31"
"""Calendars that go on by rule are asked for sessions until here."""
_RANGE = (pd.Timestamp("1700-01-01", tz="UTC"), pd.Timestamp("2200-01-01", tz="UTC"))
"""Moments outside are no article's."""
_AROUND = range(-1, 6)
"""Days about a moment in which the next weekday's opening lies, whatever the zone."""


@dataclass(frozen=True, slots=True)
class Session:
    """One session.

    Attributes:
        day: its date at the exchange.
        opens_at, closes_at: aware UTC.
        breaks_at, resumes_at: the lunch break, aware UTC; None where there is none.
        half_day: whether it closes earlier than usual.
        provisional: an ordinary weekday that no calendar vouches for.
    """

    day: date
    opens_at: datetime
    breaks_at: datetime | None
    resumes_at: datetime | None
    closes_at: datetime
    half_day: bool
    provisional: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """The sessions that the library knows, from `since` to `until`, both included."""

    table: pd.DataFrame
    since: pd.Timestamp
    until: pd.Timestamp


def next_session(moment: datetime | None, exchange: str) -> Session | None:
    """The first session that opens strictly after an aware moment; None where `next_sessions` finds none.

    Raises:
        InputError: the moment is naive.
        MarketError: no such exchange.
    """
    if pd.isna(moment):
        find_exchange(exchange)
        return None
    row = next_sessions(pd.Series([pd.Timestamp(moment)]), exchange).iloc[0]
    if pd.isna(row["session"]):
        return None
    return Session(
        day=row["session"].date(),
        opens_at=row["opens_at"].to_pydatetime(),
        breaks_at=None if pd.isna(row["breaks_at"]) else row["breaks_at"].to_pydatetime(),
        resumes_at=None if pd.isna(row["resumes_at"]) else row["resumes_at"].to_pydatetime(),
        closes_at=row["closes_at"].to_pydatetime(),
        half_day=bool(row["half_day"]),
        provisional=bool(row["provisional"]),
    )


def next_sessions(moments: pd.Series[pd.Timestamp], exchange: str) -> pd.DataFrame:
    """For each moment the first session that opens strictly after it: `SESSION_COLUMNS`, with the index of `moments`.

    An unknown moment (NaT, or outside the years 1700 to 2199) meets no session: its row is missing in all columns.

    Args:
        moments: aware, of any zone.
        exchange: a key of `EXCHANGES`.

    Raises:
        InputError: the moments are not aware.
        MarketError: no such exchange.
    """
    place = find_exchange(exchange)
    if not isinstance(moments.dtype, pd.DatetimeTZDtype):
        raise InputError(
            f"moments of type {moments.dtype} have no time zone: "
            "give aware ones, such as pd.to_datetime(..., utc=True) makes"
        )
    # Openings are whole seconds, so a moment rounded down to its second meets the same one.
    utc = moments.dt.tz_convert("UTC").dt.floor("s").dt.as_unit("us").reset_index(drop=True)
    utc = utc.where((utc >= _RANGE[0]) & (utc < _RANGE[1]))
    known = _known_sessions(place.code)
    outside = utc[(utc < known.table["opens_at"].iloc[0]) | (utc >= known.table["opens_at"].iloc[-1])]
    days = pd.DatetimeIndex(outside.dt.tz_localize(None).dt.floor("D").unique())
    # The days past the known end also serve moments before it whose next known session there is none.
    days = pd.DatetimeIndex(days.append(pd.DatetimeIndex([known.until])))
    near = pd.DatetimeIndex(np.unique(np.concatenate([days + pd.Timedelta(days=n) for n in _AROUND])))
    table = _with_provisional(known, place, near)
    places = table["opens_at"].searchsorted(utc, side="right")
    return table.reindex(np.where(utc.isna(), -1, places)).set_axis(moments.index)


def sessions_between(first: date, last: date, exchange: str) -> pd.DataFrame:
    """All sessions from one day to another, both included: `SESSION_COLUMNS`, ascending.

    Raises:
        MarketError: no such exchange.
    """
    place = find_exchange(exchange)
    days = pd.date_range(pd.Timestamp(first), pd.Timestamp(last), freq="D", unit="us")
    table = _with_provisional(_known_sessions(place.code), place, days)
    return table[table["session"].between(pd.Timestamp(first), pd.Timestamp(last))].reset_index(drop=True)


def _with_provisional(known: _Known, exchange: Exchange, days: pd.DatetimeIndex) -> pd.DataFrame:
    """The known sessions and, for those of `days` that the library does not know, weekdays with the ordinary hours."""
    unknown = days[(days.day_of_week < 5) & ((days < known.since) | (days > known.until))].as_unit("us")
    hours = [_at(unknown, clock, exchange) for clock in exchange.hours]
    absent = pd.DatetimeIndex([pd.NaT] * len(unknown), dtype="datetime64[us, UTC]")
    breaks = hours[1:-1] or [absent, absent]
    table = _table(unknown, [hours[0], *breaks, hours[-1]]).assign(half_day=False, provisional=True)
    before = unknown < known.since
    return _typed(pd.concat([table[before], known.table, table[~before]], ignore_index=True))


@cache
def _known_sessions(code: str) -> _Known:
    """What the library knows of an exchange; it is slow to import and to build, so once is enough."""
    exchange = EXCHANGES[code]
    with warnings.catch_warnings():
        # The library calls parts of pandas that are going away; nobody who calls us could help that.
        warnings.simplefilter("ignore", DeprecationWarning)
        from exchange_calendars import get_calendar

        bound = get_calendar(code).bound_max()
        until = pd.Timestamp(_FAR) if bound is None else min(pd.Timestamp(_FAR), bound)
        calendar = get_calendar(code, start=exchange.known_from, end=until)
        table = _library_table(calendar.schedule, calendar.early_closes, exchange)
    return _Known(_typed(table), pd.Timestamp(exchange.known_from), until)


def _library_table(schedule: pd.DataFrame, early_closes: pd.DatetimeIndex, exchange: Exchange) -> pd.DataFrame:
    """The library's schedule under our names, with the breaks that it does not know."""
    days = pd.DatetimeIndex(schedule.index).as_unit("us")
    columns = [pd.DatetimeIndex(schedule[name]) for name in ("open", "break_start", "break_end", "close")]
    table = _table(days, columns).assign(half_day=days.isin(early_closes.as_unit("us")), provisional=False)
    broken = table["breaks_at"].notna()
    for former in reversed(exchange.former_breaks):
        rows = (broken & (table["session"] < pd.Timestamp(former.until))).to_numpy()
        table.loc[rows, "breaks_at"] = _at(days[rows], former.starts, exchange)
        table.loc[rows, "resumes_at"] = _at(days[rows], former.ends, exchange)
    return table


def _table(days: pd.DatetimeIndex, moments: list[pd.DatetimeIndex]) -> pd.DataFrame:
    return pd.DataFrame({"session": days} | {name: m.as_unit("us") for name, m in zip(_MOMENTS, moments, strict=True)})


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype({"half_day": "boolean", "provisional": "boolean"})[list(SESSION_COLUMNS)]


def _at(days: pd.DatetimeIndex, clock: str, exchange: Exchange) -> pd.DatetimeIndex:
    """A local time of day on each day, in UTC."""
    return (days + pd.Timedelta(f"{clock}:00")).tz_localize(exchange.zone).tz_convert("UTC")
