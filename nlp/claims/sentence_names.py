"""The names in each sentence of a text, those left out that do not mean their indicator there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from nlp.claims.clauses import Passage, clause_around, clause_starts
from nlp.claims.mentions import Mention, MentionFinder

__all__ = ["SentenceNames"]

_SENTENCES_BACK = 2
_NEAR = 300
_FAR = 20_000
"""So much of a text is searched for the words that a weak name needs."""


@dataclass(frozen=True, slots=True)
class SentenceNames:
    """The names of a text by sentence.

    Attributes:
        text: as written.
        folded: with the folded title behind it, where words are looked for too.
        lang: base language of the text.
        passages: its sentences.
        names: all of its names, in order.
        finder: what they were found with.
        topics: by sentence, the name that its figures were carried over from; filled by whoever links them.
    """

    text: str
    folded: str
    lang: str
    passages: Sequence[Passage]
    names: Sequence[Mention]
    finder: MentionFinder
    topics: dict[int, Mention] = field(default_factory=dict)

    def of(self, index: int) -> list[Mention]:
        """The names of a sentence; a weak one that does not mean its indicator is the name of another thing."""
        passage = self.passages[index]
        clauses = clause_starts(self.text, passage)
        first = bisect_right(self.names, passage.start - 1, key=lambda name: name.start)
        last = bisect_right(self.names, passage.end - 1, key=lambda name: name.start)
        return [
            Mention(name.start, name.end, None) if name.weak and not self._meant(name, passage, clauses) else name
            for name in self.names[first:last]
        ]

    def before(self, index: int) -> list[Mention]:
        """The names of the nearest sentence before that has any, at most so many back; empty lines do not count."""
        left = _SENTENCES_BACK
        while index and left:
            index -= 1
            if index in self.topics:
                return [self.topics[index]]
            names = self.of(index)
            if names:
                return names
            passage = self.passages[index]
            left -= bool(self.text[passage.start : passage.end].strip())
        return []

    def _meant(self, name: Mention, passage: Passage, clauses: list[int]) -> bool:
        near = (max(0, passage.start - _NEAR), passage.end + _NEAR)
        clause, end = clause_around(clauses, passage, name.start), len(self.text)
        told = self._told(passage, near) if self.lang == "en" else ()
        scopes = (clause, (passage.start, passage.end), *told, near, (end, end + _NEAR), (0, min(end, _FAR)))
        return self.finder.meant(name, self.lang, self.folded, scopes)

    def _told(self, passage: Passage, near: tuple[int, int]) -> tuple[tuple[int, int], ...]:
        """A sentence with what its paragraph said before, with all of it, with what was said before that."""
        first = max(self.text.rfind("\n", near[0], passage.start), near[0])
        last = self.text.find("\n", passage.end - 1, near[1])
        return (first, passage.end), (first, near[1] if last < 0 else max(last, passage.end)), (near[0], passage.end)
