"""SetFit, to compare with: sentence vectors made alike within an answer, and a logistic regression on them.

Tunstall et al. 2022, arXiv:2209.11055, by the authors' library (the extra `setfit`) and with the paper's settings: 20
iterations of pairs (twice as many a sentence), one epoch, 16 pairs a step, 2e-5. What it costs grows with the pairs, so
there are at most as many as the paper's largest case of three answers has, 64 sentences each; more sentences get fewer
pairs each. One model a narrative, over the sentence alone, as the library reads one text; in the precision in which
froth trains. Nothing of it is kept.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from models.encoder import fast_bfloat16
from models.passages import answers_of
from nlp.errors import MissingExtraError
from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.encoder import Encoder
    from nlp.labelled import LabelledSentence

__all__ = ["require_setfit", "setfit_answers"]

_ITERATIONS, _PAIRS, _RATE = 20, 16, 2e-5
_MOST_PAIRS = 2 * _ITERATIONS * len(ANSWERS) * 64
_LONGEST = 84
"""Tokens of a sentence, as many as froth reads in a window of 256."""


def require_setfit() -> None:
    """Asks for the library before any work is done.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        import setfit  # noqa: F401 - whether it is there
    except ImportError as error:
        raise MissingExtraError(
            f"comparing with SetFit needs setfit, which cannot be imported ({error}): install it with "
            "pip install 'froth-narratives[setfit]', or leave setfit out with --without-setfit",
            extra="setfit",
        ) from error


def setfit_answers(
    encoder: Encoder,
    rows: Sequence[LabelledSentence],
    test: Sequence[LabelledSentence],
    narratives: Sequence[str],
    *,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Probabilities for `test` of models that learnt from `rows`, Shape: (n_test, n_narratives, 3).

    A narrative for which one answer is known gets it for certain; of one that no row judges every answer is as good.

    Args:
        encoder: the body to begin with, left as it is.
        rows: to learn from.
        test: to answer.
        narratives: to answer for.
        seed: of pairs and order.

    Raises:
        MissingExtraError: setfit is not installed.
    """
    require_setfit()
    gold, p = answers_of(rows, narratives), np.zeros((len(test), len(narratives), len(ANSWERS)))
    with _body(encoder) as folder:
        for column in range(len(narratives)):
            judged = np.flatnonzero(gold[:, column] >= 0)
            answers = gold[judged, column]
            known = np.unique(answers) if len(answers) else np.arange(len(ANSWERS))
            if len(known) == 1 or not len(answers):
                p[:, column, known] = 1 / len(known)
                continue
            with _quiet():
                model = _trained(folder, [rows[int(place)].text for place in judged], answers.tolist(), seed)
                found = model.predict_proba([row.text for row in test], as_numpy=True)
            p[:, column, np.asarray(model.model_head.classes_, dtype=int)] = found
    return p


@contextmanager
def _body(encoder: Encoder) -> Iterator[str]:
    """A folder with the encoder, its adapter added to it, as sentence-transformers reads one."""
    with tempfile.TemporaryDirectory() as folder:
        encoder.model.save_pretrained(folder)
        encoder.tokenizer.save_pretrained(folder)
        yield folder


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps what the library prints and warns of itself away from our tables."""
    from datasets.utils.logging import disable_progress_bar, enable_progress_bar
    from setfit import logging

    logging.set_verbosity_error()
    disable_progress_bar()
    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        enable_progress_bar()


def _trained(folder: str, texts: list[str], answers: list[int], seed: int) -> Any:  # noqa: ANN401 - of setfit
    from datasets import Dataset
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from setfit import SetFitModel, Trainer, TrainingArguments
    from sklearn.linear_model import LogisticRegression

    words = Transformer(folder, max_seq_length=_LONGEST)
    body = SentenceTransformer(modules=[words, Pooling(words.get_embedding_dimension())], device="cpu")
    model = SetFitModel(model_body=body, model_head=LogisticRegression(max_iter=2000))
    with tempfile.TemporaryDirectory() as scratch:
        arguments = TrainingArguments(
            output_dir=str(Path(scratch) / "run"),
            batch_size=_PAIRS,
            num_epochs=1,
            num_iterations=max(1, min(_ITERATIONS, _MOST_PAIRS // (2 * len(texts)))),
            body_learning_rate=_RATE,
            seed=seed,
            report_to="none",
            save_strategy="no",
            show_progress_bar=False,
        )
        trainer = Trainer(
            model=model, args=arguments, train_dataset=Dataset.from_dict({"text": texts, "label": answers})
        )
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=fast_bfloat16(torch.device("cpu"))):
            trainer.train_embeddings(texts, answers, args=arguments)
        trainer.train_classifier(texts, answers, args=arguments)
    return model
