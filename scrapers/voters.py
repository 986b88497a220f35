"""The extractors that vote on a page's article, each a function from page to text, and who votes in which language.

No extractor is best everywhere. trafilatura's precision mode leaves out what surrounds English articles and loses
Chinese ones, whose short paragraphs it takes for clutter; readability keeps whole containers, which suits Chinese
portals; jusText goes by English function words, boilerpipe by word counts, resiliparse by the names of elements.
`scripts/measure_extraction.py` prints what each of them and their vote reach.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from boilerpy3.extractors import ArticleExtractor
from justext import get_stoplist, justext
from lxml.html import HtmlElement, tostring
from readability import Document as Readable
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree
from trafilatura import bare_extraction, load_html
from trafilatura.meta import reset_caches
from trafilatura.settings import Document

from nlp.language import normalise
from scrapers.long_tags import MOST_ATTRIBUTES, without_long_tags

__all__ = ["CACHES", "EXTRACTORS", "VOTERS", "Page", "Voter", "parse_markup", "text_of"]


_CLOSING = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
"""Ends that HTML5 ignores and at which libxml2 stops, where a careless site has included one whole page in another."""

_MOST_KEPT = 5_000_000
"""Characters of markup after which the extractors' caches are emptied: some thirty pages."""


@dataclass(frozen=True)
class Page:
    """A parsed page; every extractor reads what lxml made of it, whose depth the parser bounds."""

    tree: HtmlElement

    @cached_property
    def markup(self) -> str:
        """The tree written out again."""
        return str(tostring(self.tree, encoding="unicode"))


Extractor = Callable[[Page], str]


@dataclass(frozen=True, slots=True)
class Voter:
    """One extractor with a vote.

    Attributes:
        extractor: a key of `EXTRACTORS`.
        bonus: what is added to its agreement with the others (which is in [0, 1]), for the one that is best alone.
    """

    extractor: str
    bonus: float = 0.0


class _Caches:
    """What trafilatura keeps of the texts that it has read: a thousand of them each, however long they are."""

    def __init__(self) -> None:
        self._n_read = 0

    def note(self, n_characters: int) -> None:
        """Counts what was read, and empties the caches when it was much."""
        self._n_read += n_characters
        if self._n_read > _MOST_KEPT:
            self._n_read = 0
            reset_caches()


CACHES = _Caches()


def parse_markup(markup: str) -> HtmlElement | None:
    """The tree of a page; None where there is no HTML in it."""
    tree = load_html(without_long_tags(_CLOSING.sub("", markup))) if markup.strip() else None
    for element in tree.iter() if tree is not None else ():
        if len(element.attrib) > MOST_ATTRIBUTES:
            element.attrib.clear()
    return tree


def text_of(markup: str) -> str:
    """The text of a piece of HTML, one line per paragraph."""
    return _plain(markup, main_content=False)


def _plain(markup: str, *, main_content: bool) -> str:
    text: str = extract_plain_text(
        HTMLTree.parse(markup), main_content=main_content, list_bullets=False, alt_texts=False, comments=False
    )
    return _tidy(text)


def _tidy(text: str) -> str:
    """Normalised, without empty lines and the blanks around lines."""
    return "\n".join(line.strip() for line in normalise(text).split("\n") if line.strip())


def _trafilatura(page: Page, *, precise: bool) -> str:
    document = bare_extraction(page.tree, include_comments=False, favor_precision=precise)
    return _tidy(document.text or "") if isinstance(document, Document) else ""


def _readability(page: Page) -> str:
    return text_of(Readable(page.markup).summary(html_partial=True))


def _justext(page: Page) -> str:
    paragraphs = justext(page.markup, get_stoplist("English"))
    return _tidy("\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate))


def _boilerpipe(page: Page) -> str:
    return _tidy(ArticleExtractor(raise_on_failure=False).get_content(page.markup))


EXTRACTORS: Mapping[str, Extractor] = MappingProxyType(
    {
        "trafilatura-precise": lambda page: _trafilatura(page, precise=True),
        "trafilatura": lambda page: _trafilatura(page, precise=False),
        "readability": _readability,
        "justext": _justext,
        "boilerpipe": _boilerpipe,
        "resiliparse": lambda page: _plain(page.markup, main_content=True),
    }
)

VOTERS: Mapping[str, tuple[Voter, ...]] = MappingProxyType(
    {
        "zh": (Voter("readability", 0.12), Voter("trafilatura"), Voter("boilerpipe"), Voter("resiliparse")),
        "en": (Voter("trafilatura-precise", 0.05), Voter("readability"), Voter("justext"), Voter("resiliparse")),
    }
)
"""Who votes on a page by its script: `zh` for pages with Han text, `en` for all others; first the one that is best
alone, last the quickest. The bonuses lie inside the ranges (0.1-0.15, 0.05-0.15) over which F1 moves by under 0.003.
"""
