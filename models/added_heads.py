"""Heads that were added to a trained model, each one product of its own, so that no other answer changes by a bit.

What an added head reads is other than what the heads learnt together with the encoder do: the mean of the states of a
sentence's tokens in all layers, and the encoder's word vectors of them, mean and maximum of each over the tokens, as
the last states of a fine-tuned encoder say most about what it was tuned to (`models.token_states`). Learning them is
`models.added_narrative`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

from models.arithmetic import linear_by_row
from nlp.errors import CheckpointError

if TYPE_CHECKING:
    from models.network import NarrativeNetwork

__all__ = ["AddedHeads", "Head", "features_of", "word_vectors_of"]

_WORDS = ("word_embeddings.weight", "tok_embeddings.weight")


@dataclass(frozen=True, slots=True)
class Head:
    """A linear head. Shape: weight (3, width), bias (3,)."""

    weight: torch.Tensor
    bias: torch.Tensor


class AddedHeads(nn.Module):
    """The added heads of a network, in the order of their narratives.

    Shape:
        features (n_judged, width of a head) → logits (n_judged, n_added, 3).
    """

    def __init__(self, heads: Sequence[Head]) -> None:
        super().__init__()
        self.weights = nn.ParameterList([head.weight for head in heads])
        self.biases = nn.ParameterList([head.bias for head in heads])

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Logits, each head and row by itself; shapes as above."""
        pairs = zip(self.weights, self.biases, strict=True)
        return torch.stack([linear_by_row(features, weight, bias) for weight, bias in pairs], dim=1)

    @property
    def heads(self) -> tuple[Head, ...]:
        """The heads by themselves, on the CPU."""
        pairs = zip(self.weights, self.biases, strict=True)
        return tuple(Head(weight.detach().cpu(), bias.detach().cpu()) for weight, bias in pairs)


def features_of(
    network: NarrativeNetwork, layers: torch.Tensor, ids: torch.Tensor, spans: torch.Tensor
) -> torch.Tensor:
    """What added heads read: mean and maximum over a sentence's tokens of their mean states and their word vectors.

    Shape: layers (n_windows, n_tokens, width), the mean over all layers; ids and spans as for the network → (n_judged,
        2 · width + 2 · width of words).
    """
    words = functional.embedding(ids, word_vectors_of(network.encoder))
    return torch.cat([network.pool_states(layers, spans), network.pool_states(words, spans)], dim=-1)


def word_vectors_of(encoder: nn.Module) -> torch.Tensor:
    """What the encoder knows of each token by itself, Shape: (n_tokens, width).

    Raises:
        CheckpointError: it has no such weights by a name that froth knows.
    """
    found = (weights.detach() for name, weights in encoder.named_parameters() if name.endswith(_WORDS))
    if (vectors := next(found, None)) is None:
        raise CheckpointError(f"the encoder has no word vectors called {' or '.join(_WORDS)}: give another encoder")
    return vectors
