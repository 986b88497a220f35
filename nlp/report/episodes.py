"""The episodes of a report's narratives, by place in its trend; what an episode is says `nlp.episodes`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

import pandas as pd

from nlp.episodes import EpisodeRule, find_episodes
from nlp.report.data import ReportData

__all__ = ["episode_places", "episode_rule"]


def episode_places(data: ReportData) -> list[dict[str, Any]]:
    """In the order of time: `narrative`, `start`, `peak`, `end` (first and last period alike), `over`.

    All but `over` (False while an episode goes on; `end` is then the last period) are positions.
    """
    starts = data.trend["date"]
    found = [
        {
            "narrative": position,
            "start": _place(starts, episode.start),
            "peak": _place(starts, episode.peak),
            "end": len(starts) - 1 if episode.end is None else _place(starts, episode.end),
            "over": episode.is_over,
        }
        for position, narrative in enumerate(data.narratives)
        for episode in find_episodes(data.trend, narrative.id)
    ]
    return sorted(found, key=lambda episode: (episode["start"], episode["narrative"]))


def episode_rule() -> dict[str, float]:
    """The rule by which they were found, for the page to state."""
    return asdict(EpisodeRule())


def _place(starts: pd.Series[pd.Timestamp], day: date) -> int:
    """The period in which a day lies."""
    return int(starts.searchsorted(pd.Timestamp(day), side="right")) - 1
