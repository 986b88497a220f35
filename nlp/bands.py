"""How sure a period's mean is: 95% bands by the Bayesian bootstrap over stories, or over sources where there are many.

Rubin 1981, with a Dirichlet-process base measure (Ferguson 1973) of the weight of one story: the stories of earlier
periods, and one more that is uniform on [0, 1]. So a period with one story has a wide band instead of none, and the
base measure looks only back. Stories of one source are alike, and to take them for independent makes a band too narrow:
from ten sources on, a source with all its stories is what is drawn (block bootstrap; Davison and Hinkley 1997, 3.8).
With fewer, the band is about these sources and not about others. Where the classifier's own error was measured, each
draw reads the stories at error rates of its own (`nlp.confusion`), a pair of them for each language.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from nlp.confusion import ErrorRates

__all__ = ["MIN_BLOCKS", "Band", "Stories", "bayesian_bootstrap", "block_bootstrap"]

MIN_BLOCKS = 10
"""Sources from which on they are the blocks: the spread between fewer cannot be told."""

N_DRAWS = 1000
_LEVEL = 0.95
_BASE_WEIGHT = 1.0
_LARGE = 1000
_Z = 1.959963984540054
_LEAST_BLOCKS = 2.0
"""Where nearly all stories are of one source, n is taken to be this: below it Student's factor grows without end."""

RatesOf = Callable[[str], ErrorRates | None]
"""The classifier's error rates in a language, None where they were not measured."""


@dataclass(frozen=True, slots=True)
class Stories:
    """How loudly some stories tell a narrative, and in which languages.

    Attributes:
        intensities: in [0, 1]. Shape: (n,).
        langs: the place of each one's language in `names`. Shape: (n,).
        names: of languages, ascending.
    """

    intensities: NDArray[np.float64]
    langs: NDArray[np.int64]
    names: tuple[str, ...]

    @classmethod
    def of(cls, intensities: Sequence[float], langs: Sequence[str]) -> Self:
        """From one language code a story."""
        names = tuple(sorted(set(langs)))
        places = [names.index(lang) for lang in langs]
        return cls(np.array(intensities, np.float64), np.array(places, np.int64), names)

    def __len__(self) -> int:
        return len(self.intensities)


@dataclass(frozen=True, slots=True)
class Band:
    """A mean with the lower and upper end of its 95% band."""

    mean: float
    low: float
    high: float


def _unmeasured(lang: str) -> None:
    return None


def bayesian_bootstrap(stories: Stories, base: Stories | None, *, key: str, rates_of: RatesOf = _unmeasured) -> Band:
    """The mean intensity of `stories` (not empty) and its band; equal input gives equal bytes.

    Args:
        stories: of the period.
        base: the stories of earlier periods in a fixed order, with the same names of languages; may lack.
        key: what the band is of (period and narrative); it seeds the draws.
        rates_of: the classifier's own error.
    """
    rng = _generator(key)
    sample = _Sample.of(stories)
    if len(stories) > _LARGE:
        # A weight for each of millions of stories need not be drawn.
        weights, sums = sample.large(rng)
        return sample.band(weights, sums, rates_of, rng)
    weights, sums = sample.drawn(rng)
    base_weight = rng.gamma(_BASE_WEIGHT, size=N_DRAWS)
    total = weights.sum(axis=1) + base_weight
    weights, sums = weights / total[:, None], sums / total[:, None]
    new = base_weight / total
    values, langs = _base_draws(base, rng)
    # What is of a language that the period lacks, or of none, stands as it was read.
    elsewhere = new * values
    for column, lang in enumerate(sample.places):
        is_of_lang = langs == lang
        of_lang = np.where(is_of_lang, new, 0.0)
        weights[:, column] += of_lang
        sums[:, column] += of_lang * values
        elsewhere[is_of_lang] = 0.0
    return sample.band(weights, sums, rates_of, rng, elsewhere)


def block_bootstrap(stories: Stories, blocks: NDArray[np.int64], *, key: str, rates_of: RatesOf = _unmeasured) -> Band:
    """The mean intensity and its band where what `blocks` names stays together; equal input gives equal bytes.

    The draws of the mean are spread by √((n+1)/(n-1)) · t(n-1)/z: Rubin's weights are that much too narrow for a
    normal mean whose variance is not known. n = (Σc)²/Σc² with c the stories of a block: so many blocks of equal size
    tell as much as these (Kish 1992, J. Official Statistics 8:183), at least two.

    Args:
        stories: of the period.
        blocks: the number of the source of each, in the order of sources; at least two of them.
        key: as in `bayesian_bootstrap`.
        rates_of: the classifier's own error.
    """
    from scipy.special import stdtrit

    rng = _generator(key)
    sample = _Sample.of(stories, blocks)
    sizes = sample.counts.sum(axis=1)
    n = max(sizes.sum() ** 2 / (sizes**2).sum(), _LEAST_BLOCKS)
    spread = np.sqrt((n + 1) / (n - 1)) * stdtrit(n - 1, (1 + _LEVEL) / 2) / _Z
    weights, sums = sample.drawn(rng)
    total = weights.sum(axis=1, keepdims=True)
    weights = sample.weights + spread * (weights / total - sample.weights)
    sums = sample.weighted + spread * (sums / total - sample.weighted)
    return sample.band(weights, sums, rates_of, rng)


