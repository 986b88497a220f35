"""Which articles stand behind each point of the trend: bounded, strongest first, with what was left out.

An article belongs to the last period that starts at or before the moment it counts from (`first_seen`, else
`published`). Copies of one story are shown once, with their number. The page can't hold everything: per period and
narrative at most `MAX_PER_PERIOD` stories, and over the whole report `MAX_ARTICLES`, given out rank by rank, so that
every period keeps its strongest story before any gets a second. What these articles say is `nlp.report.quotes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import Any

import numpy as np
import pandas as pd

from nlp.report.claims import claims_by_article
from nlp.report.data import ReportData
from nlp.report.quotes import SPEAKS, described, judged, quotes_by_article, story_of
from nlp.safety import harmless
from nlp.trend import known_moments

__all__ = ["MAX_ARTICLES", "MAX_PER_PERIOD", "OUTSIDE", "UNDATED", "Evidence", "gather_evidence", "period_of"]

MAX_PER_PERIOD = 20
MAX_ARTICLES = 4000

CARRIES = 0.1
"""From this intensity on an article is evidence even if no single sentence reaches `SPEAKS`."""

UNDATED, OUTSIDE = -1, -2

_MAX_SOURCES = 4

_DAYS = {"D": pd.DateOffset(days=1), "W": pd.DateOffset(days=7), "M": pd.DateOffset(months=1)}
_SCORE_COLUMNS = ["article_id", "title", "url", "source", "lang", "published", "first_seen", "story", "model"]

Rest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence as JSON-ready values.

    Attributes:
        articles: what the page knows of an article; `n` maps a narrative's position to its score and sentences,
            `claims` has its figures where some were read.
        by_period: per narrative and period position `a` (articles, strongest first), `left` (stories left out) and
            `weak` (stories that do not carry the narrative).
        n_available, n_shown: stories (in a period) that carry a narrative, and how many of these the page holds.
    """

    articles: list[dict[str, Any]]
    by_period: list[dict[int, Rest]]
    n_available: int
    n_shown: int


def period_of(data: ReportData) -> pd.Series:
    """Per row of the scores the position of its period in `data.trend`, `UNDATED` or `OUTSIDE`."""
    scores = _scores(data)
    known = known_moments(scores).dt.tz_convert(data.zone or UTC).dt.tz_localize(None).astype("datetime64[ns]")
    starts = data.trend["date"]
    position = np.searchsorted(starts.to_numpy("datetime64[ns]"), known.to_numpy("datetime64[ns]"), side="right") - 1
    end = starts.iloc[-1] + _DAYS[data.freq or "W"] if len(starts) else pd.Timestamp.max
    position = np.where((position < 0) | (known >= end).to_numpy(), OUTSIDE, position)
    return pd.Series(np.where(known.isna(), UNDATED, position), index=scores.index)


def gather_evidence(data: ReportData) -> Evidence:
    """Choose and describe the articles behind every period."""
    scores = _scores(data)
    ids = [narrative.id for narrative in data.narratives]
    frame = scores.assign(period=period_of(data), story=story_of(scores))
    frame = frame[frame["period"] >= 0]
    strongest = _strongest_by_article(data, ids)
    ranked = pd.concat([_rank(frame, name, i, strongest) for i, name in enumerate(ids)], ignore_index=True)
    carried = ranked[ranked["carries"]]
    chosen = carried[carried["rank"] < MAX_PER_PERIOD].sort_values(["rank", "intensity"], ascending=[True, False])
    chosen = chosen.head(MAX_ARTICLES).sort_values(["narrative", "period", "rank"])
    wanted = set(scores.loc[chosen["row"].unique(), "article_id"])
    quotes, claims = quotes_by_article(data, ids, wanted), claims_by_article(data, wanted)
    position_by_row = {row: position for position, row in enumerate(chosen["row"].unique())}
    moments = _moments(scores["published"]).fillna(_moments(scores["first_seen"]))
    articles = [described(scores.loc[row], moments[row]) for row in position_by_row]
    for article, row in zip(articles, position_by_row, strict=True):
        if (told := claims.get(scores.loc[row, "article_id"])) is not None:
            article["claims"] = told
    by_period = _rest(ranked, chosen, len(ids))
    also = _copies(frame, chosen)
    for pick in chosen.to_dict("records"):
        article = articles[position_by_row[pick["row"]]]
        article["n"][pick["narrative"]] = judged(scores.loc[pick["row"]], ids[pick["narrative"]], quotes)
        if pick["copies"] > 1:
            article |= {"copies": pick["copies"], "also": also[pick["period"], pick["story"]]}
        by_period[pick["narrative"]][pick["period"]]["a"].append(position_by_row[pick["row"]])
    n_available, n_shown = (len(part[["period", "story"]].drop_duplicates()) for part in (carried, chosen))
    return Evidence(articles, by_period, n_available=n_available, n_shown=n_shown)


