"""Market series are declarations: one table each in a TOML file, `market_series.toml` beside this module by default.

What can be declared is what `SeriesSource` has as fields; how each provider is asked is `scrapers.market_providers`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from nlp.errors import FetchError, SourceError
from scrapers.declarations import load_declarations
from scrapers.responses import host_name

__all__ = ["ADJUSTMENTS", "DEFAULT_SERIES", "HISTORIES", "SeriesSource", "load_series", "select_series"]

DEFAULT_SERIES = Path(__file__).with_name("market_series.toml")
HISTORIES = ("full", "window")
ADJUSTMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "fred": ("raw",),
        "cnn": ("raw",),
        "yahoo": ("raw", "adjusted"),
        "akshare_cn": ("raw",),
        "akshare_hk": ("raw",),
    }
)
"""The providers, and which prices each can give."""

_ID = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*\Z")
_SYMBOL = re.compile(r"[\w^.=-]+\Z", re.ASCII)
_BY_ADDRESS = frozenset({"fred", "cnn"})
"""The providers that are asked over an address of ours; the others have clients of their own."""
_RESERVED = frozenset({"date", "open", "high", "low", "close", "volume", "adjustment", "source", "failures"})


@dataclass(frozen=True, kw_only=True)
class SeriesSource:
    """One market series and where it comes from.

    Attributes:
        id: lower-case letters, digits and underscores; the file's stem, so the series' name in trend.csv.
        provider: a key of `ADJUSTMENTS`.
        symbol: the provider's own name of the series.
        unit: of the value, in words.
        adjustment: `raw`: as quoted (Yahoo's are adjusted for splits all the same); `adjusted`: for dividends too.
        zone: IANA name of the zone whose calendar the days are of.
        note: who publishes it, on what terms, and what to mind.
        max_gap_days: more days than this between two values, or since the last one, mean that some are missing.
        regular_since: gaps before this day are how the series is.
        history: `full`: every answer has all that there ever was; `window`: only the latest part of it.
        url: the address to ask instead of the provider's own (a mirror); `{symbol}` stands for the symbol.
        allow_private: whether that address may be a loopback or private one.
    """

    id: str
    provider: str
    symbol: str
    unit: str
    adjustment: str = "raw"
    zone: str
    note: str
    max_gap_days: int = 7
    regular_since: date = date(1900, 1, 1)
    history: str = "full"
    url: str = ""
    allow_private: bool = False

    def __post_init__(self) -> None:
        for field in fields(self):
            wanted = type(field.default) if field.default is not MISSING else str
            value = getattr(self, field.name)
            if type(value) is not wanted or (value == "" and field.name != "url"):
                self._refuse(field.name, f"a {wanted.__name__} that is not empty")
        prices = ADJUSTMENTS.get(self.provider, ())
        one_basis = self.adjustment != "adjusted" or self.history == "full"
        for key, fits, expected in (
            ("id", _ID.match(self.id) and self.id not in _RESERVED, "lower-case words joined by _, no column's name"),
            ("provider", prices, f"one of {', '.join(ADJUSTMENTS)}"),
            ("symbol", _SYMBOL.match(self.symbol), "letters, digits and ^ . = - _"),
            ("adjustment", self.adjustment in prices, f"{' or '.join(prices)} for {self.provider}"),
            ("history", self.history in HISTORIES, f"one of {', '.join(HISTORIES)}"),
            ("history", one_basis, "'full' for adjusted prices: every dividend changes all of them"),
            ("max_gap_days", self.max_gap_days > 0, "at least 1"),
        ):
            if not fits:
                self._refuse(key, expected)
        if (self.url or self.allow_private) and self.provider not in _BY_ADDRESS:
            self._refuse("url" if self.url else "allow_private", f"none: {self.provider} is asked by its own client")
        if self.url:
            try:
                host_name(self.url)
            except FetchError:
                self._refuse("url", "an absolute http or https address")
        try:
            self.tzinfo.utcoffset(None)
        except (KeyError, ValueError, OSError):
            self._refuse("zone", "an IANA zone such as 'America/New_York'")

    @cached_property
    def tzinfo(self) -> ZoneInfo:
        """The zone as a time zone."""
        return ZoneInfo(self.zone)

    @property
    def origin(self) -> str:
        """Provider and symbol, as the file's `source` column has them."""
        return f"{self.provider} {self.symbol}"

    def _refuse(self, key: str, expected: str) -> None:
        raise SourceError(f"series {self.id!r}: {key} = {getattr(self, key)!r}; expected {expected}")


def load_series(path: Path | None = None) -> tuple[SeriesSource, ...]:
    """All declared series in file order.

    Args:
        path: a TOML file with `[[series]]` tables; None for the declarations that come with froth.

    Raises:
        SourceError: the file cannot be read, or a declaration does not fit; names the file, the series and the key.
    """
    return load_declarations(DEFAULT_SERIES if path is None else path, "series", SeriesSource)


def select_series(declared: tuple[SeriesSource, ...], ids: list[str]) -> tuple[SeriesSource, ...]:
    """The series with these ids, in the order of the declarations.

    Raises:
        SourceError: an id that is not declared.
    """
    unknown = sorted(set(ids) - {source.id for source in declared})
    if unknown:
        raise SourceError(f"no series {unknown[0]!r}; declared are {', '.join(source.id for source in declared)}")
    return tuple(source for source in declared if source.id in ids)
