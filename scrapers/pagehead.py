"""What a page states about itself beside its text: headline, address, name of the site."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lxml.html import HtmlElement

__all__ = ["site_name", "stated_title", "stated_url"]

_QUOTES = tuple("\"'")
_SITE_SUFFIX = re.compile(r"\s*(?:[|_–—]|\s-\s)\s*[^|_–—]{1,40}\Z")


def stated_title(tree: HtmlElement) -> str:
    """The headline: what the page states for sharing, else its only h1, else its title without the site's name."""
    headings = [" ".join(heading.text_content().split()) for heading in tree.xpath("//h1")]
    headings = [heading for heading in headings if heading]
    title = _meta(tree, "og:title") or (headings[0] if len(headings) == 1 else "")
    whole = " ".join((tree.findtext(".//title") or "").split())
    # A quotation mark in the headline ends a carelessly written attribute early.
    if title and whole[len(title) :].strip()[:1] not in _QUOTES:
        return title
    return title if title and not whole.startswith(title) else _SITE_SUFFIX.sub("", whole) or whole


def stated_url(tree: HtmlElement) -> str | None:
    """The address in the canonical link or og:url; a bare host is not one, as careless sites put it on every page."""
    for link in (*tree.xpath("//link[@rel='canonical']/@href")[:1], _meta(tree, "og:url")):
        try:
            parts = urlsplit(link.strip())
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname and (parts.path.strip("/") or parts.query):
            return str(link.strip())
    return None


def site_name(tree: HtmlElement) -> str:
    """The site's name, or an empty string."""
    return _meta(tree, "og:site_name")


def _meta(tree: HtmlElement, name: str) -> str:
    """The content of the first meta element of that property or name."""
    for value in tree.xpath("//meta[@property=$name or @name=$name]/@content", name=name):
        return " ".join(value.split())
    return ""
