"""What one period says of one narrative, set against the periods before it.

Intensity with its band, share, stance and z-score are of the period's own articles and stories; what compares sources
or reaches back over time is `nlp.press`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

import numpy as np
import pandas as pd

from nlp.bands import MIN_BLOCKS, Band, Told, bayesian_bootstrap, block_bootstrap
from nlp.confusion import Confusion, ErrorRates
from nlp.intensity import asserts
from nlp.press import PressHistory, Spoken

__all__ = ["DIGITS", "MIN_Z_PERIODS", "NarrativeHistory", "n_named"]

MIN_Z_PERIODS = 8
"""A z-score needs at least this many earlier periods with articles."""

DIGITS = 6


@dataclass(slots=True)
class NarrativeHistory:
    """What earlier periods said of a narrative: their stories, their means, their sources.

    Attributes:
        narrative: a column of the scores.
        confusion: the classifier's measured error, which the bands then carry.
    """

    narrative: str
    confusion: Confusion | None = None
    _stories: list[Told] = field(default_factory=list)
    _means: list[float] = field(default_factory=list)
    _press: PressHistory = field(default_factory=PressHistory)

    def measure(self, articles: pd.DataFrame, key: str, n_published: float | None) -> dict[str, float]:
        """The next period's columns, which is then part of the past; nothing where no article has an intensity.

        Articles of no named source count, but in what compares sources they have no part.

        Args:
            articles: of the period, a row each, in an order that does not hang on the input's.
            key: what the columns are of; it seeds the band.
            n_published: what attention and balance are counted against instead of the stories; NaN where unknown.
        """
        name = self.narrative
        articles = articles[articles[name].notna()]
        if articles.empty:
            return {}
        intensity, stance = articles[name].astype(float), articles[f"{name}_stance"].astype(float)
        band, total = self._band(articles, intensity, key), float(intensity.sum())
        means = self._means
        spread = float(np.std(means, ddof=1)) if len(means) >= MIN_Z_PERIODS else 0.0
        measures = {
            name: band.mean,
            f"{name}_low": band.low,
            f"{name}_high": band.high,
            f"{name}_share": float(np.mean([asserts(i, s) for i, s in zip(intensity, stance, strict=True)])),
            f"{name}_stance": float((intensity * stance).sum()) / total if total > 0 else 0.0,
            f"{name}_z": (band.mean - float(np.mean(means))) / spread if spread > 0 else np.nan,
        }
        press = self._press.measure(_spoken(articles, intensity, stance, n_published))
        measures |= {f"{name}_{measure}": value for measure, value in asdict(press).items()}
        means.append(band.mean)
        return {column: round(value, DIGITS) for column, value in measures.items()}

    def _band(self, articles: pd.DataFrame, intensity: pd.Series[float], key: str) -> Band:
        """Over sources where there are many, else over stories and those before, which these then join."""
        first = articles.sort_values("article_id").groupby("story")[["source", "lang"]].first().sort_index()
        by_story = intensity.groupby(articles["story"]).mean().sort_index().tolist()
        told = [Told(*pair) for pair in zip(by_story, first["lang"].fillna("").astype(str), strict=True)]
        sources = first["source"]
        if n_named(sources) >= MIN_BLOCKS:
            blocks = sources.where(sources != "", "story " + sources.index.astype(str))
            band = block_bootstrap(told, blocks.tolist(), key=key, rates_of=self._rates_of)
        else:
            band = bayesian_bootstrap(told, self._stories, key=key, rates_of=self._rates_of)
        self._stories += told
        return band

    def _rates_of(self, lang: str) -> ErrorRates | None:
        return self.confusion.of(self.narrative, lang) if self.confusion else None


def n_named(sources: pd.Series[str]) -> int:
    """How many different sources are named."""
    return int(sources[sources != ""].nunique())


def _spoken(
    articles: pd.DataFrame, intensity: pd.Series[float], stance: pd.Series[float], n_published: float | None
) -> Spoken:
    stories = intensity.groupby(articles["story"]).mean().sort_index().tolist()
    balances = (intensity * stance).groupby(articles["story"]).mean().sort_index().tolist()
    in_source = intensity.groupby([articles["source"], articles["story"]]).mean()
    by_source = {str(source): part.sort_index().tolist() for source, part in in_source.groupby(level=0) if source}
    day = articles["period"].iloc[0].start_time.date()
    return Spoken(day, stories, balances, by_source, len(stories) if n_published is None else n_published)
