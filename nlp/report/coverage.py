"""What a reader must know of the material: languages, sources, dates, failures, who makes up the latest figure."""

from __future__ import annotations

from typing import Any

import pandas as pd

from nlp.report.data import ReportData
from nlp.report.evidence import OUTSIDE, UNDATED, period_of
from nlp.report.quotes import story_of
from nlp.safety import harmless, language_tag

__all__ = ["MAX_SOURCES", "data_quality"]

MAX_SOURCES = 10


def data_quality(data: ReportData) -> dict[str, Any]:
    """All counts of the data-quality panel but those that follow from the trend itself."""
    found: dict[str, Any] = {
        "has_scores": data.scores is not None,
        "has_sentences": data.sentences is not None,
        "failures": [[harmless(stage, 40), int(n)] for stage, n in data.failures_by_stage.items()],
    }
    if data.scores is None:
        return found
    period = period_of(data)
    scores = data.scores.assign(
        period=period,
        story=story_of(data.scores),
        lang=data.scores["lang"].map(language_tag),
        source=data.scores["source"].map(lambda source: harmless(source, 80)),
    )
    named = scores[scores["source"] != ""]
    by_source = named["source"].value_counts()
    order = sorted(by_source.index, key=lambda source: (-int(by_source[source]), str(source)))
    models = sorted({harmless(model, 120) for model in scores["model"].unique()} - {""})
    return found | {
        "n_scored": len(scores),
        "n_undated": int((period == UNDATED).sum()),
        "n_outside": int((period == OUTSIDE).sum()),
        "n_sources": len(order),
        "n_unnamed": len(scores) - len(named),
        "languages": _by_language(scores),
        "sources": [[source, int(by_source[source])] for source in order[:MAX_SOURCES]],
        "latest": _largest_sources(scores, data),
        "models": models,
    }


def _by_language(scores: pd.DataFrame) -> list[dict[str, Any]]:
    """Per language, the one with most articles first: `n` articles, and `stories`, `sources`, `undated` among them."""
    rows = [
        {
            "lang": str(lang),
            "n": len(part),
            "stories": int(part["story"].nunique()),
            "sources": int(part.loc[part["source"] != "", "source"].nunique()),
            "undated": int((part["period"] == UNDATED).sum()),
        }
        for lang, part in scores.groupby("lang")
    ]
    return sorted(rows, key=lambda row: (-row["n"], row["lang"]))


def _largest_sources(scores: pd.DataFrame, data: ReportData) -> list[dict[str, Any] | None]:
    """Per narrative, of the latest period with articles: the source whose stories make up most of the intensity.

    A story is its first article's source's, as in the bands of the trend. None where no named source tells it.
    """
    dated = scores[scores["period"] >= 0]
    latest = dated[dated["period"] == dated["period"].max()].sort_values("article_id")
    source = latest.groupby("story")["source"].first()
    found: list[dict[str, Any] | None] = []
    for narrative in data.narratives:
        intensity = latest.groupby("story")[narrative.id].mean().dropna()
        by_source = intensity.groupby(source).sum().drop("", errors="ignore").sort_index()
        if by_source.empty or by_source.max() <= 0:
            found.append(None)
            continue
        name = str(by_source.idxmax())
        found.append({
            "source": name,
            "share": round(float(by_source[name] / intensity.sum()), 4),
            "n": int((source[intensity.index] == name).sum()),
            "of": len(intensity),
            "period": int(latest["period"].iloc[0]),
        })  # fmt: skip
    return found
