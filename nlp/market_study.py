"""Which narrative is tested against which market series of a trend table, and in what form.

A price is taken as its logarithm and tested in differences, which are its returns; any other series as it stands, or in
differences where its level looks like a random walk, with which everything seems to move. The tests are
`nlp.lead_lag`'s; how often a store was tested is counted by its log.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nlp.market import MarketSeries
from nlp.market_measures import infer_kind
from nlp.series_pairs import SeriesPair, has_unit_root, pairs_of_trend

__all__ = ["study_pairs"]


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
