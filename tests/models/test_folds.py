from __future__ import annotations

import pytest

from models.folds import folds_of
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
