"""One form of a text to match rules against, a character for a character, so that offsets hold in the original.

Full-width digits, signs and letters become half-width, traditional characters simplified, capital ASCII letters small,
every space a plain space and every line end a line feed; what is not listed stays.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from nlp.simplified import SIMPLIFIED

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["fold"]

_N_CODES = 0x10000
"""Code points of the table: beyond the first plane nothing is folded."""

_KEPT_WIDE = "，；：！？"
_FORMS = {
    " ": "\t\u00a0\u2002\u2003\u2007\u2009\u202f\u3000",
    "\n": "\r\v\f\x1c\x1d\x1e\x85\u2028\u2029",
    "-": "\u2010\u2011\u2012\u2013\u2212\ufe63",
    "~": "\u301c\u223c\u02dc",
    "'": "‘’",
    "¥": "￥",
    "£": "￡",
    "%": "﹪",
    "元": "圆圓",
    "零": "〇",
    "两": "俩倆",
}
_WIDE_COMMA = re.compile(
    r"(?<=[０-９])，(?=[０-９]{3})|(?:(?<=(?<![0-9.])[0-9])|(?<=(?<![0-9.])[0-9]{2}))，(?=[0-9]{3}(?:\.[0-9]+)?点)"
)


@functools.lru_cache(maxsize=4)  # figures and windows of one text ask for it in turn
def fold(text: str) -> str:
    """`text` in the form that the rules of `nlp.claims` are written for; as long as it was.

    A full-width comma stays one, for it parts clauses, except between full-width digits and in points (2，713.06点),
    where it parts thousands.

    >>> fold("約１，５００億美圓，Ａ股")
    '约1,500亿美元，a股'
    """
    if text.isascii():
        return text.translate(_ASCII)
    if "，" in text:
        text = _WIDE_COMMA.sub(",", text)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    folded = np.where(codes < _N_CODES, _table()[np.minimum(codes, _N_CODES - 1)], codes)
    return folded.tobytes().decode("utf-32-le", "surrogatepass")


def _rows() -> Mapping[int, str]:
    rows = {ord(traditional): simplified for traditional, simplified in SIMPLIFIED.items()}
    rows |= {code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F) if chr(code) not in _KEPT_WIDE}
    rows |= {ord(form): to for to, forms in _FORMS.items() for form in forms}
    return rows | {code: chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}


_ASCII = {code: to for code, to in _rows().items() if code < 0x80}


@functools.cache
def _table() -> NDArray[np.uint32]:
    table = np.arange(_N_CODES, dtype=np.uint32)
    for code, to in _rows().items():
        table[code] = ord(to)
    return table
