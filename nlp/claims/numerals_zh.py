"""Numbers in Chinese text, in digits, in characters or both: 1.15万亿, 两万亿, 一点五万亿, 百分之五, 三分之一, 20余亿.

The text has been through `nlp.claims.folding`. Numbers without an exact value (几十亿, 数万亿) are none. Of a bare
magnitude (亿, 千亿) only what a word of size opens or a currency closes is one: 近万亿, 千亿美元.
"""

from __future__ import annotations

import re
from dataclasses import replace

from nlp.claims.numerals import Numeral, decimal_digit

__all__ = ["NUMERAL_START_ZH", "read_numeral_zh"]

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
_PLACES = {"十": 10.0, "百": 100.0, "千": 1000.0}
_MAGNITUDES = {"万": 1e4, "亿": 1e8, "兆": 1e12}
_LATIN_MAGNITUDES = {"trillion": 1e12, "tn": 1e12, "billion": 1e9, "bn": 1e9, "million": 1e6, "mn": 1e6}

_ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,15})(?:\.[0-9]{1,9})?(?![0-9]|[.:/][0-9])"
_HAN = "[零一二两三四五六七八九十百千万亿]"
_HAN_DIGIT = "[零一二三四五六七八九]"
# 兆 is a trillion only in traditional text and mega in both; what follows tells.
_TRILLION = r"[十百千]?兆(?=\s?(?:[美港欧日新台韩]?[元币]|美金|英镑|人民币|规模|左右|以[上下]|[，。、；！）)]|\Z|\n))"
_MAGNITUDE = rf"[十百千]?万亿|[十百千]?[万亿]|{_TRILLION}"
_MORE = r"(?:[多来]|余(?!额))(?![数头空年次方化得])"

NUMERAL_START_ZH = re.compile(
    rf"(?<![0-9])(?<![0-9][.,:/])[0-9](?![0-9]{{0,3}}(?:[年月号家只名次位岁届集章节条]|日(?!元)|个[月人]|小时|分钟))"
    rf"|(?<!{_HAN})(?:{_HAN}(?={_HAN}*(?:[万亿兆]|分之|点{_HAN_DIGIT}|[多余]?[个倍成元块美港欧日英人点万亿厘]| ?%))"
    rf"|零(?=点{_HAN_DIGIT})|一?半)"
)
"""Where a number may start: digits that are no date and count no things, or characters that go on as numbers do."""

_PARTS = re.compile(r"百分之|千分之|万分之")
_PERCENT_OF_PART = {"百": 1.0, "千": 0.1, "万": 0.01}
_FRACTION = re.compile(rf"(?P<whole>{_ARABIC}|{_HAN}+)分之(?P<part>{_ARABIC}|{_HAN}+)")
_IN_DIGITS = re.compile(
    rf"(?P<digits>{_ARABIC})(?: ?(?P<magnitude>个?(?:{_MAGNITUDE})|[百千](?![分米克瓦赫兆])))?"
    rf"(?: ?(?P<exceeded>{_MORE})(?P<outer>万亿|[万亿])?"
    rf"|(?P<digits2>[0-9]{{1,4}}(?:\.[0-9]+)?)(?![0-9]|[.:/][0-9])(?P<magnitude2>[千万])"
    rf"|(?<=万)(?P<digits3>[0-9]{{4}})(?![0-9年]|[.:/][0-9])"
    rf"| ?(?P<latin>{'|'.join(_LATIN_MAGNITUDES)})(?![a-z]))?"
)
_IN_HAN = re.compile(
    rf"(?P<integer>{_HAN}+?(?=[万亿]一(?![千百十亿万]))[万亿]"
    rf"|{_HAN}+)(?:点(?P<fraction>{_HAN_DIGIT}{{1,6}}))?(?P<magnitude>{_MAGNITUDE})?"
    rf"(?:(?P<exceeded>{_MORE})(?P<outer>万亿|[万亿])?)?(?!几)"
)
_NEIGHBOURS = re.compile("一二|一两|两三|二三|三四|四五|五六|六七|七八|八九")
_VAGUE_BEFORE = re.compile("(?:[第几数好初每]|数以)$")
_BARE_AMOUNT = re.compile("(?:[百千]亿|万亿)(?:[美欧日港]?元|美金|英镑)(?![级俱])")
_SIZE_BEFORE = re.compile(r"(?:近|超|过|逾|(?<!成千)上|破|达|约|重返|[回至到])$")


def read_numeral_zh(text: str, start: int) -> Numeral | None:
    """The number that starts at `start`, or None where none does that has a value.

    >>> read_numeral_zh("1.15万亿美元", 0).value, read_numeral_zh("一万五千亿", 0).value
    (1150000000000.0, 1500000000000.0)
    """
    if parts := _PARTS.match(text, start):
        number = _plain(text, parts.end())
        scale = _PERCENT_OF_PART[parts.group()[0]]
        return replace(_scaled(number, scale), start=start, kind="percent") if number else None
    if match := _FRACTION.match(text, start):
        return _fraction(text, match)
    if text.startswith("半", start):
        return Numeral(start, start + 1, 0.5, 0.5, in_words=True)
    if text.startswith("一半", start):
        if text.startswith("另", start - 1) or text.startswith("一半", start + 2) or text.startswith("一半", start - 2):
            return None
        return Numeral(start, start + 2, 0.5, 0.5, in_words=True, kind="fraction")
    return _plain(text, start)


