"""Response bodies, decompressed as they arrive and never beyond a cap.

Only encodings whose output can be bounded while it is produced are advertised: zlib's decompressor takes a maximum
length, so a bomb costs at most one chunk more than the cap. Brotli and zstd are not advertised, and refused when sent
all the same.
"""

from __future__ import annotations

import zlib

__all__ = ["ACCEPT_ENCODING", "Body", "BodyError"]

ACCEPT_ENCODING = "gzip, deflate"

_CHUNK = 1 << 16
_MAX_MEMBERS = 64
_WINDOW_BITS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class BodyError(ValueError):
    """A body that is too large, damaged, cut short or in an encoding that was not asked for."""


class Body:
    """Collects a body chunk by chunk.

    Args:
        encoding: the value of Content-Encoding, empty or `identity` for none.
        max_bytes: cap on the bytes received and on the bytes after decompression.

    Raises:
        BodyError: an encoding other than gzip and deflate.
    """

    def __init__(self, encoding: str, max_bytes: int) -> None:
        encoding = encoding.strip().lower()
        if encoding not in _WINDOW_BITS and encoding not in ("", "identity"):
            raise BodyError(f"Content-Encoding {encoding[:40]!r} was not asked for; expected one of {ACCEPT_ENCODING}")
        self._window_bits = _WINDOW_BITS.get(encoding)
        self._stream = zlib.decompressobj(self._window_bits) if self._window_bits is not None else None
        self._started = False
        self._n_members = 1
        self._max_bytes = max_bytes
        self._n_received = 0
        self._data = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes off the wire.

        Raises:
            BodyError: beyond the cap, or damaged.
        """
        self._n_received += len(chunk)
        if self._n_received > self._max_bytes:
            raise BodyError(f"more than {self._max_bytes} bytes received")
        if self._stream is None:
            self._data += chunk
            return
        try:
            self._inflate(chunk)
        except zlib.error as error:
            raise BodyError(f"damaged compressed body: {error}") from error

    def close(self) -> bytes:
        """The whole body.

        Raises:
            BodyError: the compressed stream ended early.
        """
        if self._stream is not None and self._started and not self._stream.eof:
            raise BodyError("the compressed body was cut short")
        return bytes(self._data)

    def _inflate(self, chunk: bytes) -> None:
        """Decompress `chunk`; a further gzip member starts a fresh stream, other bytes behind the end are ignored."""
        if not self._started and chunk:
            self._started = True
            if self._window_bits == zlib.MAX_WBITS and chunk[0] & 0x0F != 8:
                # Many servers send deflate without the zlib header that the standard asks for.
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        full = False
        while (chunk or full) and self._stream is not None:
            if self._stream.eof and not self._next_member(chunk):
                return
            piece = self._stream.decompress(chunk, _CHUNK)
            self._data += piece
            if len(self._data) > self._max_bytes:
                raise BodyError(f"more than {self._max_bytes} bytes after decompression")
            # A full piece may leave output inside zlib although all input is consumed.
            full = len(piece) == _CHUNK and not self._stream.eof
            chunk = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail

    def _next_member(self, chunk: bytes) -> bool:
        """Begin a further gzip member if `chunk` is one; they are capped, as each costs a copy of the rest."""
        if self._window_bits == zlib.MAX_WBITS or not chunk.startswith(b"\x1f\x8b"):
            return False
        self._n_members += 1
        if self._n_members > _MAX_MEMBERS:
            raise BodyError(f"more than {_MAX_MEMBERS} gzip members in one body")
        self._stream = zlib.decompressobj(_WINDOW_BITS["gzip"])
        return True
