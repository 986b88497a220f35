from __future__ import annotations

import numpy as np
import pytest

from models.folds import folds_of, held_out_of
from nlp.errors import InputError
from nlp.labelled import LabelledSentence


def row(number: int, article: str, label: int, text: str = "") -> LabelledSentence:
    return LabelledSentence(
        id=str(number), lang="en", text=text or f"sentence {number}", article=article, labels={"bubble": label}
    )


def test_articles_stay_whole_and_answers_are_spread() -> None:
    rows = [row(i, f"a{i // 3}", 1 if i % 10 == 0 else 0) for i in range(150)]
    folds = folds_of(rows, ("bubble",), seed=3)
    of_article = {(r.article, int(fold)) for r, fold in zip(rows, folds, strict=True)}
    assert len(of_article) == 50
    asserts = [sum(r.labels["bubble"] for r, fold in zip(rows, folds, strict=True) if fold == k) for k in range(5)]
    assert asserts == [3] * 5
    assert max(map(list(folds).count, range(5))) <= 36


def test_one_wording_in_two_articles_stays_together() -> None:
    said = "Lenders in all four districts told us that credit had dried up entirely since the spring."
    rows = [row(i, f"a{i}", i % 2, said if i in (0, 7) else "") for i in range(10)]
    folds = folds_of(rows, ("bubble",))
    assert folds[0] == folds[7]
    assert len(set(folds.tolist())) == 5


def test_one_article_cannot_be_dealt() -> None:
    with pytest.raises(InputError, match="one article or story"):
        folds_of([row(i, "a", i % 2) for i in range(4)], ("bubble",))


@pytest.mark.parametrize("seed", range(3))
def test_what_is_held_out_is_like_the_rest(seed: int) -> None:
    """Each answer by its share, and articles of all sizes, not the small ones that are dealt last."""
    sizes = [1] * 200 + [2] * 60 + [6] * 30
    articles = [f"a{n}" for n, size in enumerate(sizes) for _ in range(size)]
    rows = [row(i, article, {0: 1, 7: -1}.get(i % 20, 0)) for i, article in enumerate(articles)]
    held = held_out_of(rows, ("bubble",), share=0.1, seed=seed)
    assert held.sum() == pytest.approx(50, abs=4)
    labels = np.array([r.labels["bubble"] for r in rows])
    assert [held[labels == answer].sum() for answer in (1, -1)] == pytest.approx([2.5, 2.5], abs=1)
    of_article = dict(zip(articles, held, strict=True))
    of_size = [np.mean([of_article[f"a{n}"] for n, one in enumerate(sizes) if one == size]) for size in (1, 2, 6)]
    assert of_size == pytest.approx([0.1] * 3, abs=0.07)


def test_copies_are_held_out_together_and_something_always_is() -> None:
    said = "Lenders in all four districts told us that credit had dried up entirely since the spring."
    rows = [row(i, f"a{i}", i % 2, said if i % 4 == 1 else "") for i in range(12)]
    held = held_out_of(rows, ("bubble",), share=0.3)
    assert len({out for out, r in zip(held, rows, strict=True) if r.text == said}) == 1
    assert held_out_of(rows[:2], ("bubble",), share=0.01).tolist().count(True) == 1


def test_rows_of_few_texts_are_held_out_by_article() -> None:
    """Three sentences, said in thirty articles each: by story an answer would be lost to learning."""
    said = (
        "Prices have long left all reason.",
        "Nobody can speak of a bubble here.",
        "Prices rose a little on Monday.",
    )
    rows = [row(i, f"a{i}", i % 3 - 1, said[i % 3]) for i in range(90)]
    held = held_out_of(rows, ("bubble",), share=0.2)
    labels = np.array([r.labels["bubble"] for r in rows])
    assert [int(held[labels == answer].sum()) for answer in (-1, 0, 1)] == [6, 6, 6]
