"""Vectors tell what articles are about, not which language they are in."""

from __future__ import annotations

import numpy as np
import pytest

from models.article_vectors import article_vectors
from tests.models.scored_articles import scored


def test_the_mean_of_a_language_is_taken_off() -> None:
    cone = {"en": (10.0, 0.0, 0.0, 0.0), "zh": (0.0, 10.0, 0.0, 0.0)}
    subject = {"a": (0.0, 0.0, 1.0, 0.2), "b": (0.0, 0.0, -1.0, 0.2)}
    scores = [
        scored(f"{lang}{name}", [(0, 0)], lang=lang, vector=np.add(cone[lang], subject[name]).tolist()).score
        for lang in cone
        for name in subject
    ]
    vectors = article_vectors(scores)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)
    assert vectors[0] @ vectors[2] > 0.9
    assert vectors[0] @ vectors[1] < -0.9


def test_without_vectors_words_tell() -> None:
    texts = ["bank run deposits cash", "deposits cash bank queue", "tulip mania price", "price mania bulbs"]
    vectors = article_vectors([scored(f"w{n}", [(0, 0)], text=text).score for n, text in enumerate(texts)])
    near, far = vectors[0] @ vectors[1], vectors[0] @ vectors[2]
    assert near > far + 0.1
