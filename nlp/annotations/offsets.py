"""Where a marked span is: a tool's offsets, checked against what it quotes and read in the unit in which it counts.

Tools written in JavaScript count UTF-16 code units, in which an emoji and a rare Han character are two; some count a
carriage return with its line feed once, or a line feed twice because the text had both when it was marked. A reading is
a place under one of these countings. A quote tells which is true. Without one, a reading that cuts a word or begins or
ends with white space gives way to one that does not; what is left may be several, and is certain only if they come to
the same (`nlp.annotations.projection`).
Sources: doccano issue 2290, Argilla issue 5729, Label Studio issues 539 and 1347.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from nlp.annotations.marks import SpanMark
from nlp.annotations.options import OffsetUnit
from nlp.errors import InputError
from nlp.language import normalise

__all__ = ["Reading", "normalised_place", "readings"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A place in a text, `text[start:end]` in code points; `repair` says what was not counted so, or is empty."""

    start: int
    end: int
    repair: str = ""


def readings(text: str, mark: SpanMark, unit: OffsetUnit = OffsetUnit.auto) -> list[Reading]:
    """The places that a span may mean, at least one, none twice; with a quote in the text, exactly those it stands at.

    Raises:
        InputError: offsets that fit nowhere, or whose text is not the one quoted.

    >>> readings("🚀 a bubble", SpanMark(start=5, end=11, name="bubble", quote="bubble"))
    [Reading(start=4, end=10, repair='UTF-16 code units')]
    """
    if not 0 <= mark.start < mark.end:
        raise InputError(f"the span {mark.start}:{mark.end} is none; expected 0 <= start < end")
    found: dict[tuple[int, int], Reading] = {}
    for repair, widths in _countings(text, unit, quoted=mark.quote is not None):
        place = _place(widths, mark.start, mark.end)
        if place and text[slice(*place)].strip():
            found.setdefault(place, Reading(*place, repair))
    if not found:
        raise InputError(
            f"the span {mark.start}:{mark.end} is not within the text, which has {len(text)} characters; "
            "export it together with the text that was annotated"
        )
    possible = list(found.values())
    if mark.quote is None:
        whole = [reading for reading in possible if not _cuts(text, reading)]
        return whole or possible
    wanted = _squashed(mark.quote)
    fitting = [reading for reading in possible if _squashed(text[reading.start : reading.end]) == wanted]
    if not fitting:
        raise InputError(_mismatch(text, mark))
    return fitting[:1] if not fitting[0].repair else fitting


def _countings(text: str, unit: OffsetUnit, *, quoted: bool) -> Iterator[tuple[str, Sequence[int]]]:
    """How wide every character counts, the plainest counting first, with what it is called."""
    is_astral = [char > "\uffff" for char in text]
    follows = ["", *text]
    line_ends: list[tuple[str, Sequence[int]]] = [("", [1] * len(text))]
    if "\r\n" in text:
        line_ends.append(
            ("CR LF as one", [int(not (a == "\r" and b == "\n")) for a, b in zip(text, [*text[1:], ""], strict=True)])
        )
    if quoted and "\n" in text:
        doubled = [1 + (char == "\n" and before != "\r") for char, before in zip(text, follows, strict=False)]
        line_ends.append(("LF as CR LF", doubled))
    for called, widths in line_ends:
        if unit is not OffsetUnit.utf16:
            yield called, widths
        if unit is not OffsetUnit.code_points and any(is_astral):
            names = ("UTF-16 code units", called)
            yield ", ".join(name for name in names if name), [w + a for w, a in zip(widths, is_astral, strict=True)]
        elif unit is OffsetUnit.utf16:
            yield called, widths


def _place(widths: Sequence[int], start: int, end: int) -> tuple[int, int] | None:
    """The characters that begin and end exactly there."""
    first_by_offset: dict[int, int] = {}
    for index, offset in enumerate(accumulate(widths, initial=0)):
        first_by_offset.setdefault(offset, index)
    if start not in first_by_offset or end not in first_by_offset:
        return None
    return first_by_offset[start], first_by_offset[end]


def _cuts(text: str, reading: Reading) -> bool:
    """Whether a border of the reading lies within a word, or beside white space that the span takes in."""
    inside = text[reading.start : reading.end]
    if inside != inside.strip():
        return True
    return any(
        0 < border < len(text) and _is_letter(text[border - 1]) and _is_letter(text[border])
        for border in (reading.start, reading.end)
    )


def _is_letter(char: str) -> bool:
    """Whether it is of a script that parts words by spaces."""
    return char.isalnum() and char < "\u2e80"


def _squashed(text: str) -> str:
    """What a quote is compared by: tools show line ends in ways of their own."""
    return "".join(normalise(text).replace("\\n", " ").replace("↵", " ").split())


def _mismatch(text: str, mark: SpanMark) -> str:
    quote = mark.quote or ""
    place, there = text.find(quote), text[mark.start : mark.end]
    hint = f"; the quoted text stands at {place}:{place + len(quote)}" if place >= 0 and quote else ""
    return (
        f"the span {mark.start}:{mark.end} quotes {quote[:40]!r} but {there[:40]!r} stands there{hint}; export it "
        "together with the text that was annotated, or correct the span"
    )


def normalised_place(text: str, place: int) -> int:
    r"""Where in `normalise(text)` the character `text[place]` is.

    >>> normalised_place("a\r\n\ufeffb", 4)
    2
    """
    return len(normalise(text[:place]))
