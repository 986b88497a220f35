"""The narratives language by language: the aggregation of `froth trend --by lang`, on the periods of the report."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from nlp.report.data import ReportData
from nlp.report.market import cells
from nlp.report.quotes import story_of
from nlp.safety import language_tag
from nlp.trend import TrendOptions, known_moments, trend_table

__all__ = ["MAX_LANGUAGES", "language_series"]

MAX_LANGUAGES = 4

_SCORE_COLUMNS = ("article_id", "source", "lang", "published", "first_seen", "story")
_LINES = {"value": "", "low": "_low", "high": "_high"}


def language_series(data: ReportData) -> dict[str, Any]:
    """`shown`: per language the numbers of articles and stories and the narratives' lines; `left`: how many are not.

    The languages with most articles come first; at most `MAX_LANGUAGES` are shown, and each of them takes as long as
    the trend did. Periods are those of the trend: one before a language's first article is empty.
    """
    if data.scores is None or data.trend.empty:
        return {"shown": [], "left": 0}
    columns = [f"{narrative.id}{end}" for narrative in data.narratives for end in ("", "_stance", "_evidence")]
    scores = data.scores[[*_SCORE_COLUMNS, *columns]].assign(
        story=story_of(data.scores), lang=data.scores["lang"].map(language_tag)
    )
    scores = scores[known_moments(scores).notna()]
    if scores.empty:
        return {"shown": [], "left": 0}
    counts = scores["lang"].value_counts()
    order = sorted(counts.index, key=lambda lang: (-int(counts[lang]), str(lang)))
    chosen = order[:MAX_LANGUAGES]
    options = TrendOptions(
        freq=data.freq or "W", by="lang", zone=data.zone or ZoneInfo("UTC"), confusion=data.confusion
    )
    table = trend_table(scores[scores["lang"].isin(chosen)], options=options)
    table["date"] = pd.to_datetime(table["date"])
    shown = [_language(data, lang, table[table["lang"] == lang]) for lang in chosen]
    return {"shown": shown, "left": len(order) - len(shown)}


def _language(data: ReportData, lang: str, rows: pd.DataFrame) -> dict[str, Any]:
    on_periods = rows.set_index("date").reindex(data.trend["date"])
    n_stories = on_periods["n_stories"].fillna(0)
    return {
        "lang": lang,
        "n_articles": int(on_periods["n_articles"].sum()),
        "n_stories": cells(n_stories),
        "narratives": [
            {key: cells(on_periods[f"{narrative.id}{end}"]) for key, end in _LINES.items()}
            for narrative in data.narratives
        ],
    }
