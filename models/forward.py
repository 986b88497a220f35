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

__all__ = ["Answered", "forward", "read_features"]

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


def forward(classifier: NarrativeClassifier, windows: Sequence[Window]) -> Iterator[Answered]:
    """What a classifier makes of the judged sentences of all windows, part by part."""
    return _parts(classifier, windows, partial(_answered, classifier.network))


def read_features(classifier: NarrativeClassifier, windows: Sequence[Window]) -> NDArray[np.float32]:
    """What added heads read of each judged sentence (`models.added_heads`), by row; to learn heads from.

    Shape: (n_judged, width of an added head).
    """
    network = classifier.network.eval()

    def read(rows: list[int], pooled: torch.Tensor, ids: torch.Tensor, spans: torch.Tensor) -> _Read:
        return rows, features_of(network, pooled, ids, spans).cpu().numpy()

    parts = list(_parts(classifier, windows, read))
    if not parts:
        return np.zeros((0, 2 * (classifier.encoder.width + classifier.word_vectors.shape[1])), dtype=np.float32)
    rows = np.concatenate([np.array(rows) for rows, _ in parts])
    features: NDArray[np.float32] = np.concatenate([read for _, read in parts])[np.argsort(rows)]
    return features


_Read = tuple[list[int], "NDArray[np.float32]"]


def _parts(
    classifier: NarrativeClassifier,
    windows: Sequence[Window],
    finish: Callable[[list[int], torch.Tensor, torch.Tensor, torch.Tensor], Part],
) -> Iterator[Part]:
    """What `finish` makes of each part: its rows, the pooled states of these, and the windows' token ids and spans.

    In bfloat16 it is the encoder that computes in it; pooling and heads stay in float32.
    """
    network, device, reader = classifier.network, classifier.device, classifier.reader
    if reader is not None and device.type == "cpu":

        def alone(window: Window) -> Part:
            spans = torch.tensor([(0, span.start, span.end) for span in window.spans])
            pooled = network.pool_states(reader.states(window)[None], spans)
            return finish(window.rows, pooled, torch.tensor([window.ids]), spans)

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
            yield finish(tensors.rows, pooled, tensors.ids, tensors.spans)


def _answered(
    network: NarrativeNetwork, rows: list[int], pooled: torch.Tensor, ids: torch.Tensor, spans: torch.Tensor
) -> Answered:
    logits = network.answer(pooled)
    if network.added is not None:
        # A product of its own: one product for all heads could round the first ones differently.
        logits = torch.cat([logits, network.added(features_of(network, pooled, ids, spans))], dim=1)
    return Answered(rows, logits.double().cpu().numpy(), pooled[:, : pooled.shape[1] // 2].cpu().numpy())
