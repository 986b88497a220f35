"""When a page was published, from what it states about itself; unknown where it states nothing or contradicts itself.

Each kind of evidence makes one claim: JSON-LD of an article and meta elements (strong), marked-up times, the line under
the headline and bylines (weak), the day in the address (strong). The first claim is taken that as many others support
as contradict; only strong ones contradict a strong one. Related articles have times and bylines as well, so a weak kind
makes a claim only when it names a single day. Nothing is searched for in running text. Sources of the names:
schema.org, the Open Graph protocol, Dublin Core and the portals' own pages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import islice

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
_MOST_BYLINES = 200
_LONGEST_BYLINE = 120
_DATELINE_TEXTS = 12
# 「发布时间：」 before a date and 「来源：澎湃新闻」 behind it; more is a sentence that happens to hold one.
_LONGEST_LABEL, _LONGEST_TAIL = 12, 20
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_URL_DAY = re.compile(
    rf"(?<!\d)((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2]|(?<=/)(?:{'|'.join(_MONTHS)})(?=/))[/-]?(0[1-9]|[12]\d|3[01])(?!\d)"
)
_MOST_CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class _Page:
    """What the kinds of evidence read, and how."""

    tree: HtmlElement
    url: str | None
    zone: tzinfo
    base: datetime | None

    def read(self, raw: str) -> ParsedDate | None:
        return parse_date(raw, self.zone, base=self.base)

    def day(self, date: ParsedDate) -> datetime:
        """The local midnight before `date`, naive."""
        return date.moment.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What one kind of evidence says; `doubts` counts what it says against itself."""

    date: ParsedDate
    is_strong: bool
    doubts: int = 0


def published_on(
    tree: HtmlElement, url: str | None, zone: tzinfo, *, base: datetime | None = None
) -> ParsedDate | None:
    """When the page says that it was published, or None.

    Args:
        tree: the whole page.
        url: its address, if known.
        zone: the publisher's zone, for times that name none.
        base: when the page was fetched (aware): `3小时前` counts from it, and nothing is later.
    """
    page = _Page(tree, url, zone, base)
    claims = [claim for kind in _KINDS if (claim := kind(page))]
    for claim in claims:
        others = [other for other in claims if other is not claim]
        if _is_supported(claim, others, page):
            return _reconciled(claim, others, page)
    return None


def _is_supported(claim: _Claim, others: Sequence[_Claim], page: _Page) -> bool:
    """Whether as many other claims are for it as against; a day apart is for it: a page may be made overnight."""
    n_for, n_against = 0, claim.doubts
    for other in others:
        is_near = abs(page.day(claim.date) - page.day(other.date)) <= timedelta(days=1)
        n_for += is_near
        n_against += not is_near and (other.is_strong or not claim.is_strong)
    return n_for >= n_against


def _reconciled(claim: _Claim, others: Sequence[_Claim], page: _Page) -> ParsedDate | None:
    """The date of a claim, refined or put in doubt by what others say of the same day.

    A local time that is marked as UTC (a common fault) shows where the page's visible clock reads the same.
    """
    for other in others:
        if claim.is_strong and not other.is_strong and _reads_like_utc(claim.date, other.date, page.zone):
            same_day = page.day(claim.date) == page.day(other.date)
            return _whole_day(claim.date, page) if same_day else None
    if claim.date.precision != "day":
        return claim.date
    finer = (other.date for other in others if page.day(other.date) == page.day(claim.date))
    return next((date for date in finer if date.precision != "day"), claim.date)


def _reads_like_utc(stated: ParsedDate, shown: ParsedDate, zone: tzinfo) -> bool:
    exact = ("minute", "second")
    if stated.precision not in exact or shown.precision not in exact:
        return False
    clock = shown.moment.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None)
    return clock == stated.moment.replace(second=0, microsecond=0, tzinfo=None) and bool(
        shown.moment.astimezone(zone).utcoffset()
    )


def _whole_day(date: ParsedDate, page: _Page) -> ParsedDate | None:
    return page.read(f"{page.day(date):%Y-%m-%d}")


def _json_ld_claim(page: _Page) -> _Claim | None:
    """The first article's date; others of other days (a list of articles) cast doubt on it."""
    dates = [date for raw in _json_ld(page.tree) if (date := page.read(raw))]
    return _Claim(dates[0], True, int(len({page.day(date) for date in dates}) > 1)) if dates else None


def _meta_claim(page: _Page) -> _Claim | None:
    date = next((date for raw in _meta(page.tree) if (date := page.read(raw))), None)
    return _Claim(date, True) if date else None


def _weak_claim(read: Callable[[_Page], Iterator[ParsedDate | None]]) -> Callable[[_Page], _Claim | None]:
    """A kind that makes a claim when all that it reads is of one day: the most exact reading, if the others fit it."""

    def claim(page: _Page) -> _Claim | None:
        found = list(dict.fromkeys(date for date in read(page) if date is not None))
        if not found or len({page.day(date) for date in found}) > 1:
            return None
        best = max(found, key=lambda date: ("day", "hour", "minute", "second").index(date.precision))
        fits = all(date.begins <= best.moment <= date.moment + timedelta(minutes=1) for date in found)
        date = best if fits else _whole_day(best, page)
        return _Claim(date, False) if date else None

    return claim


def _address_claim(page: _Page) -> _Claim | None:
    days = set()
    for year, month, day in _URL_DAY.findall((page.url or "").lower()):
        number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
        days.add(f"{year}-{number:02}-{day}")
    date = page.read(days.pop()) if len(days) == 1 else None
    return _Claim(date, True) if date else None


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


def _marked(page: _Page) -> Iterator[ParsedDate | None]:
    elements = page.tree.xpath("//*[@itemprop='datePublished'] | //time[@pubdate or @datetime]")
    for element in elements[:_MOST_CANDIDATES]:
        yield page.read(element.get("datetime") or element.get("content") or element.text_content())


def _bylines(page: _Page) -> Iterator[ParsedDate | None]:
    marked = (
        element
        for element in page.tree.xpath("//body//*[@class or @id]")
        if _BYLINE.search(f"{element.get('class', '')} {element.get('id', '')}")
    )
    # Thousands within each other, with all that is below read for each, would take minutes.
    for element in islice(marked, _MOST_BYLINES):
        texts = list(islice(element.itertext(), _MOST_BYLINES + 1))
        if len(texts) > _MOST_BYLINES:
            continue
        line = " ".join("".join(texts).split())
        if 0 < len(line) <= _LONGEST_BYLINE:
            found = find_date(line, page.zone, base=page.base)
            yield found.date if found else None


def _datelines(page: _Page) -> Iterator[ParsedDate | None]:
    """The first date in the few short texts that follow each place of the headline."""
    headline, n_left = stated_title(page.tree), 0
    for text in page.tree.xpath("//body//text()[not(ancestor::script or ancestor::style)]"):
        line = " ".join(text.split())
        if line and line == headline:
            n_left = _DATELINE_TEXTS
        elif line and n_left:
            n_left -= 1
            found = find_date(line, page.zone, base=page.base) if len(line) <= _LONGEST_BYLINE else None
            if found and found.start <= _LONGEST_LABEL and len(line) - found.end <= _LONGEST_TAIL:
                yield found.date
                n_left = 0


_KINDS: tuple[Callable[[_Page], _Claim | None], ...] = (
    _json_ld_claim,
    _meta_claim,
    *map(_weak_claim, (_marked, _datelines, _bylines)),
    _address_claim,
)
