"""One entry of a source: its page is fetched and read, and the article goes to the sink.

Several processes may be at one source: what another one has kept of an entry between its being looked up and its being
added makes this one decide anew, so that an entry becomes one article however many collect it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

from nlp.errors import ArchiveError, ExtractionError, Failure, FetchError, FrothError
from nlp.schema import Article
from nlp.store import Listed
from scrapers.composition import compose_article
from scrapers.extraction import extract_page
from scrapers.feeds import FeedEntry
from scrapers.identity import Identity, recognised
from scrapers.polls import ArticleSink, Fetcher, Progress
from scrapers.responses import media_type
from scrapers.sources import Source

__all__ = ["Run", "Wanted", "collect_entry"]

_PAGE_TYPES = ("text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An entry to collect.

    Attributes:
        known: what it was taken for before it was edited.
        seen: what was kept of its keys when it was looked up.
    """

    entry: FeedEntry
    identity: Identity
    known: Listed | None
    seen: Mapping[str, Listed]


@dataclass(slots=True)
class Run:
    """The state of one source's poll; `claimed` and `reader` are shared by all sources of a run.

    Attributes:
        reader: one thread that reads the pages: a hostile one may need a hundred times its size. None where no page is
            fetched.
    """

    client: Fetcher
    pages: Fetcher
    sink: ArticleSink
    on_progress: Callable[[Progress], None]
    claimed: set[str]
    reader: ThreadPoolExecutor | None = None
    n_added: int = 0
    n_skipped: int = 0
    moved: dict[str, Listed] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    problem: str | None = None
    robots: str | None = None

    def add(self, article: Article, source: Source, wanted: Wanted) -> None:
        """Give an article to the sink: as a new one, or as another content of what its entry was taken for."""
        identity, known, seen = wanted.identity, wanted.known, wanted.seen
        contents = dict.fromkeys(identity.keys, identity.content)
        while True:
            given = article if known is None else _edited(article, wanted.entry, known)
            counts = self.sink.add_listed(given, source.id, contents, seen=seen)
            if counts is not None:
                break
            seen = self.sink.listed(source.id, identity.keys)
            known = recognised(identity, seen)
            if known is not None and identity.says(known.content):
                self.n_skipped += 1
                return
        self.n_added += counts.n_added
        self.n_skipped += 1 - counts.n_added

    def fail(self, item: str, error: Exception) -> None:
        """Keep a failure; an error of the archive ends the run."""
        if isinstance(error, ArchiveError):
            raise error
        reason = str(error) if isinstance(error, FrothError) else f"{type(error).__name__}: {error}"
        stage = next((name for kind, name in _STAGES if isinstance(error, kind)), "read")
        self.failures.append(Failure(item, stage, reason))


_STAGES: tuple[tuple[type[Exception], str], ...] = ((FetchError, "fetch"), (ExtractionError, "extract"))


async def collect_entry(wanted: Wanted, source: Source, run: Run) -> None:
    """Make an article of an entry and add it; what fails on the way is a failure of the run."""
    entry = wanted.entry
    try:
        page = None
        if entry.url is not None and not source.full_text:
            page = await _fetch_page(entry.url, source, run)
        article = compose_article(entry, page, source)
    except Exception as error:  # the boundary of the batch: one entry must not stop the others
        run.fail(entry.url or f"{source.id}: {entry.title[:80]!r}", error)
        return
    run.add(article, source, wanted)
    if article.published is None and entry.date_told:
        reason = f"the date {entry.date_told[:80]!r} cannot be trusted: the article is stored without one"
        run.failures.append(Failure(entry.url or f"{source.id}: {entry.title[:80]!r}", "date", reason))


def _edited(article: Article, entry: FeedEntry, known: Listed) -> Article:
    """The article as another content of a known one.

    Its page may be as it was before, but what the entry says now was not known then.
    """
    seen = [moment for moment in (article.first_seen, entry.listed_at) if moment]
    return replace(article, id=known.article_id, first_seen=max(seen, default=None))


async def _fetch_page(url: str, source: Source, run: Run) -> Article:
    response = await run.pages.fetch(url, allow_private=source.allow_private)
    media = media_type(response)
    if media.kind not in _PAGE_TYPES:
        raise ExtractionError(f"{url} is {media.kind}, not a page")
    read = partial(
        extract_page,
        response.body,
        url=url,
        zone=source.tzinfo,
        source=source.name,
        charset=media.charset,
        seen_at=response.fetched_at,
    )
    page = await asyncio.get_running_loop().run_in_executor(run.reader, read)
    return replace(page, first_seen=response.fetched_at)
