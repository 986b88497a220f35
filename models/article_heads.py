"""Learns from articles' grades which sentences tell a narrative: one direction over the vectors of a frozen encoder.

The head says none / assert / reject, a grade says how much is told and not for or against. So the row of "none" alone
is learnt: what a base knows about assert against reject stays as it is, and without a base that knows the narrative
all that is told is asserted. A grade stands for the intensity that articles of this grade have by their sentences
(`TARGETS`), and the loss is the cross-entropy between that and what `models.pooling` makes of the sentences.
How strongly the direction is held back is chosen by cross-validation over articles; the answers given there to
articles that were not learnt from fit the calibration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.calibration import softmax
from models.pooling import Bags, Pooling, intensity, soft_intensity
from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "NEVER",
    "N_FOLDS",
    "TARGETS",
    "Direction",
    "GradedArticles",
    "HeadFit",
    "article_loss",
    "fit_head",
    "learn",
    "scale_and_shift",
    "told_odds",
]

TARGETS = (0.0, 0.5, 0.75, 0.9)
"""By grade. The bundled model, which learnt from sentences, gives rated articles .04, .45, .77 and .85 on average."""

PENALTIES = (1e-3, 3e-3, 1e-2)
N_FOLDS = 5
NEVER = -1e4
"""The logit of an answer that is never given."""

_NONE, _ASSERT, _REJECT = (ANSWERS.index(answer) for answer in ("none", "assert", "reject"))
_N_STEPS, _LEARNING_RATE, _FIRST_BIAS = 200, 0.03, -2.0
_LENGTH = 3.0
"""Vectors are scaled to about this length, whatever the encoder's width."""


