"""The trend table: narrative intensity per period, with its band, beside the market.

A period's intensity is the mean over its stories of the mean intensity of the story's articles, so twenty copies of
one wire report weigh as much as one. Shares and stances are over articles, the z-score over earlier periods only.
Rows never look ahead: articles or market values that are added later change no earlier row. An empty period has empty
cells, never 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

import pandas as pd

from nlp.baselines import baselines_by_period, baselines_in
from nlp.confusion import Confusion
from nlp.errors import InputError
from nlp.market import MarketSeries, align_market
from nlp.periods import DIGITS, NarrativeHistory, n_named
from nlp.published import Published

__all__ = [
    "FREQUENCIES",
    "MEASURES",
    "PRESS_MEASURES",
    "THIN_STORIES",
    "Frequency",
    "TrendOptions",
    "known_moments",
    "narratives_of_scores",
    "narratives_of_trend",
    "trend_columns",
    "trend_table",
]

Frequency = Literal["D", "W", "M"]
FREQUENCIES: dict[Frequency, str] = {"D": "D", "W": "W-SUN", "M": "M"}
"""Days, weeks from Monday to Sunday, calendar months, as pandas names their periods."""

_LONGEST_DAYS: dict[Frequency, int] = {"D": 1, "W": 7, "M": 31}

UTC = ZoneInfo("UTC")
"""The calendar unless another is asked for."""

_COUNTS = ("n_articles", "n_stories", "n_sources")
MEASURES = ("", "_low", "_high", "_share", "_stance", "_z")
"""Suffixes of a narrative's columns in trend.csv; the first is the intensity itself."""

PRESS_MEASURES = ("_index", "_attention", "_consensus", "_velocity", "_balance", "_trailing")
"""Suffixes of those that follow: what the sources say together (`nlp.press`)."""

THIN_STORIES = 3
"""A period with fewer stories is thin: its mean says little."""


@dataclass(frozen=True, slots=True)
class TrendOptions:
    """How to aggregate.

    Attributes:
        freq: D, W (weeks begin on Monday) or M.
        by: break each period down by this column of scores.csv.
        zone: the calendar in which a moment falls on a day.
        confusion: the classifier's measured error, which the bands then carry.
        published: what attention and balance are counted against, where the scored articles are a selection.
    """

    freq: Frequency = "W"
    by: Literal["lang", "source"] | None = None
    zone: ZoneInfo = UTC
    confusion: Confusion | None = None
    published: Published | None = None


def narratives_of_scores(columns: Sequence[str]) -> tuple[str, ...]:
    """The narratives of a scores table, by its `<n>`, `<n>_stance`, `<n>_evidence` columns.

    >>> narratives_of_scores(["title", "bubble", "bubble_stance", "bubble_evidence", "model"])
    ('bubble',)
    """
    known = set(columns)
    return tuple(c for c in columns if f"{c}_stance" in known and f"{c}_evidence" in known)


def narratives_of_trend(columns: Sequence[str]) -> tuple[str, ...]:
    """The narratives of a trend table, by its columns.

    >>> narratives_of_trend(["date", "x", "x_low", "x_high", "x_share", "x_stance", "x_z", "market_vix"])
    ('x',)
    """
    known = set(columns)
    return tuple(str(c) for c in columns if all(f"{c}{measure}" in known for measure in MEASURES))


def trend_columns(
    narratives: Sequence[str], series: Sequence[str] = (), by: str | None = None, baselines: Sequence[str] = ()
) -> tuple[str, ...]:
    """The columns of trend.csv; `baselines` are those that the scores hold."""
    head = ("date", *([by] if by else []), "n_articles", "n_stories")
    of_narratives = (f"{n}{measure}" for n in narratives for measure in (*MEASURES, *PRESS_MEASURES))
    return (*head, *of_narratives, "n_sources", "thin", *baselines, *(f"market_{s}" for s in series))


