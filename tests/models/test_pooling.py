from __future__ import annotations

import pytest
import torch

from models.pooling import POOLINGS, Bags, intensity, soft_intensity
from nlp.intensity import score_narrative
from nlp.schema import Sentence, SentenceScore


def scored(p: list[float]) -> float:
    sentences = [Sentence("a", i, 2 * i, 2 * i + 1, "x") for i in range(len(p))]
    scores = [SentenceScore(s, {"bubble": 0.7 * q}, {"bubble": 0.3 * q}, ()) for s, q in zip(sentences, p, strict=True)]
    return score_narrative(scores, "bubble").intensity


def test_the_pooling_is_the_formula_by_which_articles_are_scored() -> None:
    torch.manual_seed(0)
    sizes = [1, 3, 4, 5, 17, 40]
    p = torch.rand(sum(sizes))
    expected = [scored(part.tolist()) for part in p.split(sizes)]
    bags = Bags.of_sizes(sizes)
    torch.testing.assert_close(intensity(bags, p.logit()), torch.tensor(expected))
    torch.testing.assert_close(soft_intensity(bags, p.logit(), 1.0), torch.tensor(expected))


@pytest.mark.parametrize("name", POOLINGS)
def test_an_article_tells_more_when_a_sentence_does_and_never_hears_another_article(name: str) -> None:
    bags, z = Bags.of_sizes([3, 5]), torch.linspace(-2, 2, 8, requires_grad=True)
    told = POOLINGS[name](bags, z, 0.5)
    assert ((told > 0) & (told < 1)).all()
    told[0].backward()
    assert (z.grad[:3] >= 0).all()
    assert z.grad[:3].sum() > 0
    assert (z.grad[3:] == 0).all()


def test_an_article_without_sentences_is_refused() -> None:
    with pytest.raises(ValueError, match="one at least"):
        Bags.of_sizes([2, 0])
