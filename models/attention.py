"""Attention of some heads, in powers of two, which are faster than those of e; queries come scaled for it."""

from __future__ import annotations

from collections.abc import Sequence

import torch

__all__ = ["attention"]

_FAR = 2.0**64
"""Where sums of powers of two are beyond this, or below its inverse, they may have left the range of numbers."""


def attention(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, sizes: Sequence[int]) -> torch.Tensor:
    """Of as many heads of each of some windows. Shape: (n_heads of all, n, width of a head) each, and the result."""
    powers = _scores(query, key, sizes).exp2_()
    sums = powers.sum(-1, keepdim=True, dtype=torch.float32)
    attended = torch.bmm(powers, value).div_(sums)
    # Powers are taken as they come, and again from the greatest on for the few heads of which some are out of range.
    least, most = (float(bound) for bound in torch.aminmax(sums))
    if not 1 / _FAR < least <= most < _FAR:
        loud = ~((sums > 1 / _FAR) & (sums < _FAR)).flatten(1).all(1)
        for head in loud.nonzero().flatten().tolist():
            own = slice(head, head + 1)
            scores = _scores(query[own], key[own], [sizes[head * len(sizes) // len(query)]])
            powers = scores.sub_(scores.amax(-1, keepdim=True)).exp2_()
            attended[own] = torch.bmm(powers, value[own]).div_(powers.sum(-1, keepdim=True))
    return attended


def _scores(query: torch.Tensor, key: torch.Tensor, sizes: Sequence[int]) -> torch.Tensor:
    scores = torch.bmm(query, key.transpose(1, 2))
    for own, size in zip(scores.chunk(len(sizes)), sizes, strict=True):
        own[:, :, size:] = -torch.inf
    return scores
