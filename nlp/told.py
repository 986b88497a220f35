"""What the articles of every period say of one narrative, by story and by source, added up once for all periods.

Stories, sources and languages are numbered in the order of their names, so that their order in memory is the order of
names and no sum depends on the order of the articles in a file. What is made of it is `nlp.periods`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.bands import Stories

__all__ = ["Articles", "PeriodTold", "Told", "numbered"]

_PAIRWISE = 8
"""From so many on numpy adds otherwise than one after the other (and more exactly)."""


@dataclass(frozen=True)
class Articles:
    """Dated articles, an entry each, in the order of their periods and within one of their ids.

    Attributes:
        period, story, source: numbers, those of periods from 0.
        lang: the number of the language, -1 where it is not known.
        stories, sources, langs: the names, ascending.
        scores: the columns of numbers.
    """

    period: NDArray[np.int64]
    story: NDArray[np.int64]
    source: NDArray[np.int64]
    lang: NDArray[np.int64]
    stories: NDArray[np.object_]
    sources: NDArray[np.object_]
    langs: NDArray[np.object_]
    scores: pd.DataFrame

    def take(self, chosen: NDArray[np.bool_]) -> Articles:
        """Some of them."""
        return replace(
            self,
            period=self.period[chosen],
            story=self.story[chosen],
            source=self.source[chosen],
            lang=self.lang[chosen],
            scores=self.scores[chosen],
        )

    @cached_property
    def is_named(self) -> NDArray[np.bool_]:
        """Whether the source of each is named."""
        named: NDArray[np.bool_] = (self.sources != "")[self.source]
        return named

    def n_by_period(self, n_periods: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """How many articles, stories and named sources there are in each period."""
        pairs = self.period * len(self.stories) + self.story
        named = (self.period * len(self.sources) + self.source)[self.is_named]
        n_stories = np.bincount(pd.unique(pairs) // max(len(self.stories), 1), minlength=n_periods)
        n_sources = np.bincount(pd.unique(named) // max(len(self.sources), 1), minlength=n_periods)
        return np.bincount(self.period, minlength=n_periods), n_stories, n_sources


def numbered(names: pd.Series[str]) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Every name's number and the names in ascending order; -1 for a missing one."""
    codes, uniques = pd.factorize(names)
    found, order = np.asarray(uniques, dtype=object), np.asarray(uniques.argsort(), np.int64)
    rank = np.empty(len(order) + 1, np.int64)
    rank[order], rank[-1] = np.arange(len(order)), -1
    return rank[codes], found[order]


@dataclass(frozen=True, slots=True)
class PeriodTold:
    """One period of one narrative.

    Attributes:
        period: its number.
        intensities, stances: one an article.
        stories: one a story, in the order of their names.
        balances: intensity times stance, the mean over a story's articles.
        blocks: the number of each story's source, where none is named of the story itself.
        n_named: how many named sources these are.
        earlier: the stories of all periods before.
        sources: the numbers of the named sources, ascending.
        source_means: of each of them, the mean intensity of its stories.
    """

    period: int
    intensities: NDArray[np.float64]
    stances: NDArray[np.float64]
    stories: Stories
    balances: NDArray[np.float64]
    blocks: NDArray[np.int64]
    n_named: int
    earlier: Stories
    sources: NDArray[np.int64]
    source_means: NDArray[np.float64]


class Told:
    """The periods of one narrative, in the order of time; without articles whose intensity is not known."""

    def __init__(self, articles: Articles, narrative: str) -> None:
        articles = articles.take(articles.scores[narrative].notna().to_numpy())
        self._articles = articles
        self._intensity = articles.scores[narrative].to_numpy(dtype=float)
        self._stance = articles.scores[f"{narrative}_stance"].to_numpy(dtype=float)
        self._by_story()
        self._by_source()

    def __iter__(self) -> Iterator[PeriodTold]:
        a = self._articles
        langs = tuple(map(str, a.langs)) if "" in a.langs else ("", *map(str, a.langs))
        for period in np.unique(a.period):
            rows = _span(a.period, period)
            stories = _span(self._story_period, period)
            sources = _span(self._source_period, period)
            named = self._story_source[stories]
            yield PeriodTold(
                int(period),
                self._intensity[rows],
                self._stance[rows],
                Stories(self._story_mean[stories], self._story_lang[stories], langs),
                self._balance[stories],
                self._block[stories],
                len(np.unique(named[named >= 0])),
                Stories(self._story_mean[: stories.start], self._story_lang[: stories.start], langs),
                self._source_of[sources],
                self._source_mean[sources],
            )

    def _by_story(self) -> None:
        """The mean over each story's articles in a period; source and language are those of the first by its id."""
        a, n = self._articles, max(len(self._articles.stories), 1)
        lang = pd.Series(a.lang).where(a.lang >= 0)
        frame = pd.DataFrame(
            {"x": self._intensity, "b": self._intensity * self._stance, "source": a.source, "lang": lang.to_numpy()}
        )
        groups = frame.groupby(a.period * n + a.story, sort=True)
        means, first = groups[["x", "b"]].mean(), groups[["source", "lang"]].first()
        key = means.index.to_numpy()
        self._story_period = key // n
        self._story_mean, self._balance = means["x"].to_numpy(), means["b"].to_numpy()
        unknown_first = 0 if "" in a.langs else 1
        self._story_lang = first["lang"].fillna(-unknown_first).to_numpy().astype(np.int64) + unknown_first
        source = first["source"].to_numpy()
        is_named = (a.sources != "")[source] if len(source) else np.empty(0, bool)
        self._story_source = np.where(is_named, source, -1)
        own = [f"story {name}" for name in a.stories[key[~is_named] % n]]
        place = {name: number for number, name in enumerate(sorted({*map(str, a.sources), *own}))}
        by_source = np.array([place[str(name)] for name in a.sources], np.int64)
        self._block = by_source[source] if len(source) else np.empty(0, np.int64)
        self._block[~is_named] = [place[name] for name in own]

    def _by_source(self) -> None:
        """The mean over each named source's stories in a period, added up as numpy adds a list."""
        a = self._articles.take(self._articles.is_named)
        n_stories, n_sources = max(len(a.stories), 1), max(len(a.sources), 1)
        x = pd.Series(self._intensity[self._articles.is_named])
        means = x.groupby((a.period * n_sources + a.source) * n_stories + a.story, sort=True).mean()
        keys, starts, counts = np.unique(means.index.to_numpy() // n_stories, return_index=True, return_counts=True)
        values = means.to_numpy()
        sums = np.bincount(np.repeat(np.arange(len(keys)), counts), weights=values, minlength=len(keys))
        for place in np.flatnonzero(counts >= _PAIRWISE):
            sums[place] = values[starts[place] : starts[place] + counts[place]].sum()
        self._source_period, self._source_of, self._source_mean = keys // n_sources, keys % n_sources, sums / counts


def _span(ascending: NDArray[np.int64], value: int) -> slice:
    first, last = np.searchsorted(ascending, [value, value + 1])
    return slice(int(first), int(last))
