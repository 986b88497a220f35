"""The vote: of what several extractors take for the article, the text that agrees most with the others.

An extractor fails alone: one keeps reader comments, another stops at the first advertisement. Each text is compared
with every other by the F1 of their distinct 4-grams (of words; of characters where a script has no blanks), and the one
with the highest mean wins: the medoid of the answers. The winner is one extractor's text, never a mixture, so that its
paragraphs stay in order and whole. Where the favourite and the quickest find nearly the same, the others are not asked:
the vote could not have changed much.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from scrapers.voters import CACHES, EXTRACTORS, VOTERS, Page, Voter

__all__ = ["agreed_text", "elect", "four_grams"]

_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
_MOST_MARKUP, _MOST_ELEMENTS = 2_000_000, 10_000
"""Beyond either only the quickest is asked: the cost of the others grows with the square of some elements' number."""

_NEARLY_THE_SAME = 0.9
_TELLING = 100
"""4-grams from which agreement of two says something: they may both take a footer for the article."""

_BROKEN = (etree.LxmlError, ValueError, RecursionError, LookupError, TypeError, AttributeError, AssertionError)
"""What extractors raise on pages that they were not made for."""


def agreed_text(tree: HtmlElement, *, script: str) -> str:
    """The article's text in a page, or an empty string.

    Args:
        tree: the page; it is not changed.
        script: a key of `VOTERS`.
    """
    page, (favourite, *others, quickest) = Page(tree), VOTERS[script]
    CACHES.note(len(page.markup))
    if len(page.markup) > _MOST_MARKUP or sum(1 for _ in islice(tree.iter(), _MOST_ELEMENTS + 1)) > _MOST_ELEMENTS:
        return _asked(quickest.extractor, page)
    texts = {voter: _asked(voter.extractor, page) for voter in (favourite, quickest)}
    ours, theirs = (four_grams(text) for text in texts.values())
    if len(ours) < _TELLING or _f1(ours, theirs) < _NEARLY_THE_SAME:
        texts |= {voter: _asked(voter.extractor, page) for voter in others}
    return elect(texts)


def elect(texts: Mapping[Voter, str]) -> str:
    """The text with the highest mean agreement with the others plus its voter's bonus; of equals, the first.

    An empty text is an abstention: it cannot win, and agrees with none.
    """
    grams = {voter: four_grams(text) for voter, text in texts.items()}
    standing = {
        voter: voter.bonus + _mean(_f1(grams[voter], grams[other]) for other in texts if other is not voter)
        for voter, text in texts.items()
        if text
    }
    return texts[max(standing, key=standing.__getitem__)] if standing else ""


def four_grams(text: str) -> frozenset[tuple[str, ...]]:
    """The distinct runs of four tokens; a shorter text is one run.

    >>> sorted(four_grams("a b c d e"))
    [('a', 'b', 'c', 'd'), ('b', 'c', 'd', 'e')]
    >>> four_grams("")
    frozenset()
    """
    tokens = _TOKEN.findall(text)
    return frozenset(tuple(tokens[i : i + 4]) for i in range(max(1, len(tokens) - 3)) if tokens)


def _f1(ours: frozenset[tuple[str, ...]], theirs: frozenset[tuple[str, ...]]) -> float:
    total = len(ours) + len(theirs)
    return 2 * len(ours & theirs) / total if total else 0.0


def _mean(numbers: Iterable[float]) -> float:
    known = list(numbers)
    return sum(known) / len(known) if known else 0.0


def _asked(extractor: str, page: Page) -> str:
    try:
        return EXTRACTORS[extractor](page)
    except _BROKEN:
        return ""  # an extractor that breaks abstains; the others have the page's vote
