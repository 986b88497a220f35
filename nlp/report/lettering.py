"""Letters of a figure: a font that has every character that is drawn, and where a line breaks.

A font without a glyph draws an empty box, and a figure with boxes in place of its Chinese says nothing. So each
character is looked up in the font first, and a text for which no installed font has all of them is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from matplotlib.font_manager import FontManager, FontProperties, fontManager, get_font

from nlp.errors import InputError

__all__ = ["FAMILIES", "covering_family", "missing_characters", "n_columns", "wrapped"]

FAMILIES = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "SimHei"),
    *("Noto Sans CJK TC", "Noto Sans CJK JP", "Arial Unicode MS", "DejaVu Sans"),
)
"""In the order in which they are tried; the last one comes with matplotlib."""

_WORD = re.compile(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+|\s+")
_HANGING = "，。、；：！？）》」』”’"
"""No line begins with one of these."""
_N_NAMED = 20


def covering_family(texts: Iterable[str], families: Sequence[str] = FAMILIES) -> str:
    """The first of the families that is installed and has a glyph for every character of the texts.

    Raises:
        InputError: none has; names the characters that the best one lacks.
    """
    characters = frozenset("".join(texts))
    lacking = characters
    for is_fresh in (False, True):
        if is_fresh:
            fontManager.ttflist = FontManager().ttflist  # what was installed since matplotlib made its list
        for family in families:
            if family in fontManager.get_font_names():
                missing = missing_characters(characters, family)
                if not missing:
                    return family
                lacking = min(lacking, missing, key=lambda some: len(some))
    named = " ".join(f"{char} (U+{ord(char):04X})" for char in sorted(lacking)[:_N_NAMED])
    more = f" and {len(lacking) - _N_NAMED} more" if len(lacking) > _N_NAMED else ""
    raise InputError(
        f"no installed font has the characters {named}{more}: install one that has "
        "(Chinese: the Debian package fonts-noto-cjk), or leave them out of --title"
    )


def missing_characters(characters: Iterable[str], family: str) -> frozenset[str]:
    """The characters for which a family has no glyph.

    >>> sorted(missing_characters("ab 泡", "DejaVu Sans"))
    ['泡']
    """
    font = get_font(fontManager.findfont(FontProperties(family=family), fallback_to_default=False))
    return frozenset(char for char in characters if not char.isspace() and not font.get_char_index(ord(char)))


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns; a wide character takes two and may begin a line anywhere.

    >>> wrapped("泡沫与流动性 beside the market", 12)
    ['泡沫与流动性', 'beside the', 'market']
    """
    lines, room = [""], width
    for word in _WORD.findall(text):
        for part in [word] if n_columns(word) <= width else list(word):
            if n_columns(part) > room and not part.isspace() and part not in _HANGING:
                lines.append("")
                room = width
            if lines[-1] or not part.isspace():
                lines[-1] += part
                room -= n_columns(part)
    return [line.rstrip() for line in lines]


def n_columns(text: str) -> int:
    """How wide a text is: a wide character counts as two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
