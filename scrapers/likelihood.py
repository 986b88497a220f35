"""How probable a text is as one in a kind of writing: what tells the right reading of some bytes from the wrong ones.

A unigram model: natural logarithms of the frequencies of classes of characters, summed, with corrections where a
character's neighbours matter. Wrong readings of Chinese bytes are Chinese too, but of rare characters. Readings of the
same bytes can be compared with each other, because each is an account of all of them (the noisy channel of Shannon,
1948). Han frequencies are those of `scrapers.han_tiers`; the others are rounded from running text.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from typing import Literal

from scrapers.han_tiers import HAN_TIERS

__all__ = ["Writing", "log_likelihood", "non_ascii_mean"]

Writing = Literal["chinese", "japanese", "korean", "latin", "alphabet"]

_ASCII, _REPLACED = -4.0, -15.0
_TIERS = (-6.1, -7.3, -8.0, -8.7)
_LOG_BY_HAN = {char: log for tier, log in zip(HAN_TIERS, _TIERS, strict=True) for char in tier}
_COMMON_HANGUL = frozenset(
    "이다의는에을고가한지로하사기대서어인도자으리시나정해부일전상주아보수를은과장그게있라제성만면것연조관자공들구했원동경여되세국"
    "마소비오안무적문위산시신용중재계년선유모투금업화영우생분미발회진거통당간내외증권행치체실양력요두방명물단된때까와"
)
_COMMON_SYLLABLE, _SYLLABLE = -5.5, -8.5
_OTHER_HAN, _RARE_HAN = -10.7, -14.0
_LATIN_MARKS = frozenset("‘’“”„‚–—…•€£©®™°«»·§\u00a0½¿¡")
_CJK_MARKS = frozenset("，。、：；！？“”‘’（）《》【】「」『』—…·％　０１２３４５６７８９")
# Accents stand in words and quotation marks at their edges; Chinese characters hardly touch small letters, and hardly
# stand alone among words. A text may begin behind the `>` of a tag.
_IN_WORD = re.compile(
    r"(?<=[A-Za-z])[À-ÿœ](?=[a-z])|(?<![^\s>\"'(“„«‘’-])[À-ÿ](?=[a-z])|(?<=[A-Za-z])[à-ÿ](?![À-ÿ])"
    r"|(?<![^\s>])[“„‘«–—€£](?=[\s\w])|(?<=[\w.,])[’”“]|(?<![^\s>])’(?=[a-z]{1,2}\b)|(?<=\s)[»–—]|(?<=[»«])\xa0"
)
_ACCENTS_ALONE = re.compile(r"[\u0080-\u024f]{3,}")
_WIDE = r"[\u3041-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff61-\uff9f\U00020000-\U0003ffff]"
_HAN_AT_LETTER = re.compile(rf"{_WIDE}(?=[a-z])|(?<=[a-z]){_WIDE}")
_HAN_ALONE = re.compile(rf"(?<![^a-zA-Z\s>]){_WIDE}(?![^a-zA-Z\s])")
_IN_WORD_LOG, _ACCENTS_LOG, _AT_LETTER_LOG, _ALONE_LOG = 3.0, -4.0, -3.0, -6.0


def log_likelihood(text: str, writing: Writing) -> float:
    """The logarithm of the probability of `text` as a text in `writing`; comparable for readings of the same bytes.

    >>> log_likelihood("流动性", "chinese") > log_likelihood("霜雪黎", "chinese")
    True
    """
    counts = Counter(text)
    total = sum(n * (_ASCII if char < "\x80" else _log(char, writing)) for char, n in counts.items())
    if writing == "latin":
        total += _IN_WORD_LOG * len(_IN_WORD.findall(text))
        return total + _ACCENTS_LOG * sum(map(len, _ACCENTS_ALONE.findall(text)))
    total += _ALONE_LOG * len(_HAN_ALONE.findall(text))
    return total + _AT_LETTER_LOG * len(_HAN_AT_LETTER.findall(text))


def non_ascii_mean(text: str, writing: Writing) -> float:
    """The mean logarithm over the characters beyond ASCII; 0 where there is none."""
    n = sum(char >= "\x80" for char in text)
    return (log_likelihood(text, writing) - _ASCII * (len(text) - n)) / n if n else 0.0


@functools.lru_cache(maxsize=1 << 16)
def _log(char: str, writing: Writing) -> float:
    """Of one character beyond ASCII."""
    if char == "\ufffd" or "\x80" <= char < "\xa0" or "\ue000" <= char < "\uf900":
        return _REPLACED
    if writing == "latin":
        return _log_latin(char)
    if char in _CJK_MARKS:
        return -5.0 if writing != "alphabet" else -8.0
    if "\u3400" <= char <= "\u9fff":
        return _LOG_BY_HAN.get(char, _log_other_han(char)) - (writing == "alphabet") - 6 * (writing == "korean")
    if "\u3041" <= char <= "\u30fc":
        return -5.0 if writing == "japanese" else -11.0
    if "\uac00" <= char <= "\ud7a3":
        return _log_hangul(char) if writing == "korean" else -12.0
    if writing == "alphabet":
        return -4.5 if char.isalpha() and ord(char) < 0x2000 else -9.0
    return -9.0 if "\u2000" <= char <= "\u33ff" else -12.0


def _log_latin(char: str) -> float:
    if char in _LATIN_MARKS:
        return -6.0
    if char.isalpha() and char < "\u0180":
        return -7.0 if char.islower() else -8.5
    return -11.0


def _log_hangul(char: str) -> float:
    """Most syllables that can be built are never written; KS X 1001 has those that are."""
    if char in _COMMON_HANGUL:
        return _COMMON_SYLLABLE
    try:
        char.encode("euc_kr")
    except UnicodeEncodeError:
        return _RARE_HAN
    return _SYLLABLE


def _log_other_han(char: str) -> float:
    """Common enough to be in the first level of one of the two standards, or rare."""
    for codec, first, last in (("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)):
        try:
            lead = char.encode(codec)[0]
        except UnicodeEncodeError:
            continue
        if first <= lead <= last:
            return _OTHER_HAN
    return _RARE_HAN
