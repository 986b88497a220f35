"""How a market series goes on after an unexpected rise of a narrative: local projections (Jordà 2005).

One regression a horizon h: market(t+h) − market(t−1) on narrative(t), the narrative's lags and the market's lags, all
in levels. By the theorem of Frisch and Waugh, the coefficient of narrative(t) is that of its innovation, the part its
controls do not tell. Lags of the levels also keep the errors right where the series persist (Montiel Olea and
Plagborg-Møller 2021). The market's own news of period t is in the innovation, too: at h = 0 it is an association, and
nothing here identifies a cause.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.robust_errors import complete, lagged, n_hac_lags, robust_fit, why_not_fitted
from nlp.series_pairs import LeadLagOptions, SeriesPair, why_not_testable
from nlp.tested import LeadLagRow, table_of_tests

__all__ = ["local_projections"]

_ROWS_PER_COEFFICIENT = 3


def local_projections(pair: SeriesPair, options: LeadLagOptions | None = None) -> pd.DataFrame:
    """One row per horizon 0..max_horizon (`lag`): the market's change from the period before the innovation.

    The estimate is in the market's unit, for an innovation of one standard deviation (over all periods whose controls
    are known, the same at every horizon, taken as known). The changes of neighbouring periods overlap: the HAC kernel
    covers at least the horizon and the window. Bands are pointwise, 95%.
    """
    options = options or LeadLagOptions()
    talk, market = pair.values.T
    lags = range(1, options.n_controls + 1)
    regressors = np.column_stack([talk, lagged(talk, lags), lagged(market, lags)])
    size = _innovation(regressors)
    return table_of_tests(
        _at_horizon(pair, horizon, regressors, size, options) for horizon in range(options.max_horizon + 1)
    )


def _at_horizon(
    pair: SeriesPair, horizon: int, regressors: NDArray[np.float64], size: float, options: LeadLagOptions
) -> LeadLagRow:
    market = pair.values[:, 1]
    change = lagged(market, [-horizon])[:, 0] - lagged(market, [1])[:, 0]
    usable = complete(np.column_stack([change, regressors]))
    outcome, given = change[usable], regressors[usable]
    n, (start, end) = len(outcome), pair.span(usable)
    n_lags = n_hac_lags(n, options.bandwidth, horizon + pair.window - 1)
    settings = f"HAC with {n_lags} lags, {options.n_controls} lags of controls, window {pair.window}"
    head = (pair.narrative, pair.series, "local_projection", horizon)
    needed = max(options.min_periods, _ROWS_PER_COEFFICIENT * (1 + given.shape[1]))
    reason = why_not_testable(np.column_stack([given[:, 0], outcome]), pair, needed) or why_not_fitted(outcome, given)
    if reason:
        return LeadLagRow(*head, n=n, start=start, end=end, settings=settings, note=reason)
    # In units of one standard deviation, so that a level in thousands beside an intensity below 1 costs no digits.
    spread = outcome.std()
    direction = np.zeros(1 + given.shape[1])
    direction[1] = size * spread / given[:, 0].std()
    given = (given - given.mean(axis=0)) / given.std(axis=0)
    found = robust_fit((outcome - outcome.mean()) / spread, given, n_lags).along(direction.tolist())
    return LeadLagRow(
        *head, found.estimate, found.standard_error, found.low, found.high, found.statistic, found.p_value,
        n, start, end, settings,
    )  # fmt: skip


def _innovation(regressors: NDArray[np.float64]) -> float:
    """The standard deviation of the first column's part that an intercept and the others do not tell."""
    known = regressors[complete(regressors)]
    if len(known) <= known.shape[1]:
        return float("nan")  # too short: every row says so
    design = np.column_stack([np.ones(len(known)), known[:, 1:]])
    rest = known[:, 0] - design @ np.linalg.lstsq(design, known[:, 0], rcond=None)[0]
    return float(np.sqrt(rest @ rest / (len(known) - design.shape[1])))
