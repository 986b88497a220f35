"""Episodes of narratives beside every price of a market folder: was it exuberant, was it falling, how far from its low?

Drawdowns are of the closes as they are, exuberance is tested on weekly ones. Phillips, Wu and Yu (2011) and Phillips,
Shi and Yu (2015) test months, of which log(t) in a row are a spell: half a year, longer than many a boom. Days are
many, reach beyond the critical values (16,000), and have clusters of volatility, which the test takes for bubbles
(Harvey, Leybourne, Sollis and Taylor 2016): of random walks of ten years with such clusters 63 of 100 have a spell by
days, 31 by weeks, 9 by months (the slow test in tests/nlp/test_market_episodes.py counts them). So one spell by weeks
is a hint and no finding. Speed decided nothing: twenty years of days take half a second.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from nlp.drawdowns import BESIDE_COLUMNS, Spell, beside_market, drawdowns, settled_before
from nlp.episodes import Episode, find_episodes
from nlp.errors import Failure, FrothError
from nlp.exuberance import exuberant_episodes, log_prices_of
from nlp.exuberance_critical import FIRST
from nlp.market import MarketSeries
from nlp.market_measures import infer_kind
from nlp.trend import narratives_of_trend

__all__ = [
    "MARKET_EPISODE_COLUMNS",
    "Exuberance",
    "MarketEpisodes",
    "exuberance_of",
    "market_episodes",
    "weekly_closes",
]

MARKET_EPISODE_COLUMNS = ("series", *BESIDE_COLUMNS)
_TOLD = BESIDE_COLUMNS[BESIDE_COLUMNS.index("exuberant") : -1]
_FLAGS = ("exuberant", "in_drawdown", "trough_is_final", "is_final")
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Exuberance:
    """The spells in which a price rose exuberantly.

    Attributes:
        spells: each from the first weekly close above the critical value to the day before the first no longer above.
        since: the first day that can be told.
        settled: nothing that comes later can put another spell before this day.
    """

    spells: tuple[Spell, ...]
    since: date
    settled: date


@dataclass(frozen=True, slots=True)
class MarketEpisodes:
    """The table, columns `MARKET_EPISODE_COLUMNS`, and the series that have no place in it."""

    table: pd.DataFrame
    failures: tuple[Failure, ...]


def market_episodes(trend: pd.DataFrame, market: Sequence[MarketSeries]) -> MarketEpisodes:
    """A row for every episode of every narrative and every price, series by series; days are ISO text, yes is 1, no 0.

    The columns are those of `nlp.drawdowns.beside_market`. What a series cannot tell is empty: everything where it has
    no price within the episode, `exuberant` where until the episode's end it has too few weeks, or never moves. Series
    that are no prices (`infer_kind`) are left out. A row with `is_final` is not changed by later rows of the trend or
    of the market.

    Args:
        trend: a trend table without a breakdown.
        market: the series of its folder.

    Raises:
        InputError: the trend lacks a column, or has several rows a date.
    """
    narratives = narratives_of_trend(list(trend.columns))
    episodes = [episode for name in narratives for episode in find_episodes(trend, name)]
    tables, failures = [], []
    for series in market:
        if infer_kind(series) != "price":
            continue
        try:
            tables.append(_beside(episodes, series))
        except FrothError as error:
            failures.append(Failure(series.name, "market", str(error)))
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(MARKET_EPISODE_COLUMNS))
    table[list(_FLAGS)] = table[list(_FLAGS)].astype("boolean")
    # Whole numbers stay whole where some are missing.
    table = table.astype(dict.fromkeys((*_FLAGS, "days_to_trough"), "Int64"))
    table["depth"] = table["depth"].astype(float).round(_DIGITS)
    return MarketEpisodes(table, tuple(failures))


def exuberance_of(prices: pd.Series[float]) -> Exuberance | None:
    """When a price rose exuberantly, by its weekly closes; None where they are too few or all the same.

    Raises:
        MarketError: a price of zero or less, or more weeks than there are critical values for.
    """
    closes = log_prices_of(weekly_closes(prices))
    if len(closes) < FIRST or closes.nunique() == 1:
        return None
    rising = [episode for episode in exuberant_episodes(closes) if episode.rising]
    spells = tuple(Spell(e.start.date(), e.end and e.end.date() - timedelta(days=1)) for e in rising)
    # A spell that begins now is told from a passing height by then.
    n_pending = math.ceil(math.log(len(closes)))
    return Exuberance(spells, closes.index[FIRST - 1].date(), closes.index[-n_pending].date())


def weekly_closes(prices: pd.Series[float]) -> pd.Series[float]:
    """The last price of each week from Monday to Sunday that has one, on its own day.

    The last week is left out, as it may not be over.
    """
    known = prices.dropna()
    weeks = pd.DatetimeIndex(known.index).to_period("W-SUN")
    last = pd.Series(weeks, index=known.index).duplicated(keep="last")
    return known[~last & (weeks < weeks.max())] if len(known) else known


def _beside(episodes: Sequence[Episode], series: MarketSeries) -> pd.DataFrame:
    falls, exuberance = drawdowns(series.values), exuberance_of(series.values)
    spells = None if exuberance is None else exuberance.spells
    settled = date.min if exuberance is None else min(exuberance.settled, settled_before(series.values, falls))
    days = [day.date() for day in pd.DatetimeIndex(series.values.index)]
    rows = []
    for row, episode in zip(beside_market(episodes, spells, falls, settled).to_dict("records"), episodes, strict=True):
        end, first = episode.end or date.max, bisect_left(days, episode.start)
        if exuberance is None or end < exuberance.since:
            row["exuberant"] = None
        if first == len(days) or days[first] > end:
            row = {**row, **dict.fromkeys(_TOLD), "is_final": end < days[-1]}
        rows.append({"series": series.name, **row})
    return pd.DataFrame(rows, columns=list(MARKET_EPISODE_COLUMNS), dtype=object)
