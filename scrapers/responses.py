"""Answers of web servers as plain records, and the reading of their headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from nlp.errors import FetchError

__all__ = [
    "KEPT_HEADERS",
    "MediaType",
    "Response",
    "Validators",
    "host_name",
    "media_type",
    "next_hop",
    "retry_after",
    "validators_of",
]

KEPT_HEADERS = ("content-type", "content-language", "etag", "last-modified", "location", "retry-after")

_LONGEST_PAUSE = 86_400.0
_CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


@dataclass(frozen=True, slots=True)
class Response:
    """One answer: the final address, its status, a few headers by lower-case name, the decompressed body.

    `fetched_at` is aware UTC.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Validators:
    """By what a server can tell that a kept answer is still its answer (RFC 9110, 13.1).

    `headers` are the conditions of the next request to `url`, the address that gave the answer.
    """

    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MediaType:
    """A Content-Type: `kind` such as `text/html`, and the charset if one is named."""

    kind: str
    charset: str | None


def host_name(url: str) -> str:
    """The host of an absolute http(s) address.

    Raises:
        FetchError: it is not one.

    >>> host_name("https://www.example.com:8443/a")
    'www.example.com'
    """
    try:
        parts = urlsplit(url)
        name = parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        name = None
    if not name:
        raise FetchError(f"{url[:200]!r} cannot be fetched: expected an absolute http or https address", url=url)
    return name


def next_hop(response: Response) -> str:
    """Where a redirect leads.

    Raises:
        FetchError: it names no http(s) address.
    """
    try:
        target = urljoin(response.url, response.headers["location"])
    except (KeyError, ValueError) as error:
        raise FetchError(f"{response.url}: a redirect without a usable Location", url=response.url) from error
    host_name(target)
    return target


def retry_after(response: Response) -> float | None:
    """Seconds that a Retry-After header asks for, in seconds or as a date, 0 to a day; None without a readable one."""
    value = response.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), _LONGEST_PAUSE)
    try:
        seconds = (parsedate_to_datetime(value) - response.fetched_at).total_seconds()
        return min(max(0.0, seconds), _LONGEST_PAUSE)
    except (TypeError, ValueError, OverflowError):
        return None


def validators_of(response: Response) -> Validators | None:
    """The validators that an answer carries, or None where it has none."""
    headers = {_CONDITIONS[name]: value for name, value in response.headers.items() if name in _CONDITIONS}
    return Validators(response.url, headers) if headers else None


def media_type(response: Response) -> MediaType:
    """The Content-Type of a response; one without counts as HTML."""
    header = Message()
    header["content-type"] = " ".join(response.headers.get("content-type", "text/html").split())
    try:
        return MediaType(header.get_content_type(), header.get_content_charset())
    except (LookupError, UnicodeError):  # a charset parameter in the extended form can name a codec that is none
        return MediaType(header.get_content_type(), None)
