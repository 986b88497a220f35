from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.bodies import Body, BodyError

CAP = 1_000_000


def collected(encoding: str, data: bytes, step: int = 4096, cap: int = CAP) -> bytes:
    body = Body(encoding, cap)
    for start in range(0, len(data), step):
        body.feed(data[start : start + step])
    return body.close()


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


@given(st.binary(max_size=200_000), st.integers(1, 70_000))
def test_every_encoding_gives_the_body_back(data: bytes, step: int) -> None:
    assert collected("", data, step) == data
    assert collected("gzip", gzip.compress(data), step) == data
    assert collected("deflate", zlib.compress(data), step) == data


def test_highly_compressed_bodies_are_whole() -> None:
    for size in (65_535, 65_536, 65_537, 131_072, 999_999):
        data = b"a" * size
        assert collected("gzip", gzip.compress(data), 7) == data
        assert collected("x-gzip", gzip.compress(data), 100_000) == data
        assert collected("deflate", raw_deflate(data), 50) == data


def test_gzip_members_are_joined_and_what_follows_them_is_ignored() -> None:
    assert collected("gzip", gzip.compress(b"one ") + gzip.compress(b"two") + b"\0\0junk") == b"one two"


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, gzip", "évil"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(BodyError, match="not asked for"):
        Body(encoding, CAP)


def test_a_bomb_stops_at_the_cap_and_costs_little_memory() -> None:
    bomb = gzip.compress(b"\0" * 200_000_000, 1)
    tracemalloc.start()
    with pytest.raises(BodyError, match="after decompression"):
        collected("gzip", bomb, 1 << 16)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * CAP


def test_many_empty_members_are_refused() -> None:
    with pytest.raises(BodyError, match="gzip members"):
        collected("gzip", gzip.compress(b"") * 1000, 1 << 16)


def test_a_plain_body_stops_at_the_cap() -> None:
    with pytest.raises(BodyError, match="bytes received"):
        collected("identity", b"x" * (CAP + 1))


@pytest.mark.parametrize(
    "data", [gzip.compress(b"text" * 99)[:-9], b"not gzip at all", gzip.compress(b"abc")[:-4] + b"oops"]
)
def test_a_damaged_body_is_refused(data: bytes) -> None:
    with pytest.raises(BodyError, match=r"damaged|cut short"):
        collected("gzip", data)


def test_an_empty_body_is_empty() -> None:
    assert collected("gzip", b"") == b""
