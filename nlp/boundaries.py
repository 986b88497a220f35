"""Where the sentences of one paragraph end, by rule.

No spaCy and no tokens here: `nlp.text` runs these rules as a component of a blank spaCy pipeline, whose language data
bring the abbreviations. Every rule looks at a bounded stretch around a mark, so the time is linear in any text.

A sentence is what a person marking sentences for judgement would mark:

- `。！？` and, in Chinese and Japanese, `；` and ellipses end one; closing quotes and brackets stay with it.
- A quotation of several sentences is split like any text. One short enough to be read in one go (`max_quote`) stays
  whole: 他说：“有泡沫。很大。” is one sentence and 但市场不信。 after it the next. So does a bracket within a sentence.
- A quotation's own mark does not end the sentence around it where that goes on: “泡沫？”他问。 and "Why?" he asked.
- `. ! ?` need white space (or a Chinese neighbour) and no lower-case continuation. Abbreviations, initials, decimals
  and list numbers end nothing. An English ellipsis ends a sentence when a capital follows.
- What is longer than `max_length` (speech recognition writes no marks) is cut at the best comma, pause or space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.marks import WIDE_STOPS, BoundaryRules, Mark, ends_sentence

__all__ = ["sentence_ends"]

_CLOSER = "[\"'”’」』》〉）)\\]】〕»]|“(?=\\s|\\Z)|\\s»(?=[\\s,.]|\\Z)"
_CANDIDATE = re.compile(rf"(?P<mark>\.(?:\s\.){{2,}}|[.．…‥!?{WIDE_STOPS}]+|;)(?:{_CLOSER})*")
_NEXT = re.compile(r"(?P<gap>\s*)(?P<opener>[\"'“‘「『《（(\[【«„¿¡]{0,3})(?P<word>\w{0,24})")
_ENCLOSED = re.compile(
    r"“[^“”]*”|「[^「」]*」|『[^『』]*』|„[^„“]*“"
    # A straight quotation mark opens after a space, a bracket or a Chinese character, not after a word or a stop.
    r"|(?<![0-9A-Za-z.,!?…%)])\"(?=\S)[^\"]*(?<=\S)\""
    r"|(?P<bracket>（[^（）]*）|\([^()]*\))|(?P<title>《[^《》]*》)"
)
_WORD = re.compile(r"\w")
_BREAKS = (re.compile(r"[；;：:—]|[，,](?!\d)"), re.compile(r"、"), re.compile(r"\s"))
"""Where an overlong sentence is best cut; an earlier pattern wins."""

_MAX_BRACKET = 200
_LOOK = 32
_OPENING = 8


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    kind: str | None


def sentence_ends(paragraph: str, rules: BoundaryRules) -> list[int]:
    """Ends of the sentences of a paragraph (no line feeds in it), rising; the last is the paragraph's end.

    A sentence's own leading and trailing white space is left to the caller.

    >>> sentence_ends("A bubble. It is 1.5 times bigger.", BoundaryRules(frozenset()))
    [9, 33]
    """
    marked = list(_marked_ends(paragraph, rules))
    if marked and not _WORD.search(paragraph, marked[-1]):
        marked.pop()  # a remainder without a word (a box, a wave) stays with the last sentence
    ends: list[int] = []
    start = 0
    for end in (*marked, len(paragraph)):
        ends.extend(_cuts(paragraph, start, end, rules.max_length))
        ends.append(end)
        start = end
    return ends


def _marked_ends(paragraph: str, rules: BoundaryRules) -> Iterator[int]:
    beyond = _Span(len(paragraph), len(paragraph) + 1, None)
    spans = [_Span(found.start(), found.end(), found.lastgroup) for found in _ENCLOSED.finditer(paragraph)]
    opening = {span.start for span in spans}
    waiting = iter(spans)
    span = next(waiting, beyond)
    start, first_word, searched = 0, -1, 0
    for candidate in _CANDIDATE.finditer(paragraph):
        at, end = candidate.start(), candidate.end("mark")
        while end < candidate.end() and end not in opening:  # a straight quote may open the next sentence instead
            end += 1
        while span.end <= at:
            span = next(waiting, beyond)
        if first_word < start:
            word = _WORD.search(paragraph, max(searched, start), at)
            searched = at
            if word is None:  # only punctuation so far: an ellipsis or a bullet that opens the sentence
                continue
            first_word = word.start()
        if _is_enclosed(span, at, end, first_word, rules):
            continue
        if ends_sentence(_mark(paragraph, start, candidate, end), rules):
            yield end
            start = end


def _is_enclosed(span: _Span, at: int, end: int, first_word: int, rules: BoundaryRules) -> bool:
    """Whether the mark belongs to a title or to a bracket within the sentence, or is inside a short quotation."""
    if span.start > at:
        return False
    if span.kind is not None:
        return (span.kind == "title" or first_word < span.start) and span.end - span.start <= _MAX_BRACKET
    return end < span.end and span.end - span.start <= rules.max_quote


def _mark(paragraph: str, start: int, candidate: re.Match[str], end: int) -> Mark:
    at, mark_end = candidate.span("mark")
    after = next(_NEXT.finditer(paragraph, end))
    return Mark(
        opening=paragraph[start:at] if at - start <= _OPENING else "",
        before=paragraph[max(start, at - _LOOK) : at],
        mark=candidate["mark"],
        closers=paragraph[mark_end:end],
        gap=after["gap"],
        opener=after["opener"],
        word=after["word"],
        rest=paragraph[after.end("gap") : after.end("gap") + _LOOK],
    )


def _cuts(paragraph: str, start: int, end: int, max_length: int) -> Iterator[int]:
    while end - start > max_length:
        floor = start + max_length // 2
        for pattern in _BREAKS:
            found = [cut.end() for cut in pattern.finditer(paragraph, floor, start + max_length)]
            if found:
                break
        start = found[-1] if found else start + max_length
        yield start
