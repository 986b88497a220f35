"""Articles beside the sessions they meet: one row per session, narratives from before it opens, the market's day after.

An article counts from the moment it is known and meets the next session that opens after it, so a row's narratives
were all known before its session began. Copies of one text are one story, as in `nlp.trend`. Rows never look ahead:
later articles and later market values change no earlier row.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from nlp.errors import InputError
from nlp.market import MarketSeries
from nlp.market_measures import MEASURES_BY_KIND, Kind, infer_kind, market_measures
from nlp.sessions import next_sessions, sessions_between
from nlp.trend import known_moments, narratives_of_scores

__all__ = ["align_to_sessions", "session_columns"]

_DIGITS = 6


def session_columns(narratives: Sequence[str], series: MarketSeries, kind: Kind | None = None) -> tuple[str, ...]:
    """The columns of `align_to_sessions`: `market_<series>` is the level, `market_<series>_<measure>` the others."""
    measures = MEASURES_BY_KIND[infer_kind(series) if kind is None else kind]
    market = (f"market_{series.name}" + ("" if measure == "level" else f"_{measure}") for measure in measures)
    return ("session", "opens_at", "half_day", "provisional", "n_articles", "n_stories", *narratives, *market)


def align_to_sessions(
    scores: pd.DataFrame, series: MarketSeries, exchange: str, kind: Kind | None = None
) -> pd.DataFrame:
    """One row per session, from the first that an article meets to the last, columns `session_columns`.

    `session` is a naive day, `opens_at` aware UTC. A narrative is the mean over the stories that meet the session of
    the mean intensity of the story's articles, empty where no article meets it. The market's values are those that
    the series dates on that very day, as `market_measures` has them, empty where it has none: nothing is carried
    forward. They are known once the session is over; so row by row the narratives come before the market.

    Args:
        scores: as in scores.csv; articles without a date are left out.
        series: daily, and dated by the days of the exchange.
        exchange: a key of `nlp.exchanges.EXCHANGES`.
        kind: what the series is; inferred unless given.

    Raises:
        InputError: no narrative columns, or not one article has a date.
        MarketError: no such exchange or kind.
    """
    narratives = narratives_of_scores(list(scores.columns))
    if not narratives:
        raise InputError(
            "the scores hold no narrative columns (<n>, <n>_stance, <n>_evidence): give a scores.csv from `froth score`"
        )
    scores = scores.reset_index(drop=True)
    measured = market_measures(series, kind)
    met = next_sessions(known_moments(scores), exchange)["session"]
    if not met.notna().any():
        raise InputError(
            f"none of the {len(scores)} articles has a known date: to meet a session it needs published or first_seen"
        )
    table = sessions_between(met.min().date(), met.max().date(), exchange)
    told = _by_session(scores.assign(session=met, story=scores["story"].fillna(scores["article_id"])), narratives)
    joined = table.join(told, on="session")
    joined[["n_articles", "n_stories"]] = joined[["n_articles", "n_stories"]].fillna(0).astype(int)
    columns = list(session_columns(narratives, series, kind))
    market = measured.reindex(table["session"]).set_axis(columns[-len(measured.columns) :], axis=1)
    return pd.concat([joined, market.reset_index(drop=True)], axis=1)[columns]


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
