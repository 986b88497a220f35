"""The tables of a report brought into one form, or refused with a reason: what `ReportData` calls once.

Afterwards texts are str, numbers float (an empty cell and an infinity NaN), rows sorted, so that their order in a file
changes nothing on the page.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import numpy as np
import pandas as pd

from nlp.baselines import baselines_in
from nlp.claims.records import Verdict
from nlp.errors import InputError
from nlp.lead_lag import LEAD_LAG_COLUMNS
from nlp.safety import encodable
from nlp.trend import MEASURES, PRESS_MEASURES

__all__ = [
    "MARKET_PREFIX",
    "checked_claims",
    "checked_lead_lag",
    "checked_scores",
    "checked_sentences",
    "checked_trend",
]

MARKET_PREFIX = "market_"

_TREND_COLUMNS = ("date", "n_articles", "n_stories")
_SCORE_COLUMNS = ("article_id", "title", "published", "first_seen")
_SCORE_TEXTS = {"article_id": "", "title": "", "url": "", "source": "", "lang": "und", "story": "", "model": ""}
_SENTENCE_COLUMNS = ("article_id", "text")
_CLAIM_TEXTS = (
    *("article_id", "text", "indicator", "unit", "series", "series_date", "verdict", "reason", "source", "published"),
)
_CLAIM_NUMBERS = ("start", "series_value")
_TEST_TEXTS = ("narrative", "series", "method", "start", "end", "settings", "note")


def checked_trend(trend: pd.DataFrame, narratives: Sequence[str]) -> pd.DataFrame:
    """Sorted, `date` a naive midnight; of the other columns those that a report knows.

    Raises:
        InputError: a column of the contract is missing, a cell is no number, a date is none or there twice.
    """
    wanted = (*_TREND_COLUMNS, *(f"{name}{measure}" for name in narratives for measure in MEASURES))
    trend = _with_columns(trend, wanted, "the trend table")
    known = ("n_sources", *(f"{name}{measure}" for name in narratives for measure in PRESS_MEASURES))
    known = (*(name for name in known if name in trend.columns), *baselines_in(trend, narratives))
    series = [name for name in trend.columns if str(name).startswith(MARKET_PREFIX)]
    trend = trend[[*wanted, *known, *series]].copy()
    for name in trend.columns[1:]:
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


def checked_scores(scores: pd.DataFrame | None, narratives: Sequence[str]) -> pd.DataFrame | None:
    """Sorted by article; what a scores table may lack is there, empty.

    Raises:
        InputError: a column of the contract is missing, or a cell is no number.
    """
    if scores is None:
        return None
    scores = _with_columns(scores, (*_SCORE_COLUMNS, *narratives), "the scores table")
    for name in narratives:
        scores[name] = _numbers(scores[name], "the scores table")
        stance = f"{name}_stance"
        scores[stance] = _numbers(scores[stance], "the scores table") if stance in scores else np.nan
    for name, default in _SCORE_TEXTS.items():
        scores[name] = _texts(scores[name], default) if name in scores else default
    for name in (f"{name}_evidence" for name in narratives):
        scores[name] = _texts(scores[name]) if name in scores else ""
    return scores.sort_values("article_id", kind="stable", ignore_index=True)


def checked_sentences(sentences: pd.DataFrame | None, narratives: Sequence[str]) -> pd.DataFrame | None:
    """Sorted by article and place.

    Raises:
        InputError: a column of the contract is missing, or a cell is no number.
    """
    if sentences is None:
        return None
    answers = [f"{name}_{answer}" for name in narratives for answer in ("assert", "reject")]
    sentences = _with_columns(sentences, (*_SENTENCE_COLUMNS, *answers), "the sentences table")
    for name in answers:
        sentences[name] = _numbers(sentences[name], "the sentences table").fillna(0.0)
    for name in ("article_id", "text", "drivers"):
        sentences[name] = _texts(sentences[name]) if name in sentences else ""
    order = ["article_id", *(["sentence"] if "sentence" in sentences else [])]
    return sentences.sort_values(order, kind="stable", ignore_index=True)


def checked_lead_lag(tests: pd.DataFrame | None) -> pd.DataFrame | None:
    """In the order of the file, columns `nlp.lead_lag.LEAD_LAG_COLUMNS`.

    Raises:
        InputError: a column is missing, or a cell is no number.
    """
    if tests is None:
        return None
    what = "the lead–lag table"
    tests = _with_columns(tests, LEAD_LAG_COLUMNS, what)[list(LEAD_LAG_COLUMNS)]
    for name in LEAD_LAG_COLUMNS:
        tests[name] = _texts(tests[name]) if name in _TEST_TEXTS else _numbers(tests[name], what)
    return tests


def checked_claims(claims: pd.DataFrame | None) -> pd.DataFrame | None:
    """Sorted by article and place in it; of the columns of claims.csv those that a report shows.

    Raises:
        InputError: a column is missing, a cell is no number, or a verdict is none.
    """
    if claims is None:
        return None
    what = "the claims table"
    claims = _with_columns(claims, (*_CLAIM_TEXTS, *_CLAIM_NUMBERS), what)[[*_CLAIM_TEXTS, *_CLAIM_NUMBERS]]
    for name in claims.columns:
        claims[name] = _texts(claims[name]) if name in _CLAIM_TEXTS else _numbers(claims[name], what)
    if unknown := sorted(set(claims["verdict"]) - set(get_args(Verdict))):
        raise InputError(f"{what} has the verdict {unknown[0]!r}; expected one of {', '.join(get_args(Verdict))}")
    return claims.sort_values(["article_id", "start"], kind="stable", ignore_index=True)


def _with_columns(table: pd.DataFrame, wanted: Sequence[str], what: str) -> pd.DataFrame:
    missing = [name for name in wanted if name not in table.columns]
    if missing:
        raise InputError(
            f"{what} lacks the column(s) {', '.join(missing)}; it has {', '.join(map(str, table.columns))}"
        )
    return table.reset_index(drop=True).copy()


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
