"""Bytes into text: UTF-8, UTF-16 with a byte-order mark, or GB 18030 where that reads as Chinese — never mojibake.

What is none of these is refused with the byte that broke it. Compressed files (`.xz`, `.gz`, `.bz2`) are opened as what
they hold. GB 18030 accepts almost any bytes, so it counts only when the outcome is mostly Chinese and the commonest
characters of written Chinese make up the share of it that they have in real text.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from nlp.errors import InputError

__all__ = ["BROKEN_FILE", "bare_suffix", "decode", "encoding_of", "open_bytes", "open_text", "refuse_binary"]

_OPENERS: Mapping[str, Callable[[Path], object]] = {".xz": lzma.open, ".gz": gzip.open, ".bz2": bz2.open}
BROKEN_FILE = (OSError, EOFError, lzma.LZMAError)
"""What reading a missing, unreadable or truncated file raises."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SIGNATURES = (b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"\xfd7zXZ", b"PAR1")
_HEAD, _CHUNK = 1 << 13, 1 << 20
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))
_MOST_CONTROLS, _CONTROL_SHARE = 8, 0.02
_HAN = re.compile(r"[\u4e00-\u9fff]")
_FOREIGN = re.compile(r"[^\x00-\x7f\u4e00-\u9fff\u2010-\u2026\u3000-\u303f\uff00-\uff5e·℃①-⑩]")
# Of FLORES sentences these let through 99% of the Chinese ones in GB 18030, and none in Big5, EUC-KR, EUC-JP, Shift-JIS
# or a Western code page (tests/nlp/test_decoding.py repeats it).
_FEWEST_HAN, _HAN_SHARE, _COMMON_SHARE = 4, 0.9, 0.2
# The most frequent characters of written Chinese and of financial news; a property of the language, from any count.
_COMMON = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经"
    "么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军者意无力与长把机十民第公此已工使情明性知全三"
    "又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利二等产或新己制身果加月话合回代内信表化给次度市股资金融价格增跌涨"
    "元亿万期货投券银基率指数季同比元收报告司险交易贸经济行情板块央降息债百今日消比去据均较持续预计监管部门企项目据悉"
)


def bare_suffix(path: Path) -> str:
    """The lower-case suffix that tells the format, compression apart.

    >>> bare_suffix(Path("a/News.JSONL.xz"))
    '.jsonl'
    """
    return Path(path.stem if path.suffix.lower() in _OPENERS else path.name).suffix.lower()


def open_bytes(path: Path) -> BinaryIO:
    """The bytes of `path`, decompressed while they are read."""
    opener = _OPENERS.get(path.suffix.lower())
    return cast(BinaryIO, opener(path)) if opener else path.open("rb")


def open_text(path: Path) -> TextIO:
    """The text of `path`, line ends untouched; reads the file once before, to know its encoding.

    Raises:
        InputError: the file is binary or in an encoding that froth cannot tell.
    """
    with open_bytes(path) as stream:
        encoding = encoding_of(stream)
    return io.TextIOWrapper(open_bytes(path), encoding=encoding, newline="")


def decode(data: bytes) -> str:
    r"""The text that `data` encodes, without its byte-order mark.

    Raises:
        InputError: binary data, or an encoding that froth cannot tell.

    >>> decode("美股泡沫".encode())
    '美股泡沫'
    """
    if not data.startswith(_UTF16):
        refuse_binary(data[:_HEAD])
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass  # the long way finds out what it is
    try:
        return data.decode(encoding_of(io.BytesIO(data)))
    except UnicodeDecodeError as error:
        raise InputError(_advice(error.start)) from error


def refuse_binary(head: bytes) -> None:
    """Raise `InputError` where the first bytes of a file are those of a picture, an archive or other binary data."""
    if head.startswith(_UTF16):
        return
    n_control = len(head) - len(head.translate(None, _CONTROL))
    if head.startswith(_SIGNATURES) or b"\0" in head or n_control > max(_MOST_CONTROLS, _CONTROL_SHARE * len(head)):
        raise InputError("is binary data, not text; froth reads text in UTF-8")


def encoding_of(stream: BinaryIO) -> str:
    """The codec name that reads the whole of `stream` (seekable; left at no particular place), in constant memory.

    Raises:
        InputError: binary data, or an encoding that froth cannot tell.
    """
    head = stream.read(_HEAD)
    refuse_binary(head)
    if head.startswith(_UTF16):
        return "utf-16"
    try:
        for _ in _decoded(stream, "utf-8"):
            pass
    except UnicodeDecodeError as error:
        if _reads_as_chinese(stream):
            return "gb18030"
        raise InputError(_advice(error.start)) from error
    return "utf-8-sig"  # which reads UTF-8 with a byte-order mark and without


def _decoded(stream: BinaryIO, codec: str) -> Iterator[str]:
    """The text of `stream` from its start; an error's `start` counts from there too."""
    decoder = codecs.getincrementaldecoder(codec)()
    stream.seek(0)
    n_read, chunk = 0, b"-"
    while chunk:
        chunk = stream.read(_CHUNK)
        n_pending = len(decoder.getstate()[0])
        try:
            yield decoder.decode(chunk, not chunk)
        except UnicodeDecodeError as error:
            error.start += n_read - n_pending
            raise
        n_read += len(chunk)


def _reads_as_chinese(stream: BinaryIO) -> bool:
    n_han = n_common = n_other = 0
    try:
        for text in _decoded(stream, "gb18030"):
            han = _HAN.findall(text)
            n_han += len(han)
            n_common += sum(character in _COMMON for character in han)
            n_other += len(_FOREIGN.findall(text))
    except UnicodeDecodeError:
        return False
    return n_han >= _FEWEST_HAN and n_han >= _HAN_SHARE * (n_han + n_other) and n_common >= _COMMON_SHARE * n_han


def _advice(position: int) -> str:
    return f"is not UTF-8 (byte {position} cannot be read) nor Chinese in GB 18030; convert it to UTF-8 (iconv)"
