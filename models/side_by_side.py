"""Work on many small things by as many threads as torch may use, each of which computes alone.

Threads that share one small product wait for each other more than they compute, above all on a busy machine; threads
that each have their own do not, and what each computes does not depend on how many they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import torch

__all__ = ["one_thread", "side_by_side"]

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """`work` of each item, in their order, in inference mode; the first error is raised."""

    def alone(item: Item) -> Result:
        with torch.inference_mode():
            return work(item)

    n_threads = min(torch.get_num_threads(), len(items))
    before = torch.get_num_threads()
    try:
        if n_threads <= 1:
            torch.set_num_threads(1)
            return [alone(item) for item in items]
        with ThreadPoolExecutor(n_threads, "froth", initializer=torch.set_num_threads, initargs=(1,)) as pool:
            return list(pool.map(alone, items))
    finally:
        torch.set_num_threads(before)


@contextmanager
def one_thread() -> Iterator[None]:
    """Within it torch computes with one thread, as other processes have the other cores."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
