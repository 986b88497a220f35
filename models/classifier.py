"""The narrative classifier: an encoder, a small head per narrative, calibrated probabilities.

A sentence's vector is the mean and the maximum of its token states in a window that also holds its neighbours; one
linear head per narrative answers none / assert / reject, and may have coefficients for its words beside (`models.
few_labels`). The means of a passage's sentences, averaged, are the passage's own vector, by which translations are
found (`nlp.translations`). Training is `models.training`; the folder on disk is `models.checkpoint`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.added_heads import word_vectors_of
from models.calibration import Calibration
from models.decisions import Thresholds
from models.fast_bert import FastBert, can_read_fast
from models.forward import forward
from models.network import NarrativeNetwork
from models.norm_reach import far_columns, sample_windows
from models.passages import Reading
from models.token_states import STATES, states_width
from models.windows import Window, WindowLayout, pack, tokenise
from nlp.errors import CheckpointError
from nlp.schema import ANSWERS, Answer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.arithmetic import Precision
    from models.baseline import TfidfClassifier
    from models.encoder import Encoder
    from models.passages import Passage
    from models.screen import Screen
    from nlp.narratives import Narrative

__all__ = ["NarrativeClassifier", "windows_of"]

DEFAULT_MAX_TOKENS = 256


@dataclass(frozen=True, slots=True)
class _Answers:
    """Logits by judged sentence and vectors by passage, as in `Reading`."""

    logits: NDArray[np.float64]
    vectors: NDArray[np.float32]


@dataclass
class NarrativeClassifier:
    """Encoder, heads and calibration behind `predict_proba` (see `models.passages.Classifier`).

    Attributes:
        max_tokens: size of a window.
        max_sentence: longer sentences are read up to this many tokens.
        precision: in which numbers the encoder computes (`models.arithmetic`); `model_id` must say so too.
        screen: says which windows are read at all; without one, all are.
        table: narratives that the model brings, where froth's own table lacks them.
        words: its logits are added to those of the heads; of the same narratives.
    """

    encoder: Encoder
    narratives: tuple[str, ...]
    calibration: Calibration
    thresholds: Thresholds
    network: NarrativeNetwork
    max_tokens: int = DEFAULT_MAX_TOKENS
    max_sentence: int = 80
    model_id: str = "unsaved"
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    precision: Precision = "fp32"
    reader: FastBert | None = field(default=None, repr=False)
    screen: Screen | None = None
    table: tuple[Narrative, ...] = ()
    words: TfidfClassifier | None = None

    @classmethod
    def untrained(
        cls, encoder: Encoder, narratives: Sequence[str], max_tokens: int = DEFAULT_MAX_TOKENS
    ) -> NarrativeClassifier:
        """Fresh heads (seed them through torch) over a trained encoder."""
        max_tokens = min(max_tokens, encoder.max_positions)
        network = NarrativeNetwork(encoder.model, encoder.width, len(narratives))
        return cls(
            encoder,
            tuple(narratives),
            Calibration.identity(len(narratives)),
            Thresholds.even(len(narratives)),
            network,
            max_tokens,
            max_sentence=(max_tokens - 1) // 3 - 1,
        )

    def take_heads(self, heads: Mapping[str, tuple[torch.Tensor, torch.Tensor]]) -> None:
        """Starts the heads of the narratives named in `heads` from those, where they have the same width.

        Shape: weight (3, 2 · width), bias (3,) each.
        """
        own, n = self.network.heads, len(ANSWERS)
        with torch.no_grad():
            for index, name in enumerate(self.narratives):
                if name in heads and heads[name][0].shape[1] == own.in_features:
                    own.weight[n * index : n * (index + 1)].copy_(heads[name][0])
                    own.bias[n * index : n * (index + 1)].copy_(heads[name][1])

    @property
    def classes_(self) -> tuple[Answer, ...]:
        """The answers in the order of the last axis."""
        return ANSWERS

    @property
    def layout(self) -> WindowLayout:
        """How windows are packed for this encoder."""
        marks = self.encoder.marks
        return WindowLayout(self.max_tokens, self.max_sentence, marks.cls, marks.sep)

    @property
    def pad(self) -> int:
        """The token id that fills up a batch."""
        return self.encoder.marks.pad

    def to(self, device: torch.device) -> NarrativeClassifier:
        """Moves the network; returns self."""
        self.device = device
        self.network.to(device)
        return self

    @property
    def word_vectors(self) -> NDArray[np.float32]:
        """What the encoder knows of each token by itself, Shape: (n_tokens, width)."""
        vectors: NDArray[np.float32] = word_vectors_of(self.encoder.model).float().cpu().numpy()
        return vectors

    def predict_logits(self, passages: Sequence[Passage]) -> NDArray[np.float64]:
        """Uncalibrated logits of the judged sentences, all of them read, Shape: (n_judged, n_narratives, 3)."""
        return self._answers(passages, windows_of(passages, self)).logits

    def predict_proba(self, passages: Sequence[Passage]) -> NDArray[np.float64]:
        """Calibrated probabilities of the judged sentences, Shape: (n_judged, n_narratives, 3)."""
        return self.predict_with_vectors(passages).probabilities

    def predict_with_vectors(self, passages: Sequence[Passage]) -> Reading:
        """The probabilities and, from the same pass, the mean of the means of each passage's judged sentences.

        With a screen a passage's vector is what it makes of the words, as the encoder has not read them all. Give some
        dozens of articles at a time: the windows of all are held at once.
        """
        tokens = tokenise(self.encoder.tokenizer, passages, self.max_sentence)
        windows = windows_of(passages, self, tokens)
        if self.screen is None:
            answers = self._answers(passages, windows)
            return Reading(self.calibration.probabilities(answers.logits), answers.vectors)
        screened = self.screen.sift(passages, tokens, self.layout.sep)
        worth = [window for window in windows if screened.candidates[window.rows].any()]
        answers = self._answers(passages, worth)
        read = [row for window in worth for row in window.rows]
        screened.probabilities[read] = self.calibration.probabilities(answers.logits[read])
        return Reading(screened.probabilities, self.screen.meanings(passages, tokens))

    def freeze(self) -> NarrativeClassifier:
        """Lays out the weights for reading on a CPU, where they can be; returns self. Not to be trained after it."""
        if self.device.type == "cpu" and can_read_fast(self.encoder.model):
            is_deep = self.network.added is not None
            width = states_width(self.encoder, STATES[1]) if is_deep else self.network.width
            far, model = None, self.encoder.model
            if self.precision == "int8":
                far = far_columns(model, sample_windows(self.encoder.tokenizer, self.layout))
            self.reader = FastBert(model, self.precision, width, far)
        elif self.precision == "int8":
            raise CheckpointError("only BERT encoders are read in int8, and only on a CPU: leave --precision at fp32")
        return self

    def _answers(self, passages: Sequence[Passage], windows: Sequence[Window]) -> _Answers:
        """What the encoder answers in some windows of the passages; zeros for the sentences of others."""
        n_judged = [len(passage.judged) for passage in passages]
        logits = np.zeros((sum(n_judged), len(self.narratives), len(ANSWERS)))
        means = np.zeros((len(logits), self.encoder.width), dtype=np.float32)
        self.network.eval()
        for part in forward(self, windows):
            logits[part.rows] = part.logits
            means[part.rows] = part.means
        if self.words is not None:
            logits[:, : len(self.words.narratives)] += self.words.predict_logits(passages)
        own = (means[stop - n : stop] for n, stop in zip(n_judged, accumulate(n_judged), strict=True))
        vectors = np.zeros((len(passages), self.encoder.width), dtype=np.float32)
        for vector, of_passage in zip(vectors, own, strict=True):
            vector[:] = of_passage.sum(axis=0) / max(len(of_passage), 1)
        return _Answers(logits, vectors)


def windows_of(
    passages: Sequence[Passage],
    classifier: NarrativeClassifier,
    tokens: Sequence[Sequence[Sequence[int]]] | None = None,
) -> list[Window]:
    """All windows of some passages; rows count their judged sentences through.

    `tokens` are those of the passages' sentences, where they are known already.
    """
    layout = classifier.layout
    if tokens is None:
        tokens = tokenise(classifier.encoder.tokenizer, passages, layout.max_sentence)
    windows, row = list[Window](), 0
    for passage, own in zip(passages, tokens, strict=True):
        windows += pack(passage, own, layout, row)
        row += len(passage.judged)
    return windows
