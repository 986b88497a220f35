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
from nlp.claims.differences import read_difference
from nlp.claims.name_patterns import fold_name
from nlp.claims.readings import Reading, Surroundings, read_figure
from nlp.claims.records import Claim, Figure, Window
from nlp.claims.subjects import Place, candidates, carried_over, each_its_own
from nlp.claims.windows import window_of
from nlp.claims.wording import is_bridge

__all__ = ["Text", "link_figures"]

_LOOK_BEHIND = 40
_NEAR = 300
_FAR = 20_000
"""So much of a text is searched for the words that a weak name needs."""



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
    folded = fold_name(text.text)
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
        held = [(name.start, name.end) for name in names if name.indicator]
        names = [name for name in names if not any(s < name.end and name.start < e for s, e in spans)]
        own = each_its_own(self.folded, names, spans)
        starts = [start for start, _ in spans]
        for number, figure in enumerate(figures):
            if any(start <= figure.start and figure.end <= end for start, end in held):
                continue
            clause = clause_around(clauses, passage, figure.start)
            place = Place(self.folded, figure.start, figure.end, (passage.start, passage.end), clause, starts)
            subjects = candidates(place, names) if figure.start not in own else [own[figure.start]]
            before = figures[number - 1] if number else None
            found = self._difference(figure, place, names) or self._reading(figure, place, subjects, before)
            if found is None and not any(name.end <= figure.start for name in names):
                found = self._carried(figure, place, index)
            window = window_of(self.text.text, figure, passage.start, passage.end, self.text.day)
            yield self._claim(figure, found, window, self._scope(figure, passage, clauses))

    def _difference(self, figure: Figure, place: Place, names: Sequence[Mention]) -> tuple[str, Reading] | None:
        return read_difference(figure, place, names, self.finder.differences) if len(names) > 1 else None

    def _reading(
        self, figure: Figure, place: Place, subjects: Sequence[Mention | None], before: Figure | None
    ) -> tuple[str, Reading] | None:
        """The first of some names that a figure fits, and how it is read."""
        for name in subjects:
            if name is None or name.indicator is None:
                return None
            words = self._surroundings(figure, name, place, before)
            reading = read_figure(figure, self.finder.indicators[name.indicator], words)
            if reading is not None:
                return name.indicator, reading
        return None

    def _carried(self, figure: Figure, place: Place, index: int) -> tuple[str, Reading] | None:
        """The one indicator of the sentence before that a figure fits."""
        names = carried_over(place, self._names_before(index))
        found = {}
        for name in names:
            fit = self._reading(figure, place, [name], None)
            if fit is not None:
                found.setdefault(*fit)
        return next(iter(found.items())) if len(found) == 1 else None

    def _claim(self, figure: Figure, found: tuple[str, Reading] | None, window: Window, scope: Scope) -> Claim:
        if found is None:
            return Claim(figure, None, "level", window, None)
        indicator, reading = found
        doubt = reading.doubt or doubt_of(scope, window, reading.transform)
        return Claim(figure, indicator, reading.transform, window, reading.value, doubt, caution_of(scope))

    def _surroundings(self, figure: Figure, name: Mention, place: Place, before: Figure | None) -> Surroundings:
        start = max(place.clause[0], figure.start - _LOOK_BEHIND)
        if name.end <= figure.start:
            start = max(start, name.end)
        told = self.folded[start : figure.start]
        goes_on = before is not None and before.direction is not None and name.end <= figure.start
        return Surroundings(
            name=self.folded[name.start : name.end],
            before=told,
            after=self.folded[figure.end : min(place.clause[1], figure.end + _LOOK_BEHIND)],
            clause=self.folded[place.clause[0] : figure.start],
            inherited=before.direction if before and goes_on and name.start >= before.end and is_bridge(told) else None,
            weak=name.weak,
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
        first = bisect_right(self.names, passage.start - 1, key=lambda name: name.start)
        last = bisect_right(self.names, passage.end - 1, key=lambda name: name.start)
        return [
            Mention(name.start, name.end, None) if name.weak and not self._meant(name, passage, clauses) else name
            for name in self.names[first:last]
        ]

    def _names_before(self, index: int) -> list[Mention]:
        """The names of the sentence before, empty lines passed over."""
        while index and not self.text.text[self.passages[index - 1].start : self.passages[index - 1].end].strip():
            index -= 1
        return self._names(index - 1, clause_starts(self.text.text, self.passages[index - 1])) if index else []

    def _meant(self, name: Mention, passage: Passage, clauses: list[int]) -> bool:
        near = (max(0, passage.start - _NEAR), passage.end + _NEAR)
        text = self.folded
        scopes = (clause_around(clauses, passage, name.start), (passage.start, passage.end), near, (0, _FAR))
        return self.finder.meant(name, self.text.lang, text, scopes)
