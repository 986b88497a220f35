from __future__ import annotations

import pytest
from lxml.html import HtmlElement

from scrapers.agreement import agreed_text, elect
from scrapers.voters import EXTRACTORS, VOTERS, Page, Voter, parse_markup

FIRST, SECOND, THIRD = Voter("trafilatura", 0.05), Voter("readability"), Voter("resiliparse")


def tree(html: str) -> HtmlElement:
    parsed = parse_markup(html)
    assert parsed is not None
    return parsed


def test_the_text_that_agrees_most_wins() -> None:
    texts = {FIRST: "w x y z v u t", SECOND: "a b c d e f", THIRD: "a b c d e f g"}
    assert elect(texts) in ("a b c d e f", "a b c d e f g")


def test_without_agreement_the_favourite_wins() -> None:
    assert elect({SECOND: "a b c d", FIRST: "e f g h", THIRD: "i j k l"}) == "e f g h"


def test_an_empty_text_never_wins() -> None:
    assert elect({FIRST: "", SECOND: "", THIRD: "one text alone"}) == "one text alone"
    assert elect({FIRST: "", SECOND: ""}) == ""


def test_voters_are_declared_extractors() -> None:
    assert all(voter.extractor in EXTRACTORS for voters in VOTERS.values() for voter in voters)


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_no_extractor_changes_the_tree(extractor: str) -> None:
    page = Page(
        tree("<html><body><nav>Menu</nav><article><p>" + "Prices rose again. " * 20 + "</p></article></body></html>")
    )
    before = Page(page.tree).markup
    EXTRACTORS[extractor](page)
    assert Page(page.tree).markup == before


def test_a_page_too_large_for_the_others_is_left_to_one() -> None:
    page = tree("<html><body><article><p>Prices rose again.</p><!--" + "x" * 2_000_000 + "--></article>")
    assert agreed_text(page, script="en") == EXTRACTORS["trafilatura"](Page(page))


@pytest.mark.parametrize("extractor", EXTRACTORS)
def test_extractors_read_deep_nesting(extractor: str) -> None:
    assert isinstance(EXTRACTORS[extractor](Page(tree("<html><body>" + "<div>" * 30_000 + "deep " * 100))), str)
