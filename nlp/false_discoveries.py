"""How many of the tests that look significant are so by chance: the false discovery rate over all of them.

`q_value` is Benjamini and Hochberg's (1995), right for independent or positively dependent tests; `q_value_by` is
Benjamini and Yekutieli's (2001), right however the tests depend on each other, which lags of one pair do. The methods
are statsmodels'.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nlp.errors import InputError

__all__ = ["CONTROL_COLUMNS", "controlled"]

CONTROL_COLUMNS = ("q_value", "q_value_by", "n_tests")
_METHOD_BY_COLUMN = {"q_value": "fdr_bh", "q_value_by": "fdr_by"}


def controlled(table: pd.DataFrame, earlier: Sequence[float] = ()) -> pd.DataFrame:
    """The table with `q_value`, `q_value_by` and `n_tests`, how many tests were counted; rows and order stay.

    Rows without a p-value were not tested: they count for nothing and get no q-value. Of the rows with q ≤ 0.05 one in
    twenty is expected to be false.

    Args:
        table: with a column `p_value`, of everything that was tested together.
        earlier: p-values of other tests that were run on the same store before, see `nlp.tested.p_values_besides`.

    Raises:
        InputError: a p-value outside [0, 1], or no such column.
    """
    from statsmodels.stats.multitest import multipletests

    if "p_value" not in table.columns:
        raise InputError(f"the table has no column p_value: its columns are {', '.join(map(str, table.columns))}")
    ours = table["p_value"].to_numpy(dtype=float)
    tested = ~np.isnan(ours)
    every = np.concatenate([ours[tested], np.asarray(earlier, dtype=float)])
    if not ((every >= 0) & (every <= 1)).all():
        raise InputError("a p-value is not in [0, 1]: give earlier p-values without missing ones")
    found = table.assign(n_tests=len(every))
    for column, method in _METHOD_BY_COLUMN.items():
        q = np.full(len(table), np.nan)
        if tested.any():
            q[tested] = multipletests(every, method=method)[1][: int(tested.sum())]
        found[column] = q
    return found[[*(name for name in found.columns if name not in CONTROL_COLUMNS), *CONTROL_COLUMNS]]
