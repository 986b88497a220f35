"""Names written with alternatives, `{10|ten}-year {note |}yield` for four phrases, and the form they compare in."""

from __future__ import annotations

from collections.abc import Iterator

from nlp.claims.folding import fold

__all__ = ["expand", "fold_name"]


def fold_name(text: str) -> str:
    """The folded text with spaces for hyphens and line ends, as long as it was: what names and words are looked for in.

    >>> fold_name("S&P-500 與 道瓊")
    's&p 500 与 道琼'
    """
    return fold(text).replace("-", " ").replace("\n", " ")


def expand(pattern: str) -> tuple[str, ...]:
    """Every phrase that a pattern stands for, in order; white space at the ends and repeated within is taken off.

    Raises:
        ValueError: a brace without its other half.

    >>> expand("{10|ten}-year {note |}yield")
    ('10-year note yield', '10-year yield', 'ten-year note yield', 'ten-year yield')
    """
    phrases = (" ".join(text.split()) for text in _alternatives(pattern))
    return tuple(dict.fromkeys(phrase for phrase in phrases if phrase))


def _alternatives(pattern: str) -> Iterator[str]:
    start = pattern.find("{")
    if start < 0:
        if "}" in pattern:
            raise ValueError(f"{pattern!r} closes a brace that it does not open")
        yield pattern
        return
    depth, bars = 0, [start]
    for end in range(start, len(pattern)):
        depth += (pattern[end] == "{") - (pattern[end] == "}")
        if depth == 0:
            break
        if depth == 1 and pattern[end] == "|":
            bars.append(end)
    else:
        raise ValueError(f"{pattern!r} opens a brace that it does not close")
    bars.append(end)
    rests = list(_alternatives(pattern[end + 1 :]))
    for place, bar in enumerate(bars[:-1]):
        for choice in _alternatives(pattern[bar + 1 : bars[place + 1]]):
            yield from (pattern[:start] + choice + rest for rest in rests)
