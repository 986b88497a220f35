"""The values that a report's page works on: periods, narratives, market series, drivers, data quality, evidence.

Everything is JSON-ready: a missing value is None, a text is already harmless. How it looks is `assets`.
"""

from __future__ import annotations

import pandas as pd

from nlp.report.data import NamedNarrative, ReportData
from nlp.report.evidence import OUTSIDE, UNDATED, gather_evidence, period_of
from nlp.report.market import cells, market_series
from nlp.report.quotes import driver_counts
from nlp.safety import harmless, language_tag
from nlp.trend import MEASURES, THIN_STORIES

__all__ = ["report_payload"]


def report_payload(data: ReportData) -> dict[str, object]:
    """All that the page shows, in the form its scripts read."""
    trend = data.trend
    evidence = gather_evidence(data)
    counts = driver_counts(data)
    return {
        "freq": data.freq,
        "dates": [f"{date:%Y-%m-%d}" for date in trend["date"]],
        "n_articles": cells(trend["n_articles"]),
        "n_stories": cells(trend["n_stories"]),
        "narratives": [
            _narrative(trend, narrative, counts[i] if counts is not None else None)
            for i, narrative in enumerate(data.narratives)
        ],
        "market": market_series(trend),
        "evidence": {"articles": evidence.articles, "periods": evidence.by_period},
        "quality": {
            **_coverage(data),
            "n_evidence": evidence.n_available,
            "n_evidence_shown": evidence.n_shown,
            "has_scores": data.scores is not None,
            "has_sentences": data.sentences is not None,
            "n_failed": int(data.n_failed),
        },
        "thin": THIN_STORIES,
    }


def _narrative(trend: pd.DataFrame, narrative: NamedNarrative, counts: dict[str, int] | None) -> dict[str, object]:
    names = {driver.id: driver.name for driver in getattr(narrative, "drivers", ())}
    drivers = None
    if counts is not None:
        drivers = [[harmless(names.get(key) or key.replace("_", " "), 60), n] for key, n in counts.items()]
    keys = ("value", *(measure.removeprefix("_") for measure in MEASURES[1:]))
    columns = {key: cells(trend[f"{narrative.id}{measure}"]) for key, measure in zip(keys, MEASURES, strict=True)}
    driver_names = {harmless(key, 60): harmless(name, 60) for key, name in names.items()}
    return {
        "id": harmless(narrative.id, 80),
        "name": harmless(narrative.name, 80) or harmless(narrative.id, 80),
        "drivers": drivers,
        "driver_names": driver_names,
        **columns,
    }


def _coverage(data: ReportData) -> dict[str, object]:
    """What the reader must know of the material: dates, gaps, thin periods, languages, sources, models."""
    stories = data.trend["n_stories"].fillna(0)
    coverage: dict[str, object] = {
        "n_empty": int((stories == 0).sum()),
        "n_thin": int(((stories > 0) & (stories < THIN_STORIES)).sum()),
    }
    if data.scores is None:
        return coverage
    period = period_of(data)
    languages = data.scores["lang"][(period != UNDATED) & (period != OUTSIDE)].map(language_tag).value_counts()
    models = sorted({harmless(model, 120) for model in data.scores["model"].unique()} - {""})
    return coverage | {
        "n_scored": len(data.scores),
        "n_undated": int((period == UNDATED).sum()),
        "n_outside": int((period == OUTSIDE).sum()),
        "n_sources": int(data.scores["source"].replace("", pd.NA).nunique()),
        "languages": [[str(lang), int(n)] for lang, n in languages.items()],
        "models": models,
    }
