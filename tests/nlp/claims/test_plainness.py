from __future__ import annotations

from datetime import UTC, datetime

import pytest

from nlp.claims.articles import claims_of_article
from nlp.claims.indicators import load_indicators
from nlp.claims.mentions import MentionFinder
from nlp.schema import Article

FINDER = MentionFinder(load_indicators())


def plain_figures(text: str) -> set[str]:
    """The figures of a text that may be called wrong."""
    is_chinese = not text.isascii()
    article = Article.create(
        text=text,
        lang="zh" if is_chinese else "en",
        script="zh-Hans" if is_chinese else None,
        published=datetime(2023, 6, 14, 12, tzinfo=UTC),
        published_precision="second",
    )
    return {claim.figure.text for claim in claims_of_article(article, FINDER) if claim.plain}


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("The VIX stands at 14.", "14"),
        ("With the S&P 500 at 4,300, nobody asks for cash.", "4,300"),
        ("The Nasdaq 100, some will be surprised to learn, is down 8 percent this year.", "8 percent"),
        ("Ten-year Treasuries yield 3.8 percent, the Bund 2.3 percent.", "3.8 percent"),
        ("Some $1.1 trillion sits in the Fed's reverse repo facility every night.", "Some $1.1 trillion"),
        ("CNN's Fear & Greed Index was of no help: it stands at 68.", "68"),
        ("The Nikkei has been one of the few bright spots and is up 28 percent this year.", "28 percent"),
        ("She points to the Fed's balance sheet, now at $8.4 trillion.", "$8.4 trillion"),
        ("After the crash since May, the Nikkei is down 4 percent for the year.", "4 percent"),
        ("In Europe the DAX has fallen 28 percent from its May 22 high.", "28 percent"),
        ("恐惧与贪婪指数目前为79。", "79"),
        ("标普500今年以来累计下跌9%。", "9%"),
    ],
)
def test_what_is_said_of_a_name_is_plain(text: str, figure: str) -> None:
    assert plain_figures(text) == {figure}


@pytest.mark.parametrize(
    "text",
    [
        "Of the companies on the S&P 500, 58 percent beat estimates.",
        "A fund that tracks the Nasdaq 100 is down 8 percent this year.",
        "The gap between two-year and 30-year Treasuries grew to 3.83 percent.",
        "Portugal paid dearly. The 10-year yield rose to 7 percent.",
        "Exactly three years ago the S&P 500 closed at 676.",
        "The S&P 500 fell 12 percent on Monday, its worst session since 1987.",
        "As long as the 10-year Treasury yield stays below 4.9 percent, buy.",
        "GM credit spreads were about 1,000 basis points wide.",
        "The yield curve has flattened 48 basis points.",
        "Apple dragged the Nasdaq lower, falling 2 percent to $525.62 and down 25 percent since September's high.",
        "标普500在单日下跌后反弹约2%。",
        "跟踪标普500的模型组合今年下跌9%。",
    ],
)
def test_what_may_be_of_another_thing_or_time_is_not(text: str) -> None:
    assert not plain_figures(text)


def test_a_change_needs_its_own_time() -> None:
    text = "For the week the Dow rose 1.7 percent. The Nasdaq Composite rose 2.05 percent."
    assert plain_figures(text) == {"1.7 percent"}
    assert plain_figures("The Nasdaq Composite rose 2.05 percent on Tuesday.") == {"2.05 percent"}