def _scores(data: ReportData) -> pd.DataFrame:
    names = [narrative.id for narrative in data.narratives]
    if data.scores is not None:
        return data.scores.fillna(dict.fromkeys(names, 0.0))
    return pd.DataFrame(columns=_SCORE_COLUMNS).assign(**{name: pd.Series(dtype=float) for name in names})


def _moments(column: pd.Series) -> pd.Series:
    moments = pd.to_datetime(column, utc=True, errors="coerce", format="ISO8601")
    return moments.dt.tz_localize(None).astype("datetime64[ns]")


def _strongest_by_article(data: ReportData, ids: list[str]) -> pd.DataFrame | None:
    """Per article and narrative how likely its strongest sentence speaks of it, asserting or rejecting."""
    if data.sentences is None:
        return None
    by_id = {name: data.sentences[f"{name}_assert"] + data.sentences[f"{name}_reject"] for name in ids}
    return pd.DataFrame(by_id).groupby(data.sentences["article_id"]).max()


def _rank(frame: pd.DataFrame, name: str, position: int, strongest: pd.DataFrame | None) -> pd.DataFrame:
    """One row per story and period: its strongest article, its place, whether it carries the narrative, its copies."""
    carries = frame[name] >= CARRIES
    if strongest is not None:
        carries |= strongest[name].reindex(frame["article_id"]).to_numpy() >= SPEAKS
    table = frame[["period", "story"]].assign(row=frame.index, intensity=frame[name], carries=carries)
    table = table.sort_values(["period", "intensity", "row"], ascending=[True, False, True])
    by_story = table.groupby(["period", "story"], sort=False)
    table["copies"] = by_story["row"].transform("size")
    heads = table[by_story.cumcount() == 0].sort_values(
        ["period", "carries", "intensity"], ascending=[True, False, False]
    )
    return heads.assign(rank=heads.groupby("period").cumcount(), narrative=position)


def _rest(ranked: pd.DataFrame, chosen: pd.DataFrame, n_narratives: int) -> list[dict[int, Rest]]:
    """Per narrative and period the empty list of articles, and how many stories will not be in it."""
    by_period: list[dict[int, Rest]] = [{} for _ in range(n_narratives)]
    counts = ranked.groupby(["narrative", "period"])["carries"].agg(["sum", "size"]).reset_index()
    shown = chosen.groupby(["narrative", "period"]).size().to_dict()
    for row in counts.to_dict("records"):
        n_shown = shown.get((row["narrative"], row["period"]), 0)
        rest: Rest = {"a": [], "left": row["sum"] - n_shown, "weak": row["size"] - row["sum"]}
        by_period[row["narrative"]][row["period"]] = rest
    return by_period


def _copies(frame: pd.DataFrame, chosen: pd.DataFrame) -> dict[tuple[int, str], list[str]]:
    """Up to four sources that carried one of the chosen stories which have copies."""
    stories = chosen.loc[chosen["copies"] > 1, ["period", "story"]].drop_duplicates()
    sources: dict[tuple[int, str], list[str]] = {}
    for copy in frame.merge(stories, on=["period", "story"])[["period", "story", "source"]].to_dict("records"):
        found = sources.setdefault((copy["period"], copy["story"]), [])
        source = harmless(copy["source"], 60)
        if source and source not in found and len(found) < _MAX_SOURCES:
            found.append(source)
    return sources
