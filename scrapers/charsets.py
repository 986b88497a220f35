"""Bytes of a page into text, by evidence in falling order of strength.

A byte-order mark, else UTF-8 where the bytes are valid as it, else the encoding that the server or the page declares,
else charset_normalizer's reading, else UTF-8 with replacement characters. Valid UTF-8 goes before the declaration
because declarations lie and text in another multi-byte encoding is hardly ever valid UTF-8 by chance. Labels follow
the WHATWG Encoding Standard: gb2312 and gbk mean gb18030, big5 means big5-hkscs, latin-1 means windows-1252.
"""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

__all__ = ["decode_html"]

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
}
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w.:-]{2,40})"""
    rb"""|<\?xml[^>]{0,99}?encoding=["']([\w.:-]{2,40})""",
    re.IGNORECASE,
)
_HEAD_BYTES = 4096
_SAMPLE_BYTES = 65_536
_REPLACED_SHARE = 0.01
"""How much of a text may be unreadable in the declared encoding before the declaration is taken for a lie."""


def decode_html(html: bytes, *, charset: str | None = None) -> str:
    """The text of a page; never fails, unreadable bytes become U+FFFD.

    Args:
        html: the page as it came, decompressed.
        charset: the charset of the Content-Type header, if there was one; it goes before the page's own declaration.

    >>> decode_html('<meta charset="gb2312"><p>流动性危机</p>'.encode("gbk"))[23:]
    '<p>流动性危机</p>'
    """
    for mark, encoding in _MARKS:
        if html.startswith(mark):
            return html[len(mark) :].decode(encoding, "replace")
    try:
        return html.decode("utf-8")
    except UnicodeDecodeError:
        pass
    for label in (charset, _declared(html)):
        text = _decode_as(html, label)
        if text is not None:
            return text
    best = from_bytes(html[:_SAMPLE_BYTES]).best()
    text = _decode_as(html, best.encoding if best else None)
    return html.decode("utf-8", "replace") if text is None else text


def _declared(html: bytes) -> str | None:
    """The encoding that the head of the page names."""
    found = _DECLARED.search(html[:_HEAD_BYTES])
    return (found[1] or found[2]).decode("ascii", "replace") if found else None


def _decode_as(html: bytes, label: str | None) -> str | None:
    """The text under `label`, or None for an unknown label or one that does not fit the bytes."""
    if not label:
        return None
    label = label.strip().lower().replace("big5_hkscs", "big5-hkscs")
    try:
        text = html.decode(_SUPERSETS.get(label, label), "replace")
    except (LookupError, UnicodeError):
        return None
    return text if text.count("\ufffd") <= _REPLACED_SHARE * len(text) else None
