from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.article_evaluation import ARTICLE_METRIC_COLUMNS, evaluate_articles
from nlp.labelled import LabelledArticle
from nlp.schema import Article


def rated(ratings: list[int | None]) -> list[LabelledArticle]:
    return [
        LabelledArticle(
            Article.create(id=str(i), text="x", lang="en" if i % 2 else "zh"), {} if r is None else {"bubble": r}
        )
        for i, r in enumerate(ratings)
    ]


def test_perfect_and_reversed_rankings() -> None:
    ratings = [0, 0, 1, 1, 2, 2, 3, 3]
    for sign in (1, -1):
        scores = pd.DataFrame(
            {"article_id": [str(i) for i in range(8)], "bubble": [0.5 + sign * r / 10 for r in ratings]}
        )
        table = evaluate_articles(rated(list(ratings)), scores, ["bubble"])
        assert tuple(table.columns) == ARTICLE_METRIC_COLUMNS
        assert table["lang"].tolist() == ["all", "en", "zh"]
        assert table["spearman"].to_numpy() == pytest.approx(sign)
        assert table["auc"].to_numpy() == pytest.approx(max(sign, 0))
        assert table["n"].tolist() == [8, 4, 4]


def test_unrated_articles_and_one_sided_ratings() -> None:
    scores = pd.DataFrame({"article_id": ["0", "1", "2"], "bubble": [0.1, 0.2, 0.3]})
    table = evaluate_articles(rated([None, 2, 3]), scores, ["bubble"]).set_index("lang")
    assert table.loc["all", ["n", "n_rated"]].tolist() == [2, 2]
    assert np.isnan(table.loc["all", "auc"])
