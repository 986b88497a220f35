"""Names written with alternatives: `{10|ten}-year {note |}yield` stands for four phrases.

And the one form in which names and texts are compared: `fold` keeps every character in its place, so that an offset in
a folded text is one in the text.
"""

from __future__ import annotations

from collections.abc import Iterator

from nlp.language import TELLING_CHARACTERS

__all__ = ["expand", "fold"]

_MORE_HANT = dict(
    zip(
        "迴儲餘滯縮擔櫃檯瓊恆僅於衝彈裡後創歲衰併幾腳腰跨漸佔餘",
        "回储余滞缩担柜台琼恒仅于冲弹里后创岁衰并几脚腰跨渐占余",
        strict=True,
    )
)
_FOLDED = str.maketrans(
    TELLING_CHARACTERS
    | _MORE_HANT
    | dict.fromkeys("\u00a0\u3000\n\t\r-\u2010\u2011\u2012", " ")
    | {"’": "'", "‘": "'", "\u2212": "-", "＆": "&", "／": "/"}
)


def fold(text: str) -> str:
    """The text in lower case and simplified characters, hyphens and white space as spaces; every offset stays.

    >>> fold("S&P-500 與 道瓊")
    's&p 500 与 道琼'
    """
    lower = text.lower()
    if len(lower) != len(text):  # a capital whose small form is two code points
        lower = "".join(small if len(small := char.lower()) == 1 else char for char in text)
    return lower.translate(_FOLDED)


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
