"""The forward pass of a classifier over windows: on a CPU a few at a time, side by side; on a GPU many in a batch."""

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
from models.token_states import STATES, states_width, token_states

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.classifier import NarrativeClassifier
    from models.network import NarrativeNetwork
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
    """Some judged sentences, by row: what the heads read of them, and what added heads do.

    Shape:
        rows (n,); vectors (n, 2 · width of the states); features (n, width of an added head), or (n, 0) where nobody
            asked for them.
    """

    rows: list[int]
    vectors: torch.Tensor
    features: torch.Tensor


def forward(classifier: NarrativeClassifier, windows: Sequence[Window]) -> Iterator[Answered]:
    """What a classifier makes of the judged sentences of all windows, part by part, in any order."""
    network = classifier.network
    finish = partial(_answered, network, classifier.encoder.width)
    return _parts(classifier, windows, finish, with_features=network.added is not None)


def pooled_vectors(classifier: NarrativeClassifier, windows: Sequence[Window]) -> NDArray[np.float32]:
    """What the heads read of each judged sentence, in the order of rows, which count from 0; to learn heads from.

    Shape: (n_judged, 2 · width of the states).
    """
    classifier.network.eval()
    parts = _parts(classifier, windows, lambda part: (part.rows, part.vectors.cpu().numpy()))
    return _by_row(parts, 2 * classifier.network.width)


def read_features(classifier: NarrativeClassifier, windows: Sequence[Window]) -> NDArray[np.float32]:
    """The same for added heads (`models.added_heads`), Shape: (n_judged, width of an added head)."""
    classifier.network.eval()
    width = 2 * (classifier.encoder.width + classifier.word_vectors.shape[1])
    parts = _parts(classifier, windows, lambda part: (part.rows, part.features.cpu().numpy()), with_features=True)
    return _by_row(parts, width)


def _by_row(parts: Iterator[tuple[list[int], NDArray[np.float32]]], width: int) -> NDArray[np.float32]:
    found = list(parts)
    vectors = np.zeros((sum(len(rows) for rows, _ in found), width), dtype=np.float32)
    for rows, of_part in found:
        vectors[rows] = of_part
    return vectors


def _parts(
    classifier: NarrativeClassifier,
    windows: Sequence[Window],
    finish: Callable[[_Pooled], Part],
    *,
    with_features: bool = False,
) -> Iterator[Part]:
    """What `finish` makes of each part.

    In bfloat16 it is the encoder that computes in it; pooling and heads stay in float32.
    """
    network, device, reader = classifier.network, classifier.device, classifier.reader
    width = states_width(classifier.encoder, STATES[1]) if with_features else network.width
    pooled = partial(_pooled, network, classifier.encoder.width if with_features else width)
    if reader is not None and device.type == "cpu":
        reader = reader.of_width(width)
        groups = reader.groups(windows)

        def together(group: list[int]) -> Part:
            own = [windows[place] for place in group]
            laid = reader.lay_out(own)
            placed = zip(own, laid.starts, strict=True)
            spans = [(0, start + span.start, start + span.end) for window, start in placed for span in window.spans]
            rows = [row for window in own for row in window.rows]
            return finish(pooled(reader.states(laid)[None], laid.ids[None], torch.tensor(spans), rows))

        with full_width():
            found = side_by_side(together, groups)
        yield from found
        return
    half = classifier.precision == "bf16"
    with torch.inference_mode():
        for batch in scoring_batches(windows, device):
            tensors = collate(batch, classifier.pad, device)
            with torch.autocast(device.type, torch.bfloat16) if half else nullcontext():
                states = token_states(network.encoder, tensors.ids, tensors.mask, width)
                part = pooled(states, tensors.ids, tensors.spans, tensors.rows)
            yield finish(part)


def _pooled(
    network: NarrativeNetwork,
    begin: int,
    states: torch.Tensor,
    ids: torch.Tensor,
    spans: torch.Tensor,
    rows: list[int],
) -> _Pooled:
    """What is read from the states of tokens, those of all layers from `begin` on; shapes as for the network.

    The network's own are pooled by themselves, so that it makes no difference what else is there.
    """
    vectors = network.pool_states(states[..., : network.width].contiguous(), spans)
    layers = states[..., begin:].contiguous()
    features = features_of(network, layers, ids, spans) if layers.shape[-1] else vectors[:, :0]
    return _Pooled(rows, vectors, features)


def _answered(network: NarrativeNetwork, width: int, part: _Pooled) -> Answered:
    on_cpu = part.vectors.device.type == "cpu"
    logits = (network.answer_alone if on_cpu else network.answer)(part.vectors)
    if network.added is not None:
        # By themselves: one product for all heads could round the first ones differently.
        logits = torch.cat([logits, network.added(part.features)], dim=1)
    return Answered(part.rows, logits.double().cpu().numpy(), part.vectors[:, :width].cpu().numpy())
