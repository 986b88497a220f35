"""Simulates the critical values of the Phillips-Shi-Yu tests and writes nlp/exuberance.csv.

Not a froth command: the figures are shipped. Under the null of Phillips, Shi and Yu 2015 a log price is a random walk
with a vanishing drift, y_t = d n^-η + θ y_{t-1} + e_t with d = η = θ = 1, y_0 = 0 and e_t standard normal. Each row has
a generator of its own (seed, tests, lags, n), so it can be made alone. About six minutes on one core.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from nlp.exuberance import backward_adf, forward_adf, minimal_window
from nlp.exuberance_critical import CRITICAL_COLUMNS, FIRST, LEVELS
from nlp.tables import check_writable
from scripts.console import Tally, main

__all__ = ["paths_under_the_null", "simulate_exuberance", "simulated_rows"]

SEED = 2015
_SIZES = (*range(FIRST, 40), *(round(40 * 1.2**k) for k in range(33)), 16_000)
_WHOLE_SAMPLE_PATHS = {20: 4_000, 25: 4_000, 35: 4_000, 50: 4_000, 70: 4_000, 100: 4_000, 140: 4_000, 200: 4_000}
_WHOLE_SAMPLE_PATHS |= {280: 2_000, 400: 2_000, 560: 1_000, 800: 1_000, 1600: 600}
"""GSADF takes all windows, n²/2 of them: long samples are few."""

_BLOCK = 50_000
"""Numbers held at a time: what stays in a core's cache."""


def paths_under_the_null(n: int, n_paths: int, rng: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """Random walks with drift 1/n in blocks. Shape: (paths of the block, n)."""
    per_block = max(1, _BLOCK // n)
    for done in range(0, n_paths, per_block):
        size = (min(per_block, n_paths - done), n)
        yield np.cumsum(rng.standard_normal(size) + 1 / n, axis=-1)


def simulated_rows(tests: str, n: int, lags: int, n_paths: int, seed: int = SEED) -> list[list[object]]:
    """Rows of the figures for one sample size: SADF and BSADF of the same paths (`dating`), or GSADF (`whole`)."""
    rng = np.random.default_rng([seed, ("dating", "whole").index(tests), lags, n])
    window = minimal_window(n)
    found: dict[str, list[NDArray[np.float64]]] = {}
    for paths in paths_under_the_null(n, n_paths, rng):
        if tests == "dating":
            largest = {
                "sadf": forward_adf(paths, window, lags).max(-1),
                "bsadf": backward_adf(paths, window, lags).max(-1),
            }
        else:
            ends = (backward_adf(paths[:, :end], window, lags).max(-1) for end in range(window, n + 1))
            largest = {"gsadf": np.max(list(ends), axis=0)}
        for name, values in largest.items():
            found.setdefault(name, []).append(values)
    return [
        [name, lags, n, window, n_paths, *(f"{q:.3f}" for q in np.quantile(np.concatenate(values), LEVELS))]
        for name, values in found.items()
    ]


def simulate_exuberance(
    output: Annotated[Path, typer.Option("-o", "--output", help="The figures (CSV).")] = Path("nlp/exuberance.csv"),
    seed: Annotated[int, typer.Option(help="Of all random numbers.")] = SEED,
    share: Annotated[float, typer.Option(min=0, max=1, help="Of the paths to simulate.")] = 1.0,
    largest: Annotated[int, typer.Option(help="Sample size to stop at.")] = _SIZES[-1],
) -> None:
    """Write the quantiles of SADF, BSADF and GSADF under the null."""
    check_writable(output)
    rows = []
    for lags in (0, 1):
        for n in (size for size in _SIZES if size <= largest):
            n_paths = 20_000 if n <= 1_000 else 10_000 if n <= 4_000 else 5_000
            rows += simulated_rows("dating", n, lags, math.ceil(share * n_paths), seed)
        for n, n_paths in _WHOLE_SAMPLE_PATHS.items():
            if n <= largest:
                rows += simulated_rows("whole", n, lags, math.ceil(share * n_paths), seed)
    rows.sort(key=lambda row: (str(row[0]), row[1], row[2]))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([CRITICAL_COLUMNS, *rows])
    output.write_text(text.getvalue(), encoding="utf-8")
    tally = Tally()
    tally.n_added = len(rows)
    tally.say()


if __name__ == "__main__":
    main(simulate_exuberance)
