"""From figures to claims: which indicator each figure speaks of, what it says of it, and whether it says so as a fact.

The name is found by `nlp.claims.subjects`, its unit and its wording read by `nlp.claims.readings`, what speaks against
checking by `nlp.claims.doubts`, its time by `nlp.claims.claim_times`; here they are put together. A figure without a
fitting name stays a claim about nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from nlp.claims.capitals import without_shouting
from nlp.claims.claim_times import time_of
from nlp.claims.clauses import Passage, clause_around, clause_starts, split_passages, split_unmarked
from nlp.claims.differences import read_difference
from nlp.claims.doubts import caution_of, doubt_of
from nlp.claims.in_order import each_its_own
from nlp.claims.mentions import Mention, MentionFinder
from nlp.claims.name_patterns import fold_name
from nlp.claims.places import Place
from nlp.claims.plainness import is_plain
from nlp.claims.readings import Link, read_figure
from nlp.claims.records import Claim, Figure, Window
from nlp.claims.sentence_names import SentenceNames
from nlp.claims.subjects import candidates, carried_over, goes_on_from, kinds_told
from nlp.claims.surroundings import scope_of, surroundings_of
from nlp.claims.units import MONEY
from nlp.claims.words_of_change import RESTATES

__all__ = ["Text", "link_figures"]

_N_TOLD = 6
_LISTED = re.compile(r"(?: [a-z]+)?(?:, | and |, and |; )[a-z&' ]{2,40} ")


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
    if text.lang == "en":
        text = replace(text, text=without_shouting(text.text))
    folded = fold_name(text.text)
    passages = split_passages(text.text)
    names = finder.find(folded)
    figures = _outside_of(names, figures)
    names = _apart_from(names, figures)
    if text.lang == "en":
        places = [[(item.start, item.end) for item in items] for items in (names, figures)]
        passages = split_unmarked(text.text, passages, *places)
    starts = [passage.start for passage in passages]
    claims: list[Claim] = []
    by_passage: dict[int, list[Figure]] = {}
    for figure in figures:
        by_passage.setdefault(bisect_right(starts, figure.start) - 1, []).append(figure)
    named = SentenceNames(text.text, f"{folded}\n{fold_name(text.title)}", text.lang, passages, names, finder)
    linker = _Linker(text, folded, named, finder)
    for index, inside in by_passage.items():
        claims.extend(linker.sentence(index, inside))
    return claims


@dataclass(frozen=True, slots=True)
class _Linker:
    """Links the figures of a text; `told` holds the last claims."""

    text: Text
    folded: str
    names: SentenceNames
    finder: MentionFinder
    told: list[Claim] = field(default_factory=list)

    def sentence(self, index: int, figures: Sequence[Figure]) -> Iterator[Claim]:
        """The claims of one sentence."""
        passage, names = self.names.passages[index], self.names.of(index)
        clauses = clause_starts(self.text.text, passage)
        own = each_its_own(self.folded, names, [(figure.start, figure.end) for figure in figures])
        before: tuple[Figure, int] | None = None
        carried: Mention | None = None
        for number, figure in enumerate(figures):
            place = self._place(figure, figures, passage, clauses)
            subjects = candidates(place, names) if figure.start not in own else [own[figure.start]]
            before = self._restated(place) or before
            found = self._difference(figure, place, names, index) or self._reading(figure, place, subjects, before)
            is_open = found is None and figure.start not in own and not _leads_to_another(subjects, figure)
            if is_open and not any(_stands_in_the_way(name, place) for name in names):
                goes_on = carried is not None and goes_on_from(place, figures[number - 1].end)
                topics = [carried] if carried and goes_on else carried_over(place, self.names.before(index))
                carried = self._carried(figure, place, topics)
                if carried:
                    found = self._reading(figure, place, [carried], before)
                    self.names.topics[index] = carried
            sign = _sign(figure, found)
            before = (figure, sign or _kept(before, figure, found, self.folded))
            yield self._claim(figure, found, place)

    def _place(self, figure: Figure, figures: Sequence[Figure], passage: Passage, clauses: list[int]) -> Place:
        return Place(
            self.text.text,
            self.folded,
            figure.start,
            figure.end,
            sentence=(passage.start, passage.end),
            clause=clause_around(clauses, passage, figure.start),
            figures=[other.start for other in figures],
            is_money=figure.unit in MONEY or figure.unit == "count",
        )

    def _difference(self, figure: Figure, place: Place, names: Sequence[Mention], index: int) -> Link | None:
        if len(names) == 1 and _is_difference(figure):
            names = [*self.names.before(index), *names]
        told = read_difference(figure, place, names, self.finder.differences) if len(names) > 1 else None
        return Link(*told) if told else None

    def _reading(
        self, figure: Figure, place: Place, subjects: Sequence[Mention | None], before: tuple[Figure, int] | None
    ) -> Link | None:
        """The first of some names that a figure fits, and how it is read."""
        kinds = kinds_told(place)
        for name in subjects:
            if name is None or name.indicator is None:
                return None
            is_told = name.end <= place.clause[0] or (_is_difference(figure) and "spread" in kinds)
            if is_told and kinds and self.finder.indicators[name.indicator].kind not in kinds:
                continue
            words = surroundings_of(figure, name, place, before)
            reading = read_figure(figure, self.finder.indicators[name.indicator], words)
            if reading is not None:
                return Link(name.indicator, reading, (name.start, name.end))
        return None

    def _carried(self, figure: Figure, place: Place, names: Sequence[Mention]) -> Mention | None:
        """The one indicator of the sentence before (a name of it) that a figure fits."""
        before = self._restated(place)
        fit = [
            name for name in names if (told := self._reading(figure, place, [name], before)) and not told.reading.doubt
        ]
        return fit[0] if len({name.indicator for name in fit}) == 1 else None

    def _restated(self, place: Place) -> tuple[Figure, int] | None:
        """The change that a figure says again or sums up, and its direction: from 17.31 to 37.32, that's 116%."""
        last = self.told[-1] if self.told else None
        if last is None or RESTATES.search(self.folded, last.figure.end, place.start) is None:
            return None
        former = self.told[-2] if len(self.told) > 1 else None
        if former and former.indicator == last.indicator and former.transform == last.transform == "level":
            is_later = (last.window.end or self.text.day) >= (former.window.end or self.text.day)
            return last.figure, 1 if ((last.value or 0) > (former.value or 0)) == is_later else -1
        changes = (claim for claim in reversed(self.told) if claim.transform != "level" and not claim.doubt)
        change = next(changes, None)
        return (change.figure, 1 if (change.value or 0) > 0 else -1) if change else None

    def _claim(self, figure: Figure, found: Link | None, place: Place) -> Claim:
        is_amount = found is not None and self.finder.indicators[found.indicator].kind == "amount"
        window = time_of(figure, found, place, self.told, self.text.day, is_amount=is_amount)
        claim = (
            Claim(figure, None, "level", window, None) if found is None else self._linked(figure, found, window, place)
        )
        self.told.append(claim)
        del self.told[:-_N_TOLD]
        return claim

    def _linked(self, figure: Figure, found: Link, window: Window, place: Place) -> Claim:
        reading, scope = found.reading, scope_of(place, self.text.day.year)
        doubt = reading.doubt or doubt_of(scope, window, reading.transform)
        is_amount = self.finder.indicators[found.indicator].kind == "amount"
        caution = caution_of(scope, window, reading.transform, is_amount=is_amount)
        plain = is_plain(place, found.name, self.finder.indicators[found.indicator], figure, reading.transform, window)
        return Claim(figure, found.indicator, reading.transform, window, reading.value, doubt, caution, plain)


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