def trend_table(
    scores: pd.DataFrame, market: Sequence[MarketSeries] = (), options: TrendOptions | None = None
) -> pd.DataFrame:
    """One row per period (and group) from the first to the last that has articles, columns `trend_columns`.

    Args:
        scores: as in scores.csv; articles without a date are left out (count them with `known_moments`). Baselines in
            it become columns as intensities do: the mean over stories of the mean over a story's articles.
        market: series to set beside.
        options: frequency, breakdown, calendar.

    Raises:
        InputError: no narrative columns, two columns of one name, not one article has a date, or counts of what was
            published that are too coarse or too small.
    """
    options = options or TrendOptions()
    narratives = narratives_of_scores(list(scores.columns))
    if not narratives:
        raise InputError(
            "the scores hold no narrative columns (<n>, <n>_stance, <n>_evidence): give a scores.csv from `froth score`"
        )
    # In one order: sums of floats differ by it in the last bit, and where they end in a half the rounded ones do too.
    scores = scores.sort_values("article_id", kind="stable", ignore_index=True)
    moments = known_moments(scores)
    if not moments.notna().any():
        raise InputError(f"none of the {len(scores)} articles has a known date: a trend needs published or first_seen")
    if options.published:
        options.published.check_fine_enough(_LONGEST_DAYS[options.freq])
    columns = trend_columns(narratives, [s.name for s in market], options.by, baselines_in(scores, narratives))
    if len(set(columns)) < len(columns):
        twice = next(column for column in columns if columns.count(column) > 1)
        raise InputError(f"two columns of the trend would be called {twice}: rename a narrative or a market series")
    scores = scores.assign(story=scores["story"].fillna(scores["article_id"]), source=scores["source"].fillna(""))
    dated = scores.assign(
        period=moments.dt.tz_convert(options.zone).dt.tz_localize(None).dt.to_period(FREQUENCIES[options.freq])
    )[moments.notna()]
    parts = {"": dated} if options.by is None else dict(iter(dated.groupby(dated[options.by].fillna("").astype(str))))
    last = dated["period"].max()
    rows = [_rows_of_group(part, last, narratives, market, str(group), options) for group, part in parts.items()]
    if options.by is not None:
        rows = [part.assign(**{options.by: group}) for group, part in zip(parts, rows, strict=True)]
    by = ["date", *([options.by] if options.by else [])]
    return pd.concat(rows, ignore_index=True).sort_values(by, kind="stable", ignore_index=True)[list(columns)]


def known_moments(scores: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    """When each article counts from: `first_seen`, else `published`, aware UTC; NaT where neither is known."""
    columns = [
        pd.to_datetime(scores[name], utc=True, errors="coerce", format="ISO8601")
        for name in ("first_seen", "published")
    ]
    return columns[0].fillna(columns[1])


def _rows_of_group(
    dated: pd.DataFrame,
    last: pd.Period,
    narratives: Sequence[str],
    market: Sequence[MarketSeries],
    group: str,
    options: TrendOptions,
) -> pd.DataFrame:
    """The rows of one group, from its own first period to the last of all, so that a new group adds no earlier row."""
    periods = pd.period_range(dated["period"].min(), last)
    by_period: dict[object, pd.DataFrame] = dict(iter(dated.groupby("period", sort=True)))
    rows = []
    past = {n: NarrativeHistory(n, options.confusion) for n in narratives}
    for period in periods:
        articles = by_period.get(period)
        date = period.start_time.date().isoformat()
        row: dict[str, object] = {"date": date, **dict.fromkeys(_COUNTS, 0), "thin": 1}
        if articles is not None:
            n_stories = articles["story"].nunique()
            n_published = options.published.of_period(period, len(articles)) if options.published else None
            row |= {"n_articles": len(articles), "n_stories": n_stories, "n_sources": n_named(articles["source"])}
            row["thin"] = int(n_stories < THIN_STORIES)
            for name in narratives:
                row |= past[name].measure(articles, f"{date}|{group}|{name}", n_published)
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(trend_columns(narratives))).astype(dict.fromkeys((*_COUNTS, "thin"), int))
    told = baselines_by_period(dated, narratives, options.published).round(DIGITS) + 0.0  # no -0.0
    table = table.join(told.reindex(periods).reset_index(drop=True))
    return table.join(align_market(market, [period.end_time.normalize() for period in periods]))
