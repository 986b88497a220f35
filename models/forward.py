"""The forward pass of a classifier over windows: on a CPU one by one, side by side; on a GPU many in a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from models.arithmetic import full_width
from models.batches import collate, scoring_batches
from models.side_by_side import side_by_side

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.classifier import NarrativeClassifier, NarrativeNetwork
    from models.windows import Window

__all__ = ["Answered", "forward"]


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
    """What a classifier makes of the judged sentences of all windows, part by part.

    In bfloat16 it is the encoder that computes in it; pooling and heads stay in float32.
    """
    network, device, reader = classifier.network, classifier.device, classifier.reader
    if reader is not None and device.type == "cpu":

        def alone(window: Window) -> Answered:
            judged = range(window.spans[0].start, window.spans[-1].end)
            spans = torch.tensor([(0, span.start - judged.start, span.end - judged.start) for span in window.spans])
            pooled = network.pool_states(reader.states(window, judged)[None], spans)
            return _answered(network, [span.row for span in window.spans], pooled)

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
            yield _answered(network, tensors.rows, pooled)


def _answered(network: NarrativeNetwork, rows: list[int], pooled: torch.Tensor) -> Answered:
    logits = network.answer(pooled).double().cpu().numpy()
    return Answered(rows, logits, pooled[:, : pooled.shape[1] // 2].cpu().numpy())
