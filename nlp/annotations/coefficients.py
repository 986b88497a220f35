"""Agreement corrected for chance: Krippendorff's alpha and Cohen's kappa, from counts that a bootstrap can weight.

Alpha is 1 less observed over expected disagreement in the coincidences of values within units (Krippendorff, "Computing
Krippendorff's alpha-reliability", 2011): units that fewer than two judged do not count, missing values are no problem,
and for ratings a pair weighs as its squared distance in rank (the ordinal metric). Kappa is Cohen's (1960) for two
people and, for more, the mean over the pairs of them (Light 1971), each over the units that both judged.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

__all__ = ["coincidences", "contingencies", "krippendorff_alpha", "mean_kappa"]

Floats = NDArray[np.float64]


def coincidences(ratings: Floats, values: Floats) -> Floats:
    """How often each pair of values meets in each unit, Shape: (n_units, n_values, n_values).

    Args:
        ratings: NaN where an annotator did not judge. Shape: (n_annotators, n_units).
        values: that are possible, ascending.
    """
    counts = (ratings[:, :, None] == values).sum(axis=0).astype(np.float64)
    n_judges = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(len(values))
    return np.asarray(np.where(n_judges > 1, 1 / np.maximum(n_judges - 1, 1), 0.0)[:, None, None] * pairs)


def krippendorff_alpha(coincidence: Floats, *, ordinal: bool = False) -> Floats:
    """Alpha of each table of coincidences, summed over units; NaN where only one value occurs.

    Args:
        coincidence: Shape: (..., n_values, n_values).
        ordinal: whether the values are ranks.
    """
    totals = coincidence.sum(axis=-1)
    n = totals.sum(axis=-1)
    distance = _ordinal(totals) if ordinal else 1 - np.eye(coincidence.shape[-1])
    observed = (coincidence * distance).sum(axis=(-2, -1))
    expected = (totals[..., :, None] * totals[..., None, :] * distance).sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(expected > 0, 1 - (n - 1) * observed / expected, np.nan))


def _ordinal(totals: Floats) -> Floats:
    """The squared number of values between two ranks, half of each end, Shape: (..., n_values, n_values)."""
    middles = totals.cumsum(axis=-1) - totals / 2
    return np.asarray((middles[..., :, None] - middles[..., None, :]) ** 2)


def contingencies(ratings: Floats, values: Floats) -> Floats:
    """What both of each pair of annotators said of each unit, Shape: (n_pairs, n_units, n_values, n_values)."""
    is_value = ratings[:, :, None] == values
    pairs = [is_value[a][:, :, None] & is_value[b][:, None, :] for a, b in combinations(range(len(ratings)), 2)]
    return np.array(pairs, dtype=np.float64)


def mean_kappa(tables: Floats) -> Floats:
    """The mean of Cohen's kappa over the pairs that can be measured, NaN where none can.

    Args:
        tables: summed over units. Shape: (n_pairs, ..., n_values, n_values).
    """
    n = tables.sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        share = tables / n[..., None, None]
        agreed = np.trace(share, axis1=-2, axis2=-1)
        by_chance = (share.sum(axis=-1) * share.sum(axis=-2)).sum(axis=-1)
        kappas = np.where(by_chance < 1, (agreed - by_chance) / (1 - by_chance), np.nan)
    known = ~np.isnan(kappas)
    n_known = known.sum(axis=0)
    summed = np.where(known, kappas, 0.0).sum(axis=0)
    return np.asarray(np.where(n_known > 0, summed / np.maximum(n_known, 1), np.nan))
