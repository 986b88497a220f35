"""Correlations of a narrative with a market series at leads and lags, with errors for series that persist.

A correlation at a lag is the slope of the regression of one standardised series on the other, so its error is that
slope's. Two independent series that persist correlate by chance, and HAC errors alone see too little of that: the error
is never less than Bartlett's (1946) for independent autoregressions of the first order, √((1−r²)(1+q)/((1−q)n)) with q
the product of the first autocorrelations of regressor and residual (corrected for their bias, Kendall 1954). Both
series are standardised over the periods used: it describes a sample and predicts nothing.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.robust_errors import coefficient, complete, lagged, n_hac_lags, robust_fit, why_not_fitted
from nlp.series_pairs import LeadLagOptions, SeriesPair, has_unit_root, why_not_testable
from nlp.tested import LeadLagRow, table_of_tests

__all__ = ["cross_correlations", "persistence"]

_MOST = 0.99


def cross_correlations(pair: SeriesPair, options: LeadLagOptions | None = None) -> pd.DataFrame:
    """The correlation of narrative(t + lag) with market(t) for every lag from −max_lag to max_lag.

    Negative lags: the narrative leads, its value is the earlier one. Estimates are in [-1, 1], their band is cut there.
    Where both series look like they have a unit root, a note says that levels then correlate by chance (Granger and
    Newbold 1974): test `pair.differenced()`.
    """
    options = options or LeadLagOptions()
    note = ""
    if has_unit_root(pair.talk) and has_unit_root(pair.market):
        note = "both look like they have a unit root, and then levels correlate by chance: test differences"
    lags = range(-options.max_lag, options.max_lag + 1)
    return table_of_tests(_at_lag(pair, lag, options, note) for lag in lags)


def _at_lag(pair: SeriesPair, lag: int, options: LeadLagOptions, note: str) -> LeadLagRow:
    talk, market = pair.values.T
    both = np.column_stack([lagged(talk, [-lag])[:, 0], market])
    usable = complete(both)
    columns, (start, end) = both[usable], pair.span(usable)
    n = len(columns)
    head = (pair.narrative, pair.series, "correlation", lag)
    if reason := why_not_testable(columns, pair, options.min_periods):
        return LeadLagRow(*head, n=n, start=start, end=end, note=reason)
    columns = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    n_lags = n_hac_lags(n, options.bandwidth, pair.window)
    settings = f"HAC with {n_lags} lags, window {pair.window}"
    if reason := why_not_fitted(columns[:, 1], columns[:, :1]):
        return LeadLagRow(*head, n=n, start=start, end=end, settings=settings, note=reason)
    fit = robust_fit(columns[:, 1], columns[:, :1], n_lags)
    slope = fit.along([0, 1])
    error = max(slope.standard_error, _autoregressive_error(columns))
    found = coefficient(slope.estimate, error, fit.degrees)
    return LeadLagRow(
        *head, found.estimate, error, max(-1.0, found.low), min(1.0, found.high), found.statistic, found.p_value,
        n, start, end, settings, note,
    )  # fmt: skip


def _autoregressive_error(columns: NDArray[np.float64]) -> float:
    """The slope's standard error if regressor and residual were independent autoregressions of the first order."""
    n = len(columns)
    slope = float(columns[:, 0] @ columns[:, 1]) / n
    parts = np.column_stack([columns[:, 0], columns[:, 1] - slope * columns[:, 0]])
    q = persistence(parts / parts.std(axis=0))
    return math.sqrt((1 - slope * slope) * (1 + q) / ((1 - q) * n))


def persistence(columns: NDArray[np.float64]) -> float:
    """The product of the first autocorrelations of standardised columns, Shape (n, 2), each corrected for its bias."""
    n = len(columns)
    first = (columns[1:] * columns[:-1]).sum(axis=0) / n
    return float(np.prod(np.clip(first + (1 + 3 * first) / n, -_MOST, _MOST)))
