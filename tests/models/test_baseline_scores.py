from __future__ import annotations

from pathlib import Path

import pytest

from models.baseline_scores import Baselines
from models.checkpoint import load_classifier
from models.scoring import ScoredArticle, score_articles
from nlp.columns import baseline_columns
from nlp.narratives import DriverMatcher
from nlp.reading import read_articles
from nlp.schema import Article
from nlp.text import split_sentences

NARRATIVES = ("bubble", "liquidity_crisis")


@pytest.fixture(scope="module")
def baselines() -> Baselines:
    return Baselines(NARRATIVES, load_classifier("tfidf"))


@pytest.fixture(scope="module")
def sample(root: Path) -> list[Article]:
    articles = [one for one in read_articles([str(root / "corpora/sample")]) if isinstance(one, Article)]
    return articles[::8]


def test_the_model_is_pooled_as_any_model_is(baselines: Baselines, sample: list[Article]) -> None:
    """Its column is the intensity that it has when it scores articles itself."""
    assert {article.lang for article in sample} == {"en", "zh"}
    for scored in score_articles(sample, load_classifier("tfidf"), DriverMatcher(())):
        assert isinstance(scored, ScoredArticle)
        found = baselines.measure(scored.score.article, [one.sentence for one in scored.sentences])
        assert tuple(found) == baselines.columns == baseline_columns(NARRATIVES)
        for name in NARRATIVES:
            assert found[f"{name}_tfidf"] == pytest.approx(scored.score.by_narrative[name].intensity, abs=1e-9)


def test_the_same_article_measures_the_same(baselines: Baselines, sample: list[Article]) -> None:
    first = [baselines.measure(article, split_sentences(article)) for article in sample]
    again = [baselines.measure(article, split_sentences(article)) for article in reversed(sample)]
    assert first == again[::-1]


def test_a_narrative_that_it_was_not_trained_for_is_empty(sample: list[Article]) -> None:
    own = Baselines(["stagflation", "bubble"], load_classifier("tfidf"))
    found = own.measure(sample[0], split_sentences(sample[0]))
    assert found["stagflation_tfidf"] is None
    assert found["stagflation_keywords"] is None
    assert found["bubble_tfidf"] is not None
