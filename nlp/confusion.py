"""The classifier's own error, as measured on rated articles: how it reads those that tell a narrative, and the others.

A soft confusion matrix per narrative and language: the mean intensity of the articles that the judges say tell the
narrative (a perfect classifier would give 1) and of those that do not (0). It was measured on few articles, so it is
itself uncertain, and that error is shared by all articles of a period: more stories do not take it away. In a band over
draws (`nlp.bands`) each draw has its own pair of rates, and an intensity x that was read at the measured rates becomes

    x' = a + (b - a) (x - a_d) / (b_d - a_d)

with a, b the measured mean intensities of quiet and telling articles and a_d, b_d those of the draw: Rogan and Gladen's
(1978) estimator of a prevalence at the drawn rates, brought back to the scale of the measured ones. That the rates are
drawn together with the sample is Lang and Reiczigel's (2014) interval, by simulation.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.errors import InputError

__all__ = ["CONFUSION_COLUMNS", "Confusion", "ErrorRates", "Reading", "measure_confusion"]

CONFUSION_COLUMNS = ("model", "narrative", "lang", "told", "n", "mean", "sd")
"""Of the file: one row per narrative, language (`all` for every one together) and answer of the judges."""

ALL = "all"
_FEWEST, _MIN_RATED = 2, 5
_LEAST_SEPARATION = 0.25
"""A draw in which the two kinds lie nearer to each other than this share of what was measured is drawn in to it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the classifier read `n` articles: the mean of their intensities and its standard deviation, in [0, 1]."""

    n: int
    mean: float
    sd: float

    def __post_init__(self) -> None:
        if not (self.n >= _FEWEST and 0 <= self.mean <= 1 and 0 <= self.sd <= 1):
            raise InputError(
                f"{self.n} articles read at {self.mean} with a standard deviation of {self.sd} are no measured error: "
                f"it takes {_FEWEST} articles, and both lie between 0 and 1; measure with `froth evaluate --confusion`"
            )

    def draws(self, rng: np.random.Generator, n: int) -> NDArray[np.float64]:
        """What the mean may be in truth, by Student's t with n - 1 degrees of freedom. Shape: (n,)."""
        drawn: NDArray[np.float64] = self.mean + self.sd / np.sqrt(self.n) * rng.standard_t(self.n - 1, size=n)
        return np.clip(drawn, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """Readings of articles that tell a narrative and of those that do not."""

    telling: Reading
    quiet: Reading

    def corrections(self, rng: np.random.Generator, n: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Shift and slope of the formula above in n draws: x' = shift + slope · x. Shape: (n,) each."""
        a, span = self.quiet.mean, self.telling.mean - self.quiet.mean
        quiet, telling = self.quiet.draws(rng, n), self.telling.draws(rng, n)
        slope = span / np.maximum(telling - quiet, _LEAST_SEPARATION * span)
        return a - slope * quiet, slope


@dataclass(frozen=True, slots=True)
class Confusion:
    """Error rates of one classifier.

    Attributes:
        model: whose, as in the `model` column of scores.csv.
        rates: by narrative and language; `all` is for languages that were not measured.
    """

    model: str
    rates: Mapping[tuple[str, str], ErrorRates]

    def of(self, narrative: str, lang: str) -> ErrorRates | None:
        """The rates for articles of a language (`zh-Hant` counts as `zh`); None for a narrative never measured."""
        own = self.rates.get((narrative, lang.split("-")[0]))
        return self.rates.get((narrative, ALL)) if own is None else own

    @classmethod
    def of_table(cls, table: pd.DataFrame) -> Confusion:
        """From a table of `CONFUSION_COLUMNS`.

        Raises:
            InputError: a column is missing, more than one model, or readings that tell nothing apart.
        """
        if missing := [column for column in CONFUSION_COLUMNS if column not in table.columns]:
            raise InputError(
                f"the measured errors lack {', '.join(missing)}: make them with `froth evaluate --confusion`"
            )
        models = sorted(set(table["model"].astype(str)))
        if len(models) != 1:
            raise InputError(
                f"the measured errors are of {len(models)} models ({', '.join(models)}): give those of one"
            )
        readings: dict[tuple[str, str, bool], Reading] = {}
        for row in table.to_dict("records"):
            key, reading = _read(row)
            if key in readings:
                raise InputError(f"the measured errors give {key[0]} in {key[1]} twice: keep one row of each")
            readings[key] = reading
        rates = {}
        for narrative, lang, _ in readings:
            pair = [readings.get((narrative, lang, told)) for told in (True, False)]
            if pair[0] is None or pair[1] is None:
                raise InputError(f"the measured errors of {narrative} in {lang} lack the row with told 0 or 1")
            rates[narrative, lang] = _checked(ErrorRates(pair[0], pair[1]), narrative, lang)
        return cls(models[0], MappingProxyType(rates))


def measure_confusion(scores: pd.DataFrame, told: Mapping[str, Mapping[str, bool]], model: str) -> pd.DataFrame:
    """Readings of rated articles, columns `CONFUSION_COLUMNS`.

    A language of which fewer than five articles tell a narrative, or fewer than five do not, is left to `all`.

    Args:
        scores: `article_id`, `lang` and a column of intensities per narrative.
        told: by narrative and article id, whether the judges say that the article tells it.
        model: whose intensities these are.

    Raises:
        InputError: no article is rated; of a rated narrative fewer than five tell it, or fewer than five do not.
    """
    by_id = scores.assign(lang=scores["lang"].astype(str).str.split("-").str[0]).set_index("article_id")
    rows = []
    for narrative, answers in told.items():
        judged = by_id.loc[[article for article in answers if article in by_id.index]]
        if not len(judged):
            continue
        tells = np.array([answers[str(article)] for article in judged.index], dtype=bool)
        for lang in (ALL, *sorted(set(judged["lang"]))):
            chosen = np.ones(len(judged), bool) if lang == ALL else (judged["lang"] == lang).to_numpy()
            parts = [judged[narrative].to_numpy(dtype=float)[chosen & (tells == answer)] for answer in (False, True)]
            if min(map(len, parts)) >= _MIN_RATED:
                rows += [_row(model, narrative, lang, answer, part) for answer, part in enumerate(parts)]
            elif lang == ALL:
                raise InputError(
                    f"of {len(tells)} rated articles {int(tells.sum())} tell {narrative}: "
                    f"its error can be measured from {_MIN_RATED} on that do, and as many that do not"
                )
    if not rows:
        raise InputError("no article is rated for a narrative of this model: there is no error to measure")
    return pd.DataFrame(rows, columns=list(CONFUSION_COLUMNS))


def _read(row: Mapping[Hashable, Any]) -> tuple[tuple[str, str, bool], Reading]:
    try:
        told = {0.0: False, 1.0: True}[float(row["told"])]
        n, mean, sd = int(row["n"]), float(row["mean"]), float(row["sd"])
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"the measured errors have a row that is none, {dict(row)}: {error}") from error
    return (str(row["narrative"]), str(row["lang"]), told), Reading(n, mean, sd)


def _row(model: str, narrative: str, lang: str, told: int, values: Sequence[float]) -> Iterable[object]:
    ordered = np.sort(values)
    return model, narrative, lang, told, len(ordered), float(ordered.mean()), float(ordered.std(ddof=1))


def _checked(rates: ErrorRates, narrative: str, lang: str) -> ErrorRates:
    if not rates.telling.mean > rates.quiet.mean:
        raise InputError(
            f"the measured errors of {narrative} in {lang} tell nothing apart: {rates.telling.n} articles that tell "
            f"it are read at {rates.telling.mean:.2f}, {rates.quiet.n} others at {rates.quiet.mean:.2f}"
        )
    return rates
