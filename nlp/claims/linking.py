"""From figures to claims: which indicator each figure speaks of, what it says of it, and whether it says so as a fact.

The name is found by `nlp.claims.subjects`, its unit and its wording read by `nlp.claims.readings`, what speaks against
checking by `nlp.claims.doubts`; here they are put together. A figure without a fitting name stays a claim about nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from nlp.claims.clauses import Passage, clause_around, clause_starts, split_passages
from nlp.claims.doubts import Scope, caution_of, doubt_of
from nlp.claims.mentions import Mention, MentionFinder
from nlp.claims.name_patterns import fold
from nlp.claims.readings import Reading, Surroundings, read_figure
from nlp.claims.records import Claim, Figure, Window
from nlp.claims.subjects import Subject, candidates, carried, each_its_own
from nlp.claims.windows import window_of

__all__ = ["Text", "link_figures"]

_LOOK_BEHIND = 40


@dataclass(frozen=True, slots=True)
class Text:
    """What is linked: a text, its title for context, its base language, and the day that it speaks from."""

    text: str
    title: str
    lang: str
    day: date


def link_figures(text: Text, figures: Sequence[Figure], finder: MentionFinder) -> list[Claim]:
    """A claim for each figure, in order; figures that are part of a name are left out.

    The time is linear in the text.
    """
    if not figures:
        return []
    folded = fold(text.text)
    passages = split_passages(text.text)
    starts = [passage.start for passage in passages]
    names = finder.find(folded)
    claims: list[Claim] = []
    by_passage: dict[int, list[Figure]] = {}
    for figure in figures:
        by_passage.setdefault(bisect_right(starts, figure.start) - 1, []).append(figure)
    linker = _Linker(text, folded, passages, names, finder)
    for index, inside in by_passage.items():
        claims.extend(linker.sentence(index, inside))
    return claims


@dataclass(frozen=True, slots=True)
class _Linker:
    text: Text
    folded: str
    passages: Sequence[Passage]
    names: Sequence[Mention]
    finder: MentionFinder

    def sentence(self, index: int, figures: Sequence[Figure]) -> Iterator[Claim]:
        """The claims of one sentence."""
        passage = self.passages[index]
        clauses = clause_starts(self.text.text, passage)
        names = self._names(index, clauses)
        spans = [(figure.start, figure.end) for figure in figures]
        inside_names = [(name.start, name.end) for name in names if name.indicator]
        names = [name for name in names if not any(s < name.end and name.start < e for s, e in spans)]
        own = each_its_own(self.folded, names, spans)
        for figure in figures:
            if any(start <= figure.start and figure.end <= end for start, end in inside_names):
                continue
            clause = clause_around(clauses, passage, figure.start)
            span = (figure.start, figure.end)
            if figure.start in own:
                listed = own[figure.start]
                subjects = [Subject(listed)] if listed is not None else []
            else:
                subjects = candidates(self.folded, span, clause, names, [start for start, _ in spans])
                if not subjects and not any(name.end <= figure.start for name in names):
                    before = carried(self.folded, span, passage.start, self._names_before(index))
                    subjects = [before] if before else []
            yield self._claim(figure, subjects, passage, clauses)

    def _claim(
        self, figure: Figure, subjects: Sequence[Subject], passage: Passage, clauses: list[int]
    ) -> Claim:
        window = window_of(self.text.text, figure, passage.start, passage.end, self.text.day)
        clause = clause_around(clauses, passage, figure.start)
        for subject in subjects:
            mention = subject.mention
            if mention.indicator is None:
                break
            reading = read_figure(
                figure, self.finder.indicators[mention.indicator], self._surroundings(figure, mention, clause)
            )
            if reading is not None:
                return self._checked(figure, subject, reading, window, self._scope(figure, passage, clauses))
        return Claim(figure, None, "level", window, None)

    def _checked(
        self, figure: Figure, subject: Subject, reading: Reading, window: Window, scope: Scope
    ) -> Claim:
        doubt = reading.doubt or doubt_of(scope, window, reading.transform)
        caution = "its indicator is named in the sentence before" if subject.carried else caution_of(scope)
        return Claim(figure, subject.mention.indicator, reading.transform, window, reading.value, doubt, caution)

    def _surroundings(self, figure: Figure, mention: Mention, clause: tuple[int, int]) -> Surroundings:
        start = max(clause[0], figure.start - _LOOK_BEHIND)
        return Surroundings(
            name=self.folded[mention.start : mention.end],
            before=self.folded[max(start, min(mention.end, figure.start)) : figure.start]
            if mention.end <= figure.start
            else self.folded[start : figure.start],
            after=self.folded[figure.end : min(clause[1], figure.end + _LOOK_BEHIND)],
            clause=self.folded[clause[0] : figure.start],
        )

    def _scope(self, figure: Figure, passage: Passage, clauses: list[int]) -> Scope:
        start, end = clause_around(clauses, passage, figure.start)
        before = clause_around(clauses, passage, start - 1)[0] if start > passage.start else start
        text = self.folded
        return Scope(
            sentence=text[passage.start : figure.start],
            previous=text[before:start],
            clause=text[start : figure.start],
            after=text[figure.end : end],
            mark=text[passage.start : passage.end].rstrip()[-1:] or ".",
        )

    def _names(self, index: int, clauses: list[int]) -> list[Mention]:
        """The names of a sentence; a weak one that does not mean its indicator is the name of another thing."""
        passage = self.passages[index]
        found = []
        for name in self._within(passage):
            if name.weak and not self._meant(name, index, clauses):
                name = Mention(name.start, name.end, None)
            found.append(name)
        return found

    def _names_before(self, index: int) -> list[Mention]:
        """The names of the sentence before, where that is in the same paragraph or the one above."""
        if index and not self.text.text[self.passages[index - 1].start : self.passages[index - 1].end].strip():
            index -= 1
        if not index:
            return []
        return self._names(index - 1, clause_starts(self.text.text, self.passages[index - 1]))

    def _within(self, passage: Passage) -> Sequence[Mention]:
        first = bisect_right(self.names, passage.start - 1, key=lambda name: name.start)
        last = bisect_right(self.names, passage.end - 1, key=lambda name: name.start)
        return self.names[first:last]

    def _meant(self, name: Mention, index: int, clauses: list[int]) -> bool:
        passage = self.passages[index]
        start, end = clause_around(clauses, passage, name.start)
        first, last = self.passages[max(index - 2, 0)].start, self.passages[min(index + 2, len(self.passages) - 1)].end
        text = self.folded
        scopes = (text[start:end], text[passage.start : passage.end], text[first:last], fold(self.text.title))
        return self.finder.meant(name, self.text.lang, scopes)
