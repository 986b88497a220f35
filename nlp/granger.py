"""Whether the past of one series says something about the other that the other's own past does not: Granger 1969.

The order is chosen by BIC from the equation tested, and the test is a Wald test with HAC errors. Where a series looks
like it has a unit root, the equation gets one lag more that is not tested, after which the test holds in levels
(Toda and Yamamoto 1995), and a note says so; differences (`pair.differenced()`) are the other way. That one series
helps to tell the other does not make it the cause: a third may drive both.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.robust_errors import complete, lagged, n_hac_lags, robust_fit, why_not_fitted
from nlp.series_pairs import LeadLagOptions, SeriesPair, has_unit_root, why_not_testable
from nlp.tested import LeadLagRow, table_of_tests

__all__ = ["granger_tests"]

_ROWS_PER_COEFFICIENT = 3


def granger_tests(pair: SeriesPair, options: LeadLagOptions | None = None) -> pd.DataFrame:
    """Two rows: from the narrative to the series, and back; `lag` is the order (0 where nothing was tested).

    The estimate is the sum of the coefficients on the other series' lags, both series standardised, with its HAC error
    and band; statistic and p-value are of the Wald test that all of them are 0. Overlapping windows (`pair.window` > 1)
    are not tested: their errors are moving averages that no order of lags takes away.
    """
    options = options or LeadLagOptions()
    flagged = [
        name for name, values in ((pair.narrative, pair.talk), (pair.series, pair.market)) if has_unit_root(values)
    ]
    rows = []
    for method, causes in (("granger_narrative_to_series", 0), ("granger_series_to_narrative", 1)):
        rows.append(_one_way(pair, pair.values[:, [causes, 1 - causes]], method, flagged, options))
    return table_of_tests(rows)


def _one_way(
    pair: SeriesPair, values: NDArray[np.float64], method: str, flagged: list[str], options: LeadLagOptions
) -> LeadLagRow:
    """The test of the first column's lags in the equation of the second."""
    head = (pair.narrative, pair.series, method)
    n_more = 1 if flagged else 0
    usable = complete(_equation(values, options.max_order + n_more))
    known = values[usable & complete(values)]
    n_coefficients = 1 + 2 * (options.max_order + n_more)
    reason = why_not_testable(
        known if method.startswith("granger_narrative") else known[:, ::-1],
        pair,
        max(options.min_periods, _ROWS_PER_COEFFICIENT * n_coefficients),
    )
    if pair.window > 1:
        reason = f"windows overlap: values of {pair.window} periods; give values that do not"
    if reason:
        start, end = pair.span(usable)
        return LeadLagRow(*head, 0, n=len(known), start=start, end=end, note=reason)
    values = (values - known.mean(axis=0)) / known.std(axis=0)
    order = _order(values, usable, options.max_order)
    note = f"{' and '.join(flagged)}: looks like a unit root; one lag more is in, or test differences"
    row = LeadLagRow(*head, order, note=note if flagged else "")
    return _at_order(row, pair, values, n_more, options)


def _at_order(
    row: LeadLagRow, pair: SeriesPair, values: NDArray[np.float64], n_more: int, options: LeadLagOptions
) -> LeadLagRow:
    """The row with its numbers, or with the reason why there are none."""
    table = _equation(values, row.lag + n_more)
    usable = complete(table)
    outcome, regressors = table[usable, 0], table[usable, 1:]
    n_lags = n_hac_lags(len(outcome), options.bandwidth)
    settings = f"HAC with {n_lags} lags, order by BIC up to {options.max_order}, {n_more} more untested"
    start, end = pair.span(usable)
    row = replace(row, n=len(outcome), start=start, end=end, settings=settings)
    if reason := why_not_fitted(outcome, regressors):
        return replace(row, note=reason)
    fit = robust_fit(outcome, regressors, n_lags)
    first = 1 + row.lag + n_more  # after the intercept and the outcome's own lags
    places = list(range(first, first + row.lag))
    total = fit.along([float(place in places) for place in range(len(fit.parameters))])
    statistic, p_value = fit.all_zero(places)
    return replace(
        row, estimate=total.estimate, standard_error=total.standard_error, low=total.low, high=total.high,
        statistic=statistic, p_value=p_value,
    )  # fmt: skip


def _equation(values: NDArray[np.float64], order: int) -> NDArray[np.float64]:
    """Shape (n, 1 + 2 order): the outcome, its own lags, the other's."""
    lags = range(1, order + 1)
    return np.column_stack([values[:, 1], lagged(values[:, 1], lags), lagged(values[:, 0], lags)])


def _order(values: NDArray[np.float64], usable: NDArray[np.bool_], most: int) -> int:
    """The order with the smallest BIC (Schwarz 1978), all on the same rows; the smaller of two alike."""
    n = int(usable.sum())
    scores = []
    for order in range(1, most + 1):
        table = _equation(values, order)[usable]
        design = np.column_stack([np.ones(n), table[:, 1:]])
        rest = table[:, 0] - design @ np.linalg.lstsq(design, table[:, 0], rcond=None)[0]
        spread = max(float(rest @ rest) / n, 1e-300)
        scores.append(n * math.log(spread) + design.shape[1] * math.log(n))
    return 1 + int(np.argmin(scores))
