"""The market series of a report: which are shown first, what they are called, in which unit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

import pandas as pd

from nlp.report.checks import MARKET_PREFIX
from nlp.safety import harmless

__all__ = ["N_DEFAULT_SERIES", "cells", "market_series", "series_names"]

N_DEFAULT_SERIES = 4
_PREFERRED = ("vix", "fear_greed", "walcl", "rrpontsyd")


@dataclass(frozen=True, slots=True)
class SeriesLabel:
    """How a market series is called. A `unit` is claimed, and `scale` applied, only if the largest value fits it."""

    pattern: str
    name: str
    unit: str = ""
    scale: float = 1.0
    largest: tuple[float, float] = (-inf, inf)


_PERCENT = (0.2, 40.0)

_MARKET_LABELS = (
    SeriesLabel(r"vix\w*", "VIX"),
    SeriesLabel(r"\w*fear_greed", "CNN Fear & Greed"),
    # FRED publishes WALCL in millions of dollars and RRPONTSYD in billions.
    SeriesLabel(r"walcl", "Fed total assets", ", USD tn", 1e-6, (5e5, 5e7)),
    SeriesLabel(r"rrpontsyd", "Overnight reverse repo", ", USD bn", 1.0, (0.0, 2e4)),
    SeriesLabel(r"stlfsi\w*", "St. Louis stress index"),
    SeriesLabel(r"nfci\w*", "Chicago Fed NFCI"),
    SeriesLabel(r"sp500\w*", "S&P 500"),
    SeriesLabel(r"nasdaq100\w*", "Nasdaq 100"),
    SeriesLabel(r"nasdaq\w*", "Nasdaq Composite"),
    SeriesLabel(r"csi300\w*", "CSI 300"),
    SeriesLabel(r"shanghai\w*", "Shanghai Composite"),
    SeriesLabel(r"hang_seng\w*", "Hang Seng"),
    SeriesLabel(r"tedrate", "TED spread"),
    SeriesLabel(r"t10y2y", "Treasury 10y less 2y", ", %", 1.0, _PERCENT),
    SeriesLabel(r"t10y3m", "Treasury 10y less 3m", ", %", 1.0, _PERCENT),
    SeriesLabel(r"dgs10", "Treasury 10y yield", ", %", 1.0, _PERCENT),
    SeriesLabel(r"dgs2", "Treasury 2y yield", ", %", 1.0, _PERCENT),
    SeriesLabel(r"dgs30", "Treasury 30y yield", ", %", 1.0, _PERCENT),
    SeriesLabel(r"\w*hy_oas", "US high-yield spread", ", %", 1.0, _PERCENT),
    SeriesLabel(r"\w*ig_oas", "US corporate spread", ", %", 1.0, _PERCENT),
    SeriesLabel(r"sofr", "SOFR", ", %", 1.0, _PERCENT),
    SeriesLabel(r"baa10y", "Baa bonds less Treasury 10y", ", %", 1.0, _PERCENT),
    SeriesLabel(r"anfci", "Chicago Fed adjusted NFCI"),
    SeriesLabel(r"dtwexbgs\w*|usd_broad", "US dollar, trade-weighted"),
    SeriesLabel(r"russell2000\w*", "Russell 2000"),
    SeriesLabel(r"nikkei225\w*", "Nikkei 225"),
    SeriesLabel(r"eurostoxx50\w*", "Euro Stoxx 50"),
    SeriesLabel(r"dax\w*", "DAX"),
    SeriesLabel(r"put_call_ratio\w*", "Put–call ratio"),
    SeriesLabel(r"aaii_sentiment\w*", "AAII sentiment"),
    SeriesLabel(r"china_margin_balance\w*", "China margin balance"),
    SeriesLabel(r"usrec", "US recession (NBER)"),
)


def market_series(trend: pd.DataFrame, chosen: Sequence[str] = ()) -> list[dict[str, object]]:
    """The series that have values, and those that were chosen.

    `on` marks those shown at first: the chosen ones in their order, else the preferred ones, else the first few.
    """
    names = [str(name).removeprefix(MARKET_PREFIX) for name in trend.columns if str(name).startswith(MARKET_PREFIX)]
    names = [name for name in names if name in chosen or trend[MARKET_PREFIX + name].notna().any()]
    preferred = [name for wanted in _PREFERRED for name in names if re.search(rf"(?:^|_){wanted}(?:_|$)", name, re.I)]
    shown = set(chosen or (preferred or names)[:N_DEFAULT_SERIES])
    order = list(dict.fromkeys((*chosen, *preferred, *names)))
    suffixes = _suffixes(order)
    return [_series(name, trend[MARKET_PREFIX + name], name in shown, suffixes[name]) for name in order]


def series_names(names: Iterable[str]) -> dict[str, str]:
    """What people call market series, without a unit; where two are called the same, with their own name behind.

    >>> series_names(["vix_daily", "my_spread"])
    {'vix_daily': 'VIX', 'my_spread': 'my_spread'}
    """
    return {name: f"{_label(name).name}{suffix}" for name, suffix in _suffixes(names).items()}


def cells(column: pd.Series) -> Sequence[float | int | None]:
    """Values with seven significant digits; None for a missing one.

    >>> cells(pd.Series([1.0, float("nan"), 0.123456789]))
    [1, None, 0.1234568]
    """
    found: list[float | int | None] = []
    for value in column:
        number = float(f"{value:.7g}") if pd.notna(value) else None
        found.append(int(number) if number is not None and number.is_integer() else number)
    return found


def _series(name: str, values: pd.Series, shown: bool, suffix: str) -> dict[str, object]:
    label = _label(name)
    if not label.largest[0] <= values.max() <= label.largest[1]:
        label = SeriesLabel("", label.name)
    column = cells(values * label.scale)
    return {"id": harmless(name, 80), "name": f"{label.name}{label.unit}{suffix}", "on": shown, "value": column}


def _label(name: str) -> SeriesLabel:
    own = SeriesLabel("", harmless(name, 60))
    return next((label for label in _MARKET_LABELS if re.fullmatch(label.pattern, name, re.I)), own)


def _suffixes(names: Iterable[str]) -> dict[str, str]:
    """By series what tells it from others of its label: nothing, or its own name."""
    names = list(names)
    called = Counter(_label(name).name for name in names)
    return {name: f" ({harmless(name, 60)})" if called[_label(name).name] > 1 else "" for name in names}
