"""The forward pass of a classifier over windows: on a CPU one by one, side by side; on a GPU many in a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import torch

from models.added_heads import features_of
from models.arithmetic import full_width
from models.batches import collate, scoring_batches
from models.side_by_side import side_by_side

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.classifier import NarrativeClassifier, NarrativeNetwork
    from models.windows import Window

__all__ = ["Answered", "forward", "pooled_vectors", "read_features"]

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Answered:
    """Some judged sentences, by row.

    Shape:
        rows (n,); logits (n, n_narratives, 3), not calibrated; means (n, width), of the states of their tokens.
    """

    rows: list[int]
    logits: NDArray[np.float64]
    means: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Pooled:
    """Some judged sentences, by row: what the heads read of them, and the tokens and spans that it comes from.

    Shape:
        rows (n,); vectors (n, 2 · width of the states); ids, spans: as for the network.
    """

    rows: list[int]
    vectors: torch.Tensor
    ids: torch.Tensor
    spans: torch.Tensor


def forward(classifier: NarrativeClassifier, windows: Sequence[Window]) -> Iterator[Answered]:
    """What a classifier makes of the judged sentences of all windows, part by part."""
    return _parts(classifier, windows, partial(_answered, classifier.network, classifier.encoder.width))


def pooled_vectors(classifier: NarrativeClassifier, windows: Sequence[Window]) -> NDArray[np.float32]:
    """What the heads read of each judged sentence, in the order of rows, which count from 0; to learn heads from.

    Shape: (n_judged, 2 · width of the states).
    """
    return _by_row(classifier, windows, lambda part: part.vectors, 2 * classifier.network.width)


def read_features(classifier: NarrativeClassifier, windows: Sequence[Window]) -> NDArray[np.float32]:
    """The same for added heads (`models.added_heads`), Shape: (n_judged, width of an added head)."""
    network = classifier.network
    width = 2 * (network.width + classifier.word_vectors.shape[1])
    return _by_row(classifier, windows, lambda part: features_of(network, part.vectors, part.ids, part.spans), width)


def _by_row(
    classifier: NarrativeClassifier, windows: Sequence[Window], read: Callable[[_Pooled], torch.Tensor], width: int
) -> NDArray[np.float32]:
    classifier.network.eval()
    parts = list(_parts(classifier, windows, lambda part: (part.rows, read(part).cpu().numpy())))
    vectors = np.zeros((sum(len(rows) for rows, _ in parts), width), dtype=np.float32)
    for rows, of_part in parts:
        vectors[rows] = of_part
    return vectors


def _parts(
    classifier: NarrativeClassifier, windows: Sequence[Window], finish: Callable[[_Pooled], Part]
) -> Iterator[Part]:
    """What `finish` makes of each part.

    In bfloat16 it is the encoder that computes in it; pooling and heads stay in float32.
    """
    network, device, reader = classifier.network, classifier.device, classifier.reader
    if reader is not None and device.type == "cpu":

        def alone(window: Window) -> Part:
            spans = torch.tensor([(0, span.start, span.end) for span in window.spans])
            pooled = network.pool_states(reader.states(window)[None], spans)
            return finish(_Pooled(window.rows, pooled, torch.tensor([window.ids]), spans))

        with full_width():
            parts = side_by_side(alone, windows)
        yield from parts
        return
    half = classifier.precision == "bf16"
    with torch.inference_mode():
        for batch in scoring_batches(windows, device):
            tensors = collate(batch, classifier.pad, device)
            with torch.autocast(device.type, torch.bfloat16) if half else nullcontext():
                pooled = network.pool(tensors.ids, tensors.mask, tensors.spans)
            yield finish(_Pooled(tensors.rows, pooled, tensors.ids, tensors.spans))


def _answered(network: NarrativeNetwork, width: int, part: _Pooled) -> Answered:
    logits = network.answer(part.vectors)
    if network.added is not None:
        # A product of its own: one product for all heads could round the first ones differently.
        added = network.added(features_of(network, part.vectors, part.ids, part.spans))
        logits = torch.cat([logits, added], dim=1)
    return Answered(part.rows, logits.double().cpu().numpy(), part.vectors[:, :width].cpu().numpy())
