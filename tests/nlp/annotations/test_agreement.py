"""Coefficients against published and hand-computed values, and what the table and the listing are made of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from nlp.annotations.agreement import Agreement, agreement
from nlp.annotations.coefficients import coincidences, contingencies, krippendorff_alpha, mean_kappa
from nlp.annotations.disagreements import disagreements
from nlp.errors import InputError
from nlp.labelled import Labelled, LabelledArticle, LabelledSentence
from nlp.schema import Article

# Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), example C: four observers, twelve units.
PUBLISHED = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
# Example A: two values, two observers.
BINARY = ["0100000010", "1110010000"]


def matrix(rows: Sequence[str]) -> np.ndarray:
    return np.array([[np.nan if one == "." else float(one) for one in row] for row in rows])


def alpha(ratings: np.ndarray, *, ordinal: bool = False) -> float:
    values = np.unique(ratings[~np.isnan(ratings)])
    return float(krippendorff_alpha(coincidences(ratings, values).sum(axis=0), ordinal=ordinal))


def test_alpha_is_the_published_one() -> None:
    assert alpha(matrix(BINARY)) == pytest.approx(0.095, abs=5e-4)
    assert alpha(matrix(PUBLISHED)) == pytest.approx(0.743, abs=5e-4)
    assert alpha(matrix(PUBLISHED), ordinal=True) == pytest.approx(0.815, abs=5e-4)


def test_alpha_at_its_ends() -> None:
    assert alpha(matrix(["0101", "0101"])) == pytest.approx(1)
    assert np.isnan(alpha(matrix(["000", "000"])))


@given(st.lists(st.tuples(st.integers(-1, 1), st.integers(-1, 1)), min_size=2, max_size=30))
def test_kappa_of_two_is_cohens(pairs: list[tuple[int, int]]) -> None:
    a, b = (np.array(side, float) for side in zip(*pairs, strict=True))
    values = np.array([-1.0, 0.0, 1.0])
    ours = float(mean_kappa(contingencies(np.array([a, b]), values).sum(axis=1)))
    if len({*a, *b}) == 1:
        assert np.isnan(ours)
    else:
        assert ours == pytest.approx(cohen_kappa_score(a, b))


def said(*answers: tuple[str, str, int], before: str = "", after: str = "") -> list[Labelled]:
    """Sentences of one article each, by id, annotator and label."""
    return [
        LabelledSentence(id=name, lang="zh" if name[0] == "z" else "en", text=name, labels={"bubble": label},
                         annotator=who, before=before, after=after)
        for name, who, label in answers
    ]  # fmt: skip


def row(rows: Sequence[Agreement], **wanted: str) -> Agreement:
    (found,) = [one for one in rows if all(getattr(one, key) == value for key, value in wanted.items())]
    return found


def test_the_table_by_answer_language_and_way_of_comparing() -> None:
    rows = agreement(
        said(*[(f"e{n}", who, label) for n, pair in enumerate([(1, 1), (1, -1), (0, 0), (0, 0), (-1, 0)])
               for who, label in zip("ab", pair, strict=True)],
             ("z0", "a", 1), ("z0", "b", 1), ("z1", "a", 0), ("z1", "b", 0), ("z2", "a", 1)),
        n_draws=200,
    )  # fmt: skip
    whole = row(rows, answer="all", lang="all", compared="strict")
    assert (whole.n_units, whole.n_annotators) == (7, 2)
    assert whole.agreed == pytest.approx(5 / 7)
    # By hand: a says 1 1 0 0 -1 1 0, b says 1 -1 0 0 0 1 0; by chance (3*2 + 1*1 + 3*4) / 49.
    assert whole.kappa == pytest.approx((5 / 7 - 19 / 49) / (1 - 19 / 49))
    assert whole.alpha_low <= whole.alpha <= whole.alpha_high
    # Told: 1 1 0 0 1 1 0 against 1 1 0 0 0 1 0.
    told = row(rows, compared="told", lang="all")
    assert told.agreed == pytest.approx(6 / 7)
    assert row(rows, answer="assert", lang="all").agreed == pytest.approx(6 / 7)
    assert row(rows, answer="all", lang="zh", compared="strict").kappa == pytest.approx(1)
    assert row(rows, answer="all", lang="en", compared="strict").n_units == 5


def test_a_neighbour_counts_where_it_is_asked_for() -> None:
    texts = ["one", "two", "three", "four"]
    marks = {"a": [1, 0, 0, 0], "b": [0, 1, 0, 0]}
    rows: list[Labelled] = [
        LabelledSentence(
            id=f"s{n}", lang="en", text=text, article="x", labels={"bubble": marks[who][n]}, annotator=who,
            before=texts[n - 1] if n else "", after=texts[n + 1] if n < 3 else "",
        )
        for who in "ab"
        for n, text in enumerate(texts)
    ]  # fmt: skip
    table = agreement(rows, n_draws=50)
    assert row(table, answer="all", compared="strict").agreed == pytest.approx(0.5)
    assert row(table, answer="all", compared="near").agreed == pytest.approx(1)


def test_ratings_of_articles_are_ordinal() -> None:
    def rated(far: int) -> float:
        rows = [
            LabelledArticle(Article(id=f"a{n}", title="", text="x", lang="en"), {"bubble": label}, who)
            for who, labels in (("a", [0, 1, 2, 3, 0]), ("b", [0, 1, 2, 3, far]))
            for n, label in enumerate(labels)
        ]
        return row(agreement(rows, n_draws=50), compared="strict").alpha

    assert rated(0) == pytest.approx(1)
    assert rated(1) > rated(3)


def test_the_listing_begins_with_the_hardest() -> None:
    rows = said(("e0", "a", 1), ("e0", "b", 0), ("e1", "a", 1), ("e1", "b", -1), ("e2", "a", 0), ("e2", "b", 0))
    listed = disagreements(rows)
    assert [(one.unit.id, one.hardness) for one in listed if isinstance(one.unit, LabelledSentence)] == [
        ("e1", 1.0),
        ("e0", 0.5),
    ]
    assert listed[0].labels == {"a": 1, "b": -1}


def test_without_two_annotators_there_is_nothing_to_measure() -> None:
    with pytest.raises(InputError, match="a column annotator"):
        agreement(said(("e0", "", 1), ("e1", "", 0)))
