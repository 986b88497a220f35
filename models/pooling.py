"""From what sentences tell to what their article tells, by functions that a gradient goes through.

Where only articles are labelled, a sentence model is learnt through such a function (multiple-instance learning:
Dietterich, Lathrop and Lozano-Pérez 1997). Scoring knows one only, `nlp.intensity`; `soft_intensity` becomes it in the
course of the learning, so that what was learnt and what is said of an article agree.

A sentence's `z` is the log odds that it tells the narrative; shapes are (n_sentences,) → (n_articles,).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["POOLINGS", "Bags", "Pooling", "intensities", "intensity", "noisy_or", "soft_intensity"]

_STRONGEST_SHARE = 4
_SHARPNESS = 4.0


@dataclass(frozen=True, slots=True)
class Bags:
    """Which sentences are of which article: those of the first article come first.

    Attributes:
        place: of each sentence. Shape: (n_articles, longest), anything where not `inside`.
        inside: whether there is such a sentence. Shape: (n_articles, longest).
        sizes: sentences of each article, one at least. Shape: (n_articles,).
    """

    place: torch.Tensor
    inside: torch.Tensor
    sizes: torch.Tensor

    @classmethod
    def of_sizes(cls, sizes: Sequence[int]) -> Bags:
        """Articles of so many sentences.

        Raises:
            ValueError: one of them has none.
        """
        if not sizes or min(sizes) < 1:
            raise ValueError(f"articles have {list(sizes)} sentences; each must have one at least")
        count = torch.tensor(sizes)
        offsets = torch.arange(int(count.max()))
        inside = offsets < count[:, None]
        place = torch.where(inside, (count.cumsum(0) - count)[:, None] + offsets, 0)
        return cls(place, inside, count.float())

    def rows(self, values: torch.Tensor, fill: float) -> torch.Tensor:
        """The values of each article's sentences, Shape: (n_sentences,) → (n_articles, longest), filled up."""
        return values[self.place].masked_fill(~self.inside, fill)


Pooling = Callable[[Bags, torch.Tensor, float], torch.Tensor]
"""Bags, log odds, and how far the learning has come (0 to 1) → what the articles tell, within 0 and 1."""


def intensity(bags: Bags, z: torch.Tensor, progress: float = 1.0) -> torch.Tensor:
    """The formula of `nlp.intensity` itself: the mean of the maximum and of the strongest quarter's mean.

    >>> intensity(Bags.of_sizes([2, 1]), torch.tensor([9.0, -9.0, 0.0])).round(decimals=2).tolist()
    [1.0, 0.5]
    """
    return (bags.rows(z.sigmoid(), 0.0).amax(1) + _strongest_quarter(bags, z, progress)) / 2


def intensities(odds: NDArray[np.float64], sizes: Sequence[int]) -> NDArray[np.float32]:
    """The same of log odds that are no tensor. Shape: (n_sentences,) → (n_articles,)."""
    found: NDArray[np.float32] = intensity(Bags.of_sizes(sizes), torch.from_numpy(odds).float()).numpy()
    return found


def soft_intensity(bags: Bags, z: torch.Tensor, progress: float) -> torch.Tensor:
    """The same, with a noisy-or in place of the maximum at first, which gives way to it in even steps.

    A maximum teaches the strongest sentence alone, which at first is any; a noisy-or teaches all of them.
    """
    strongest = bags.rows(z.sigmoid(), 0.0).amax(1)
    some = (1 - progress) * noisy_or(bags, z, progress) + progress * strongest
    return (some + _strongest_quarter(bags, z, progress)) / 2


def noisy_or(bags: Bags, z: torch.Tensor, progress: float = 1.0) -> torch.Tensor:
    """The probability that some sentence tells it, if they told it independently."""
    return 1 - bags.rows(-torch.nn.functional.softplus(z), 0.0).sum(1).exp()


def _strongest_quarter(bags: Bags, z: torch.Tensor, progress: float) -> torch.Tensor:
    """The mean of the strongest quarter of the sentences."""
    ordered = bags.rows(z.sigmoid(), 0.0).sort(1, descending=True).values
    n_strongest = (bags.sizes / _STRONGEST_SHARE).ceil()
    counted = torch.arange(ordered.shape[1]) < n_strongest[:, None]
    return (ordered * counted).sum(1) / n_strongest


def _log_sum_exp(bags: Bags, z: torch.Tensor, progress: float) -> torch.Tensor:
    """Between mean and maximum of the probabilities (Pinheiro and Collobert 2015)."""
    summed = bags.rows(_SHARPNESS * z.sigmoid(), -torch.inf).logsumexp(1)
    return (summed - bags.sizes.log()) / _SHARPNESS


def _mean(bags: Bags, z: torch.Tensor, progress: float) -> torch.Tensor:
    return bags.rows(z.sigmoid(), 0.0).sum(1) / bags.sizes


POOLINGS: Mapping[str, Pooling] = MappingProxyType(
    {
        "soft_intensity": soft_intensity,
        "intensity": intensity,
        "noisy_or": noisy_or,
        "log_sum_exp": _log_sum_exp,
        "top_quarter": _strongest_quarter,
        "mean": _mean,
    }
)
"""Those that were measured against each other (`python -m scripts.measure_article_labels`), on articles and on bags
of sentences; the first is used."""
