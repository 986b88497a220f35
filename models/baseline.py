"""The honest floor: TF-IDF over words and characters with a logistic regression per narrative.

Behind the same protocol as the transformer, trained in seconds, so it is also the fast double in tests. It reads the
judged sentence alone, without context. Vectoriser and regression are fitted by scikit-learn; what is kept are their
numbers (never a pickle), and they are all that answering needs.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from models.calibration import softmax
from models.decisions import Thresholds
from models.passages import Reading, answers_of
from nlp.errors import InputError
from nlp.schema import ANSWERS, Answer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.passages import Passage
    from nlp.labelled import LabelledSentence

__all__ = ["MAX_FEATURES", "NEVER", "TfidfClassifier", "features_of", "symmetric", "train_known", "train_tfidf"]

MAX_FEATURES = 60_000
"""So many features are kept, the most frequent ones, for a model that is small enough to ship."""

_C = 3.0
_FEW = 20
"""Below this many rows a feature that occurs once is kept, so that there is something to fit."""
NEVER = -12.0
"""The logit of an answer that no row has."""


@dataclass(frozen=True, slots=True)
class TfidfClassifier:
    """A fitted vectoriser as numbers and one coefficient matrix per narrative.

    A feature that stands n times in a sentence weighs (1 + ln n) · idf; a sentence's weights are scaled to length 1.

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
        return softmax(self.predict_logits(passages))

    def predict_logits(self, passages: Sequence[Passage]) -> NDArray[np.float64]:
        """Logits of the judged sentences, Shape: (n_judged, n_narratives, 3)."""
        logits = [self._logits(text) for passage in passages for text in passage.judged]
        return np.array(logits, dtype=np.float64).reshape(-1, len(self.narratives), len(ANSWERS))

    def _logits(self, text: str) -> NDArray[np.float64]:
        """Shape: (n_narratives, 3)."""
        counts = Counter(map(self.vocabulary.get, features_of(text)))
        counts.pop(None, None)
        if not counts:
            return self.intercepts
        columns = np.fromiter(counts, np.intp, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float64, len(counts)))) * self.idf[columns]
        return self.intercepts + self.coefficients[:, :, columns] @ values / np.linalg.norm(values)

    def predict_with_vectors(self, passages: Sequence[Passage]) -> Reading:
        """The probabilities; words of different languages have nothing in common, so there are no vectors."""
        return Reading(self.predict_proba(passages))

    def write(self, folder: Path) -> dict[str, Any]:
        """Writes the parts of a `tfidf` model folder; returns what the manifest must say."""
        from safetensors.numpy import save_file

        vocabulary = json.dumps(self.vocabulary, ensure_ascii=False, separators=(",", ":"))
        (folder / "vocabulary.json").write_text(vocabulary, encoding="utf-8")
        numbers = {
            "idf": self.idf.astype(np.float32),
            "coefficients": self.coefficients.astype(np.float16),
            "intercepts": self.intercepts.astype(np.float32),
        }
        save_file({name: np.ascontiguousarray(array) for name, array in numbers.items()}, folder / "tfidf.safetensors")
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


def train_tfidf(
    rows: Sequence[LabelledSentence],
    narratives: Sequence[str],
    *,
    seed: int = 0,
    strength: float = _C,
    min_rows: int | None = None,
) -> TfidfClassifier:
    """Fits the floor on labelled sentences; an answer that never occurs gets a probability near 0.

    Args:
        rows: to learn from.
        narratives: to answer for.
        seed: of the fit.
        strength: inverse of the regularisation, scikit-learn's C.
        min_rows: features of fewer rows are left out; 2 by default, 1 where there are few rows.

    Raises:
        InputError: a narrative without a single judged row.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    min_df = min_rows or (1 if len(rows) < _FEW else 2)
    vectoriser = TfidfVectorizer(analyzer=features_of, sublinear_tf=True, min_df=min_df, max_features=MAX_FEATURES)
    features = vectoriser.fit_transform([row.text for row in rows])
    coefficients = np.zeros((len(narratives), len(ANSWERS), features.shape[1]))
    intercepts = np.full((len(narratives), len(ANSWERS)), NEVER)
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
        model = LogisticRegression(C=strength, max_iter=2000, random_state=seed).fit(features[judged], answers)
        coefficients[index, present], intercepts[index, present] = symmetric(model.coef_, model.intercept_)
    return TfidfClassifier(
        tuple(narratives),
        {str(feature): place for place, feature in enumerate(vectoriser.get_feature_names_out())},
        np.asarray(vectoriser.idf_),
        coefficients,
        intercepts,
        Thresholds.even(len(narratives)),
    )


def train_known(
    rows: Sequence[LabelledSentence],
    narratives: Sequence[str],
    *,
    seed: int = 0,
    strength: float = _C,
    min_rows: int | None = None,
) -> TfidfClassifier:
    """As `train_tfidf`; of a narrative that is judged in none of the rows it knows nothing: every answer is as good."""
    known = [place for place, name in enumerate(narratives) if any(name in row.labels for row in rows)]
    names = [narratives[place] for place in known]
    fitted = train_tfidf(rows, names, seed=seed, strength=strength, min_rows=min_rows)
    coefficients = np.zeros((len(narratives), *fitted.coefficients.shape[1:]))
    intercepts = np.zeros((len(narratives), len(ANSWERS)))
    coefficients[known], intercepts[known] = fitted.coefficients, fitted.intercepts
    return replace(
        fitted,
        narratives=tuple(narratives),
        coefficients=coefficients,
        intercepts=intercepts,
        thresholds=Thresholds.even(len(narratives)),
    )


def symmetric(
    coefficients: NDArray[np.float64], intercepts: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A row for each answer that was fitted: of two, a multinomial fit stores one row only.

    >>> symmetric(np.array([[2.0]]), np.array([1.0]))[0].tolist()
    [[-1.0], [1.0]]
    """
    if len(coefficients) > 1:
        return coefficients, intercepts
    return np.concatenate([-coefficients, coefficients]) / 2, np.concatenate([-intercepts, intercepts]) / 2


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
