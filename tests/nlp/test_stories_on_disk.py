from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from nlp import copies_on_disk
from nlp.outcome import Outcome
from nlp.schema import Article, ArticleScore, NarrativeScore
from nlp.sketches import sketch
from nlp.stories import assign_stories
from nlp.stories_on_disk import rows_with_stories
from nlp.translations import meaning_of
from nlp.work_file import opened_work


def made_scores(n: int, seed: int) -> list[ArticleScore]:
    """Texts of random words and figures; two of five are copied from an earlier one, in part, edited or translated."""
    rng, normal = random.Random(seed), np.random.default_rng(seed)
    words = [f"w{number}" for number in range(2000)]
    scores: list[ArticleScore] = []
    for number in range(n):
        lang = rng.choice(("en", "zh", "und"))
        text = [rng.choice((rng.choice(words), str(rng.randrange(10 ** rng.randint(1, 5))))) for _ in range(60)]
        vector = normal.normal(size=8)
        if scores and rng.random() < 0.4:
            whole = rng.choice(scores)
            text = whole.article.text.split()[: rng.choice((60, 60, 30))]
            text[rng.randrange(len(text))] = rng.choice(words)
            if rng.random() < 0.4:
                text = [token if token.isdigit() else rng.choice(words) for token in text]
            vector = whole.vector + normal.normal(size=8) * 0.2
        at = None if rng.random() < 0.02 else datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=rng.randrange(900))
        article = Article.create(
            id=f"{rng.randrange(10**6):06d}-{number}", text=" ".join(text), lang=lang, published=at,
            published_precision=at and "hour",
        )  # fmt: skip
        scores.append(ArticleScore(article, 1, {"x": NarrativeScore(0.5, 0.1, None)}, "m", vector.astype(np.float16)))
    return scores


@pytest.mark.parametrize("n_at_once", [7, 4096])
def test_stories_are_those_found_in_memory(n_at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies_on_disk, "_N_TEXTS", n_at_once)
    monkeypatch.setattr(copies_on_disk, "_N_PLACES", n_at_once)
    monkeypatch.setattr(copies_on_disk, "_N_PAIRS", n_at_once)
    scores = made_scores(400, n_at_once)
    meanings = {s.article.id: found for s in scores if (found := meaning_of(s)) is not None}
    expected = assign_stories((sketch(s.article) for s in scores), meanings)
    langs = {s.article.id: s.article.lang for s in scores}
    assert sum(langs[story] != langs[name] for name, story in expected.items()) > 5
    assert stories_on_disk(scores, tmp_path) == [(s.article.id, expected[s.article.id]) for s in scores]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seed", range(12))
def test_a_few_articles_that_share_some_words(seed: int, tmp_path: Path) -> None:
    """Keys in common and no copy among them; texts of a word or none."""
    rng = random.Random(seed)
    words = [f"w{number}" for number in range(40)]
    texts = ["", "w1", *(" ".join([*rng.choices(words, k=rng.choice((20, 4000))), *words[:30]]) for _ in range(seed))]
    scores = [
        ArticleScore(
            Article.create(id=f"a{n}", text=text, title="t", lang="en"),
            1,
            {"x": NarrativeScore(0.5, 0.1, None)},
            "m",
            None,
        )
        for n, text in enumerate(texts)
    ]
    expected = assign_stories(sketch(s.article) for s in scores)
    assert stories_on_disk(scores, tmp_path) == [(s.article.id, expected[s.article.id]) for s in scores]


def stories_on_disk(scores: list[ArticleScore], folder: Path) -> list[tuple[str, str]]:
    with opened_work(folder / "work", {}) as work:
        for start in range(0, len(scores), 50):
            work.add((start + n, Outcome.of(score)) for n, score in enumerate(scores[start : start + 50]))
        return [
            (json.loads(row)["article_id"], story)
            for row, story in rows_with_stories(work.connection, folder / "parts")
        ]
