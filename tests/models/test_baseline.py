from __future__ import annotations

import numpy as np
import pytest

from models.baseline import features_of, train_tfidf
from models.evaluation import predict_labelled
from models.passages import Classifier, Passage, answers_of
from nlp.labelled import LabelledSentence

NARRATIVES = ("bubble", "liquidity_crisis")


def test_it_fits_what_it_saw(labelled_rows: list[LabelledSentence]) -> None:
    floor = train_tfidf(labelled_rows, NARRATIVES)
    assert isinstance(floor, Classifier)
    p = predict_labelled(floor, labelled_rows)
    np.testing.assert_allclose(p.sum(-1), 1)
    assert (p.argmax(-1) == answers_of(labelled_rows, NARRATIVES)).mean() > 0.95


def test_parity_with_scikit_learn(labelled_rows: list[LabelledSentence]) -> None:
    """Our numbers against scikit-learn's own pipeline, fitted on the same rows."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    texts, gold = [row.text for row in labelled_rows], answers_of(labelled_rows, NARRATIVES)
    pipeline = make_pipeline(
        TfidfVectorizer(analyzer=features_of, sublinear_tf=True, min_df=2), LogisticRegression(C=10.0, max_iter=2000)
    )
    expected = pipeline.fit(texts, gold[:, 0]).predict_proba(texts)
    np.testing.assert_allclose(
        predict_labelled(train_tfidf(labelled_rows, NARRATIVES), labelled_rows)[:, 0], expected, atol=1e-6
    )


def test_two_and_one_answers(labelled_rows: list[LabelledSentence]) -> None:
    two = [row for row in labelled_rows if row.labels["bubble"] >= 0]
    p = train_tfidf(two, ("bubble",)).predict_proba([Passage(("泡沫破裂",), 0, 1)])
    assert p[0, 0, 2] < 1e-3
    one = [row for row in labelled_rows if row.labels["bubble"] == 1]
    assert train_tfidf(one, ("bubble",)).predict_proba([Passage(("x",), 0, 1)])[0, 0].argmax() == 1


def test_nothing_labelled(labelled_rows: list[LabelledSentence]) -> None:
    with pytest.raises(ValueError, match="no row is labelled for 'absent'"):
        train_tfidf(labelled_rows, ("absent",))