def _plain(text: str, start: int) -> Numeral | None:
    if match := _IN_DIGITS.match(text, start):
        return _in_digits(match)
    match = _IN_HAN.match(text, start)
    return _in_han(text, match) if match else None


def _scaled(number: Numeral, factor: float, end: int | None = None) -> Numeral:
    return replace(
        number,
        end=number.end if end is None else end,
        value=number.value * factor,
        digit=number.digit * factor,
        lowest=None if number.lowest is None else number.lowest * factor,
    )


def _factor(words: str | None) -> float:
    """What a run of magnitude characters multiplies by: 千万 is 1e7."""
    factor = 1.0
    for word in (words or "").removeprefix("个"):
        factor *= _MAGNITUDES.get(word) or _PLACES[word]
    return factor


def _in_digits(match: re.Match[str]) -> Numeral:
    digits = match["digits"].replace(",", "")
    magnitude = _factor(match["magnitude"]) * _factor(match["outer"]) * _LATIN_MAGNITUDES.get(match["latin"], 1.0)
    value, digit = float(digits) * magnitude, decimal_digit(digits) * magnitude
    if match["digits2"]:
        digit = decimal_digit(match["digits2"]) * _factor(match["magnitude2"])
        value += float(match["digits2"]) * _factor(match["magnitude2"])
    if match["digits3"]:
        value, digit = value + float(match["digits3"]), 1.0
    return Numeral(match.start(), match.end(), value, digit, magnitude, exceeded=bool(match["exceeded"]))


def _in_han(text: str, match: re.Match[str]) -> Numeral | None:
    start, integer, fraction = match.start(), match["integer"], match["fraction"]
    before = text[max(0, start - 3) : start]
    if _VAGUE_BEFORE.search(before):
        return None
    if integer[0] in "百千万亿" and not (_SIZE_BEFORE.search(before) or _BARE_AMOUNT.match(text, start)):
        return None
    factor = _factor(match["magnitude"]) * _factor(match["outer"])
    low = None
    if fraction:
        read = _integer(integer)
        if read is None:
            return None
        decimals = "".join(str(_DIGITS[character]) for character in fraction)
        value, digit, magnitude = float(f"{read.value:.0f}.{decimals}"), decimal_digit(f".{decimals}"), 1.0
    elif pair := _NEIGHBOURS.search(integer):
        low = _integer(integer[: pair.start() + 1] + integer[pair.end() :])
        read = _integer(integer[: pair.start()] + integer[pair.end() - 1 :])
        if low is None or read is None:
            return None
        value, digit, magnitude = read.value, read.digit, read.magnitude
    else:
        read = _integer(integer)
        if read is None or not read.value:
            return None
        value, digit, magnitude = read.value, read.digit, read.magnitude
    exceeded, lowest = bool(match["exceeded"]), None if low is None else low.value * factor
    return Numeral(
        start, match.end(), value * factor, digit * factor, magnitude * factor, exceeded, in_words=True, lowest=lowest
    )


def _integer(characters: str) -> Numeral | None:
    """A whole number in characters, None where they are no number (一二三, 二零二四); 两万五 is 25,000."""
    value = section = digit = 0.0
    worth, magnitude, place_before = 1.0, 1.0, 1.0
    for index, character in enumerate(characters):
        if character in _DIGITS:
            if digit or (character == "零" and 0 < index == len(characters) - 1):
                return None
            digit, worth = float(_DIGITS[character]), 1.0 if character != "零" else worth
            place_before = 1.0 if character == "零" else place_before
        elif character in _PLACES:
            section += (digit or 1.0) * _PLACES[character]
            worth = place_before = _PLACES[character]
            digit = 0.0
        else:
            factor = _MAGNITUDES[character]
            section += digit
            bare = not (section or value)
            worth = factor if bare else worth * factor
            value = (value + section + bare) * factor if factor == 1e8 else value + (section + bare) * factor
            magnitude = factor * (1e4 if characters[max(0, index - 1) : index] == "万" else 1.0)
            section = digit = 0.0
            place_before = factor
    if digit and place_before >= 100.0:
        digit, worth = digit * place_before / 10.0, place_before / 10.0
    return Numeral(0, len(characters), value + section + digit, worth, magnitude)


def _fraction(text: str, match: re.Match[str]) -> Numeral | None:
    whole, part = _plain(text, match.start("whole")), _plain(text, match.start("part"))
    if whole is None or part is None or not 0 < part.value < whole.value:
        return None
    value, digit = part.value / whole.value, 1.0 / whole.value
    return Numeral(match.start(), part.end, value, digit, in_words=whole.in_words, kind="fraction")
