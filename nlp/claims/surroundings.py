"""The words around a figure: those that say what it is of a name, and those that say whether it is a fact."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.claims.bridges import is_bridge
from nlp.claims.clauses import Passage, clause_around, clause_starts
from nlp.claims.doubts import Scope
from nlp.claims.mentions import Mention
from nlp.claims.places import Place
from nlp.claims.records import Figure
from nlp.claims.words_of_change import RESTATES

__all__ = ["Surroundings", "scope_of", "surroundings_of"]

_LOOK_BEHIND = 40
_FAR_BEHIND = 120
_STORY = 250


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The folded words around a figure and its name.

    Attributes:
        name: the name as written.
        before: from the start of the clause, or from the name where that is later, to the figure.
        after: what follows the figure in its clause.
        clause: all of the clause before the figure.
        inherited: the direction of the figure before, where this one's verb is left out ("the S&P 500 0.8%"); 0: none.
        since_name: all that stands between the name and the figure, where the name comes first.
        weak: whether the name is one that also stands for other things.
    """

    name: str
    before: str
    after: str
    clause: str
    inherited: int = 0
    since_name: str = ""
    weak: bool = False


def surroundings_of(figure: Figure, name: Mention, place: Place, before: tuple[Figure, int] | None) -> Surroundings:
    """The words around a figure that is about `name`.

    Args:
        figure: at `place`.
        name: what it is about.
        place: where it stands.
        before: the figure before it in its sentence, and its direction (1, -1, 0 for none).
    """
    start = max(place.clause[0], figure.start - _LOOK_BEHIND)
    if name.end <= figure.start:
        start = max(start, name.end)
    folded = place.folded
    told = folded[start : figure.start]
    return Surroundings(
        name=folded[name.start : name.end],
        before=told,
        after=folded[figure.end : min(place.clause[1], figure.end + _LOOK_BEHIND)],
        clause=folded[place.clause[0] : figure.start],
        inherited=_inherited(figure, name, folded, told, before),
        since_name=folded[max(name.end, figure.start - _FAR_BEHIND) : figure.start],
        weak=name.weak,
    )


def _inherited(figure: Figure, name: Mention, folded: str, told: str, before: tuple[Figure, int] | None) -> int:
    """The direction of the figure before, where only a name and fillers part the two."""
    if before is None or name.end > figure.start:
        return 0
    last, sign = before
    if name.end <= last.start and RESTATES.search(folded, last.end, figure.start):
        return 0 if folded.startswith(" of ", figure.end) else sign
    if not is_bridge(told):
        return 0
    if name.end <= last.start:  # the same name's
        return sign if last.unit == figure.unit and is_bridge(folded[last.end : figure.start]) else 0
    return sign if name.start >= last.end else 0


def scope_of(place: Place, year: int) -> Scope:
    """The words around a figure of an article of `year` that may take the fact out of it."""
    start, end = place.clause
    sentence = Passage(*place.sentence)
    clauses = clause_starts(place.text, sentence)
    before = clause_around(clauses, sentence, start - 1)[0] if start > sentence.start else start
    first = max(0, place.start - _STORY)
    folded = place.folded
    return Scope(
        sentence=folded[sentence.start : place.start],
        previous=folded[before:start],
        clause=folded[start : place.start],
        after=folded[place.end : end],
        rest=folded[place.end : min(sentence.end, place.end + _LOOK_BEHIND)],
        story=folded[max(first, place.text.rfind("\n", first, place.start)) : place.start],
        year=year,
    )
