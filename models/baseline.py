"""The honest floor: TF-IDF over words and characters with a logistic regression per narrative.

Behind the same protocol as the transformer, trained in seconds, so it is also the fast double in tests. It reads the
judged sentence alone, without context. Vectoriser and regression are scikit-learn's; only their numbers are saved
(never a pickle).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.decisions import Thresholds
from models.passages import answers_of
from nlp.errors import InputError
from nlp.schema import ANSWERS, Answer

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from sklearn.feature_extraction.text import TfidfVectorizer

    from models.passages import Passage
    from nlp.labelled import LabelledSentence

__all__ = ["TfidfClassifier", "train_tfidf"]


_FEW = 20
"""Below this many rows a feature that occurs once is kept, so that there is something to fit."""


@dataclass(frozen=True, slots=True)
class TfidfClassifier:
    """A fitted vectoriser as numbers and one coefficient matrix per narrative.

    Attributes:
        vocabulary: feature → column.
        idf: Shape: (n_features,).
        coefficients: Shape: (n_narratives, 3, n_features).
        intercepts: Shape: (n_narratives, 3).
    """

    narratives: tuple[str, ...]
    vocabulary: dict[str, int]
    idf: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    thresholds: Thresholds
    model_id: str = "unsaved"

    @property
    def classes_(self) -> tuple[Answer, ...]:
        """The answers in the order of the last axis."""
        return ANSWERS

    def predict_proba(self, passages: Sequence[Passage]) -> NDArray[np.float64]:
        """Probabilities of the judged sentences, Shape: (n_judged, n_narratives, 3)."""
        from models.calibration import softmax

        texts = [text for passage in passages for text in passage.judged]
        if not texts:
            return np.zeros((0, len(self.narratives), len(ANSWERS)))
        vectoriser = _vectoriser(self.vocabulary)
        vectoriser.idf_ = self.idf
        features = vectoriser.transform(texts)
        logits = [
            features @ weights.T + shift for weights, shift in zip(self.coefficients, self.intercepts, strict=True)
        ]
        return softmax(np.stack([np.asarray(rows) for rows in logits], axis=1))

    def write(self, folder: Path) -> dict[str, Any]:
        """Writes the parts of a `tfidf` model folder; returns what the manifest must say."""
        from safetensors.numpy import save_file

        (folder / "vocabulary.json").write_text(json.dumps(self.vocabulary, ensure_ascii=False), encoding="utf-8")
        numbers = {"idf": self.idf, "coefficients": self.coefficients, "intercepts": self.intercepts}
        save_file(
            {name: np.ascontiguousarray(array, dtype=np.float32) for name, array in numbers.items()},
            folder / "tfidf.safetensors",
        )
        return {"kind": "tfidf"}

    @classmethod
    def read(cls, folder: Path, narratives: tuple[str, ...], thresholds: Thresholds, model_id: str) -> TfidfClassifier:
        """Reads what `write` wrote.

        Raises:
            ValueError: the arrays and the vocabulary do not fit each other.
        """
        from safetensors.numpy import load_file

        vocabulary = {
            str(feature): int(column)
            for feature, column in json.loads((folder / "vocabulary.json").read_text("utf-8")).items()
        }
        arrays = {name: array.astype(np.float64) for name, array in load_file(folder / "tfidf.safetensors").items()}
        if arrays["coefficients"].shape != (len(narratives), len(ANSWERS), len(vocabulary)) or arrays["idf"].shape != (
            len(vocabulary),
        ):
            raise ValueError(
                f"{len(vocabulary)} features do not fit coefficients of shape {arrays['coefficients'].shape}"
            )
        return cls(
            narratives, vocabulary, arrays["idf"], arrays["coefficients"], arrays["intercepts"], thresholds, model_id
        )


def train_tfidf(rows: Sequence[LabelledSentence], narratives: Sequence[str], *, seed: int = 0) -> TfidfClassifier:
    """Fits the floor on labelled sentences; an answer that never occurs gets a probability near 0.

    Raises:
        InputError: a narrative without a single judged row.
    """
    from sklearn.linear_model import LogisticRegression

    vectoriser = _vectoriser(None, len(rows))
    features = vectoriser.fit_transform([row.text for row in rows])
    coefficients = np.zeros((len(narratives), len(ANSWERS), features.shape[1]))
    intercepts = np.full((len(narratives), len(ANSWERS)), -12.0)
    gold = answers_of(rows, narratives)
    for index, narrative in enumerate(narratives):
        judged = np.flatnonzero(gold[:, index] >= 0)
        answers = gold[judged, index]
        present = np.unique(answers)
        if not len(present):
            raise InputError(f"no row is labelled for {narrative!r}: add rows or drop it")
        if len(present) == 1:
            intercepts[index, present[0]] = 0.0
            continue
        # Three one-vs-rest columns would not sum to 1; a multinomial fit on two present answers stores one column only.
        model = LogisticRegression(C=10.0, max_iter=2000, random_state=seed).fit(features[judged], answers)
        if len(present) == 2:
            coefficients[index, present] = np.concatenate([-model.coef_, model.coef_]) / 2
            intercepts[index, present] = np.concatenate([-model.intercept_, model.intercept_]) / 2
        else:
            coefficients[index, present], intercepts[index, present] = model.coef_, model.intercept_
    vocabulary = {feature: int(column) for feature, column in vectoriser.vocabulary_.items()}
    return TfidfClassifier(
        tuple(narratives),
        vocabulary,
        np.asarray(vectoriser.idf_),
        coefficients,
        intercepts,
        Thresholds.even(len(narratives)),
    )


def _vectoriser(vocabulary: dict[str, int] | None, n_rows: int = 0) -> TfidfVectorizer:
    """Character n-grams within words: words and stems in English, one to three characters in Chinese."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(
        analyzer=features_of, vocabulary=vocabulary, sublinear_tf=True, min_df=1 if vocabulary or n_rows < _FEW else 2
    )


def features_of(text: str) -> list[str]:
    """Lower-case Latin words and word pairs, and runs of one to three CJK characters.

    >>> features_of("AI 泡沫")
    ['ai', '泡', '沫', '泡沫']
    """
    words = re.findall(r"[a-z0-9']+", text.lower())
    pairs = [f"{a} {b}" for a, b in pairwise(words)]
    runs = re.findall(r"[\u3040-\u30ff\u3400-\u9fff]+", text)
    grams = [run[i : i + n] for n in (1, 2, 3) for run in runs for i in range(len(run) - n + 1)]
    return words + pairs + grams
