"""The values that a report's page works on, panel by panel.

Everything is JSON-ready: a missing value is None, a text is already harmless. How it looks is `assets`.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

import pandas as pd

from nlp.columns import STRESS_WORDS
from nlp.report.claims import claim_summary
from nlp.report.coverage import data_quality
from nlp.report.data import NamedNarrative, ReportData
from nlp.report.episodes import episode_places, episode_rule
from nlp.report.evidence import gather_evidence, period_of
from nlp.report.languages import language_series
from nlp.report.lead_lag import lead_lag_summary
from nlp.report.market import cells, market_series
from nlp.report.origin import origin
from nlp.report.quotes import driver_counts
from nlp.safety import harmless
from nlp.trend import MEASURES, PRESS_MEASURES, THIN_STORIES, Frequency

__all__ = ["report_payload"]

_LATELY: Mapping[Frequency, int] = {"D": 30, "W": 13, "M": 3}
"""So many of the latest periods are what is said lately: a month of days, else a quarter."""

_BASELINES = {"_keywords": "key words", "_tfidf": "TF-IDF"}


def report_payload(data: ReportData) -> dict[str, object]:
    """All that the page shows, in the form its scripts read."""
    trend = data.trend
    evidence = gather_evidence(data)
    drivers = _drivers(data)
    return {
        "freq": data.freq,
        "dates": [f"{date:%Y-%m-%d}" for date in trend["date"]],
        "n_articles": cells(trend["n_articles"]),
        "n_stories": cells(trend["n_stories"]),
        "n_sources": cells(trend["n_sources"]) if "n_sources" in trend else None,
        "narratives": [
            {**_narrative(trend, narrative), "drivers": drivers[i] if drivers is not None else None}
            for i, narrative in enumerate(data.narratives)
        ],
        "market": [*market_series(trend, data.series), *_stress_words(trend)],
        "episodes": episode_places(data),
        "episode_rule": episode_rule(),
        "languages": language_series(data),
        "claims": claim_summary(data),
        "lead_lag": lead_lag_summary(data),
        "evidence": {"articles": evidence.articles, "periods": evidence.by_period},
        "quality": {
            **data_quality(data),
            "n_evidence": evidence.n_available,
            "n_evidence_shown": evidence.n_shown,
        },
        "origin": origin(data),
        "thin": THIN_STORIES,
        "n_lately": _LATELY[data.freq or "W"],
    }


def _drivers(data: ReportData) -> list[list[list[object]]] | None:
    """Per narrative its drivers: name, in how many asserting sentences, in how many of the latest periods' ones."""
    ever = driver_counts(data)
    if ever is None:
        return None
    lately: Set[str] = set()
    if data.scores is not None:
        first = max(0, len(data.trend) - _LATELY[data.freq or "W"])
        lately = set(data.scores["article_id"][period_of(data) >= first])
    recent = driver_counts(data, lately) or []
    return [
        [[_driver_name(narrative, key), n, of_late.get(key, 0)] for key, n in counts.items()]
        for narrative, counts, of_late in zip(data.narratives, ever, recent, strict=True)
    ]


def _driver_name(narrative: NamedNarrative, key: str) -> str:
    names = {driver.id: driver.name for driver in getattr(narrative, "drivers", ())}
    return harmless(names.get(key) or key.replace("_", " "), 60)


def _narrative(trend: pd.DataFrame, narrative: NamedNarrative) -> dict[str, object]:
    names = {driver.id: driver.name for driver in getattr(narrative, "drivers", ())}
    keys = ("value", *(measure.removeprefix("_") for measure in MEASURES[1:]))
    columns = {key: cells(trend[f"{narrative.id}{measure}"]) for key, measure in zip(keys, MEASURES, strict=True)}
    press = {
        measure.removeprefix("_"): cells(trend[f"{narrative.id}{measure}"])
        for measure in PRESS_MEASURES
        if f"{narrative.id}{measure}" in trend
    }
    return {
        "id": harmless(narrative.id, 80),
        "name": harmless(narrative.name, 80) or harmless(narrative.id, 80),
        "driver_names": {harmless(key, 60): harmless(name, 60) for key, name in names.items()},
        **columns,
        "press": press,
        "baselines": [
            {"name": name, "value": cells(trend[f"{narrative.id}{end}"])}
            for end, name in _BASELINES.items()
            if f"{narrative.id}{end}" in trend
        ],
    }


def _stress_words(trend: pd.DataFrame) -> list[dict[str, object]]:
    """The share of stress words as one more strip, where the trend has it: it is of all stories, of no narrative."""
    if STRESS_WORDS not in trend or trend[STRESS_WORDS].isna().all():
        return []
    return [{"id": STRESS_WORDS, "name": "Stress words, net share", "on": False, "value": cells(trend[STRESS_WORDS])}]
