"""Trains a sentence model from labels of whole articles: heads over an encoder that stays as it is.

The states of all sentences are computed once and the heads learnt from them (`models.article_heads`); calibration and
thresholds come from answers to articles that were not learnt from. `models.article_tuning` goes on from there with the
whole encoder, where that is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from models.article_folds import ArticleSplit, article_folds
from models.article_heads import N_FOLDS, NEVER, GradedArticles, HeadFit, fit_head
from models.article_reading import ReadArticle, read_articles_of, sentence_vectors
from models.calibration import Calibration
from models.classifier import NarrativeClassifier
from models.decisions import fit_thresholds
from models.encoder import choose_device, load_encoder
from models.encoder_files import calibrated_heads, round_as_saved
from models.narrative_table import brought_by
from models.training_state import network_hash
from nlp.errors import InputError
from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.training_config import TrainingConfig
    from nlp.labelled import LabelledArticle

__all__ = ["ArticleRun", "graded", "train_heads"]

_REJECT = ANSWERS.index("reject")
_NEVER_SHIFT = -30.0
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class ArticleRun:
    """What came of a training.

    Attributes:
        classifier: calibrated.
        split: what it read.
        unseen: probabilities of the sentences of `split.kept` by heads that had not seen their articles; zeros where a
            narrative was not judged. Shape: (n_sentences, n_narratives, 3).
        record: base, settings and what was chosen; in the manifest too.
    """

    classifier: NarrativeClassifier
    split: ArticleSplit
    unseen: NDArray[np.float64]
    record: dict[str, Any]


def train_heads(
    split: ArticleSplit,
    *,
    base: str,
    narratives: Sequence[str],
    config: TrainingConfig,
    on_read: Callable[[int, int], None] = lambda n_read, n: None,
) -> ArticleRun:
    """A calibrated classifier with the encoder of `base` and heads learnt from the grades of `split.kept`.

    Args:
        split: labelled articles; those held out are not looked at.
        base: hub name or folder of an encoder, or a model folder of froth's, whose heads are where learning starts;
            what they know about assert against reject stays. A narrative that it does not know gets no reject.
        narratives: the heads to learn.
        config: of its settings `max_tokens`, `seed` and `device` matter.
        on_read: called with the number of articles that were read, and of all.

    Raises:
        InputError: a narrative with fewer than two articles of grade 0 or of a higher one; an article without text.
        CheckpointError: `base` cannot be loaded.
    """
    narratives = tuple(narratives)
    _refuse_too_few(split.kept, narratives)
    torch.manual_seed(config.seed)
    classifier = NarrativeClassifier.untrained(load_encoder(base), narratives, config.max_tokens)
    base_hash = network_hash(classifier.network, classifier.encoder.tokenizer)
    known = calibrated_heads(Path(base))
    torch.nn.init.zeros_(classifier.network.heads.weight)
    torch.nn.init.zeros_(classifier.network.heads.bias)
    classifier.take_heads(known)
    classifier.table = brought_by(base, narratives)
    round_as_saved(classifier)
    classifier.to(choose_device(config.device)).freeze()
    articles = read_articles_of(split.kept)
    vectors = sentence_vectors(classifier, articles, on_read)
    logits = _logits(classifier, vectors)
    logits[:, [name not in known for name in narratives], _REJECT] = NEVER
    unseen, fits = np.zeros_like(logits), []
    for column, name in enumerate(narratives):
        judged = np.array([name in row.labels for row in split.kept])
        of_judged = np.repeat(judged, [len(one.sentences) for one in articles])
        some = [one for one, chosen in zip(articles, judged, strict=True) if chosen]
        of_narrative = graded(some, vectors[of_judged], logits[of_judged, column], name)
        folds = article_folds([one.row for one in some], [name], N_FOLDS, config.seed)
        _refuse_one_sided(folds, of_narrative.grades > 0, name)
        fitted = fit_head(of_narrative, folds)
        _take(classifier, column, fitted)
        unseen[of_judged, column] = fitted.unseen
        fits.append(fitted)
    classifier.calibration = Calibration(
        tuple(fitted.scale for fitted in fits),
        tuple(
            (0.0, fitted.shift, fitted.shift if name in known else _NEVER_SHIFT)
            for name, fitted in zip(narratives, fits, strict=True)
        ),
    )
    classifier.thresholds = fit_thresholds(unseen)
    record = {
        "base": base,
        "base_sha256": base_hash,
        "config": asdict(config),
        "labels_of": "articles",
        "rejects": {name: "as the base has it" if name in known else "never" for name in narratives},
        "penalty": {name: fitted.penalty for name, fitted in zip(narratives, fits, strict=True)},
        "unseen_loss": {name: fitted.loss for name, fitted in zip(narratives, fits, strict=True)},
        "n_trained": len(split.kept),
        "n_held_out": len(split.held_out),
    }
    return ArticleRun(classifier, split, unseen, record)


def graded(
    articles: Sequence[ReadArticle], vectors: NDArray[np.float32], logits: NDArray[np.float64], narrative: str
) -> GradedArticles:
    """Articles that are all judged for a narrative; shapes as in `GradedArticles`."""
    sizes = np.array([len(one.sentences) for one in articles])
    return GradedArticles(vectors, logits, sizes, np.array([one.row.labels[narrative] for one in articles]))


def _logits(classifier: NarrativeClassifier, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    classifier.network.eval()
    with torch.inference_mode():
        answers = classifier.network.answer(torch.from_numpy(vectors).to(classifier.device))
    found: NDArray[np.float64] = answers.double().cpu().numpy().copy()
    return found


def _take(classifier: NarrativeClassifier, column: int, fitted: HeadFit) -> None:
    """What was learnt goes into the row of "none" of a narrative's head."""
    heads, none = classifier.network.heads, len(ANSWERS) * column + ANSWERS.index("none")
    with torch.no_grad():
        heads.weight[none] -= torch.from_numpy(fitted.direction.weights).to(heads.weight)
        heads.bias[none] -= fitted.direction.bias


def _refuse_too_few(rows: Sequence[LabelledArticle], narratives: Sequence[str]) -> None:
    if not narratives:
        raise InputError("no article has a label: give every article its grades, as labels: {narrative: 0 to 3}")
    for name in narratives:
        grades = [row.labels[name] for row in rows if name in row.labels]
        n_told = sum(grade > 0 for grade in grades)
        if min(n_told, len(grades) - n_told) < _FEWEST:
            raise InputError(
                f"of the articles to learn from {n_told} tell {name!r} and {len(grades) - n_told} do not: nothing can "
                f"be learnt from fewer than {_FEWEST} of each; add articles or leave the narrative out"
            )


def _refuse_one_sided(folds: NDArray[np.int64], told: NDArray[np.bool_], name: str) -> None:
    """Refuses articles of which a fold holds all that tell a narrative, or all that do not."""
    if any(len(np.unique(told[folds != fold])) < 2 for fold in np.unique(folds)):
        raise InputError(
            f"the articles that tell {name!r}, or those that do not, are copies of one story: "
            "add articles of other stories"
        )
