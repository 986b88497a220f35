"""The sentences and clauses of a text, found by marks alone: quick, and good enough to say what stands beside a figure.

`nlp.text.sentence_spans` splits for judgement and takes ten times as long; the claims reader only looks around figures.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["CLAUSE_MARK", "Passage", "clause_around", "clause_starts", "split_passages", "split_unmarked"]

_CLOSERS = "[\"'”’」』）)\\]】]*"
_SENTENCE_END = re.compile(
    rf"[。！？；!?]+{_CLOSERS}|\n+|…+(?=\s|$)"
    r"|(?<![A-Z])(?<!\b(?:St|Mr|Ms|Dr|vs|[Nn]o|Co|Jr|Sr))(?<!\b(?:Inc|Mrs|Gov|Sen|Rep|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct"
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

_LONG = 120
_FAR_APART = 40
_MARK = re.compile(r"[;:!?—(，。；：]|,(?!\d)|\.(?!\d)(?<![A-Z]\.)")
_LEADING = re.compile(r"\b(?:in|on|of|for|than|from|to|with|by|over|above|below|against|and) (?:the )?$")
_ARTICLE = re.compile(r"(?:\b(?:and|but|so) )?(?:\b(?:the|a) )?$")


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


def split_unmarked(
    text: str, passages: Sequence[Passage], names: Sequence[tuple[int, int]], figures: Sequence[tuple[int, int]]
) -> list[Passage]:
    """The passages, long ones without any mark (a transcript) cut where a new name begins.

    That is one behind a figure or far behind the last name; one behind a preposition goes on with what stands before
    it (a 2% fall in the S&P).
    """
    found: list[Passage] = []
    for passage in passages:
        cuts = [passage.start]
        if passage.end - passage.start > _LONG and not _MARK.search(text, passage.start, passage.end - 2):
            ends = [end for _, end in figures]
            former = passage.start
            for start, end in names[bisect_left(names, (passage.start, 0)) : bisect_left(names, (passage.end, 0))]:
                last = bisect_right(ends, start) - 1
                before = text[max(0, start - 16) : start].lower()
                is_new = (last >= 0 and ends[last] > cuts[-1]) or start - former > _FAR_APART
                former = end
                if is_new and not _LEADING.search(before):
                    article = _ARTICLE.search(before)
                    cuts.append(start - (len(article.group()) if article else 0))
        found.extend(Passage(start, end) for start, end in pairwise((*cuts, passage.end)))
    return found


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
