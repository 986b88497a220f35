"""Articles of known sites, by the selectors that `site_selectors.toml` declares for their hosts.

Adding a site is adding a row there.
"""

from __future__ import annotations

import copy
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement, tostring

from nlp.errors import SourceError
from scrapers.voters import text_of

__all__ = ["Site", "declared_sites", "selected_text", "site_of"]

_CLUTTER = ("script", "style", "noscript", "template")


@dataclass(frozen=True, slots=True)
class Site:
    """Where a site keeps its articles.

    Attributes:
        hosts: its domains, subdomains included.
        article: CSS selectors of the article's element; the first that holds text wins.
        drop: CSS selectors of what is inside that element and no part of the article.
        fact_source: who says so.
    """

    hosts: tuple[str, ...]
    article: tuple[str, ...]
    fact_source: str
    drop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (self.hosts and self.article and self.fact_source):
            raise SourceError(f"site_selectors.toml: {self}: hosts, article and fact_source must not be empty")
        for selector in (*self.article, *self.drop):
            try:
                CSSSelector(selector, translator="html")
            except SelectorError as error:
                raise SourceError(f"site_selectors.toml: {selector!r} is no CSS selector: {error}") from error


@cache
def declared_sites() -> tuple[Site, ...]:
    """The rows of `site_selectors.toml`.

    Raises:
        SourceError: a row lacks a value or has a selector that is none.
    """
    rows = tomllib.loads((files("scrapers") / "site_selectors.toml").read_text(encoding="utf-8")).get("site", [])
    return tuple(_site(row, number) for number, row in enumerate(rows, start=1))


def _site(row: dict[str, Any], number: int) -> Site:
    known = [field.name for field in fields(Site)]
    for what, keys in (("unknown", row.keys() - set(known)), ("missing", set(known) - row.keys() - {"drop"})):
        if keys:
            raise SourceError(f"site_selectors.toml: site {number}: key {min(keys)!r} is {what}; keys are {known}")
    lists = {key: row.get(key, []) for key in ("hosts", "article", "drop")}
    if wrong := [key for key, value in lists.items() if not isinstance(value, list)]:
        raise SourceError(f"site_selectors.toml: site {number}: {wrong[0]} is no list")
    return Site(**{key: tuple(value) for key, value in lists.items()}, fact_source=row["fact_source"])


def site_of(url: str | None) -> Site | None:
    """The declared site that an address belongs to, if there is one."""
    try:
        host = "." + (urlsplit(url or "").hostname or "")
    except ValueError:
        return None
    return next((site for site in declared_sites() if host.endswith(tuple(f".{name}" for name in site.hosts))), None)


def selected_text(tree: HtmlElement, site: Site) -> str:
    """The article's text where the site keeps it, or an empty string; the tree is not changed."""
    for selector in site.article:
        for element in CSSSelector(selector, translator="html")(tree)[:1]:
            article = copy.deepcopy(element)
            for unwanted in (*_CLUTTER, *site.drop):
                for clutter in CSSSelector(unwanted, translator="html")(article):
                    if clutter is not article:
                        clutter.drop_tree()
            text = text_of(str(tostring(article, encoding="unicode", with_tail=False)))
            if text:
                return text
    return ""
