from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import models.baseline
from models.baseline import features_of, train_tfidf
from models.checkpoint import load_classifier, save_classifier
from models.evaluation import predict_labelled
from models.manifest import model_folder
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
        TfidfVectorizer(analyzer=features_of, sublinear_tf=True, min_df=2), LogisticRegression(C=3.0, max_iter=2000)
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


def test_of_too_many_features_the_common_ones_are_kept(
    labelled_rows: list[LabelledSentence], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train_tfidf(labelled_rows, NARRATIVES)
    monkeypatch.setattr(models.baseline, "MAX_FEATURES", 300)
    capped = train_tfidf(labelled_rows, NARRATIVES)
    assert len(capped.vocabulary) == 300 < len(whole.vocabulary)
    n_by_feature = Counter(feature for row in labelled_rows for feature in features_of(row.text))
    n_left_out = [n_by_feature[feature] for feature in whole.vocabulary.keys() - capped.vocabulary.keys()]
    assert min(n_by_feature[feature] for feature in capped.vocabulary) >= max(n_left_out)
    p = predict_labelled(capped, labelled_rows)
    np.testing.assert_allclose(p.sum(-1), 1)
    assert (p.argmax(-1) == answers_of(labelled_rows, NARRATIVES)).mean() > 0.8


def test_what_is_saved_in_half_precision_answers_alike(labelled_rows: list[LabelledSentence], tmp_path: Path) -> None:
    floor = train_tfidf(labelled_rows, NARRATIVES)
    save_classifier(floor, tmp_path / "floor")
    p, loaded = (predict_labelled(one, labelled_rows) for one in (floor, load_classifier(tmp_path / "floor")))
    np.testing.assert_allclose(loaded, p, atol=2e-3)


def test_a_sentence_without_known_features_gets_the_usual_answer(labelled_rows: list[LabelledSentence]) -> None:
    floor = train_tfidf(labelled_rows, NARRATIVES)
    p = floor.predict_proba([Passage(("", "ξένη γλώσσα"), 0, 2)])
    np.testing.assert_array_equal(p[0], p[1])
    assert floor.predict_proba([]).shape == (0, 2, 3)


def test_the_bundled_model_is_small_and_reads_both_languages() -> None:
    folder = model_folder("tfidf")
    assert sum(file.stat().st_size for file in folder.iterdir()) < 2_500_000
    floor = load_classifier("tfidf")
    assert floor.narratives == NARRATIVES
    p = floor.predict_proba(
        [Passage(("The dot-com bubble burst.", "股市泡沫已经破裂。", "The bank opened a branch."), 0, 3)]
    )
    assert (p[:2, 0, 1] > 0.5).all()
    assert p[2, 0, 1] < 0.05
    crisis = floor.predict_proba(
        [Passage(("A liquidity crisis forced the fund to halt redemptions.", "市场爆发流动性危机。"), 0, 2)]
    )
    assert (crisis[:, 1, 1] > 0.5).all()
