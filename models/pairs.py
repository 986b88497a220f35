"""Pairs of sentences and their translations: batches of like length, tokenised ahead of the step that learns them."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from transformers import PreTrainedTokenizerFast

__all__ = ["EncodedPairs", "Pair", "Texts", "encode", "encoded_ahead", "pair_batches"]

_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Pair:
    """An English sentence and its translation into another language, or into a script of it."""

    english: str
    other: str
    lang: str


@dataclass(frozen=True, slots=True)
class Texts:
    """Some texts as an encoder takes them.

    Attributes:
        ids, mask: Shape: (n, n_tokens).
        words: the number of the word that each token belongs to, -1 for marks and padding. Shape: (n, n_tokens).
    """

    ids: torch.Tensor
    mask: torch.Tensor
    words: torch.Tensor


@dataclass(frozen=True, slots=True)
class EncodedPairs:
    """A batch of pairs as the teacher reads their English side (`goal`) and the student both."""

    goal: Texts
    english: Texts
    other: Texts


def encoded_ahead(
    pairs: Sequence[Pair],
    batches: Iterable[Sequence[int]],
    tokenizer: PreTrainedTokenizerFast,
    teacher_tokenizer: PreTrainedTokenizerFast,
    max_tokens: int,
) -> Iterator[EncodedPairs]:
    """Batches of pairs tokenised by another thread while the one before is learnt."""

    def of_rows(rows: Sequence[int]) -> EncodedPairs:
        english, other = [pairs[i].english for i in rows], [pairs[i].other for i in rows]
        return EncodedPairs(
            encode(teacher_tokenizer, english, max_tokens),
            encode(tokenizer, english, max_tokens),
            encode(tokenizer, other, max_tokens),
        )

    with ThreadPoolExecutor(1) as pool:
        waiting: deque[Future[EncodedPairs]] = deque()
        for rows in batches:
            waiting.append(pool.submit(of_rows, rows))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def encode(tokenizer: PreTrainedTokenizerFast, texts: Sequence[str], max_tokens: int) -> Texts:
    """Texts as token ids, on the CPU; longer ones are cut."""
    batch = tokenizer(
        list(texts),
        padding=True,
        truncation=True,
        max_length=max_tokens,
        return_tensors="pt",
        return_token_type_ids=False,
        return_offsets_mapping=True,
    )
    starts, ends = np.moveaxis(batch["offset_mapping"].numpy(), 2, 0)
    words = np.full(starts.shape, -1)
    for row, text in enumerate(texts):
        # The last character decides: the first of a piece may be the space before its word.
        inside = ends[row] > starts[row]
        words[row, inside] = _word_of_character(text)[ends[row, inside] - 1]
    return Texts(batch["input_ids"], batch["attention_mask"], torch.from_numpy(words))


def _word_of_character(text: str) -> NDArray[np.int64]:
    """The number of the word that each character belongs to; a space belongs to the word after it.

    >>> _word_of_character(" a bc").tolist()
    [0, 0, 1, 1, 1]
    """
    space = np.array([False, *map(str.isspace, text)])
    return np.cumsum(space[1:] & ~np.array([True, *space[1:-1]])) if text else np.zeros(0, dtype=np.int64)


def pair_batches(pairs: Sequence[Pair], size: int, seed: int) -> Iterator[list[int]]:
    """Row numbers of pairs of like length, pass after pass without end.

    The batches themselves come in random order: little padding, no curriculum.
    """
    rng = random.Random(seed)  # noqa: S311 - shuffling, not secrets
    while pairs:
        order = list(range(len(pairs)))
        rng.shuffle(order)
        batches = []
        for start in range(0, len(order), size * 50):
            rows = sorted(order[start : start + size * 50], key=lambda i: len(pairs[i].english))
            batches += [rows[i : i + size] for i in range(0, len(rows), size)]
        rng.shuffle(batches)
        yield from batches
