"""robots.txt by RFC 9309, read by protego: what an answer allows to froth, and how slowly."""

from __future__ import annotations

from typing import TypeAlias
from urllib.parse import urlsplit

from protego import Protego

from nlp.errors import FetchError
from scrapers.responses import Response

__all__ = ["Rules", "pause_of", "rules_of"]

Rules: TypeAlias = Protego | str
"""The rules of a site, or in words why they are unknown."""

_PRODUCT = "froth-narratives"
_CHARS = 512_000  # the RFC asks for at least 500 KiB


def rules_of(response: Response) -> Rules:
    """The rules that an answer for robots.txt gives: a 4xx allows everything, after a 5xx they are unknown."""
    if 400 <= response.status < 500:
        return Protego.parse("")
    if not 200 <= response.status < 300:
        return f"HTTP status {response.status}"
    return Protego.parse(response.body.decode("utf-8-sig", "replace")[:_CHARS])


def pause_of(rules: Rules, url: str) -> float:
    """Seconds that a site wants between two requests, 0 where it does not say, once `url` is known to be allowed.

    Raises:
        FetchError: the rules forbid `url` or are unknown.
    """
    file = "{0.scheme}://{0.netloc}/robots.txt".format(urlsplit(url))
    if isinstance(rules, str):
        raise FetchError(
            f"{url}: not fetched, because {file} could not be read ({rules})", url=url, robots="unreadable"
        )
    if not rules.can_fetch(url, _PRODUCT):
        raise FetchError(f"{url}: not fetched, because {file} forbids it to {_PRODUCT}", url=url, robots="forbidden")
    return rules.crawl_delay(_PRODUCT) or 0.0
