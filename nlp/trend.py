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

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.baselines import baselines_by_period, baselines_in
from nlp.confusion import Confusion
from nlp.errors import InputError
from nlp.market import MarketSeries, align_market
from nlp.periods import DIGITS, measures_by_period
from nlp.published import Published
from nlp.told import Articles, Told, numbered

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
    scores = scores.reset_index(drop=True)
    moments = known_moments(scores)
    if not moments.notna().any():
        raise InputError(f"none of the {len(scores)} articles has a known date: a trend needs published or first_seen")
    if options.published:
        options.published.check_fine_enough(_LONGEST_DAYS[options.freq])
    columns = trend_columns(narratives, [s.name for s in market], options.by, baselines_in(scores, narratives))
    if len(set(columns)) < len(columns):
        twice = next(column for column in columns if columns.count(column) > 1)
        raise InputError(f"two columns of the trend would be called {twice}: rename a narrative or a market series")
    articles, periods = _dated(scores, moments, narratives, options)
    parts = {"": articles}
    if options.by is not None:
        numbers, groups = numbered(scores[options.by].fillna("").astype(str).iloc[articles.scores.index])
        parts = {str(group): articles.take(numbers == number) for number, group in enumerate(groups)}
    rows = [_rows_of_group(part, periods, narratives, market, str(group), options) for group, part in parts.items()]
    if options.by is not None:
        rows = [part.assign(**{options.by: group}) for group, part in zip(parts, rows, strict=True)]
    by = ["date", *([options.by] if options.by else [])]
    return pd.concat(rows, ignore_index=True).sort_values(by, kind="stable", ignore_index=True)[list(columns)]


def _dated(
    scores: pd.DataFrame, moments: pd.Series[pd.Timestamp], narratives: Sequence[str], options: TrendOptions
) -> tuple[Articles, pd.PeriodIndex]:
    """The articles that have a place in time, and the periods from the first of them to the last.

    They are in one order: sums of floats differ by it in the last bit, and where they end in a half the rounded ones
    do too.
    """
    measured = [f"{name}{measure}" for name in narratives for measure in ("", "_stance")]
    columns = [*measured, *baselines_in(scores, narratives)]
    scores = scores[list(dict.fromkeys(("article_id", "story", "source", "lang", *columns)))]
    known = moments.notna()
    days = moments.dt.tz_convert(options.zone).dt.tz_localize(None).dt.to_period(FREQUENCIES[options.freq])
    days, scores = days[known], scores[known]
    ordinals = days.astype("int64").to_numpy()
    ordinals = ordinals - ordinals.min()
    order = _ordered(ordinals, scores["article_id"])
    stories, story_names = numbered(scores["story"].fillna(scores["article_id"]))
    sources, source_names = numbered(scores["source"].fillna(""))
    langs, lang_names = numbered(scores["lang"])
    articles = Articles(
        ordinals[order],
        stories[order],
        sources[order],
        langs[order],
        story_names,
        source_names,
        lang_names,
        scores[columns].iloc[order],
    )
    return articles, pd.period_range(days.min(), days.max())


def _ordered(periods: NDArray[np.int64], ids: pd.Series[str]) -> NDArray[np.int64]:
    """The places of articles by period and within one by id; to order by id what is in order of time takes longer."""
    import pyarrow
    from pyarrow import compute

    names = pyarrow.array(ids, from_pandas=True)
    names = names.combine_chunks() if isinstance(names, pyarrow.ChunkedArray) else names
    both = pyarrow.record_batch([periods, names], ["period", "id"])
    keys = [("period", "ascending"), ("id", "ascending")]
    order: NDArray[np.uint64] = compute.sort_indices(both, sort_keys=keys).to_numpy()
    return order.astype(np.int64)


def known_moments(scores: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    """When each article counts from: `first_seen`, else `published`, aware UTC; NaT where neither is known."""
    columns = [
        pd.to_datetime(scores[name], utc=True, errors="coerce", format="ISO8601")
        for name in ("first_seen", "published")
    ]
    return columns[0].fillna(columns[1])


def _rows_of_group(
    articles: Articles,
    periods: pd.PeriodIndex,
    narratives: Sequence[str],
    market: Sequence[MarketSeries],
    group: str,
    options: TrendOptions,
) -> pd.DataFrame:
    """The rows of one group, from its own first period to the last of all, so that a new group adds no earlier row."""
    n_articles, n_stories, n_sources = articles.n_by_period(len(periods))
    starts = [period.start_time.date() for period in periods]
    n_published = [
        options.published.of_period(period, n) if options.published and n else None
        for period, n in zip(periods, n_articles.tolist(), strict=True)
    ]
    counts = {"n_articles": n_articles, "n_stories": n_stories, "n_sources": n_sources}
    head = {"date": [day.isoformat() for day in starts], **counts, "thin": (n_stories < THIN_STORIES).astype(int)}
    measures = (*MEASURES, *PRESS_MEASURES)
    told = {f"{name}{measure}": np.full(len(periods), np.nan) for name in narratives for measure in measures}
    for name in narratives:
        for place, values in measures_by_period(
            Told(articles, name),
            name,
            lambda place, name=name: f"{starts[place].isoformat()}|{group}|{name}",  # type: ignore[misc]
            confusion=options.confusion,
            spoken=lambda place: (starts[place], n_published[place]),
        ):
            for column, value in values.items():
                told[column][place] = value
    table = pd.DataFrame({**head, **told})
    baselines = baselines_by_period(articles, narratives, n_published if options.published else None)
    table = table.join(baselines.round(DIGITS) + 0.0)  # no -0.0
    table = table.join(align_market(market, [period.end_time.normalize() for period in periods]))
    return table.iloc[int(articles.period[0]) :]
