"""What naive readers make of an article, to set beside what the model reads in it: key words and stress words.

- `<n>_keywords`: 1 where the article holds a cue phrase of the narrative (`nlp/narratives.toml`, without those that an
  `exclude` phrase takes back), else 0; over articles it is the share that the classical key-word index counts (Baker,
  Bloom and Davis 2016, QJE 131:4).
- `stress_words`: (words of stress - words of its absence) / all words, in [-1, 1]: the sentiment of a dictionary of
  financial stability (Correa, Garud, Londono and Mislang 2017, Federal Reserve IFDP 1203), with a list of our own.
  Chinese has no blanks between words, so there every character counts as one: the share of the text that stands in
  listed phrases. Numbers are no words.

Neither reads a negation, an irony or who speaks: that is what they are for. The third baseline, TF-IDF, is a model
(`models.baseline_scores`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING

from nlp.columns import STRESS_WORDS, baseline_columns
from nlp.narrative_file import read_table
from nlp.narratives import DriverMatcher, Narrative, load_narratives
from nlp.schema import Article
from nlp.sketches import tokens

if TYPE_CHECKING:
    import pandas as pd

    from nlp.told import Articles

__all__ = ["NaiveReader", "StressWords", "baselines_by_period", "baselines_in", "load_stress_words"]

_SIGNS = {"negative": 1, "positive": -1}


@dataclass(frozen=True, slots=True)
class StressWords:
    """The list: by its first token every phrase with 1 (stress) or -1 (its absence), the longest first."""

    phrases_by_first: Mapping[str, Sequence[tuple[tuple[str, ...], int]]]

    def net_share(self, texts: Iterable[str]) -> float | None:
        """Words in phrases of stress less those in phrases of its absence, over all words; None without a word.

        From left to right the longest phrase is taken and no word counted twice.
        """
        net = n_words = 0
        for text in texts:
            found = tokens(text)
            n_words += sum(not token[0].isdecimal() for token in found)
            place = 0
            while place < len(found):
                length, sign = self._at(found, place)
                net += length * sign
                place += max(length, 1)
        return net / n_words if n_words else None

    def _at(self, found: Sequence[str], place: int) -> tuple[int, int]:
        """Length and sign of the phrase that begins at a place, (0, 0) where none does."""
        for phrase, sign in self.phrases_by_first.get(found[place], ()):
            if tuple(found[place : place + len(phrase)]) == phrase:
                return len(phrase), sign
        return 0, 0


def load_stress_words() -> StressWords:
    """The bundled list, `nlp/stress_words.toml`.

    >>> load_stress_words().net_share(["Banks defaulted, panic spread"])
    0.5
    """
    root = read_table(resources.files("nlp") / "stress_words.toml")
    root.allow(tuple(_SIGNS))
    by_first: defaultdict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
    for name, sign in _SIGNS.items():
        for phrases in root.phrases(name).values():
            for phrase in map(tokens, phrases):
                by_first[phrase[0]].append((tuple(phrase), sign))
    return StressWords({first: sorted(found, key=lambda one: -len(one[0])) for first, found in by_first.items()})


def baselines_in(table: pd.DataFrame, narratives: Sequence[str]) -> list[str]:
    """The baselines that a table of scores or a trend holds, in their order."""
    return [column for column in baseline_columns(narratives) if column in table.columns]


def baselines_by_period(
    articles: Articles, narratives: Sequence[str], n_published: Sequence[float | None] | None = None
) -> pd.DataFrame:
    """The mean over stories of the mean over a story's articles of every baseline in the scores, by number of period.

    Where it is known how many articles were published, those of a narrative are counted against them: what was not
    scored says nothing of it.
    """
    import pandas as pd

    values = articles.scores[baselines_in(articles.scores, narratives)].astype(float)
    in_story = values.groupby([articles.period, articles.story]).mean()
    by_period = in_story.groupby(level=0)
    if n_published is None:
        return by_period.mean()
    n_all = pd.Series([float("nan") if n is None else n for n in n_published])
    sums = by_period.sum(min_count=1)
    counted = sums.div(n_all[sums.index], axis=0)
    return counted.assign(**{name: by_period[name].mean() for name in counted if name == STRESS_WORDS})


class NaiveReader:
    """Measures articles; made once, used for many."""

    def __init__(self, narratives: Sequence[str], table: Iterable[Narrative] | None = None) -> None:
        """Take the narratives to look for, and the table of their cues; the bundled one by default."""
        self._narratives = tuple(narratives)
        known = [one for one in (load_narratives() if table is None else table) if one.id in self._narratives]
        self._listed = {one.id for one in known}
        self._cues = DriverMatcher([replace(one, drivers=()) for one in known])
        self._stress = load_stress_words()

    def measure(self, article: Article) -> dict[str, float | None]:
        """`<n>_keywords` of every narrative (None where the table has none of that id) and `stress_words`.

        Title and text are read, the title once where the text begins with it.
        """
        texts = [article.text] if article.text.startswith(article.title) else [article.title, article.text]
        told = {narrative for text in texts for narrative in self._cues.cues(text, article.lang)}
        measures: dict[str, float | None] = {
            f"{name}_keywords": float(name in told) if name in self._listed else None for name in self._narratives
        }
        return {**measures, STRESS_WORDS: self._stress.net_share(texts)}
