"""How labels are to be split: what stays together, in which shares. The splitting is `nlp.splits`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from nlp.errors import InputError

__all__ = ["SplitBy", "SplitPlan"]


class SplitBy(StrEnum):
    """What stays together, or comes before."""

    story = "story"
    source = "source"
    time = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitPlan:
    """How to split.

    Attributes:
        by: see `SplitBy`; `source` keeps stories together too.
        shares: of the rows for each part, in order; they sum to 1.
        seed: of the order in which groups are dealt.
        embargo: days after each cut whose articles are left out, by time.
    """

    by: SplitBy = SplitBy.story
    shares: Sequence[float] = (0.8, 0.1, 0.1)
    seed: int = 0
    embargo: int = 0

    def __post_init__(self) -> None:
        if min(self.shares) <= 0 or abs(sum(self.shares) - 1) > 1e-6:
            shares = ", ".join(map(str, self.shares))
            raise InputError(f"the shares are {shares}: each must be above 0 and all together 1, such as .8 .1 .1")
