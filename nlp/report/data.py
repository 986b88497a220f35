"""What a report is made from, checked once: the trend and what lies beside it.

`ReportData` takes the tables of the file contracts, whether they come straight from the pipeline or from disk
(`nlp.report.files`). Turning them into a page is `nlp.report.page`, into a picture `nlp.report.figure`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

import pandas as pd

from nlp.confusion import Confusion
from nlp.errors import InputError
from nlp.report.checks import (
    MARKET_PREFIX,
    checked_claims,
    checked_lead_lag,
    checked_scores,
    checked_sentences,
    checked_trend,
)
from nlp.trend import Frequency

__all__ = ["NamedNarrative", "ReportData", "ReportNarrative"]

_MAX_GAP: tuple[tuple[int, Frequency], ...] = ((2, "D"), (10, "W"))


@runtime_checkable
class NamedNarrative(Protocol):
    """What a report needs of a narrative; `nlp.narratives.Narrative` has it, and `drivers` and `names` besides."""

    @property
    def id(self) -> str:
        """The column name."""

    @property
    def name(self) -> str:
        """The name for people."""


@dataclass(frozen=True, slots=True)
class ReportNarrative:
    """A narrative known only by its column and a name."""

    id: str
    name: str


@dataclass(frozen=True, eq=False)
class ReportData:
    """The tables of one report; the constructor checks them and puts them into one form (`nlp.report.checks`).

    Attributes:
        trend: by the trend.csv contract.
        scores: by the scores.csv contract, or None.
        sentences: by the sentences contract, or None: then the evidence column of `scores` is all the evidence.
        narratives: in the order shown; each must have its columns in `trend`.
        title: heading of the page.
        freq: length of a period; derived from the dates when None is given.
        zone: the calendar in which the trend was made (`nlp.trend.TrendOptions`); None is UTC.
        confusion: the classifier's measured error with which it was made, for the bands of single languages.
        series: names of the market series to show at first; empty for the report's own choice.
        lead_lag: by the lead_lag.csv contract, or None.
        claims: by the claims.csv contract, or None.
        snapshot: `id` and parts of the trend's snapshot (`nlp.snapshot`), or None.
        failures_by_stage: how many items of failures.csv failed where.

    Raises:
        InputError: a table lacks columns of its contract or has a cell that is none of its values, or a chosen series
            is not in the trend.
    """

    trend: pd.DataFrame
    scores: pd.DataFrame | None
    sentences: pd.DataFrame | None
    narratives: Sequence[NamedNarrative]
    title: str = "Narratives beside the market"
    freq: Frequency | None = None
    zone: ZoneInfo | None = None
    confusion: Confusion | None = None
    series: Sequence[str] = ()
    lead_lag: pd.DataFrame | None = None
    claims: pd.DataFrame | None = None
    snapshot: Mapping[str, str] | None = None
    failures_by_stage: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ids = [narrative.id for narrative in self.narratives]
        if not ids:
            raise InputError("a report needs at least one narrative")
        trend = checked_trend(self.trend, ids)
        object.__setattr__(self, "trend", trend)
        object.__setattr__(self, "freq", self.freq or _freq_of(trend["date"]))
        object.__setattr__(self, "scores", checked_scores(self.scores, ids))
        object.__setattr__(self, "sentences", checked_sentences(self.sentences, ids))
        object.__setattr__(self, "lead_lag", checked_lead_lag(self.lead_lag))
        object.__setattr__(self, "claims", checked_claims(self.claims))
        there = [str(name).removeprefix(MARKET_PREFIX) for name in trend.columns if str(name).startswith(MARKET_PREFIX)]
        if missing := [name for name in self.series if name not in there]:
            raise InputError(
                f"the trend has no market series {', '.join(missing)}: it has {', '.join(there) or 'none at all'}"
            )


def _freq_of(dates: pd.Series) -> Frequency:
    """The length of a period: from the usual gap, or for a lone date from the kind of day it is."""
    if len(dates) < 2:
        return "M" if len(dates) and dates.iloc[0].day == 1 else "W"
    usual = int(dates.diff().dt.days.median())
    return next((freq for longest, freq in _MAX_GAP if usual <= longest), "M")
