"""Saved HTML pages as one more input format: the rows that `nlp.reading.read_articles` takes for `.html`.

The extractor is imported when the first page comes, so that reading other formats does not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlp.errors import Failure
    from nlp.reading.records import Reader, ReadOptions
    from nlp.schema import Article

__all__ = ["HTML_READERS", "read_page"]


def read_page(path: Path, options: ReadOptions) -> Iterator[Article | Failure]:
    """The article in a saved page, or why there is none; `options.zone` is that of a date without one."""
    from scrapers.extraction import extract_pages

    for result in extract_pages([path], zone=options.zone):
        found = result.article or result.failure
        if found is not None:
            yield found


HTML_READERS: Mapping[str, Reader] = MappingProxyType({".html": read_page, ".htm": read_page, ".xhtml": read_page})
"""Readers by suffix, for `read_articles(readers=…)`."""
