"""From figures to claims: which indicator each figure speaks of, what it says of it, and whether it says so as a fact.

The name is found by `nlp.claims.subjects`, its unit and its wording read by `nlp.claims.readings`, what speaks against
checking by `nlp.claims.doubts`; here they are put together. A figure without a fitting name is a claim about nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from nlp.claims.clauses import Passage, clause_around, clause_starts, split_passages
from nlp.claims.differences import read_difference
from nlp.claims.doubts import Scope, caution_of, doubt_of
from nlp.claims.mentions import Mention, MentionFinder
from nlp.claims.name_patterns import fold_name
from nlp.claims.readings import Reading, Surroundings, read_figure
from nlp.claims.records import Claim, Figure, Window
from nlp.claims.subjects import Place, candidates, carried_over, each_its_own, goes_on_from, kinds_told
from nlp.claims.units import MONEY
from nlp.claims.windows import window_of
from nlp.claims.wording import LATELY, is_bridge

__all__ = ["Text", "link_figures"]

_LOOK_BEHIND = 40
_FAR_BEHIND = 120
_SENTENCES_BACK = 2
_N_TOLD = 6
_SESSION = 4
"""Days from one session to the next, over a long weekend."""

_NEAR = 300
_STORY = 250
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
    figures = _outside_of(names, figures)
    names = _apart_from(names, figures)
    claims: list[Claim] = []
    by_passage: dict[int, list[Figure]] = {}
    for figure in figures:
        by_passage.setdefault(bisect_right(starts, figure.start) - 1, []).append(figure)
    linker = _Linker(text, folded, f"\n{fold_name(text.title)}", passages, names, finder)
    for index, inside in by_passage.items():
        claims.extend(linker.sentence(index, inside))
    return claims


@dataclass(frozen=True, slots=True)
class _Link:
    """An indicator, what the figure says of it, and where its name begins (None where it is told by two names)."""

    indicator: str
    reading: Reading
    name: int | None = None


@dataclass(frozen=True, slots=True)
class _Linker:
    text: Text
    folded: str
    heading: str
    passages: Sequence[Passage]
    names: Sequence[Mention]
    finder: MentionFinder
    topics: dict[int, Mention] = field(default_factory=dict)
    """By sentence, the name that its figures were carried over from."""

    told: list[Claim] = field(default_factory=list)
    """The last claims."""

    def sentence(self, index: int, figures: Sequence[Figure]) -> Iterator[Claim]:
        """The claims of one sentence."""
        passage = self.passages[index]
        clauses = clause_starts(self.text.text, passage)
        names = self._names(index, clauses)
        spans = [(figure.start, figure.end) for figure in figures]
        own = each_its_own(self.folded, names, spans)
        starts = [start for start, _ in spans]
        before: tuple[Figure, int] | None = None
        last = self.told[-1] if self.told else None
        carried: Mention | None = None
        for number, figure in enumerate(figures):
            place = Place(
                self.text.text,
                self.folded,
                figure.start,
                figure.end,
                sentence=(passage.start, passage.end),
                clause=clause_around(clauses, passage, figure.start),
                figures=starts,
                is_money=figure.unit in MONEY or figure.unit == "count",
            )
            subjects = candidates(place, names) if figure.start not in own else [own[figure.start]]
            found = self._difference(figure, place, names) or self._reading(figure, place, subjects, before)
            if found is None and not any(_stands_in_the_way(name, place) for name in names):
                fits = [carried] if carried and goes_on_from(place, figures[number - 1].end) else []
                carried = self._carried(figure, place, fits or carried_over(place, self._names_before(index)))
                found = self._reading(figure, place, [carried], before) if carried else None
                if carried:
                    self.topics[index] = carried
            sign = _sign(figure, found)
            before = (figure, sign or (before[1] if before and found and found.reading.transform == "level" else 0))
            last = self._claim(figure, found, self._window(figure, found, place, last), place)
            self.told.append(last)
            del self.told[:-_N_TOLD]
            yield last

    def _difference(self, figure: Figure, place: Place, names: Sequence[Mention]) -> _Link | None:
        told = read_difference(figure, place, names, self.finder.differences) if len(names) > 1 else None
        return _Link(*told) if told else None

    def _reading(
        self, figure: Figure, place: Place, subjects: Sequence[Mention | None], before: tuple[Figure, int] | None
    ) -> _Link | None:
        """The first of some names that a figure fits, and how it is read."""
        kinds, told = kinds_told(place)
        for name in subjects:
            if name is None or name.indicator is None:
                return None
            is_told = name.end <= place.clause[0] or (name.end <= told and "spread" in kinds)
            if is_told and kinds and self.finder.indicators[name.indicator].kind not in kinds:
                continue
            words = self._surroundings(figure, name, place, before)
            reading = read_figure(figure, self.finder.indicators[name.indicator], words)
            if reading is not None:
                return _Link(name.indicator, reading, name.start)
        return None

    def _carried(self, figure: Figure, place: Place, names: Sequence[Mention]) -> Mention | None:
        """The one indicator of the sentence before (a name of it) that a figure fits."""
        fit = [
            name for name in names if (told := self._reading(figure, place, [name], None)) and not told.reading.doubt
        ]
        return fit[0] if len({name.indicator for name in fit}) == 1 else None

    def _window(self, figure: Figure, found: _Link | None, place: Place, last: Claim | None) -> Window:
        """The time of a figure; a change that names none has that of the change before it in its sentence."""
        start, end = place.sentence
        subject = found.name if found and found.name is not None and found.name >= start else None
        day = self.text.day
        window = window_of(self.text.text, _as_read(figure, found), start, end, day, subject=subject)
        if found is None:
            return window
        if found.reading.against and window.kind in ("at", "between") and window.end and window.end < day:
            return replace(window, kind="between", start=window.end, end=day)
        if found.reading.transform == "pace" and LATELY.search(self.folded, place.clause[0], figure.start):
            return Window("now")
        if found.reading.transform == "level":
            return window
        if window.kind == "now":
            return self._told_before(figure, found, place, last) or window
        named = self.text.text.rfind(window.text, start, figure.start) if window.text else figure.start
        if last is not None and self._goes_on(last, found, place) and start <= named < last.figure.start:
            return last.window  # a day that opens the sentence, and a stretch told since
        return window

    def _told_before(self, figure: Figure, found: _Link, place: Place, last: Claim | None) -> Window | None:
        """The time of a change that names none: that of the one before it, the session told of, since a level told."""
        if last is not None and self._goes_on(last, found, place):
            return last.window
        if found.reading.transform == "change" and self.finder.indicators[found.indicator].kind == "amount":
            for claim in reversed(self.told):
                if claim.indicator == found.indicator and claim.transform == "level" and claim.window.kind == "at":
                    return Window("between", claim.window.end, self.text.day, claim.window.text)
            return None
        sessions = [claim for claim in self.told if _is_session(claim.window)]
        inherited = sessions and self._in_paragraph(sessions[-1], figure)
        return replace(sessions[-1].window, text="") if inherited else None

    def _goes_on(self, last: Claim, found: _Link, place: Place) -> bool:
        """Whether a change goes on with the time of the one before it: in its sentence, or over a semicolon."""
        between = self.text.text[last.figure.end : place.sentence[0]]
        is_near = last.figure.start >= place.sentence[0] or between.strip() in ("；", ";")
        kind = found.reading.transform
        is_like = last.transform == kind or (kind == "pace" and last.indicator == found.indicator)
        return is_near and is_like and last.window.kind in ("between", "peak", "trough")

    def _in_paragraph(self, claim: Claim, figure: Figure) -> bool:
        return "\n" not in self.text.text[claim.figure.end : figure.start]

    def _claim(self, figure: Figure, found: _Link | None, window: Window, place: Place) -> Claim:
        if found is None:
            return Claim(figure, None, "level", window, None)
        scope = self._scope(figure, place)
        doubt = found.reading.doubt or doubt_of(scope, window, found.reading.transform)
        return Claim(
            figure,
            found.indicator,
            found.reading.transform,
            window,
            found.reading.value,
            doubt,
            caution_of(scope, window, found.reading.transform),
        )

    def _surroundings(
        self, figure: Figure, name: Mention, place: Place, before: tuple[Figure, int] | None
    ) -> Surroundings:
        start = max(place.clause[0], figure.start - _LOOK_BEHIND)
        if name.end <= figure.start:
            start = max(start, name.end)
        told = self.folded[start : figure.start]
        return Surroundings(
            name=self.folded[name.start : name.end],
            before=told,
            after=self.folded[figure.end : min(place.clause[1], figure.end + _LOOK_BEHIND)],
            clause=self.folded[place.clause[0] : figure.start],
            inherited=self._inherited(figure, name, told, before),
            since_name=self.folded[max(name.end, figure.start - _FAR_BEHIND) : figure.start],
            weak=name.weak,
        )

    def _inherited(self, figure: Figure, name: Mention, told: str, before: tuple[Figure, int] | None) -> int:
        """The direction of the figure before, where only a name and fillers part the two."""
        if before is None or name.end > figure.start or not is_bridge(told):
            return 0
        last, sign = before
        if name.end <= last.start:  # the same name's
            return sign if last.unit == figure.unit and is_bridge(self.folded[last.end : figure.start]) else 0
        return sign if name.start >= last.end else 0

    def _scope(self, figure: Figure, place: Place) -> Scope:
        start, end = place.clause
        clauses = clause_starts(self.text.text, Passage(*place.sentence))
        before = clause_around(clauses, Passage(*place.sentence), start - 1)[0] if start > place.sentence[0] else start
        text = self.folded
        return Scope(
            sentence=text[place.sentence[0] : figure.start],
            previous=text[before:start],
            clause=text[start : figure.start],
            after=text[figure.end : end],
            rest=text[figure.end : min(place.sentence[1], figure.end + _LOOK_BEHIND)],
            story=self._story(figure),
            year=self.text.day.year,
        )

    def _story(self, figure: Figure) -> str:
        start = max(0, figure.start - _STORY)
        return self.folded[max(start, self.text.text.rfind("\n", start, figure.start)) : figure.start]

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
        """The names of the nearest sentence before that has any, at most so many back; empty lines do not count."""
        left = _SENTENCES_BACK
        while index and left:
            index -= 1
            passage = self.passages[index]
            if index in self.topics:
                return [self.topics[index]]
            names = self._names(index, clause_starts(self.text.text, passage))
            if names:
                return names
            left -= bool(self.text.text[passage.start : passage.end].strip())
        return []

    def _meant(self, name: Mention, passage: Passage, clauses: list[int]) -> bool:
        near = (max(0, passage.start - _NEAR), passage.end + _NEAR)
        clause, end = clause_around(clauses, passage, name.start), len(self.folded)
        scopes = (clause, (passage.start, passage.end), near, (end, end + _NEAR), (0, min(end, _FAR)))
        return self.finder.meant(name, self.text.lang, self.folded + self.heading, scopes)


def _is_session(window: Window) -> bool:
    """Whether a change's time is one session: from one weekday to the next."""
    if window.kind != "between" or window.start is None or window.end is None:
        return False
    return (window.end - window.start).days <= _SESSION and bool(np.busday_count(window.start, window.end) <= 1)


