"""A web of hostile servers beside a good one, collected by a process whose memory is measured."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nlp.store import Store
from tests.scrapers.hostile_documents import documents

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
MEBIBYTES = 256
N_GOOD = 5
# What ended the exchange, by the name of the server before its number.
REASONS = {
    "gzip": "bytes after decompression",
    "gzip-twice": "was not asked for",
    "br": "was not asked for",
    "zstd": "was not asked for",
    "dripped-header": "no complete answer within",
    "dripped-body": "no complete answer within",
    "endless-body": "bytes received",
    "endless-header": "more than 8190 bytes",
    "header-of-200-mb": "more than 8190 bytes",
    "loop": "more than 5 redirects",
    "truncated": "not completed",
    "wrong-length": "Content-Length",
    "truncated-gzip": "cut short",
    "busy": "HTTP status 429|asked to be left alone",
    "inside": "could not be read",
}


NO_PAGE = ("no article was found in it", "not a page")


def zstd_bomb(n_blocks: int) -> bytes:
    """A zstd frame (RFC 8878) of blocks that each repeat one byte 128 KiB long, in four bytes."""
    head = b"\x28\xb5\x2f\xfd" + bytes([0b00000000, 0x58])
    size = 128 * 1024
    return head + b"".join(
        (size << 3 | 1 << 1 | (number == n_blocks - 1)).to_bytes(3, "little") + b"\0" for number in range(n_blocks)
    )


def hostile_servers(web: Any, busy_web: Any, inside: Any) -> dict[str, str]:
    """Address by name; what forbidden redirects lead to is `inside`."""
    bomb = gzip.compress(b"\0" * 300_000_000, 1)
    header = OK + b"X-Long: "
    forbidden = [f"http://{host}:{inside.port}/secret" for host in ("127.0.0.1", "[::ffff:127.0.0.1]", "2130706433")]
    busy = ("31536000", "9" * 30, "-1", "Fri, 31 Dec 9999 23:59:59 GMT")
    web.put("/ring/a", status=302, Location="/ring/b")
    return {
        "gzip": web.put("/gzip", bomb, Content_Encoding="gzip"),
        "gzip-twice": web.put("/gzip2", gzip.compress(bomb, 1), Content_Encoding="gzip, gzip"),
        "br": web.put("/br", b"\x5b\xff\xff\x3f\x00" * 300, Content_Encoding="br"),
        "zstd": web.put("/zstd", zstd_bomb(8000), Content_Encoding="zstd"),
        "dripped-header": web.drip("/header", OK, b"X", 0.02),
        "dripped-body": web.drip("/body", OK + b"Content-Length: 100000\r\n\r\n", b"x", 0.02),
        "endless-body": web.drip("/endless", OK + b"\r\n", b"<p>text</p>" * 6000, 0.0001),
        "endless-header": web.drip("/long", header, b"x" * 1_000_000, 0.0001),
        "header-of-200-mb": web.drip("/200", header + b"x" * 200_000_000 + b"\r\n\r\n", b"", 0.1),
        "loop": web.put("/ring/b", status=302, Location="/ring/a"),
        "truncated": web.put("/cut", "<p>", Content_Length="100000"),
        "wrong-length": web.put("/length", "<p>x</p>" * 99, Content_Length="-5"),
        "truncated-gzip": web.put("/cutgz", gzip.compress(b"x" * 9999)[:-9], Content_Encoding="gzip"),
        **{f"busy-{n}": busy_web.put(f"/busy{n}", status=429, Retry_After=value) for n, value in enumerate(busy)},
        **{f"inside-{n}": web.put(f"/in{n}", status=302, Location=url) for n, url in enumerate(forbidden)},
    }


def source(name: str, url: str) -> str:
    values = {"id": name, "name": name, "url": url, "lang": "en", "zone": "UTC", "licence_note": "made for this test"}
    return "[[source]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())


def rss(*urls: str) -> str:
    items = "".join(f"<item><title>t{n}</title><link>{url}</link></item>" for n, url in enumerate(urls))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>c</title>{items}</channel></rss>'


def collected(tmp_path: Path, sources: list[str], host: str) -> dict[str, Any]:
    """What the run reported; the test fails if it does not end."""
    declared, program = tmp_path / "sources.toml", Path(__file__).with_name("hostile_run.py")
    declared.write_text("\n".join(sources), encoding="utf-8")
    command = [sys.executable, str(program), str(declared), str(tmp_path / "run.db"), host]
    paths = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(command, capture_output=True, text=True, env=paths, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux: its memory figures, and 127.0.0.3")
def test_hostile_servers(
    public_web: Any, busy_web: Any, web: Any, tmp_path: Path, make_page: Callable[..., str]
) -> None:
    urls = hostile_servers(public_web, busy_web, web)
    good = [public_web.put(f"/good{n}", make_page(f"Good {n}", "en")) for n in range(N_GOOD)]
    # Each as a feed and as a page of a feed.
    feeds = {"pages": public_web.put("/pages", rss(*urls.values())), "good": public_web.put("/goodfeed", rss(*good))}
    result = collected(
        tmp_path, [source(*item) for item in (feeds | urls).items()], f"{public_web.host},{busy_web.host}"
    )
    assert result["growth"] < MEBIBYTES
    assert web.requests == []
    assert result["added"] == N_GOOD
    assert len(result["failures"]) == 2 * len(urls)
    for name, url in urls.items():
        expected = REASONS[name.rstrip("-0123456789")]
        reasons = [reason for item, reason in result["failures"] if item in (url, f"{name} {url}")]
        assert [bool(re.search(expected, reason)) for reason in reasons] == [True, True], reasons
    with Store.open(tmp_path / "run.db") as store:
        assert {article.url for article in store.articles()} == set(good)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux: its memory figures, and 127.0.0.3")
def test_hostile_documents_as_pages(public_web: Any, tmp_path: Path, make_page: Callable[..., str]) -> None:
    urls = [public_web.put(f"/{n}", make()) for n, (_, make) in enumerate(documents())]
    good = [public_web.put(f"/good{n}", make_page(f"Good {n}", "en")) for n in range(N_GOOD)]
    mixed = [url for n, url in enumerate(urls) for url in ([url, good[n // 120]] if n % 120 == 60 else [url])]
    result = collected(tmp_path, [source("mixed", public_web.put("/feed", rss(*mixed)))], public_web.host)
    assert len(mixed) == len(urls) + N_GOOD
    assert result["growth"] < MEBIBYTES
    assert result["added"] + len(result["failures"]) == len(mixed)
    assert all(reason.startswith(NO_PAGE) for _, reason in result["failures"])
    with Store.open(tmp_path / "run.db") as store:
        assert set(good) <= {article.url for article in store.articles()}
