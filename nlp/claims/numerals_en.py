"""Numbers in English text: 5,000, 1.15 trillion, 5 1/4, 5¼, $2tn, "two and a half trillion", "a third", "half a".

The text has been through `nlp.claims.folding`. Vague numbers ("hundreds of billions", "a few") are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nlp.claims.numerals import Numeral, decimal_digit

__all__ = ["NUMERAL_START_EN", "read_numeral_en"]

_ONES = dict(zip(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine"), range(1, 10), strict=True))
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_WORDS = _ONES | _TEENS | _TENS | {"a": 1, "an": 1}
_MAGNITUDES = (
    dict.fromkeys(("trillion", "trillions", "tn", "trn", "trln", "t"), 1e12)
    | dict.fromkeys(("billion", "billions", "bn", "bln", "bil", "b"), 1e9)
    | dict.fromkeys(("million", "millions", "mn", "mln", "mil", "m"), 1e6)
    | dict.fromkeys(("thousand", "k"), 1e3)
    | {"hundred": 100.0, "crore": 1e7, "lakh": 1e5, "lakh crore": 1e12}
)
_PARTS = {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "fourth": 1 / 4, "fifth": 1 / 5, "sixth": 1 / 6} | {
    "seventh": 1 / 7, "eighth": 1 / 8, "tenth": 1 / 10
}  # fmt: skip
_GLYPHS = {"½": 1 / 2, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 1 / 4, "¾": 3 / 4} | {
    glyph: eighths / 8 for glyph, eighths in (("⅛", 1), ("⅜", 3), ("⅝", 5), ("⅞", 7))
}


def _any_of(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_ONE, _TEEN, _TEN = _any_of(_ONES), _any_of(_TEENS), _any_of(_TENS)
_PART = _any_of(_PARTS)
_GLYPH = "[" + "".join(_GLYPHS) + "]"
_FULL = _any_of(word for word in _MAGNITUDES if len(word) > 1)
_LETTER = "[mbkt]"
_ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,15})(?:\.[0-9]{1,9})?|\.[0-9]{1,9}"
_SMALL = rf"(?:{_TEN})(?:[ -](?:{_ONE}))?|{_TEEN}|{_ONE}"

NUMERAL_START_EN = re.compile(
    rf"(?<![0-9])(?<![0-9][.,:/])\.?[0-9]|{_GLYPH}"
    rf"|(?<![a-z0-9])(?:(?:{_SMALL})(?![a-z])|half(?=[- ])|quarter(?=[- ](?:percentage[- ])?point)|an? (?=hundred"
    rf"|(?:(?:full )?percentage[ -]point|{_FULL}|{_PART})(?![a-z])))"
)
"""Where a number may start: digits, or words that can begin one."""

_IN_DIGITS = re.compile(
    rf"(?P<digits>{_ARABIC})(?![0-9]|[.:][0-9])"
    rf"(?:[ -]?(?P<glyph>{_GLYPH})|[ -](?P<over>[0-9]{{1,2}})/(?P<under>[0-9]{{1,2}})(?![0-9/])"
    rf"|/(?P<whole>[0-9]{{1,2}})(?![0-9/]))?"
    rf"(?:[ -]?(?P<magnitude>{_FULL})(?![a-z])|(?P<letter>{_LETTER})(?![a-z0-9]))?"
)
_IN_WORDS = re.compile(
    rf"(?:(?P<small>{_SMALL})(?![a-z])|an?(?= (?:hundred|(?:full )?percentage|{_FULL})))?"
    rf"(?:(?<=[a-z])[ -](?P<hundred>hundred)(?:(?: and|-)? (?P<rest>{_SMALL})(?![a-z])(?! hundred))?)?"
    rf"(?P<piece> and (?:a|one)[ -](?:half|quarter|third))?"
    rf"(?:(?<=[a-z])[ -](?P<magnitude>{_FULL})(?![a-z]))?(?P<tail> and a (?:half|quarter))?"
)
_HALF_A = re.compile(rf"half[- ](?:an?[- ])?(?P<magnitude>{_FULL})(?![a-z])")
_FRACTION = re.compile(
    rf"(?P<n>an?|{_ONE})[ -](?P<part>{_PART})s?(?![a-z])|(?P<alone>half)(?![a-z])|(?P<quarter>quarter)(?![a-z])"
)


def read_numeral_en(text: str, start: int) -> Numeral | None:
    """The number that starts at `start`, or None where none does that has a value.

    >>> read_numeral_en("1.15 trillion", 0).value, read_numeral_en("two and a half billion", 0).value
    (1150000000000.0, 2500000000.0)
    """
    if text[start : start + 1] in _GLYPHS:
        return Numeral(start, start + 1, value := _GLYPHS[text[start]], value, in_words=True)
    if match := _IN_DIGITS.match(text, start):
        return _in_digits(match)
    if match := _HALF_A.match(text, start):
        magnitude = _MAGNITUDES[match["magnitude"]]
        return Numeral(start, match.end(), magnitude / 2, magnitude / 2, magnitude, in_words=True)
    if match := _FRACTION.match(text, start):
        return _fraction(match)
    match = _IN_WORDS.match(text, start)
    return _in_words(match) if match and match.end() > start else None


def _in_digits(match: re.Match[str]) -> Numeral | None:
    digits = match["digits"].replace(",", "")
    value, digit = float(digits), decimal_digit(digits)
    if match["glyph"]:
        value, digit = value + _GLYPHS[match["glyph"]], _GLYPHS[match["glyph"]]
    elif match["over"]:
        over, under = int(match["over"]), int(match["under"])
        if not 0 < over < under:
            return None
        value, digit = value + over / under, 1 / under
    elif match["whole"]:
        under = int(match["whole"])
        if not 0 < value < under:
            return None
        value, digit = value / under, 1 / under
    magnitude = _MAGNITUDES[match["magnitude"] or match["letter"]] if match["magnitude"] or match["letter"] else 1.0
    return Numeral(match.start(), match.end(), value * magnitude, digit * magnitude, magnitude)


def _small(words: str | None) -> float:
    return float(sum(_WORDS[word] for word in re.split("[ -]", words))) if words else 0.0


def _in_words(match: re.Match[str]) -> Numeral:
    value, digit = _small(match["small"]) or 1.0, 1.0
    if match["hundred"]:
        value, digit = value * 100.0 + _small(match["rest"]), 1.0 if match["rest"] else 100.0
    piece = match["piece"] or match["tail"]
    if piece:
        digit = _PARTS[re.split("[ -]", piece)[-1]]
        value += digit
    magnitude = _MAGNITUDES[match["magnitude"]] if match["magnitude"] else 1.0
    return Numeral(match.start(), match.end(), value * magnitude, digit * magnitude, magnitude, in_words=True)


def _fraction(match: re.Match[str]) -> Numeral | None:
    part = _PARTS[match["part"] or match["alone"] or match["quarter"]]
    value = part * (_WORDS[match["n"]] if match["n"] else 1.0)
    if not 0 < value < 1:
        return None
    return Numeral(match.start(), match.end(), value, part, in_words=True, kind="fraction")
