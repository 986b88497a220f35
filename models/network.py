"""Encoder and heads as one torch module: what is trained, and what a classifier (`models.classifier`) asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from models.arithmetic import linear_by_row
from models.token_states import token_states
from nlp.schema import ANSWERS

if TYPE_CHECKING:
    from models.added_heads import AddedHeads

__all__ = ["NarrativeNetwork"]

_SPANS_AT_ONCE = 256


class NarrativeNetwork(nn.Module):
    """Encoder and heads as one torch module; `width` is that of a token's states, see `models.token_states`.

    Shape:
        ids, mask: (n_windows, n_tokens); spans: (n_judged, 3) of window, start, end → logits (n_judged, n_narratives,
            3).
    """

    def __init__(self, encoder: nn.Module, width: int, n_narratives: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.Linear(2 * width, n_narratives * len(ANSWERS))
        self.added: AddedHeads | None = None
        self.n_narratives, self.width = n_narratives, width

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, spans: torch.Tensor) -> torch.Tensor:
        """Logits of the judged sentences; shapes as above."""
        return self.answer(self.pool(ids, mask, spans))

    def pool(self, ids: torch.Tensor, mask: torch.Tensor, spans: torch.Tensor) -> torch.Tensor:
        """Mean and maximum over the token states of each judged sentence, Shape: (n_judged, 2 · width)."""
        return self.pool_states(token_states(self.encoder, ids, mask, self.width), spans)

    def pool_states(self, states: torch.Tensor, spans: torch.Tensor) -> torch.Tensor:
        """The same from the states of the tokens, Shape: (n_windows, n_tokens, width)."""
        if states.device.type == "cpu" and not states.requires_grad:
            width = states.shape[-1]
            pooled = torch.empty(len(spans), 2 * width)
            for own, (window, start, end) in zip(pooled, spans.tolist(), strict=True):
                tokens = states[window, start:end].float()
                torch.mean(tokens, 0, out=own[:width])
                torch.amax(tokens, 0, out=own[width:])
            return pooled
        # A few hundred sentences at a time: pooling copies their tokens, filled up to the longest.
        return torch.cat([self._pool(states, part) for part in spans.split(_SPANS_AT_ONCE)])

    def answer(self, pooled: torch.Tensor) -> torch.Tensor:
        """Logits from what `pool` gave, Shape: (n_judged, n_narratives, 3)."""
        logits: torch.Tensor = self.heads(self.dropout(pooled))
        return logits.view(-1, self.n_narratives, len(ANSWERS))

    def answer_alone(self, pooled: torch.Tensor) -> torch.Tensor:
        """The same without dropout, of which on a CPU no row depends on the others in any bit."""
        return linear_by_row(pooled, self.heads.weight, self.heads.bias).view(-1, self.n_narratives, len(ANSWERS))

    @staticmethod
    def _pool(states: torch.Tensor, spans: torch.Tensor) -> torch.Tensor:
        n_windows, n_tokens, width = states.shape
        offsets = torch.arange(int((spans[:, 2] - spans[:, 1]).max()), device=states.device)
        positions = spans[:, 1:2] + offsets
        inside = positions < spans[:, 2:3]
        rows = spans[:, :1] * n_tokens + positions.clamp(max=n_tokens - 1)
        flat = states.reshape(n_windows * n_tokens, width)
        chosen = flat.index_select(0, rows.flatten()).view(len(spans), len(offsets), width).float()
        weight = inside.unsqueeze(-1).to(chosen.dtype)
        mean = (chosen * weight).sum(1) / weight.sum(1).clamp(min=1)
        most = chosen.masked_fill(~inside.unsqueeze(-1), -torch.inf).amax(1)
        return torch.cat([mean, most], dim=-1)
