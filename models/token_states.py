"""What heads read of a token: its state in the last layer, or that and the mean of its states in all layers.

The last layer of an encoder that was trained for some narratives says little of others; the layers below still do
(Tenney, Das and Pavlick 2019, arXiv:1905.05950). Which of the two is read follows from the width that is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from models.encoder import Encoder

__all__ = ["STATES", "states_width", "token_states"]

STATES = ("last", "all")
"""What a manifest says under `states`: the last layer alone (as of before it said anything), or beside all layers."""


def states_width(encoder: Encoder, states: str) -> int:
    """The width of a token's states.

    Raises:
        ValueError: `states` is none of `STATES`.
    """
    return encoder.width * (STATES.index(states) + 1)


def token_states(encoder: Any, ids: torch.Tensor, mask: torch.Tensor, width: int) -> torch.Tensor:  # noqa: ANN401 - any encoder
    """The states of all tokens, Shape: (n_windows, n_tokens, width)."""
    if width == encoder.config.hidden_size:
        last: torch.Tensor = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return last
    found = encoder(input_ids=ids, attention_mask=mask, output_hidden_states=True)
    layers = found.hidden_states[1:]
    return torch.cat([found.last_hidden_state, sum(layers[1:], layers[0]) / len(layers)], -1)
