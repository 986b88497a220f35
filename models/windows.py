"""Packs a passage into windows of tokens, so that an article is read once and not sentence by sentence.

A window is `[CLS] s1 [SEP] s2 [SEP] …`: sentences that follow each other, each read in one window only, where the
others are its context. What stands around the judged sentences of a passage (a title, the neighbours of a labelled
sentence) is read with the first and the last of them. Pooling a sentence means averaging over its own token span.

Windows are short: half of what they may hold, so that a screen (`models.screen`) has small ones to choose from, and a
sentence has some three neighbours. Reading seams twice, so that each sentence has both, cost a third more tokens and
was no better at telling rated articles apart, nor were longer windows (models/default/README.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.marks import marks_of
from models.passages import Passage

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

__all__ = ["Span", "Window", "WindowLayout", "pack", "tokenise"]


@dataclass(frozen=True, slots=True)
class WindowLayout:
    """The sizes and marks of a window.

    Attributes:
        max_tokens: of a window, marks included, with a sentence of context at each end.
        max_sentence: longer sentences are cut at this many tokens, so that context always fits.
        cls, sep: token ids of the marks.
    """

    max_tokens: int
    max_sentence: int
    cls: int
    sep: int

    def __post_init__(self) -> None:
        if self.max_tokens < 3 * (self.max_sentence + 1) + 1:
            raise ValueError(
                f"a window of {self.max_tokens} tokens cannot hold three sentences of {self.max_sentence}: "
                "raise max_tokens or lower max_sentence"
            )

    @property
    def full(self) -> int:
        """The tokens from which on a window takes no further sentence."""
        return self.max_tokens // 2


@dataclass(frozen=True, slots=True)
class Span:
    """Where a judged sentence lies: `row` counts the judged sentences of the whole call, tokens are half-open."""

    row: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids and the spans of the judged sentences that this window owns."""

    ids: tuple[int, ...]
    spans: tuple[Span, ...]

    @property
    def rows(self) -> list[int]:
        """The rows of its judged sentences."""
        return [span.row for span in self.spans]


def tokenise(
    tokenizer: PreTrainedTokenizerFast, passages: Sequence[Passage], max_sentence: int
) -> list[list[list[int]]]:
    """Token ids without marks per sentence per passage, cut to `max_sentence`; an unreadable one is one unknown."""
    flat = [sentence for passage in passages for sentence in passage.sentences]
    if not flat:
        return [[] for _ in passages]
    encoded = tokenizer(
        flat,
        add_special_tokens=False,
        truncation=True,
        max_length=max_sentence,
        return_attention_mask=False,
        return_token_type_ids=False,
    )["input_ids"]
    unknown = [marks_of(tokenizer).unk]
    tokens = iter(encoded)
    return [[next(tokens) or unknown for _ in passage.sentences] for passage in passages]


def pack(passage: Passage, tokens: Sequence[Sequence[int]], layout: WindowLayout, first_row: int) -> Iterator[Window]:
    """The windows of one passage; its judged sentences get the rows from `first_row` on.

    Greedy: a window takes judged sentences until it is full; one sentence of what stands around them comes with the
    first and the last.
    """
    sizes = [len(ids) + 1 for ids in tokens]
    start = passage.start
    while start < passage.stop:
        first = max(0, start - 1) if start == passage.start else start
        used = 1 + sum(sizes[first : start + 1])
        stop = start + 1
        while stop < passage.stop and used + sizes[stop] <= layout.full:
            used += sizes[stop]
            stop += 1
        last = min(len(tokens), stop + 1) if stop == passage.stop else stop
        yield _window(tokens, range(first, last), range(start, stop), layout, first_row - passage.start)
        start = stop


def _window(tokens: Sequence[Sequence[int]], read: range, judged: range, layout: WindowLayout, offset: int) -> Window:
    ids = [layout.cls]
    spans = []
    for index in read:
        if index in judged:
            spans.append(Span(index + offset, len(ids), len(ids) + len(tokens[index])))
        ids += [*tokens[index], layout.sep]
    return Window(tuple(ids), tuple(spans))
