"""The future changes no earlier byte of trend.csv: articles, market rows and revisions that come later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nlp.market import MarketSeries
from nlp.publication_lags import find_lag, published_on
from nlp.tables import write_table
from nlp.trend import TrendOptions, trend_table

START = pd.Timestamp("2023-10-02")
N_DAYS_BY_FREQ = {"D": 50, "W": 180, "M": 430}
PERIODS = {"D": "D", "W": "W-SUN", "M": "M"}
N_ARTICLES = 150
SERIES = ("vix", "walcl", "stlfsi4", "dtwexbgs")
"""Known on the day, the next day, after days, after a week: what is revised must not have been known before."""


def articles(rng: np.random.Generator, n_days: int) -> pd.DataFrame:
    """Of some sources and languages, with copies of a story far apart, some first seen long after they came out."""
    n = N_ARTICLES
    published = START + pd.to_timedelta(rng.integers(0, n_days * 86400, n), unit="s")
    seen = published + pd.to_timedelta(rng.integers(0, n_days * 20000, n), unit="s")
    table = pd.DataFrame({"article_id": [f"a{i}" for i in rng.permutation(n)]})
    table["published"] = [f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in published]
    table["first_seen"] = [f"{moment:%Y-%m-%dT%H:%M:%SZ}" if i % 4 == 0 else None for i, moment in enumerate(seen)]
    table["known_at"] = np.where(np.arange(n) % 4 == 0, seen, published)
    table["story"] = [f"s{i}" for i in rng.integers(0, n // 2, n)]
    table["lang"], table["source"] = rng.choice(["en", "zh", "de"], n), rng.choice([*"ABCDEFGHIJKL", None], n)
    for name in ("bubble", "liquidity_crisis"):
        table[name] = np.where(rng.random(n) < 0.05, np.nan, rng.beta(0.6, 1.4, n).round(6))
        table[f"{name}_stance"], table[f"{name}_evidence"] = rng.uniform(-1, 1, n).round(6), "e"
    return table


def market(rng: np.random.Generator, n_days: int, cut: pd.Timestamp | None) -> list[MarketSeries]:
    """Daily series; from `cut` on what is published is another, has gaps, and goes on for longer."""
    found = []
    for name in SERIES:
        days = pd.date_range(START - pd.Timedelta(days=60), periods=n_days + 60 + 90 * (cut is not None))
        values = pd.Series(np.random.default_rng(len(name)).normal(20, 5, len(days)), index=days)
        if cut is not None:
            later = published_on(days, find_lag(name)) >= cut
            values[later] = rng.normal(500, 99, int(later.sum()))
            values = values[~later | (rng.random(len(days)) < 0.8)]
        found.append(MarketSeries(name, "close", values))
    return found


@pytest.mark.parametrize("by", [None, "lang", pytest.param("source", marks=pytest.mark.slow)])
@pytest.mark.parametrize("freq", ["D", "W", "M"])
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))])
def test_the_future_changes_no_earlier_byte(tmp_path: Path, seed: int, freq: Any, by: Any) -> None:
    rng, n_days = np.random.default_rng([seed, ord(freq)]), N_DAYS_BY_FREQ[freq]
    cut = (START + pd.Timedelta(days=int(rng.integers(n_days // 2, n_days)))).to_period(PERIODS[freq]).start_time
    scores, options = articles(rng, n_days), TrendOptions(freq=freq, by=by)
    early = trend_table(scores[scores["known_at"] < cut], market(rng, n_days, None), options)
    whole = trend_table(scores.sample(frac=1, random_state=1), market(rng, n_days, cut), options)
    for name, table in (("early", early), ("whole", whole)):
        write_table(table, tmp_path / f"{name}.csv", list(table.columns))
    before, after = ((tmp_path / f"{name}.csv").read_bytes() for name in ("early", "whole"))
    assert after.startswith(before)
    assert len(whole) > len(early) > 5
    assert early[[f"market_{name}" for name in SERIES]].notna().any().all()
