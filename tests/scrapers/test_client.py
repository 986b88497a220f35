"""The client against a loopback web of good and hostile servers."""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Lock
from typing import Any

import pytest

import scrapers.addresses
from nlp.errors import FetchError
from scrapers.client import Client, Limits
from scrapers.pacing import pause_after_answer
from scrapers.responses import Response, media_type, next_hop, retry_after

QUICK = Limits(total_seconds=5, max_bytes=1_000_000, host_delay_seconds=0, backoff_seconds=0)
IMPATIENT = Limits(total_seconds=0.5, max_bytes=1_000_000, host_delay_seconds=0, backoff_seconds=0)


# The second is aiohttp's word for addresses such as 2130706433, which it does not even look up.
REFUSED = re.compile("is not a public address|is not a canonical IPv4 address")


def fetch(*urls: str, limits: Limits = QUICK, allow_private: bool = True) -> Response:
    """The answer for the last of `urls`, all fetched by one client."""

    async def run() -> Response:
        async with Client(limits) as client:
            for url in urls:
                response = await client.fetch(url, allow_private=allow_private)
        return response

    return asyncio.run(run())


def failure(url: str, **options: Any) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url, **options)
    return caught.value


def test_a_page_and_what_is_said_with_it(web: Any) -> None:
    url = web.put("/a", "<p>text</p>", ETag='"1"', content_type="text/html; charset=gbk")
    response = fetch(url)
    assert (response.url, response.status, response.body) == (url, 200, b"<p>text</p>")
    assert response.headers["etag"] == '"1"'
    assert media_type(response).charset == "gbk"
    assert response.fetched_at.tzinfo is UTC
    assert "froth-narratives" in web.headers[-1]["user-agent"]
    assert web.headers[-1]["accept-encoding"] == "gzip, deflate"


def test_compressed_bodies_arrive_decompressed(web: Any) -> None:
    url = web.put("/a", gzip.compress("流动性".encode() * 1000), Content_Encoding="gzip")
    assert fetch(url).body.decode() == "流动性" * 1000


@pytest.mark.parametrize("status", [204, 200])
def test_success_needs_no_body(web: Any, status: int) -> None:
    assert fetch(web.put("/a", status=status)).body == b""


@pytest.mark.parametrize("status", [304, 400, 403, 404, 410, 500, 503])
def test_another_status_is_an_error_that_says_it(web: Any, status: int) -> None:
    assert failure(web.put("/a", status=status)).status == status


