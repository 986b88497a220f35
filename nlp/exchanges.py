"""The exchanges whose sessions froth knows: their zone, their ordinary hours, and since when a calendar is right.

Adding one is adding a row, if exchange_calendars has its calendar. What is done with them is `nlp.sessions`.
"""

from __future__ import annotations

from dataclasses import dataclass

from nlp.errors import MarketError

__all__ = ["EXCHANGES", "Exchange", "FormerBreak", "find_exchange"]


@dataclass(frozen=True, slots=True)
class FormerBreak:
    """The lunch break of full sessions before the day `until`, as local HH:MM."""

    until: str
    starts: str
    ends: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange.

    Attributes:
        code: market identifier code (ISO 10383), which is also the library's name of the calendar.
        name: for people.
        zone: IANA name; hours are local.
        hours: opening and close of an ordinary session as HH:MM, with the lunch break between them where there is one.
        known_from: first day from which the library's days and openings are right.
        former_breaks: earlier lunch breaks that the library does not know, the earliest first.
    """

    code: str
    name: str
    zone: str
    hours: tuple[str, ...]
    known_from: str
    former_breaks: tuple[FormerBreak, ...] = ()


EXCHANGES: dict[str, Exchange] = {
    exchange.code: exchange
    for exchange in (
        # New York opens at 9:30 since 1985-09-30, and the library has no holidays before 1970.
        Exchange("XNYS", "New York", "America/New_York", ("09:30", "16:00"), "1985-09-30"),
        # The exchange opened on 1990-12-19; the library begins a fortnight earlier.
        Exchange("XSHG", "Shanghai", "Asia/Shanghai", ("09:30", "11:30", "13:00", "15:00"), "1990-12-19"),
        # Before 1999 the library closes Hong Kong on Buddha's birthday, a day of trade then. The breaks were shortened
        # in two steps, as HKEX announced in November 2010.
        Exchange(
            "XHKG",
            "Hong Kong",
            "Asia/Hong_Kong",
            ("09:30", "12:00", "13:00", "16:00"),
            "1999-01-01",
            (FormerBreak("2011-03-07", "12:30", "14:30"), FormerBreak("2012-03-05", "12:00", "13:30")),
        ),
    )
}
"""The exchanges by code. A test compares their known sessions with the days of index closes."""


def find_exchange(code: str) -> Exchange:
    """The exchange of that code.

    Raises:
        MarketError: there is none.
    """
    if code not in EXCHANGES:
        known = ", ".join(f"{exchange.code} ({exchange.name})" for exchange in EXCHANGES.values())
        raise MarketError(f"no exchange {code!r}: give one of {known}")
    return EXCHANGES[code]
