"""How far annotators agree: kappa and alpha by narrative, answer and language, with bootstrap intervals.

Strict compares the answers to the same sentence (or the ratings of the same article). `told` takes asserting and
rejecting, or any rating from 1, together: whether the narrative is there at all. `near` lets neighbours count, for
people who mark the same thing a sentence earlier or later: an annotator's answer that another does not share, but has
given to the sentence before or after, is taken as shared. Intervals are the middle 95% of draws of whole articles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlp.annotations.coefficients import coincidences, contingencies, krippendorff_alpha, mean_kappa
from nlp.errors import InputError
from nlp.labelled import ARTICLE_LABELS, SENTENCE_LABELS, Labelled, LabelledSentence, article_of
from nlp.tables import write_table

__all__ = ["AGREEMENT_COLUMNS", "Agreement", "Matrix", "agreement", "matrices", "write_agreement"]

AGREEMENT_COLUMNS = (
    "narrative", "answer", "lang", "compared", "n_units", "n_annotators", "agreed",
    "kappa", "kappa_low", "kappa_high", "alpha", "alpha_low", "alpha_high",
)  # fmt: skip

ALL = "all"
_N_DRAWS = 1000
_BLOCK = 100
_DIGITS = 4

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The labels of one narrative by annotator and unit, of units that at least two judged.

    Attributes:
        ratings: NaN where not judged. Shape: (n_annotators, n_units).
        units: a labelled row of each, for its text and language.
        articles: of each unit, which is what is drawn.
    """

    narrative: str
    annotators: Sequence[str]
    units: Sequence[Labelled]
    articles: Sequence[str]
    ratings: Floats

    def only(self, keep: NDArray[np.bool_]) -> Matrix:
        """The units for which `keep` holds."""
        kept = [int(place) for place in np.flatnonzero(keep)]
        units, articles = [self.units[one] for one in kept], [self.articles[one] for one in kept]
        return Matrix(self.narrative, self.annotators, units, articles, self.ratings[:, kept])


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One row of the table, see `AGREEMENT_COLUMNS`; `agreed` is the share of equal pairs of answers."""

    narrative: str
    answer: str
    lang: str
    compared: str
    n_units: int
    n_annotators: int
    agreed: float
    kappa: float
    kappa_low: float
    kappa_high: float
    alpha: float
    alpha_low: float
    alpha_high: float


def matrices(labels: Sequence[Labelled]) -> list[Matrix]:
    """The labels by narrative as matrices, in the order of their names.

    Raises:
        InputError: no unit that two annotators judged, or rows that do not tell who judged them.
    """
    said: defaultdict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    units: dict[str, Labelled] = {}
    for one in labels:
        name = one.id if isinstance(one, LabelledSentence) else one.article.id
        units.setdefault(name, one)
        for narrative, label in one.labels.items():
            said[narrative][name, one.annotator] = label
    found = []
    for narrative, labels_of in sorted(said.items()):
        annotators = sorted({who for _, who in labels_of})
        names = [name for name in units if sum((name, who) in labels_of for who in annotators) > 1]
        if names:
            ratings = [[labels_of.get((name, who), np.nan) for name in names] for who in annotators]
            shown = [units[name] for name in names]
            found.append(Matrix(narrative, annotators, shown, list(map(article_of, shown)), np.array(ratings, float)))
    if not found:
        raise InputError(
            "nothing was judged by two annotators: give the files of all of them, with who judged each row (a column "
            "annotator) and the same id for the same text"
        )
    return found


def agreement(labels: Sequence[Labelled], *, n_draws: int = _N_DRAWS, seed: int = 0) -> list[Agreement]:
    """Agreement by narrative, answer (`all` first), language (`all` first) and way of comparing.

    Raises:
        InputError: see `matrices`.
    """
    rows = []
    for whole in matrices(labels):
        langs = np.array([_lang(one) for one in whole.units])
        for lang in (ALL, *sorted(set(langs))) if len(set(langs)) > 1 else (ALL,):
            part = whole if lang == ALL else whole.only(langs == lang)
            for compared, answer, ratings in _comparisons(part):
                rows.append(_measured(part, ratings, (answer, lang, compared), n_draws=n_draws, seed=seed))
    return rows


def _lang(one: Labelled) -> str:
    return one.lang if isinstance(one, LabelledSentence) else one.article.lang


def _comparisons(matrix: Matrix) -> Iterator[tuple[str, str, Floats]]:
    """How the labels are compared, for which answer, and what is compared."""
    ratings = matrix.ratings
    yield "strict", ALL, ratings
    is_sentences = isinstance(matrix.units[0], LabelledSentence)
    if is_sentences:
        for answer, label in (("assert", 1.0), ("reject", -1.0)):
            if (ratings == label).any():
                yield "strict", answer, _flags(ratings, ratings == label)
    yield "told", ALL, _flags(ratings, ratings != 0)
    if pairs := list(_neighbours(matrix.units)):
        yield "near", ALL, _near(ratings, pairs)


def _flags(ratings: Floats, holds: NDArray[np.bool_]) -> Floats:
    return np.where(np.isnan(ratings), np.nan, holds.astype(np.float64))


def _near(ratings: Floats, pairs: Sequence[tuple[int, int]]) -> Floats:
    """The ratings, where an answer that stands alone is taken as that of a neighbour whose judge does not share it.

    Of two sentences side by side that an annotator marked on one and another on the other, each is taken as marked by
    both on the first of them and by neither on the second.
    """
    ratings = ratings.copy()
    for first, second in pairs:
        for label in (1.0, -1.0):
            a, b = ratings[:, first], ratings[:, second]
            if not ((a == label) & (b == label)).any():
                late = (b == label) & (a == 0)
                if (a == label).any() and late.any():
                    a[late], b[late] = label, 0.0
    return ratings


def _neighbours(units: Sequence[Labelled]) -> Iterator[tuple[int, int]]:
    """Places of units that follow each other in an article, told by the text that stands before and after."""
    place_by_text = {(article_of(one), one.text): place for place, one in enumerate(units) if hasattr(one, "text")}
    for place, one in enumerate(units):
        if isinstance(one, LabelledSentence) and one.after:
            after = place_by_text.get((article_of(one), one.after))
            if after is not None and after != place:
                yield place, after


def _measured(matrix: Matrix, ratings: Floats, where: tuple[str, str, str], *, n_draws: int, seed: int) -> Agreement:
    values = np.unique(ratings[~np.isnan(ratings)])
    is_ordinal = where[0] == ALL and where[2] == "strict" and not isinstance(matrix.units[0], LabelledSentence)
    values = np.array(ARTICLE_LABELS if is_ordinal else SENTENCE_LABELS, float) if where[2] != "told" else values
    met, pairs = coincidences(ratings, values), contingencies(ratings, values)
    alphas = _drawn(matrix, met, lambda c: krippendorff_alpha(c, ordinal=is_ordinal), n_draws=n_draws, seed=seed)
    flat = np.moveaxis(pairs, 0, 1)
    kappas = _drawn(matrix, flat, lambda c: mean_kappa(np.moveaxis(c, -3, 0)), n_draws=n_draws, seed=seed)
    total = met.sum(axis=0)
    return Agreement(
        narrative=matrix.narrative,
        answer=where[0],
        lang=where[1],
        compared=where[2],
        n_units=len(matrix.units),
        n_annotators=int((~np.isnan(ratings)).any(axis=1).sum()),
        agreed=float(np.trace(total) / total.sum()) if total.sum() else float("nan"),
        kappa=float(mean_kappa(pairs.sum(axis=1))),
        kappa_low=kappas[0],
        kappa_high=kappas[1],
        alpha=float(krippendorff_alpha(total, ordinal=is_ordinal)),
        alpha_low=alphas[0],
        alpha_high=alphas[1],
    )


def _drawn(
    matrix: Matrix, tables: Floats, measure: Callable[[Floats], Floats], *, n_draws: int, seed: int
) -> tuple[float, float]:
    """The middle 95% of a measure of tables by unit, when whole articles are drawn with replacement."""
    _, number = np.unique(np.asarray(matrix.articles, dtype=str), return_inverse=True)
    n_articles = int(number.max()) + 1
    by_article = np.zeros((n_articles, *tables.shape[1:]))
    np.add.at(by_article, number, tables)
    rng = np.random.default_rng(seed)
    found = []
    for start in range(0, n_draws, _BLOCK):
        size = min(_BLOCK, n_draws - start)
        counts = rng.multinomial(n_articles, np.full(n_articles, 1 / n_articles), size=size).astype(np.float64)
        found.append(measure(np.tensordot(counts, by_article, axes=1)))
    draws = np.concatenate(found)
    known = draws[~np.isnan(draws)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def write_agreement(rows: Sequence[Agreement], path: Path) -> None:
    """Writes the table, CSV or Parquet by the suffix."""
    cells = [{name: getattr(row, name) for name in AGREEMENT_COLUMNS} for row in rows]
    rounded = [{n: round(v, _DIGITS) if isinstance(v, float) else v for n, v in row.items()} for row in cells]
    write_table(rounded, path, AGREEMENT_COLUMNS)