def _is_difference(figure: Figure) -> bool:
    return figure.unit in ("basis_point", "percentage_point")


def _leads_to_another(subjects: Sequence[Mention | None], figure: Figure) -> bool:
    """Whether the words behind a figure lead to another thing: a 1.5 percent fall in earnings."""
    return any(name is not None and name.indicator is None and name.start >= figure.end for name in subjects[:1])


def _stands_in_the_way(name: Mention, place: Place) -> bool:
    """Whether a name before a figure keeps it from being about the sentence before."""
    if name.end > place.start:
        return False
    return name.indicator is not None or name.start >= place.clause[0] or not place.has_pronoun


def _kept(before: tuple[Figure, int] | None, figure: Figure, found: Link | None, folded: str) -> int:
    """The direction that goes on over a figure that has none: over a level, over another thing in a list."""
    if before is None:
        return 0
    last, sign = before
    is_listed = found is None and last.unit == figure.unit and _LISTED.fullmatch(folded, last.end, figure.start)
    return sign if is_listed or (found is not None and found.reading.transform == "level") else 0


def _sign(figure: Figure, found: Link | None) -> int:
    """1 up, -1 down, 0 where a figure is no change."""
    if found is not None and found.reading.transform != "level" and not found.reading.doubt:
        return 1 if found.reading.value > 0 else -1
    return {"up": 1, "down": -1, None: 0}[figure.direction]
