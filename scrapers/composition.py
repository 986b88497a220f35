"""One article from what a source lists of it and the page that was fetched; collecting both is `scrapers.collect`."""

from __future__ import annotations

from datetime import UTC, datetime

from nlp.dates import ParsedDate
from nlp.language import detect_language, normalise
from nlp.schema import Article
from scrapers.extraction import not_later
from scrapers.feeds import FeedEntry
from scrapers.sources import Source

__all__ = ["compose_article"]


def compose_article(entry: FeedEntry, page: Article | None, source: Source) -> Article:
    """An article from an entry and, where it was fetched, its page: the feed's headline and date go first.

    `first_seen` is when the page came, else the listing, else now; a date that lies after it is unknown. The language
    is that of the text, or the source's where it cannot be told.
    """
    seen_at = (page.first_seen if page else None) or entry.listed_at or datetime.now(UTC)
    title = normalise(entry.title) or (page.title if page else "")
    text = page.text if page else normalise(entry.text)
    language = detect_language(text or title)
    if language.lang == "und":
        language = source.language
    date = not_later(entry.published, seen_at)
    if date is None and page and page.published and page.published_precision:
        date = not_later(ParsedDate(page.published, page.published_precision), seen_at)
    return Article.create(
        title=title,
        text=text,
        url=entry.url,
        source=source.name,
        lang=language.lang,
        script=language.script,
        published=date.moment if date else None,
        published_precision=date.precision if date else None,
        first_seen=seen_at,
    )
