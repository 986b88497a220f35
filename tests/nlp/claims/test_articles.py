"""The article that the project began from, against the real series; skipped where the development data is not here."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.claims.articles import CheckedClaim, check_claims
from nlp.claims.indicators import load_indicators
from nlp.claims.mentions import MentionFinder
from nlp.claims.series import series_by_indicator
from nlp.market import read_market
from nlp.reading import read_articles
from nlp.schema import Article


@pytest.fixture(scope="module")
def seed(shared: Path) -> dict[str, CheckedClaim]:
    """Claims by what they begin with."""
    (article,) = read_articles([str(shared / "seed")])
    assert isinstance(article, Article)
    table = load_indicators()
    series = series_by_indicator(read_market(shared / "market").series, table.by_id)
    return {item.claim.figure.text: item for item in check_claims(article, MentionFinder(table), series)}


@pytest.mark.shared
@pytest.mark.parametrize(
    ("text", "indicator", "verdict", "told"),
    [
        ("79", "fear_greed", "consistent", "79.7 on 2023-12-22"),
        ("1万亿美元", "fed_assets", "consistent", "to 2023-10-25"),
        (
            "1.15万亿美元",
            "on_rrp",
            "stale",
            "0.77 trillion USD on 2023-12-22; 1.15 trillion USD was last true on 2023-10",
        ),
        ("2万亿美元", "on_rrp", "consistent", "2.55 trillion USD on 2022-12-30"),
        ("5%以上", "policy_rate", "not_checkable", "no series of the Federal funds rate"),
        ("600亿美元左右", "fed_assets", "not_checkable", "expected"),
        ("1.8亿美元", None, "not_checkable", "no known indicator"),
        ("860亿美元", None, "not_checkable", "no known indicator"),
    ],
)
def test_the_seed_article(
    seed: dict[str, CheckedClaim], text: str, indicator: str | None, verdict: str, told: str
) -> None:
    (item,) = (item for written, item in seed.items() if written.endswith(text))
    assert (item.claim.indicator, item.check.verdict) == (indicator, verdict), item
    assert told in item.check.reason


@pytest.mark.shared
def test_nothing_in_it_is_falsely_contradicted(seed: dict[str, CheckedClaim]) -> None:
    assert all(item.check.verdict != "contradicted" for item in seed.values())
