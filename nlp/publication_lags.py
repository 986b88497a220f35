"""When a market series' values became known: a table of publication lags, by the names of series.

A value is dated by the day or period that it is about; it is published later. A series without a row is known on its
own day, as a close is. Where the agency's schedule leaves room, the lag is the longest of the ordinary ones, so that
a table errs late, never early. Lags are not vintages: NFCI, ANFCI and STLFSI4 are estimated anew each week and CPI
and M2 are revised, so the earlier values in today's file are not those that were read on the day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.errors import MarketError
from nlp.sessions import sessions_between

__all__ = ["PUBLICATION_LAGS", "PublicationLag", "find_lag", "published_on"]

Calendar = Literal["federal", "XSHG"]
"""Whose business days count: those of US federal agencies, or Shanghai's sessions."""


@dataclass(frozen=True, slots=True)
class PublicationLag:
    """How long after its date a value is published: `days`, then to a business day, then `business_days` more.

    Attributes:
        names: series that it holds for, lower case; a name also stands for any that goes on with `_`.
        source: who says so, and where.
        days: calendar days.
        business_days: business days of `calendar` after these.
        calendar: whose business days.
    """

    names: tuple[str, ...]
    source: str
    days: int = 0
    business_days: int = 0
    calendar: Calendar = "federal"

    def __post_init__(self) -> None:
        if self.days < 0 or self.business_days < 0:
            raise MarketError(f"publication lag of {', '.join(self.names)}: no value is published before its date")
        if self.calendar not in get_args(Calendar):
            raise MarketError(f"publication lag of {', '.join(self.names)}: no calendar {self.calendar!r}")


_CHICAGO = "Chicago Fed, news release of 2011-04-05: Wednesday 8:30 ET for the week to Friday, Thursday after a holiday"
_QUARTER = 91
"""A quarter's first day and its last are at most this many days apart."""

PUBLICATION_LAGS: tuple[PublicationLag, ...] = (
    PublicationLag(("walcl",), "Federal Reserve Board, H.4.1: Thursday 16:30 ET for Wednesday", business_days=1),
    PublicationLag(("nfci", "anfci"), _CHICAGO, business_days=3),
    PublicationLag(
        ("nfci_quarterly", "anfci_quarterly"),
        f"{_CHICAGO}; FRED dates the quarter's mean by its first day, known with its last week",
        days=_QUARTER,
        business_days=4,
    ),
    PublicationLag(
        ("stlfsi", "stlfsi2", "stlfsi3", "stlfsi4"),
        "FRED, STLFSI4 and STLFSI2: week to Friday 2024-10-18 updated Thursday 10-24, 2022-01-07 on 01-13",
        business_days=4,
    ),
    PublicationLag(("rrpontsyd",), "New York Fed: results of the operation, about 13:15 ET of the same day"),
    PublicationLag(
        ("sofr", "effr", "obfr"), "New York Fed: about 8:00 ET (9:00) of the next business day", business_days=1
    ),
    PublicationLag(
        ("dgs2", "dgs10", "dgs30", "t10y2y", "t10y3m"),
        "US Treasury: par yields of 15:30 ET, on its page the same day; H.15 repeats them a business day later",
    ),
    PublicationLag(
        ("baa10y", "bamlc0a0cm", "bamlh0a0hym2", "hy_oas", "ig_oas", "tedrate"),
        "FRED: updated the business day after (BAMLH0A2HYB of 2018-04-19 on 04-20)",
        business_days=1,
    ),
    PublicationLag(
        ("dtwexbgs", "usd_broad"),
        "Federal Reserve Board, H.10: Monday 16:15 ET for the days of the week before",
        days=7,
    ),
    PublicationLag(
        ("china_margin_balance",),
        "Shanghai and Shenzhen exchanges, rules of margin trading: before the opening of the next session",
        business_days=1,
        calendar="XSHG",
    ),
    PublicationLag(
        ("cpiaucsl", "cpiaucns", "cpilfesl", "m2sl", "m2ns"),
        "BLS: middle of the next month, at the latest 2013-10-30 for September; Board, H.6: its fourth Tuesday",
        days=59,
    ),
    PublicationLag(
        ("usrec",),
        "NBER: the longest wait was for the trough of March 1991, told on 1992-12-22",
        days=631,
    ),
)
"""One row per schedule; adding one is adding a row."""


def find_lag(name: str, lags: Sequence[PublicationLag] = PUBLICATION_LAGS) -> PublicationLag | None:
    """The lag of a series by its name (a file's stem), whatever its case; the longest name that fits wins.

    >>> find_lag("NFCI_weekly").business_days, find_lag("WALCL").business_days, find_lag("vix_daily")
    (3, 1, None)
    """
    stem = name.lower()
    fits = [(known, lag) for lag in lags for known in lag.names if stem == known or stem.startswith(f"{known}_")]
    return max(fits, key=lambda fit: len(fit[0]))[1] if fits else None


def published_on(days: pd.DatetimeIndex, lag: PublicationLag | None) -> pd.DatetimeIndex:
    """The days from whose end on the values of `days` (ascending, naive) count as known; ascending too.

    >>> str(published_on(pd.DatetimeIndex(["2024-11-27"]), find_lag("WALCL"))[0].date())
    '2024-11-29'
    """
    if lag is None or not len(days) or (lag.days == 0 and lag.business_days == 0):
        return days
    due = (days + pd.Timedelta(days=lag.days)).to_numpy().astype("datetime64[D]")
    # Business days are counted over a stretch that surely holds them all, closures of two weeks included.
    until = pd.Timestamp(due[-1]) + pd.Timedelta(days=30 + 2 * lag.business_days)
    holidays = _holidays(lag.calendar, pd.Timestamp(due[0]), until)
    return pd.DatetimeIndex(np.busday_offset(due, lag.business_days, roll="forward", holidays=holidays))


def _holidays(calendar: Calendar, first: pd.Timestamp, last: pd.Timestamp) -> NDArray[np.datetime64]:
    """Weekdays on which nothing is published."""
    if calendar == "federal":
        from pandas.tseries.holiday import USFederalHolidayCalendar

        closed = USFederalHolidayCalendar().holidays(first, last)
    else:
        closed = pd.bdate_range(first, last).difference(
            pd.DatetimeIndex(sessions_between(first.date(), last.date(), calendar)["session"])
        )
    return closed.to_numpy().astype("datetime64[D]")
