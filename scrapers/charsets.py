"""Bytes of a page into text: of the readings that the bytes allow, the most probable one.

A byte-order mark decides; else UTF-8 where the bytes are valid as it, because text in another encoding is hardly ever
valid UTF-8 by chance; else every encoding of Chinese, Japanese, Korean and the West is read and weighed
(`scrapers.likelihood`), with a bonus for what server and page declare: declarations lie, but seldom without the text
showing it. Where all readings are improbable, charset_normalizer's is weighed too. Labels follow the WHATWG Encoding
Standard: gb2312 and gbk mean gb18030, big5 means big5-hkscs, latin-1 means windows-1252.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from charset_normalizer import from_bytes

from scrapers.likelihood import Writing, log_likelihood, non_ascii_mean

__all__ = ["decode_html", "probable_codec"]

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_JIS_ESCAPE = b"\x1b$"
_SUPERSETS = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "big5_hkscs": "big5hkscs",
    "cp950": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "windows-1252": "cp1252",
    "shift_jis": "cp932",
    "sjis": "cp932",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "utf8": "utf-8",
}
_WRITINGS: tuple[tuple[str, tuple[Writing, ...]], ...] = (
    ("gb18030", ("chinese",)),
    ("big5hkscs", ("chinese",)),
    ("cp1252", ("latin",)),
    ("cp932", ("japanese",)),
    ("euc_jp", ("japanese",)),
    ("cp949", ("korean",)),
    ("utf-8", ("chinese", "japanese", "korean", "latin", "alphabet")),
)
"""Encodings that are tried on all bytes, and what is written in each."""

_RARER_LOG = {"cp932": -4.0, "euc_jp": -4.0, "cp949": -8.0}
"""What is less often read here needs more evidence, unless it is declared."""

_UNTRIED: tuple[Writing, ...] = ("latin", "alphabet")
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:-]{2,40})"""
    rb"""|<\?xml[^>]{0,99}?encoding=["']([\w.:-]{2,40})""",
    re.IGNORECASE,
)
_HEAD_BYTES = 4096
_SAMPLE_BYTES = 1 << 12
_DECLARED_LOG, _KNOWN_LOG = 8.0, 2.0
"""What a declaration weighs against the text; less for an encoding whose texts are recognised without it."""

_IMPROBABLE = -9.5


@dataclass(frozen=True, slots=True)
class _Reading:
    """One encoding of the sample: the text, what it is written in, and the logarithm of its probability."""

    codec: str
    text: str
    writing: Writing
    log: float


def decode_html(html: bytes, *, charset: str | None = None) -> str:
    """The text of a page; never fails, unreadable bytes become U+FFFD.

    Args:
        html: the page as it came, decompressed.
        charset: the charset of the Content-Type header, if there was one.

    >>> decode_html('<meta charset="iso-8859-1"><p>流动性危机</p>'.encode("gbk"))[27:]
    '<p>流动性危机</p>'
    """
    for mark, encoding in _MARKS:
        if html.startswith(mark):
            return html[len(mark) :].decode(encoding, "replace")
    try:
        return html.decode("iso2022_jp" if html.isascii() and _JIS_ESCAPE in html else "utf-8")
    except UnicodeDecodeError:
        return html.decode(probable_codec(html, charset=charset), "replace")


def probable_codec(html: bytes, *, charset: str | None = None) -> str:
    """The codec under which bytes without a mark that are not valid UTF-8 make the most probable text.

    Args:
        html: a page or a feed, decompressed.
        charset: the charset of the Content-Type header, if there was one.

    >>> probable_codec("股市泡沫与流动性危机".encode("gbk"), charset="iso-8859-1")
    'gb18030'
    """
    sample = _sample(html)
    declared = [_codec(label) for label in (charset, _declared(html)) if label]
    tried = dict(_WRITINGS) | {codec: _UNTRIED for codec in declared if codec and codec not in dict(_WRITINGS)}
    readings = [_read(sample, codec, writings, declared.count(codec)) for codec, writings in tried.items()]
    best = max(readings, key=lambda reading: reading.log)
    if non_ascii_mean(best.text, best.writing) < _IMPROBABLE and best.codec not in declared:
        guess = from_bytes(sample).best()
        codec = _codec(guess.encoding) if guess else None
        if codec is not None and codec not in tried:
            best = max(best, _read(sample, codec, _UNTRIED, 0), key=lambda reading: reading.log)
    return best.codec


def _read(sample: bytes, codec: str, writings: tuple[Writing, ...], n_declared: int) -> _Reading:
    text = sample.decode(codec, "replace")
    log, writing = max((log_likelihood(text, writing), writing) for writing in writings)
    weight = _KNOWN_LOG if codec in dict(_WRITINGS) else _DECLARED_LOG
    bonus = n_declared * weight or _RARER_LOG.get(codec, 0.0)
    return _Reading(codec, text, writing, log + bonus)


def _sample(html: bytes) -> bytes:
    """The first pieces of text that are more than ASCII; `<` and line ends are part of no multi-byte character."""
    return b"\n".join(_beyond_ascii(html))[:_SAMPLE_BYTES]


def _beyond_ascii(html: bytes) -> Iterator[bytes]:
    n_bytes = 0
    for piece in re.split(rb"[<\n]+", html):
        if not piece.isascii():
            yield piece
            n_bytes += len(piece)
        if n_bytes > _SAMPLE_BYTES:
            return


def _declared(html: bytes) -> str | None:
    """The encoding that the head of the page names."""
    found = _DECLARED.search(html[:_HEAD_BYTES])
    return (found[1] or found[2]).decode("ascii", "replace") if found else None


def _codec(label: str) -> str | None:
    """The codec that a label means, or None for an unknown one and for one that is no encoding of text."""
    label = label.strip().lower()
    codec = _SUPERSETS.get(label, label)
    try:
        b"a".decode(codec, "replace")
    except (LookupError, UnicodeError):
        return None
    return codec
