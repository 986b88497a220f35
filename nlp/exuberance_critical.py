"""Critical values of the Phillips-Shi-Yu tests, simulated under the null and shipped as figures.

`exuberance.csv` beside this module holds quantiles for a grid of sample sizes, each with its number of simulated paths;
`scripts/simulate_exuberance.py` makes it again from its seed and states the process. Between the sizes of the grid a
value is interpolated in log n. At 0.95 the simulation's standard error is about 2 / √(number of paths).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from nlp.errors import InputError, MarketError

__all__ = ["CRITICAL_COLUMNS", "FIRST", "LEVELS", "Statistic", "critical_values"]

Statistic = Literal["sadf", "bsadf", "gsadf"]

LEVELS = (0.90, 0.95, 0.99)
"""The quantiles that were simulated."""

FIRST = 20
"""The smallest sample: below, the shortest window leaves hardly a degree of freedom."""

CRITICAL_COLUMNS = ("statistic", "lags", "n", "window", "n_paths", *(f"q{round(100 * level)}" for level in LEVELS))
"""Columns of exuberance.csv: the statistic, its lags, sample size, shortest window, paths simulated, quantiles."""


def critical_values(n: int, level: float = 0.95, statistic: Statistic = "sadf", lags: int = 0) -> NDArray[np.float64]:
    """What BSADF_t has to exceed for t = 1 … n; a value depends on t alone. NaN where t is below 20.

    Args:
        n: observations.
        level: 0.90, 0.95 or 0.99.
        statistic: whose quantile in a sample of t observations.
            `sadf`: that of "the sup ADF statistic based on t observations", the rule in the paper's words, so read by
            the R package exuber too.
            `bsadf`: BSADF's own, as in the authors' programs, about 0.7 lower: at every t a random walk is above it in
            1 - level of all cases, so a long one often is.
            `gsadf`: for the test of a whole sample of n observations; its last value is the one to use.
        lags: earlier changes in the regression, 0 or 1.

    Raises:
        InputError: no figures for that level, statistic or number of lags.
        MarketError: n is beyond the figures.

    >>> [round(float(critical_values(100, statistic=name)[-1]), 1) for name in ("bsadf", "sadf", "gsadf")]
    [0.6, 1.3, 1.9]
    """
    if level not in LEVELS or statistic not in get_args(Statistic) or lags not in (0, 1):
        raise InputError(
            f"no critical values of {statistic} with {lags} lags at level {level}: "
            f"choose {', '.join(get_args(Statistic))} with 0 or 1 lags at {', '.join(map(str, LEVELS))}"
        )
    sizes, quantiles = _figures(statistic, lags)
    if n > sizes[-1]:
        raise MarketError(
            f"critical values of {statistic} reach to {sizes[-1]:.0f} observations, not to {n}: "
            "take weekly or monthly observations, or a later beginning"
        )
    t = np.arange(1, n + 1)
    values = np.interp(np.log(t), np.log(sizes), quantiles[:, LEVELS.index(level)])
    values[t < FIRST] = np.nan
    return values


@cache
def _figures(statistic: str, lags: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sample sizes, ascending, and their quantiles. Shape: (sizes,) and (sizes, levels)."""
    lines = (resources.files("nlp") / "exuberance.csv").read_text(encoding="utf-8").splitlines()
    rows = [row for row in csv.DictReader(lines) if row["statistic"] == statistic and row["lags"] == str(lags)]
    sizes = np.array([float(row["n"]) for row in rows])
    return sizes, np.array([[float(row[name]) for name in CRITICAL_COLUMNS[-len(LEVELS) :]] for row in rows])