@dataclass(frozen=True, slots=True)
class _Sample:
    """The stories of a period, added up by block and language.

    Attributes:
        langs: the languages that there are, ascending.
        places: of these in `Stories.names`.

    Shape:
        counts, sums, squares: (n_blocks, n_langs): stories, their intensities, their squared intensities.
    """

    langs: tuple[str, ...]
    places: NDArray[np.int64]
    counts: NDArray[np.float64]
    sums: NDArray[np.float64]
    squares: NDArray[np.float64]

    @classmethod
    def of(cls, stories: Stories, blocks: NDArray[np.int64] | None = None) -> _Sample:
        """Each story is a block of its own where none are given."""
        x, langs = stories.intensities, stories.langs
        numbers = np.arange(len(x)) if blocks is None else np.unique(blocks, return_inverse=True)[1]
        n_blocks = int(numbers.max()) + 1
        if n_blocks == len(x):
            # In the order of the intensities where every story is a block of its own, so that no order of rows shows.
            order, numbers = np.lexsort((langs, x)), np.arange(len(x))
        else:
            order = np.lexsort((x, langs, numbers))
            numbers = numbers[order]
        x = x[order]
        places = np.flatnonzero(np.bincount(langs))
        cells, shape = numbers * len(places) + np.searchsorted(places, langs[order]), (n_blocks, len(places))
        counts, sums, squares = (
            np.bincount(cells, weights, n_blocks * len(places)).astype(np.float64).reshape(shape)
            for weights in (None, x, x * x)
        )
        return cls(tuple(stories.names[place] for place in places), places, counts, sums, squares)

    @property
    def weights(self) -> NDArray[np.float64]:
        """The share of each language, Shape: (n_langs,)."""
        share: NDArray[np.float64] = self.counts.sum(axis=0) / self.counts.sum()
        return share

    @property
    def weighted(self) -> NDArray[np.float64]:
        """What each language adds to the mean, Shape: (n_langs,)."""
        part: NDArray[np.float64] = self.sums.sum(axis=0) / self.counts.sum()
        return part

    def drawn(self, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Stories and their intensities in every draw, blocks weighted by exponentials; (N_DRAWS, n_langs) each."""
        added = rng.standard_exponential((N_DRAWS, len(self.counts))) @ np.hstack([self.counts, self.sums])
        return added[:, : len(self.langs)], added[:, len(self.langs) :]

    def large(self, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Weights and sums in every draw where stories are many, Shape: (N_DRAWS, n_langs) each.

        The weights of the languages are the bootstrap's own, sums of as many exponentials; the weighted mean within a
        language has its normal limit.
        """
        n = self.counts.sum(axis=0)
        means = self.sums.sum(axis=0) / n
        spread = np.sqrt(np.maximum(self.squares.sum(axis=0) / n - means**2, 0.0) / n)
        weights = rng.gamma(n, size=(N_DRAWS, len(n)))
        weights /= weights.sum(axis=1, keepdims=True)
        return weights, weights * (means + spread * rng.standard_normal((N_DRAWS, len(n))))

    def band(
        self,
        weights: NDArray[np.float64],
        sums: NDArray[np.float64],
        rates_of: RatesOf,
        rng: np.random.Generator,
        elsewhere: NDArray[np.float64] | float = 0.0,
    ) -> Band:
        """The mean as observed, and the band of the draws, each at its own error rates."""
        mean = float(self.sums.sum() / self.counts.sum())
        draws = np.zeros(len(sums)) + elsewhere
        for column, lang in enumerate(self.langs):
            rates = rates_of(lang)
            shift, slope = (0.0, 1.0) if rates is None else rates.corrections(rng, len(sums))
            draws += shift * weights[:, column] + slope * sums[:, column]
        low, high = (_quantile(draws, share) for share in ((1 - _LEVEL) / 2, (1 + _LEVEL) / 2))
        return Band(mean, min(mean, max(0.0, low)), max(mean, min(1.0, high)))


def _quantile(draws: NDArray[np.float64], share: float) -> float:
    """As `np.quantile` gives it, in a fraction of its time; leaves the draws in another order."""
    before, beyond = divmod((len(draws) - 1) * share, 1)
    place = int(before)
    draws.partition((place, place + 1))
    low, high = float(draws[place]), float(draws[place + 1])
    return low + (high - low) * beyond if beyond < 0.5 else high - (high - low) * (1 - beyond)


def _generator(key: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big"))


def _base_draws(base: Stories | None, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Earlier stories and, with the weight of one more, intensities at random, which are of no language."""
    n = 0 if base is None else len(base)
    places = rng.integers(n + 1, size=N_DRAWS)
    values, langs = rng.random(N_DRAWS), np.full(N_DRAWS, -1)
    if base is not None:
        earlier = places < n
        values[earlier], langs[earlier] = base.intensities[places[earlier]], base.langs[places[earlier]]
    return values, langs
