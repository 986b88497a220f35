"""What a report is made from, checked once: the trend, the article scores, the sentences.

`ReportData` takes the tables of the file contracts, whether they come straight from the pipeline or from disk
(`nlp.report.files`). Turning them into a page is `nlp.report`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from nlp.errors import InputError
from nlp.safety import encodable
from nlp.trend import MEASURES, Frequency

__all__ = ["MARKET_PREFIX", "NamedNarrative", "ReportData", "ReportNarrative"]

MARKET_PREFIX = "market_"

_TREND_COLUMNS = ("date", "n_articles", "n_stories")
_SCORE_COLUMNS = ("article_id", "title", "published", "first_seen")
_SCORE_TEXTS = {"article_id": "", "title": "", "url": "", "source": "", "lang": "und", "story": "", "model": ""}
_SENTENCE_COLUMNS = ("article_id", "text")
_MAX_GAP: tuple[tuple[int, Frequency], ...] = ((2, "D"), (10, "W"))


@runtime_checkable
class NamedNarrative(Protocol):
    """What a report needs of a narrative; `nlp.narratives.Narrative` has it, and `drivers` besides."""

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
    """The tables of one report; the constructor checks them and puts them into one form.

    Attributes:
        trend: by the trend.csv contract; afterwards sorted, `date` a naive UTC midnight, every other column float.
        scores: by the scores.csv contract, or None; afterwards `article_id`, texts as str, intensities float.
        sentences: by the sentences contract, or None: then the evidence column of `scores` is all the evidence.
        narratives: in the order shown; each must have its columns in `trend`.
        title: heading of the page.
        freq: length of a period; derived from the dates when None is given.
        n_failed: items that could not be read or scored.
        zone: the calendar in which the trend was made (`nlp.trend.TrendOptions`); None is UTC.

    Raises:
        InputError: a table lacks columns of its contract or has a cell that is none of its values.
    """

    trend: pd.DataFrame
    scores: pd.DataFrame | None
    sentences: pd.DataFrame | None
    narratives: Sequence[NamedNarrative]
    title: str = "Narratives beside the market"
    freq: Frequency | None = None
    n_failed: int = 0
    zone: ZoneInfo | None = None

    def __post_init__(self) -> None:
        ids = [narrative.id for narrative in self.narratives]
        if not ids:
            raise InputError("a report needs at least one narrative")
        wanted = (*_TREND_COLUMNS, *(f"{name}{measure}" for name in ids for measure in MEASURES))
        trend = _checked_trend(_with_columns(self.trend, wanted, "the trend table"), wanted[1:])
        object.__setattr__(self, "trend", trend)
        object.__setattr__(self, "freq", self.freq or _freq_of(trend["date"]))
        object.__setattr__(self, "scores", _checked_scores(self.scores, ids))
        object.__setattr__(self, "sentences", _checked_sentences(self.sentences, ids))


def _with_columns(table: pd.DataFrame, wanted: Sequence[str], what: str) -> pd.DataFrame:
    missing = [name for name in wanted if name not in table.columns]
    if missing:
        raise InputError(
            f"{what} lacks the column(s) {', '.join(missing)}; it has {', '.join(map(str, table.columns))}"
        )
    return table.reset_index(drop=True).copy()


def _checked_trend(trend: pd.DataFrame, measured: Sequence[str]) -> pd.DataFrame:
    series = [name for name in trend.columns if str(name).startswith(MARKET_PREFIX)]
    trend = trend[["date", *measured, *series]].copy()
    for name in (*measured, *series):
        trend[name] = _numbers(trend[name], "the trend table")
    dates = pd.to_datetime(trend["date"], errors="coerce", utc=True, format="ISO8601")
    if dates.isna().any():
        row = int(dates.isna().to_numpy().argmax())
        raise InputError(f"the trend table has date {trend['date'].iloc[row]!r} in row {row + 1}; expected YYYY-MM-DD")
    trend["date"] = dates.dt.tz_localize(None).dt.normalize()
    twice = trend["date"][trend["date"].duplicated()]
    if len(twice):
        raise InputError(
            f"the trend table has {twice.iloc[0]:%Y-%m-%d} twice; expected one row per period: "
            "give a trend without a breakdown (`froth trend` without --by)"
        )
    return trend.sort_values("date", ignore_index=True)


def _checked_scores(scores: pd.DataFrame | None, ids: Sequence[str]) -> pd.DataFrame | None:
    if scores is None:
        return None
    scores = _with_columns(scores, (*_SCORE_COLUMNS, *ids), "the scores table")
    for name in ids:
        scores[name] = _numbers(scores[name], "the scores table").fillna(0.0)
        stance = f"{name}_stance"
        scores[stance] = _numbers(scores[stance], "the scores table") if stance in scores else np.nan
    for name, default in _SCORE_TEXTS.items():
        scores[name] = _texts(scores[name], default) if name in scores else default
    for name in (f"{name}_evidence" for name in ids):
        scores[name] = _texts(scores[name]) if name in scores else ""
    return scores.sort_values("article_id", kind="stable", ignore_index=True)


def _checked_sentences(sentences: pd.DataFrame | None, ids: Sequence[str]) -> pd.DataFrame | None:
    if sentences is None:
        return None
    answers = [f"{name}_{answer}" for name in ids for answer in ("assert", "reject")]
    sentences = _with_columns(sentences, (*_SENTENCE_COLUMNS, *answers), "the sentences table")
    for name in answers:
        sentences[name] = _numbers(sentences[name], "the sentences table").fillna(0.0)
    for name in ("article_id", "text", "drivers"):
        sentences[name] = _texts(sentences[name]) if name in sentences else ""
    order = ["article_id", *(["sentence"] if "sentence" in sentences else [])]
    return sentences.sort_values(order, kind="stable", ignore_index=True)


def _texts(column: pd.Series, default: str = "") -> pd.Series:
    """The column as str; a missing cell is the default."""
    texts = [default if missing else encodable(str(cell)) for cell, missing in zip(column, column.isna(), strict=True)]
    return pd.Series(texts, index=column.index, name=column.name, dtype=object)


def _numbers(column: pd.Series, what: str) -> pd.Series:
    """The column as float; an empty cell is NaN, and so is an infinity."""
    if pd.api.types.is_numeric_dtype(column):
        numbers = column.astype(float)
    else:
        text = column.astype("string").str.strip()
        text = text.mask(text == "")
        found = pd.to_numeric(text, errors="coerce").astype("Float64").to_numpy(float, na_value=np.nan)
        numbers = pd.Series(found, index=column.index, name=column.name)
        bad = numbers.isna() & text.notna() & (text.str.lower() != "nan")
        if bad.any():
            row = int(bad.to_numpy().argmax())
            raise InputError(f"{what} has {text.iloc[row]!r} in column {column.name}, row {row + 1}; expected a number")
    return numbers.replace([np.inf, -np.inf], np.nan)


def _freq_of(dates: pd.Series) -> Frequency:
    """The length of a period: from the usual gap, or for a lone date from the kind of day it is."""
    if len(dates) < 2:
        return "M" if len(dates) and dates.iloc[0].day == 1 else "W"
    usual = int(dates.diff().dt.days.median())
    return next((freq for longest, freq in _MAX_GAP if usual <= longest), "M")
