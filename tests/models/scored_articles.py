"""Articles as a model might have read them, from probabilities that a test chooses."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.scoring import ScoredArticle
from nlp.intensity import score_article
from nlp.schema import Article, Sentence, SentenceScore


def _words(name: str) -> str:
    """Fourteen made words, others for every name."""
    rng = random.Random(name)
    return " ".join("".join(rng.choices("abcdefghij", k=6)) for _ in range(14))


def scored(
    name: str, told: Sequence[tuple[float, float]], *, vector: Sequence[float] = (), text: str = "", **known: str
) -> ScoredArticle:
    """An article with a sentence for each pair of probabilities that it asserts and rejects a bubble."""
    lines = [f"{text} {_words(f'{name} {place}')}." for place in range(len(told))]
    article = Article.create(id=name, text="\n".join(lines), **{"lang": "en", "source": "Harbour Wire", **known})
    sentences, start = [], 0
    for place, (line, (asserts, rejects)) in enumerate(zip(lines, told, strict=True)):
        sentence = Sentence(name, place, start, start + len(line), line)
        sentences.append(SentenceScore(sentence, {"bubble": asserts}, {"bubble": rejects}))
        start += len(line) + 1
    score = score_article(article, sentences, ("bubble",), "model@0")
    return ScoredArticle(replace(score, vector=np.array(vector, np.float16) if vector else None), tuple(sentences))
