"""How narratives and market series move with each other, with everything that was tested counted.

The parts: `nlp.series_pairs` (what goes in), `nlp.correlations`, `nlp.granger`, `nlp.local_projections` (what is
asked), `nlp.robust_errors` (how sure the answers are), `nlp.false_discoveries` (how many are chance), `nlp.tested`
(rows, and how they get into the log of a store). All of it describes a sample: nothing here predicts, and nothing
identifies a cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from nlp.correlations import cross_correlations
from nlp.false_discoveries import CONTROL_COLUMNS, controlled
from nlp.granger import granger_tests
from nlp.local_projections import local_projections
from nlp.series_pairs import LeadLagOptions, SeriesPair
from nlp.tested import COLUMNS, table_of_tests

__all__ = ["LEAD_LAG_COLUMNS", "METHODS", "lead_lag"]

METHODS = (cross_correlations, granger_tests, local_projections)
LEAD_LAG_COLUMNS = (*COLUMNS, *CONTROL_COLUMNS)


def lead_lag(
    pairs: Iterable[SeriesPair], options: LeadLagOptions | None = None, *, earlier: Sequence[float] = ()
) -> pd.DataFrame:
    """Every test of every pair, one row each, columns `LEAD_LAG_COLUMNS`, in the order of the pairs and `METHODS`.

    What cannot be tested (fewer than `min_periods` usable periods, a constant series, windows that overlap too much,
    series that follow exactly from each other) is a row without numbers whose `note` says why; it counts as no test.

    Args:
        pairs: what to test.
        options: lags, orders, horizons, errors.
        earlier: p-values of other tests on the same store, which the q-values then count, too.
    """
    options = options or LeadLagOptions()
    tables = [method(pair, options) for pair in pairs for method in METHODS]
    table = pd.concat(tables, ignore_index=True) if tables else table_of_tests([])
    return controlled(table, earlier)
