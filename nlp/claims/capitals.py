"""Lines all in capitals (flash headlines) as others are written, so that their capitals name a thing there too."""

from __future__ import annotations

import re

from nlp.claims.bridges import is_bridge

__all__ = ["without_shouting"]

_LINE = re.compile(r"^[^a-z\n]*[A-Z]{2,}[^A-Za-z\n]+[A-Z]{2,}[^a-z\n]*$", re.MULTILINE)
_WORD = re.compile(r"[A-Z]{2,}(?:'[A-Z]+)?")
_DATES = re.compile(
    r"(?:MON|TUES?|WED(?:NES)?|THU(?:RS)?|FRI|SAT(?:UR)?|SUN)(?:DAY)?$|(?:JAN|FEB|MAR|APR|MAY|JUNE?|JULY?|AUG|SEPT?|OCT|NOV|DEC)"
    r"(?:UARY|RUARY|CH|IL|UST|EMBER|OBER|TEMBER)?$"
)
_LEAST_SHARE = 0.4


def without_shouting(text: str) -> str:
    """`text` with small letters in lines that have none; as long as it was.

    Words that name nothing (verbs, fillers) get small letters, all others a capital.

    >>> without_shouting("VIX CLOSED AT 40.74, UP 45% MONDAY")
    'VIX closed at 40.74, up 45% Monday'
    """
    return _LINE.sub(lambda line: _spoken(line.group()), text)


def _spoken(line: str) -> str:
    if sum(char.isupper() for char in line) < _LEAST_SHARE * len(line):
        return line  # letters of another script
    return _WORD.sub(lambda word: _as_usual(word.group()), line)


def _as_usual(word: str) -> str:
    if _DATES.match(word):
        return word.capitalize()
    if is_bridge(word.lower()):
        return word.lower()
    return word if len(word) <= 3 else word.capitalize()
