"""The sentences and clauses of a text, found by marks alone: quick, and good enough to say what stands beside a figure.

`nlp.text.sentence_spans` splits for judgement and takes ten times as long; the claims reader only looks around figures.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

__all__ = ["CLAUSE_MARK", "Passage", "clause_around", "clause_starts", "split_passages"]

_CLOSERS = "[\"'”’」』）)\\]】]*"
_SENTENCE_END = re.compile(
    rf"[。！？；!?]+{_CLOSERS}|\n+|…+(?=\s|$)"
    r"|(?<![A-Z])(?<!\b(?:St|Mr|Ms|Dr|vs|No|Co|Jr|Sr))(?<!\b(?:Inc|Mrs|Gov|Sen|Rep|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct"
    r"|Nov|Dec|etc|Fig|Ltd|est))(?<!\b(?:Corp|Sept))\.[\"'”’)]*(?=\s+[A-Z\"“‘(\[$€£\d]|\s*$)"
)
_CLAUSE_END = re.compile(
    r"[，;:：—()（）]|(?<!\d),|,(?!\d{3}(?!\d))| [-–] |\b(?:while|whereas|although|though|but)\b"
    r"|(?<=\w) (?:and|as) (?=the )"
)

CLAUSE_MARK = re.compile(
    r"[，；;:：—()（）。]|,(?!\d{3}(?!\d))| [-–] |\b(?:while|whereas|although|though|but|and|as|when)\b"
)
"""What may end a clause in folded text, conjunctions that join words only among them."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence: `text[start:end]`."""

    start: int
    end: int


def split_passages(text: str) -> list[Passage]:
    """The sentences of a text, in order; together they are all of it.

    >>> text = "VIX升至30,标普跌2%。The Fed's U.S. assets fell to $7.7 trillion, or so."
    >>> [text[p.start : p.end] for p in split_passages(text)]
    ['VIX升至30,标普跌2%。', "The Fed's U.S. assets fell to $7.7 trillion, or so."]
    """
    passages, start = [], 0
    for end in (*(match.end() for match in _SENTENCE_END.finditer(text)), len(text)):
        if end > start:
            passages.append(Passage(start, end))
            start = end
    return passages


def clause_starts(text: str, passage: Passage) -> list[int]:
    """Where the clauses of a sentence begin, the first at its own start; a comma within a number ends none.

    >>> clause_starts("VIX升至30,标普跌到4,000点", Passage(0, 18))
    [0, 8]
    """
    ends = (match.end() for match in _CLAUSE_END.finditer(text, passage.start, passage.end))
    return [passage.start, *(end for end in ends if passage.start < end < passage.end)]


def clause_around(starts: list[int], passage: Passage, place: int) -> tuple[int, int]:
    """The start and the end of the clause that holds a place."""
    index = max(bisect_right(starts, place) - 1, 0)
    return starts[index], starts[index + 1] if index + 1 < len(starts) else passage.end
