"""Attention within windows that stand row behind row, by powers of two, which are faster than those of e.

Queries come scaled for that. Heads of all windows of a run (`models.window_rows`) are multiplied together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch

from models.window_rows import Run

__all__ = ["attend"]

_FAR = 2.0**64
"""Where sums of powers of two are beyond this, or below its inverse, they may have left the range of numbers."""
_TOGETHER = (4, 2, 1)
"""Numbers of windows whose heads are multiplied together."""
_SCORES_AT_ONCE = 1_600_000
"""Bytes of scores that are in memory together: more of them leave the cache of a core."""


def attend(inward: torch.Tensor, runs: Sequence[Run], n_heads: int) -> torch.Tensor:
    """Attention within each window of the runs, zeros behind the last. Shape: (n_rows, 3 · width) → (n_rows, width).

    `inward` is the query, the key and the value of each row, each of them head behind head.
    """
    attended = inward.new_empty(len(inward), inward.shape[1] // 3)
    attended[runs[-1].rows.stop :] = 0
    for part in (part for run in runs for part in _parts(run, n_heads * inward.element_size())):
        n_windows = len(part.sizes)
        heads = inward[part.rows].view(n_windows, part.n, 3, n_heads, -1).permute(2, 0, 3, 1, 4)
        query, key, value = heads.contiguous().flatten(1, 2)
        some = max(1, _SCORES_AT_ONCE // (part.n**2 * inward.element_size())) if n_windows == 1 else len(query)
        found = [
            _attention(query[first : first + some], key[first : first + some], value[first : first + some], part.sizes)
            for first in range(0, len(query), some)
        ]
        own = torch.cat(found).view(n_windows, n_heads, part.n, -1).transpose(1, 2)
        attended[part.rows].view(own.shape).copy_(own)
    return attended


def _parts(run: Run, bytes_of_pair: int) -> Iterator[Run]:
    """The run, four, two or one windows at a time: each number has routines of its own."""
    most = max(1, _SCORES_AT_ONCE // (run.n**2 * bytes_of_pair))
    first = 0
    while left := len(run.sizes) - first:
        several = next(n for n in _TOGETHER if n <= min(most, left))
        yield Run(run.start + first * run.n, run.n, run.sizes[first : first + several])
        first += several


def _attention(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, sizes: Sequence[int]) -> torch.Tensor:
    """Of as many heads of each of some windows. Shape: (n_heads of all, n, width of a head) each, and the result."""
    powers = _scores(query, key, sizes).exp2_()
    sums = powers.sum(-1, keepdim=True)
    attended = torch.bmm(powers, value).mul_(sums.reciprocal())
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