@pytest.mark.parametrize(
    "url", ["", "a/b", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http://[::1", "https:///a"]
)
def test_what_is_not_an_address_is_refused(url: str) -> None:
    assert "expected an absolute http or https address" in str(failure(url))


# --- robots.txt


def test_robots_txt_is_read_once_and_obeyed(web: Any) -> None:
    web.put("/robots.txt", "User-agent: *\nDisallow: /private\n\nUser-agent: other\nDisallow: /\n")
    fetch(web.put("/a", "x"), web.put("/b", "x"))
    assert web.requests == ["/robots.txt", "/a", "/b"]
    assert "forbids" in str(failure(web.put("/private/c", "x")))
    assert "/private/c" not in web.requests


def test_a_robots_group_of_our_own_goes_first(web: Any) -> None:
    web.put("/robots.txt", "User-agent: froth-narratives\nDisallow: /b\n\nUser-agent: *\nDisallow: /a\n")
    assert fetch(web.put("/a", "x")).status == 200
    assert "forbids" in str(failure(web.put("/b", "x")))


@pytest.mark.parametrize(("status", "allowed"), [(200, True), (404, True), (403, True), (500, False), (503, False)])
def test_robots_txt_that_cannot_be_had(web: Any, status: int, allowed: bool) -> None:
    web.put("/robots.txt", "", status=status)
    url = web.put("/a", "x")
    if allowed:
        assert fetch(url).status == 200
    else:
        assert "robots.txt could not be read" in str(failure(url))
        assert "/a" not in web.requests


def test_a_crawl_delay_is_kept_and_one_without_end_means_no(web: Any) -> None:
    web.put("/robots.txt", "User-agent: *\nCrawl-delay: 0.3\n")
    short = replace(QUICK, max_wait_seconds=0.1)
    assert fetch(web.put("/a", "a"), web.put("/b", "b"), limits=short).body == b"b"
    assert web.requests == ["/robots.txt", "/a", "/b"]
    unwilling = replace(short, max_crawl_delay_seconds=0.1)
    assert "wants 0.3 s between requests" in str(failure(web.url("/a"), limits=unwilling))


def test_robots_txt_of_a_redirect_target_is_obeyed(web: Any) -> None:
    web.put("/robots.txt", "User-agent: *\nDisallow: /private\n")
    web.put("/private", "x")
    assert "forbids" in str(failure(web.put("/a", status=302, Location="/private")))
    assert "/private" not in web.requests


# --- redirects and forbidden addresses


def test_redirects_are_followed_to_the_end(web: Any) -> None:
    web.put("/a", status=301, Location="/b?x=1")
    web.put("/b?x=1", status=307, Location=web.url("/c"))
    web.put("/c", "end")
    response = fetch(web.url("/a"))
    assert (response.url, response.body) == (web.url("/c"), b"end")


def test_a_redirect_loop_ends(web: Any) -> None:
    web.put("/a", status=302, Location="/a")
    assert "more than 5 redirects" in str(failure(web.url("/a")))
    assert web.requests.count("/a") == 6


@pytest.mark.parametrize("location", ["file:///etc/passwd", "javascript:alert(1)", "http://[::1", "//"])
def test_a_redirect_to_nowhere_is_an_error(web: Any, location: str) -> None:
    failure(web.put("/a", status=302, Location=location))


def test_a_redirect_without_location_is_an_error(web: Any) -> None:
    assert "Location" in str(failure(web.put("/a", status=302)))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"])
def test_loopback_is_refused_unless_the_source_allows_it(web: Any, host: str) -> None:
    web.put("/a", "secret")
    error = failure(f"http://{host}:{web.port}/a", allow_private=False)
    assert REFUSED.search(str(error))
    assert web.requests == []


@pytest.mark.parametrize(
    "host", ["127.0.0.2", "169.254.169.254", "10.0.0.1", "[::1]", "[::ffff:127.0.0.2]", "2130706434"]
)
def test_a_redirect_to_a_private_address_is_refused(web: Any, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # 127.0.0.1 plays the public web here; every other address is judged as it is.
    real = scrapers.addresses.is_public
    monkeypatch.setattr(scrapers.addresses, "is_public", lambda address: address == "127.0.0.1" or real(address))
    url = web.put("/a", status=302, Location=f"http://{host}:{web.port}/latest/meta-data")
    assert REFUSED.search(str(failure(url, allow_private=False)))
    assert web.requests == ["/robots.txt", "/a"]


# --- limits


def test_a_bomb_is_refused(web: Any) -> None:
    url = web.put("/a", gzip.compress(b"\0" * 50_000_000, 1), Content_Encoding="gzip")
    assert "after decompression" in str(failure(url))


def test_an_encoding_that_was_not_asked_for_is_refused(web: Any) -> None:
    assert "not asked for" in str(failure(web.put("/a", b"\x1b\x00", Content_Encoding="br")))


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        pytest.param(OK + b"Content-Length: 100000\r\n\r\n", b"x", id="dripped body"),
        pytest.param(OK, b"X", id="dripped header"),
        pytest.param(b"HTTP/1.1 200 ", b"O", id="dripped status line"),
        pytest.param(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", id="dripped chunks"),
        pytest.param(OK + b"Content-Length: 5\r\n\r\n", b"", id="silence"),
    ],
)
def test_a_dripped_answer_meets_the_total_deadline(web: Any, start: bytes, piece: bytes) -> None:
    url = web.drip("/a", start, piece, 0.02)
    assert "no complete answer within 0.5 s" in str(failure(url, limits=IMPATIENT))


def test_an_endless_body_is_cut_at_the_cap(web: Any) -> None:
    url = web.drip("/a", OK + b"\r\n", b"x" * 65_536, 0.0005)
    assert "more than 1000000 bytes" in str(failure(url))


def test_an_endless_header_is_refused(web: Any) -> None:
    url = web.drip("/a", OK + b"X-Long: ", b"x" * 65_536, 0.0005)
    failure(url)


def test_a_dripped_robots_txt_meets_the_deadline_too(web: Any) -> None:
    web.drip("/robots.txt", OK + b"\r\n", b"#", 0.02)
    assert "robots.txt could not be read" in str(failure(web.put("/a", "x"), limits=IMPATIENT))


def test_a_truncated_body_is_an_error(web: Any) -> None:
    failure(web.put("/a", "short", content_length="500"))


def test_an_answer_that_is_not_http_is_an_error(web: Any) -> None:
    failure(web.drip("/a", b"SSH-2.0-OpenSSH_9.6\r\n", b"", 0.02))


def test_a_refused_connection_is_an_error(web: Any) -> None:
    failure("http://127.0.0.1:9/a")


@pytest.mark.parametrize("n_requests", [1, 3])
def test_so_many_requests_at_a_time_per_host(web: Any, n_requests: int) -> None:
    active, most, lock = [0], [0], Lock()

    def counted(answer: Callable[[Any], None]) -> Callable[[Any], None]:
        def answering(handler: Any) -> None:
            with lock:
                active[0] += 1
                most[0] = max(most[0], active[0])
            web.closing.wait(0.02)
            with lock:
                active[0] -= 1  # before the answer, on which the client may ask again
            answer(handler)

        return answering

    urls = [web.put(f"/{number}", "x") for number in range(8)]
    web.answers = {path: counted(answer) for path, answer in web.answers.items()}

    async def run() -> None:
        async with Client(replace(QUICK, host_requests=n_requests)) as client:
            await asyncio.gather(*(client.fetch(url, allow_private=True) for url in urls))

    asyncio.run(run())
    assert most == [n_requests]
    assert sorted(web.requests) == sorted(["/robots.txt", *(f"/{number}" for number in range(8))])


# --- busy servers


def busy_once(web: Any, **headers: str) -> str:
    web.put("/a", "busy", status=429, **headers)
    refuse = web.answers["/a"]

    def answer(handler: Any) -> None:
        refuse(handler)
        web.put("/a", "ready")

    web.answers["/a"] = answer
    return web.url("/a")


def test_a_busy_server_is_asked_once_more(web: Any) -> None:
    assert fetch(busy_once(web, Retry_After="0")).body == b"ready"


def test_a_server_that_stays_busy_is_an_error(web: Any) -> None:
    url = web.put("/a", "busy", status=503, Retry_After="0")
    assert failure(url).status == 503
    assert web.requests.count("/a") == 3


@pytest.mark.parametrize("value", ["31536000", "99999999999999999999", "soon", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_an_absurd_retry_after_is_not_waited_for(web: Any, value: str) -> None:
    assert failure(busy_once(web, Retry_After=value)).status == 429
    assert web.requests.count("/a") == 1


@pytest.mark.parametrize("value", ["99999999999999999999", "9" * 8000, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_retry_after_is_clamped_to_a_day(value: str) -> None:
    assert retry_after(Response("http://x.example/", 429, {"retry-after": value}, b"", datetime.now(UTC))) == 86_400


def test_a_host_that_asks_to_be_left_alone_is(web: Any) -> None:
    url, other = busy_once(web, Retry_After="3600"), web.put("/b", "x")

    async def run() -> None:
        async with Client(QUICK) as client:
            for address, said in ((url, "status 429"), (other, "left alone for 3")):
                with pytest.raises(FetchError, match=said):
                    await client.fetch(address, allow_private=True)

    asyncio.run(run())
    assert "/b" not in web.requests


def after(web: Any, n_failures: int, fail: Callable[[Any], None]) -> str:
    """An address that fails so many times before it answers."""
    left = [n_failures]

    def answer(handler: Any) -> None:
        left[0] -= 1
        if left[0] < 0:
            web.put("/a", "ready")
        (fail if left[0] >= 0 else web.answers["/a"])(handler)

    web.answers["/a"] = answer
    return str(web.url("/a"))


def hang_up(handler: Any) -> None:
    handler.close_connection = True


def cut_short(handler: Any) -> None:
    handler.wfile.write(OK + b"Content-Length: 500\r\n\r\nshort")


def server_error(handler: Any) -> None:
    handler.send_error(502)


# aiohttp asks a second time by itself where the connection was closed before an answer.
@pytest.mark.parametrize(("fail", "n_requests"), [(hang_up, 6), (cut_short, 3), (server_error, 3)])
def test_what_fails_in_passing_is_tried_again_a_few_times(
    web: Any, fail: Callable[[Any], None], n_requests: int
) -> None:
    assert fetch(after(web, n_requests - 1, fail)).body == b"ready"
    web.requests.clear()
    failure(after(web, n_requests, fail))
    assert web.requests.count("/a") == n_requests


@pytest.mark.parametrize("status", [400, 404, 410, 429, 501])
def test_what_will_not_pass_is_not_tried_again(web: Any, status: int) -> None:
    failure(web.put("/a", status=status))
    assert web.requests.count("/a") == 1


def test_tries_end_with_the_deadline(web: Any) -> None:
    limits = Limits(total_seconds=0.5, host_delay_seconds=0, backoff_seconds=0.4, max_tries=50)
    assert failure(after(web, 50, server_error), limits=limits).status == 502
    assert 2 <= web.requests.count("/a") <= 3


def test_backoff_doubles_with_jitter() -> None:
    answer = Response("http://x.example/", 500, {}, b"", datetime.now(UTC))
    for n_tried in range(1, 6):
        pauses = {pause_after_answer(answer, n_tried, 1.0) for _ in range(50)}
        assert len(pauses) > 1
        assert all(pause is not None and 2 ** (n_tried - 2) <= pause <= 2 ** (n_tried - 1) for pause in pauses)


def test_retry_after_may_be_a_date() -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC)
    header = {"retry-after": format_datetime(now + timedelta(seconds=20), usegmt=True)}
    assert retry_after(Response("http://x.example/", 503, header, b"", now)) == 20


def test_a_relative_location_is_joined() -> None:
    response = Response("http://x.example/a/b", 302, {"location": "../c"}, b"", datetime.now(UTC))
    assert next_hop(response) == "http://x.example/c"
