"""How far new texts have gone from those a model learnt from, measure by measure, with what chance alone would give.

Languages and sources by total variation, words by the Jensen-Shannon divergence in bits (Lin 1991), lengths by the
distance of Kolmogorov and Smirnov over bins, a model's answers by the population stability index (Siddiqi 2006), its
entropy and the share of answers near a threshold by their difference. Whole folds of articles are moved between old and
new at random (permutation test), which gives `expected`, what two halves of one set differ by, and the p-value; whole
folds are drawn with replacement for the 95% interval, a basic bootstrap, which takes off the bias that a divergence of
counts has. A verdict needs a false discovery rate of 5% over all measures and goes by value - expected.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nlp.divergences import (
    jensen_shannon,
    kolmogorov_smirnov,
    mean_difference,
    shares,
    stability_index,
    total_variation,
)
from nlp.false_discoveries import controlled
from nlp.profiles import Block, Corpus, Profile, categories_of, folded

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DRIFT_COLUMNS", "MEASURES", "TOO_FEW", "Measure", "drift"]

DRIFT_COLUMNS = (
    "measure", "group", "n_old", "n_new", "old", "new", "value", "expected", "low", "high", "p_value", "q_value",
    "verdict", "moved",
)  # fmt: skip
TOO_FEW = "too few articles to tell"
_FEWEST_FOLDS = 5
_MOST_FOLDS = 1000
_N_DRAWS = 999
_BLOCK = 100
_N_NAMED = 5
_FALSE_DISCOVERIES = 0.05


_Statistic = Callable[["NDArray[np.float64]", "NDArray[np.float64]", "NDArray[np.float64]"], "NDArray[np.float64]"]


@dataclass(frozen=True, slots=True)
class Measure:
    """How a measure is taken.

    Attributes:
        statistic: of `nlp.divergences`.
        moderate, large: from which excess over chance on drift is called so.
        has_values: whether its categories are numbers, whose mean is told.
    """

    statistic: _Statistic
    moderate: float
    large: float
    has_values: bool


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "languages": Measure(total_variation, 0.1, 0.25, has_values=False),
        "sources": Measure(total_variation, 0.1, 0.25, has_values=False),
        "vocabulary": Measure(jensen_shannon, 0.02, 0.06, has_values=False),
        "sentence_length": Measure(kolmogorov_smirnov, 0.1, 0.2, has_values=True),
        "article_length": Measure(kolmogorov_smirnov, 0.1, 0.2, has_values=True),
        "told": Measure(stability_index, 0.1, 0.25, has_values=True),
        "entropy": Measure(mean_difference, 0.03, 0.1, has_values=True),
        "near_threshold": Measure(mean_difference, 0.03, 0.1, has_values=True),
    }
)


def drift(old: Corpus | Profile, new: Corpus, *, seed: int = 0) -> pd.DataFrame:
    """A row for each measure and group that both have, `DRIFT_COLUMNS`.

    Args:
        old: what a model learnt from.
        new: what it reads.
        seed: of the permutations and draws.
    """
    rows = [_row(key, before, after, seed) for key, before, after in _pairs(old, new)]
    columns = [name for name in DRIFT_COLUMNS if name not in ("q_value", "verdict")]
    table = controlled(pd.DataFrame(rows, columns=columns))
    table["verdict"] = [_verdict(row) for row in table.to_dict("records")]
    return table[list(DRIFT_COLUMNS)]


def _pairs(old: Corpus | Profile, new: Corpus) -> Iterator[tuple[str, Block, Block]]:
    keys = old.counters if isinstance(old, Corpus) else old.blocks
    for name in MEASURES:
        for key in sorted(key for key in keys if key.partition("/")[0] == name and key in new.counters):
            if isinstance(old, Corpus):
                sizes = [len(one.counters[key]) for one in (old, new)]
                per_fold = max(1, min(sizes) / 100, max(sizes) / _MOST_FOLDS)
                like = categories_of([*old.counters[key], *new.counters[key]], key)
                before = folded(old.counters[key], per_fold, like)
            else:
                before = old.blocks[key]
                per_fold = before.n_articles / len(before.counts)
            yield key, before, folded(new.counters[key], per_fold, before.categories)


def _row(key: str, old: Block, new: Block, seed: int) -> dict[str, object]:
    name, _, group = key.partition("/")
    measure, values = MEASURES[name], _values(old.categories)
    before, after = old.counts.sum(axis=0), new.counts.sum(axis=0)
    value = float(measure.statistic(before, after, values))
    row: dict[str, object] = {
        "measure": name,
        "group": group,
        "n_old": old.n_articles,
        "n_new": new.n_articles,
        "old": _mean(before, values) if measure.has_values else math.nan,
        "new": _mean(after, values) if measure.has_values else math.nan,
        "value": value,
        "moved": "" if measure.has_values else _moved(old.categories, before, after),
    }
    if min(len(old.counts), len(new.counts)) < _FEWEST_FOLDS:
        return row | dict.fromkeys(("expected", "low", "high", "p_value"), math.nan)
    rng = np.random.default_rng(seed)
    by_chance = _permuted(measure, old, new, values, rng)
    drawn = _drawn(measure, old, new, values, rng)
    low, high = 2 * value - np.quantile(drawn, [0.975, 0.025])
    row |= {"expected": float(by_chance.mean()), "low": max(0.0, float(low)), "high": max(0.0, float(high))}
    return row | {"p_value": (1 + int((by_chance >= value - 1e-12).sum())) / (1 + len(by_chance))}


def _permuted(
    measure: Measure, old: Block, new: Block, values: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """The statistic when folds are dealt to old and new at random."""
    folds, n_old = np.concatenate([old.counts, new.counts]), len(old.counts)
    whole, found = folds.sum(axis=0), []
    for start in range(0, _N_DRAWS, _BLOCK):
        size = min(_BLOCK, _N_DRAWS - start)
        chosen = np.argsort(rng.random((size, len(folds))), axis=1) < n_old
        before = chosen.astype(float) @ folds
        found.append(measure.statistic(before, whole - before, values))
    return np.concatenate(found)


def _drawn(
    measure: Measure, old: Block, new: Block, values: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """The statistic when folds of old and of new are drawn with replacement."""
    found = []
    for start in range(0, _N_DRAWS, _BLOCK):
        size = min(_BLOCK, _N_DRAWS - start)
        weights = [rng.multinomial(len(c), np.full(len(c), 1 / len(c)), size=size) for c in (old.counts, new.counts)]
        found.append(measure.statistic(weights[0] @ old.counts, weights[1] @ new.counts, values))
    return np.concatenate(found)


def _values(categories: tuple[str, ...]) -> NDArray[np.float64]:
    """The categories as numbers, 0 for names."""
    return np.array([float(name) if name.replace(".", "", 1).isdecimal() else 0.0 for name in categories])


def _mean(counts: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    return float(shares(counts) @ values)


def _moved(categories: tuple[str, ...], old: NDArray[np.float64], new: NDArray[np.float64]) -> str:
    """The categories whose shares differ most, in words."""
    before, after = shares(old), shares(new)
    most = np.argsort(-np.abs(after - before), kind="stable")[:_N_NAMED]
    shown = (f"{categories[p] or 'other'} {before[p]:.1%} → {after[p]:.1%}" for p in most if before[p] != after[p])
    return "; ".join(shown)


def _verdict(row: Mapping[Hashable, Any]) -> str:
    measure, excess = MEASURES[row["measure"]], row["value"] - row["expected"]
    if math.isnan(row["q_value"]):
        return TOO_FEW
    if row["q_value"] > _FALSE_DISCOVERIES:
        return "no drift seen"
    size = "large" if excess >= measure.large else "moderate" if excess >= measure.moderate else "small"
    return f"{size} drift"
