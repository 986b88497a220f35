"""How much a text carries of a narrative: the one formula from sentence scores to an article's intensity and stance.

With a_i, r_i the probabilities that sentence i asserts or rejects a narrative and m_i = a_i + r_i that it tells it at
all::

    intensity = ( max m_i + mean of the largest ⌈n/4⌉ m_i ) / 2                     in [0, 1]
    stance    = Σ m_i (a_i - r_i) / max( Σ m_i², 1/4 )                              in [-1, 1]

The maximum lets one clear sentence of a long article count (a passing mention is about one half), the mean over the
strongest quarter tells a mention from a main theme; neither grows with length alone. The floor of 1/4 draws the
stance of a text in which no sentence reaches even odds towards 0. Ours; the requirements (monotone, bounded,
order-free, robust to length) are tested.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from nlp.schema import Article, ArticleScore, NarrativeScore, SentenceScore

__all__ = ["ASSERTING_INTENSITY", "asserts", "score_article", "score_narrative"]

ASSERTING_INTENSITY = 0.25
"""An article asserts a narrative when it leans to it and the asserting part of its intensity is at least this."""

_STRONGEST_SHARE = 4
_STANCE_FLOOR = 0.25


def score_narrative(scores: Sequence[SentenceScore], narrative: str) -> NarrativeScore:
    """Intensity, stance and strongest evidence of one narrative in the sentences of one article (any order)."""
    if not scores:
        return NarrativeScore(intensity=0.0, stance=0.0, evidence=None)
    told = sorted((min(1.0, s.p_assert[narrative] + s.p_reject[narrative]) for s in scores), reverse=True)
    strongest = told[: math.ceil(len(told) / _STRONGEST_SHARE)]
    intensity = (told[0] + math.fsum(strongest) / len(strongest)) / 2
    balance = math.fsum(
        (s.p_assert[narrative] + s.p_reject[narrative]) * (s.p_assert[narrative] - s.p_reject[narrative])
        for s in scores
    )
    stance = balance / max(math.fsum(m * m for m in told), _STANCE_FLOOR)
    best = max(scores, key=lambda s: (s.p_assert[narrative] + s.p_reject[narrative], -s.sentence.index))
    return NarrativeScore(intensity=intensity, stance=max(-1.0, min(1.0, stance)), evidence=best.sentence)


def score_article(
    article: Article, scores: Sequence[SentenceScore], narratives: Sequence[str], model: str
) -> ArticleScore:
    """All narratives of one article."""
    return ArticleScore(
        article=article,
        n_sentences=len(scores),
        model=model,
        by_narrative={narrative: score_narrative(scores, narrative) for narrative in narratives},
    )


def asserts(intensity: float, stance: float) -> bool:
    """Whether an article with this intensity and stance counts as asserting the narrative: it leans to it, audibly.

    >>> asserts(0.5, 1.0), asserts(0.99, -0.3), asserts(0.05, 0.9)
    (True, False, False)
    """
    return stance > 0 and intensity * (1 + stance) / 2 >= ASSERTING_INTENSITY
