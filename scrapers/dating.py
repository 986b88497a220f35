"""When a page was published, from what it states about itself; unknown where it states nothing or contradicts itself.

Evidence in falling order: JSON-LD of an article, meta elements; then the weak kinds, marked-up times, the line under
the headline, a byline; then the address. Related articles have times and bylines as well, so a weak kind counts only
when it names a single day, and not against the day in the address. Nothing is searched for in running text. Sources
of the names: schema.org, the Open Graph protocol, Dublin Core and the portals' own pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta, tzinfo

from lxml.html import HtmlElement

from nlp.dates import ParsedDate, find_date, parse_date
from scrapers.pagehead import stated_title

__all__ = ["published_on"]

_ARTICLE_TYPE = re.compile(r"Article|Posting|Report")
_META_NAMES = (
    *("article:published_time", "og:published_time", "og:article:published_time", "og:release_date", "datepublished"),
    *(
        "pubdate",
        "publishdate",
        "publish-date",
        "publish_date",
        "publication_date",
        "parsely-pub-date",
        "sailthru.date",
    ),
    *(
        "weibo: article:create_at",
        "apub:time",
        "dc.date.issued",
        "dcterms.issued",
        "dcterms.created",
        "dc.date",
        "date",
    ),
)
_BYLINE = re.compile(r"date|time|publish|byline|article-?info|post-?meta|source", re.IGNORECASE)
_LONGEST_BYLINE = 120
_DATELINE_TEXTS = 12
# 「发布时间：」 before a date and 「来源：澎湃新闻」 behind it; more is a sentence that happens to hold one.
_LONGEST_LABEL, _LONGEST_TAIL = 12, 20
_URL_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([/-]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_MOST_CANDIDATES = 200


def published_on(tree: HtmlElement, url: str | None, zone: tzinfo) -> ParsedDate | None:
    """When the page says that it was published, or None.

    Args:
        tree: the whole page.
        url: its address, if known.
        zone: the publisher's zone, for times that name none.
    """
    for evidence in (_json_ld, _meta):
        for raw in evidence(tree):
            if date := parse_date(raw, zone):
                return date
    stated = _day_in_url(url, zone)
    for weak in _WEAK:
        found = list(dict.fromkeys(date for date in weak(tree, zone) if date is not None))
        if found and _agree(found, stated, zone):
            # Several readings of one day: the most exact of them.
            return max(found, key=lambda date: ("day", "minute", "second").index(date.precision))
    return stated


def _json_ld(tree: HtmlElement) -> Iterator[str]:
    for script in tree.xpath("//script[@type='application/ld+json']")[:_MOST_CANDIDATES]:
        try:
            pending = [json.loads(script.text or "", strict=False)]
        except (ValueError, RecursionError):
            continue
        while pending:
            node = pending.pop(0)
            if isinstance(node, list):
                pending.extend(node[:_MOST_CANDIDATES])
            elif isinstance(node, dict):
                pending.extend(node[key] for key in ("@graph", "mainEntity") if key in node)
                raw = node.get("datePublished")
                if isinstance(raw, str) and raw.strip() and _ARTICLE_TYPE.search(str(node.get("@type"))):
                    yield raw


def _meta(tree: HtmlElement) -> Iterator[str]:
    by_name: dict[str, str] = {}
    for element in tree.xpath("//meta[@content]"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        if element.get("content").strip():
            by_name.setdefault(name.strip().lower(), element.get("content"))
    yield from (by_name[name] for name in _META_NAMES if name in by_name)


def _marked(tree: HtmlElement, zone: tzinfo) -> Iterator[ParsedDate | None]:
    for element in tree.xpath("//*[@itemprop='datePublished'] | //time[@pubdate or @datetime]")[:_MOST_CANDIDATES]:
        raw = element.get("datetime") or element.get("content") or element.text_content()
        yield parse_date(raw, zone)


def _bylines(tree: HtmlElement, zone: tzinfo) -> Iterator[ParsedDate | None]:
    for element in tree.xpath("//body//*[@class or @id]"):
        if not _BYLINE.search(f"{element.get('class', '')} {element.get('id', '')}"):
            continue
        line = " ".join("".join(element.itertext()).split())
        if 0 < len(line) <= _LONGEST_BYLINE:
            found = find_date(line, zone)
            yield found.date if found else None


def _datelines(tree: HtmlElement, zone: tzinfo) -> Iterator[ParsedDate | None]:
    """The first date in the few short texts that follow each place of the headline."""
    headline, n_left = stated_title(tree), 0
    for text in tree.xpath("//body//text()[not(ancestor::script or ancestor::style)]"):
        line = " ".join(text.split())
        if line and line == headline:
            n_left = _DATELINE_TEXTS
        elif line and n_left:
            n_left -= 1
            found = find_date(line, zone) if len(line) <= _LONGEST_BYLINE else None
            if found and found.start <= _LONGEST_LABEL and len(line) - found.end <= _LONGEST_TAIL:
                yield found.date
                n_left = 0


_WEAK: tuple[Callable[[HtmlElement, tzinfo], Iterator[ParsedDate | None]], ...] = (_marked, _datelines, _bylines)


def _day_in_url(url: str | None, zone: tzinfo) -> ParsedDate | None:
    days = {"-".join(match.group(1, 3, 4)) for match in _URL_DAY.finditer(url or "")}
    return parse_date(days.pop(), zone) if len(days) == 1 else None


def _agree(found: list[ParsedDate], stated: ParsedDate | None, zone: tzinfo) -> bool:
    """Whether `found` is one local day, at most a day from that of the address, which may be made overnight."""
    days = {date.moment.astimezone(zone).date() for date in found}
    if len(days) != 1:
        return False
    return stated is None or abs(days.pop() - stated.moment.astimezone(zone).date()) <= timedelta(days=1)