def _outside_of(names: Sequence[Mention], figures: Sequence[Figure]) -> list[Figure]:
    """The figures without those within the name of an indicator (the 500 of 标普 500)."""
    starts = [name.start for name in names]
    kept = []
    for figure in figures:
        index = bisect_right(starts, figure.start) - 1
        if index < 0 or names[index].indicator is None or figure.end > names[index].end:
            kept.append(figure)
    return kept


def _apart_from(names: Sequence[Mention], figures: Sequence[Figure]) -> list[Mention]:
    """The names without those that share characters with a figure (the 美元 of 1万亿美元)."""
    starts = [figure.start for figure in figures]
    kept = []
    for name in names:
        index = bisect_right(starts, name.end - 1) - 1
        if index < 0 or figures[index].end <= name.start:
            kept.append(name)
    return kept


def _stands_in_the_way(name: Mention, place: Place) -> bool:
    """Whether a name before a figure keeps it from being about the sentence before."""
    if name.end > place.start:
        return False
    return name.indicator is not None or name.start >= place.clause[0] or not place.has_pronoun


def _as_read(figure: Figure, found: _Link | None) -> Figure:
    """The figure with a direction where it was read as a change, without one where as a level: its time hangs on it."""
    if found is None:
        return figure
    if found.reading.transform == "level":
        return replace(figure, direction=None)
    return replace(figure, direction="up" if found.reading.value > 0 else "down")


def _sign(figure: Figure, found: _Link | None) -> int:
    """1 up, -1 down, 0 where a figure is no change."""
    if found is not None and found.reading.transform != "level" and not found.reading.doubt:
        return 1 if found.reading.value > 0 else -1
    return {"up": 1, "down": -1, None: 0}[figure.direction]
