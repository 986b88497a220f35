"""Articles beside the sessions they meet: one row per session, narratives from before it opens, the market's day after.

An article counts from the moment it is known and meets the next session that opens after it (one that comes in a lunch
break meets the next day's), so a row's narratives were all known before its session began. Copies of one text are one
story, as in `nlp.trend`. Rows never look ahead: later articles and later market values change no earlier row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from nlp.errors import InputError
from nlp.market import MarketSeries
from nlp.market_measures import MEASURES_BY_KIND, Kind, infer_kind, market_measures
from nlp.publication_lags import find_lag, published_on
from nlp.sessions import next_sessions, sessions_between
from nlp.trend import known_moments, narratives_of_scores

__all__ = ["align_to_sessions", "session_columns", "session_table"]

_DIGITS = 6
_HEAD = ("session", "opens_at", "half_day", "provisional", "n_articles", "n_stories")


def session_columns(
    narratives: Sequence[str], market: Sequence[MarketSeries] = (), kinds: Mapping[str, Kind] | None = None
) -> tuple[str, ...]:
    """The columns of `align_to_sessions`: `market_<series>` is the level, `market_<series>_<measure>` the others."""
    of_market = (
        f"market_{series.name}" + ("" if measure == "level" else f"_{measure}")
        for series in market
        for measure in MEASURES_BY_KIND[_kind(series, kinds)]
    )
    return (*_HEAD, *narratives, *of_market)


def align_to_sessions(
    scores: pd.DataFrame, market: Sequence[MarketSeries], exchange: str, kinds: Mapping[str, Kind] | None = None
) -> pd.DataFrame:
    """One row per session, from the first that an article meets to the last, columns `session_columns`.

    `session` is a naive day, `opens_at` aware UTC. A narrative is the mean over the stories that meet the session of
    the mean intensity of the story's articles, empty where no article meets it. The market's values, as
    `market_measures` has them, stand on the session of the day that a series dates them by, or was published on where
    that is later (`nlp.publication_lags`), and nowhere else: nothing is carried forward, a weekly series has a value on
    one session of the week, and one that falls on no session has none. So row by row the narratives come before the
    market: its values are those of a day that ends after the session opened, in New York hours after Shanghai's.

    Args:
        scores: as in scores.csv; articles without a date are left out.
        market: the series to set beside, each as it dates itself.
        exchange: a key of `nlp.exchanges.EXCHANGES`.
        kinds: what series are, by their names; inferred where not given.

    Raises:
        InputError: no narrative columns, two columns of one name, or not one article has a date.
        MarketError: no such exchange or kind.
    """
    narratives = narratives_of_scores(list(scores.columns))
    if not narratives:
        raise InputError(
            "the scores hold no narrative columns (<n>, <n>_stance, <n>_evidence): give a scores.csv from `froth score`"
        )
    measured = [_by_day(series, _kind(series, kinds)) for series in market]
    columns = session_columns(narratives, market, kinds)
    if len(set(columns)) < len(columns):
        twice = next(column for column in columns if columns.count(column) > 1)
        raise InputError(f"two columns would be called {twice}: rename a narrative or a market series")
    scores = scores.reset_index(drop=True)
    met = next_sessions(known_moments(scores), exchange)["session"]
    if not met.notna().any():
        raise InputError(
            f"none of the {len(scores)} articles has a known date: to meet a session it needs published or first_seen"
        )
    table = sessions_between(met.min().date(), met.max().date(), exchange)
    told = _by_session(scores.assign(session=met, story=scores["story"].fillna(scores["article_id"])), narratives)
    joined = table.join(told, on="session")
    joined[["n_articles", "n_stories"]] = joined[["n_articles", "n_stories"]].fillna(0).astype(int)
    beside = [one.reindex(table["session"]).reset_index(drop=True) for one in measured]
    joined = pd.concat([joined[[*_HEAD, *narratives]], *beside], axis=1)
    return joined.set_axis(list(columns), axis=1)


def session_table(scores: pd.DataFrame, market: Sequence[MarketSeries], exchange: str) -> pd.DataFrame:
    """What `align_to_sessions` gives, as a file has it: ISO days and UTC moments, 0 or 1 for no and yes."""
    table = align_to_sessions(scores, market, exchange)
    return table.assign(
        session=table["session"].dt.strftime("%Y-%m-%d"),
        opens_at=table["opens_at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        half_day=table["half_day"].astype(int),
        provisional=table["provisional"].astype(int),
    )


def _kind(series: MarketSeries, kinds: Mapping[str, Kind] | None) -> Kind:
    return infer_kind(series) if kinds is None or series.name not in kinds else kinds[series.name]


def _by_day(series: MarketSeries, kind: Kind) -> pd.DataFrame:
    """The measures of a series by the day on which they were known; of those of one day the last."""
    measured = market_measures(series, kind)
    known_on = published_on(pd.DatetimeIndex(measured.index), find_lag(series.name))
    others = [measure for measure in measured.columns if measure != "level"]
    measured = measured.round(dict.fromkeys(others, _DIGITS)).set_axis(known_on)
    return measured[~known_on.duplicated(keep="last")]


def _by_session(scores: pd.DataFrame, narratives: Sequence[str]) -> pd.DataFrame:
    """Counts and mean intensities over `session`; articles that meet none are left out."""
    by_session = scores.groupby("session")
    columns = {"n_articles": by_session.size(), "n_stories": by_session["story"].nunique()}
    for name in narratives:
        # In the order of the values, so that the order of the articles does not show in the last digit.
        ordered = scores.assign(told=scores[name].astype(float)).sort_values("told", kind="stable")
        stories = ordered.groupby(["session", "story"])["told"].mean().sort_values(kind="stable")
        columns[name] = stories.groupby(level="session").mean().round(_DIGITS)
    return pd.DataFrame(columns)
