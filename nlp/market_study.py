"""A trend table tested against its market series: what against what, in what form, and counted how.

A price is taken as its logarithm and tested in differences, which are its returns; any other series as it stands, or in
differences where its level looks like a random walk, with which everything seems to move. The tests are
`nlp.lead_lag`'s. A store logs what was tested on it, and earlier tests count in its false-discovery rates.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from nlp.false_discoveries import controlled
from nlp.lead_lag import LEAD_LAG_COLUMNS, lead_lag
from nlp.market import MarketSeries
from nlp.market_measures import infer_kind
from nlp.series_pairs import SeriesPair, has_unit_root, pairs_of_trend
from nlp.store import Store
from nlp.tested import COLUMNS, logged_tests, p_values_besides
from nlp.trend import Frequency, narratives_of_trend

__all__ = ["study", "study_pairs"]

_DIGITS = 6
"""Significant ones, so that a small p-value does not become 0."""


def study(
    trend: pd.DataFrame, market: Sequence[MarketSeries], freq: Frequency, store: Store | None = None
) -> pd.DataFrame:
    """Every test of every narrative against every series, columns `LEAD_LAG_COLUMNS`, numbers of six digits.

    Args:
        trend: a trend table without a breakdown.
        market: the series of its `market_<name>` columns.
        freq: of its periods.
        store: logs the tests; those that were run on it before, on other data, are counted with them.

    Raises:
        InputError: a column is missing, or the table is broken down.
        StoreError: the database refuses.
    """
    pairs = study_pairs(trend, narratives_of_trend(list(trend.columns)), market)
    table = lead_lag(pairs)
    if store is not None:
        runs, now = [], datetime.now(UTC)
        for pair in pairs:
            rows = table[(table["narrative"] == pair.narrative) & (table["series"] == pair.series)]
            runs += logged_tests(rows, freq=freq, snapshot=pair.data_id, tested_at=now)
        earlier = p_values_besides(store.tests(), runs)
        store.note_tests(runs)
        table = controlled(table[list(COLUMNS)], earlier)
    numbers = table.select_dtypes("float").columns
    table[numbers] = table[numbers].map(lambda value: float(f"{value:.{_DIGITS}g}"))
    return table[list(LEAD_LAG_COLUMNS)]


def study_pairs(table: pd.DataFrame, narratives: Sequence[str], market: Sequence[MarketSeries]) -> list[SeriesPair]:
    """Every narrative with every market series, each in the form in which it can be tested.

    Args:
        table: a trend table without a breakdown.
        narratives: columns of it.
        market: the series of its `market_<name>` columns.

    Raises:
        InputError: a column is missing, or the table is broken down.
    """
    logged = table.copy()
    for series in market:
        if infer_kind(series) == "price":
            column = f"market_{series.name}"
            logged[column] = np.log(logged[column].where(logged[column] > 0))
    prices = {series.name for series in market if infer_kind(series) == "price"}
    pairs = pairs_of_trend(logged, narratives, [series.name for series in market])
    return [pair.differenced() if pair.series in prices or has_unit_root(pair.market) else pair for pair in pairs]