@dataclass(frozen=True, slots=True)
class GradedArticles:
    """Articles graded for one narrative.

    Attributes:
        vectors: of all sentences, article by article. Shape: (n_sentences, width).
        logits: what the base answers; of one that does not know the narrative zeros, and `NEVER` for "reject".
            Shape: (n_sentences, 3).
        sizes: sentences of each article. Shape: (n_articles,).
        grades: 0 to 3. Shape: (n_articles,).
    """

    vectors: NDArray[np.float32]
    logits: NDArray[np.float64]
    sizes: NDArray[np.int64]
    grades: NDArray[np.int64]

    @property
    def article_by_row(self) -> NDArray[np.int64]:
        """The article of each sentence, Shape: (n_sentences,)."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def some(self, chosen: NDArray[np.bool_]) -> GradedArticles:
        """Those that are chosen, Shape: (n_articles,)."""
        rows = np.repeat(chosen, self.sizes)
        return GradedArticles(self.vectors[rows], self.logits[rows], self.sizes[chosen], self.grades[chosen])


@dataclass(frozen=True, slots=True)
class Direction:
    """What is taken from the logit of "none": weights · vector + bias. Shape: weights (width,)."""

    weights: NDArray[np.float64]
    bias: float

    def logits(self, articles: GradedArticles) -> NDArray[np.float64]:
        """Those of the base with less for "none", Shape: (n_sentences, 3)."""
        found = articles.logits.copy()
        found[:, _NONE] -= articles.vectors @ self.weights + self.bias
        return found


@dataclass(frozen=True, slots=True)
class HeadFit:
    """What was learnt of one narrative.

    Attributes:
        direction: from all articles.
        penalty: the one chosen.
        scale, shift: of the logits, and of those of "assert" and "reject", for calibration.
        unseen: calibrated probabilities from a fit that had not seen the article. Shape: (n_sentences, 3).
        loss: of the articles by these.
    """

    direction: Direction
    penalty: float
    scale: float
    shift: float
    unseen: NDArray[np.float64]
    loss: float


def fit_head(articles: GradedArticles, folds: NDArray[np.int64], pooling: Pooling = soft_intensity) -> HeadFit:
    """Learns a narrative; every penalty is tried on every fold.

    Args:
        articles: to learn from.
        folds: of each article, with grade 0 and a higher one outside of each. Shape: (n_articles,).
        pooling: see `models.pooling`.
    """
    tried = {penalty: _unseen(articles, folds, penalty, pooling) for penalty in PENALTIES}
    fitted = {penalty: scale_and_shift(logits, articles) for penalty, logits in tried.items()}
    losses = {penalty: article_loss(told_odds(tried[penalty], *fitted[penalty]), articles) for penalty in PENALTIES}
    best = min(losses, key=losses.__getitem__)
    scale, shift = fitted[best]
    unseen = softmax(scale * tried[best] + [0.0, shift, shift])
    return HeadFit(learn(articles, best, pooling), best, scale, shift, unseen, losses[best])


def _unseen(
    articles: GradedArticles, folds: NDArray[np.int64], penalty: float, pooling: Pooling
) -> NDArray[np.float64]:
    """Logits of each sentence from a fit to the articles of the other folds."""
    found = np.zeros_like(articles.logits)
    for fold in np.unique(folds):
        chosen = folds == fold
        direction = learn(articles.some(~chosen), penalty, pooling)
        found[np.repeat(chosen, articles.sizes)] = direction.logits(articles.some(chosen))
    return found


def learn(articles: GradedArticles, penalty: float, pooling: Pooling = soft_intensity) -> Direction:
    """The direction of least loss; nothing in it is drawn at random.

    Args:
        articles: to learn from.
        penalty: on the squared length of the direction over scaled vectors.
        pooling: see `models.pooling`.
    """
    mean, spread = articles.vectors.mean(0), articles.vectors.std(0) + 1e-6
    unit = spread * np.float32(np.sqrt(len(mean)) / _LENGTH)
    vectors = torch.from_numpy((articles.vectors - mean) / unit)
    offsets = torch.from_numpy(told_odds(articles.logits)).float()
    bags, targets = Bags.of_sizes(articles.sizes.tolist()), _targets(articles)
    weights, bias = torch.zeros(len(mean), requires_grad=True), torch.tensor(_FIRST_BIAS, requires_grad=True)
    optimizer = torch.optim.Adam([weights, bias], lr=_LEARNING_RATE)
    for step in range(_N_STEPS):
        progress = step / _N_STEPS
        for group in optimizer.param_groups:
            group["lr"] = _LEARNING_RATE * (1 - progress)
        told = pooling(bags, offsets + vectors @ weights + bias, progress)
        loss = _cross_entropy(told, targets) + penalty * weights.square().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    found = weights.detach().double().numpy() / unit
    return Direction(found, float(bias.detach()) - float(found @ mean))


def told_odds(logits: NDArray[np.float64], scale: float = 1.0, shift: float = 0.0) -> NDArray[np.float64]:
    """Log odds that a sentence tells the narrative, for or against. Shape: (n, 3) → (n,)."""
    told: NDArray[np.float64] = np.logaddexp(scale * logits[:, _ASSERT], scale * logits[:, _REJECT])
    return told - scale * logits[:, _NONE] + shift


def scale_and_shift(logits: NDArray[np.float64], articles: GradedArticles) -> tuple[float, float]:
    """Scale and shift of logits by which the articles' intensities fit their grades best.

    Args:
        logits: of sentences whose articles were not learnt from. Shape: (n_sentences, 3).
        articles: theirs.
    """
    from scipy.optimize import minimize

    def loss(parameters: NDArray[np.float64]) -> float:
        odds = told_odds(logits, float(np.exp(parameters[0])), float(parameters[1]))
        # As in models.calibration a weak pull to the identity.
        return article_loss(odds, articles) + 1e-3 * float((parameters**2).sum())

    best = minimize(loss, np.zeros(2), method="Nelder-Mead").x
    return float(np.exp(best[0])), float(best[1])


def article_loss(odds: NDArray[np.float64], articles: GradedArticles) -> float:
    """Cross-entropy between what grades stand for and the intensities that scoring gives. Shape: (n_sentences,)."""
    told = intensity(Bags.of_sizes(articles.sizes.tolist()), torch.from_numpy(odds).float())
    return float(_cross_entropy(told, _targets(articles)))


def _targets(articles: GradedArticles) -> torch.Tensor:
    return torch.tensor(TARGETS)[torch.from_numpy(articles.grades)]


def _cross_entropy(told: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    told = told.clamp(1e-5, 1 - 1e-5)
    return -(targets * told.log() + (1 - targets) * (1 - told).log()).mean()
