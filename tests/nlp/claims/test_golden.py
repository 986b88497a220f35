"""How well figures are found, linked and judged: on the invented articles of corpora/claims, every figure marked.

The bounds are those that the command promises; what is measured is printed where one is missed. A figure is found where
it overlaps a marked one and has its unit and value; links are measured on those, verdicts on those of them that can be
checked, and what is called contradicted and is not on all that is marked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nlp.claims.articles import CheckedClaim, check_claims
from nlp.claims.indicators import load_indicators
from nlp.claims.mentions import MentionFinder
from nlp.claims.series import series_by_indicator
from nlp.market import read_market
from nlp.schema import Article

CORPUS = Path(__file__).parents[3] / "corpora" / "claims"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Marked figures, each with what was found for it, and how many were found where none is marked."""

    pairs: list[tuple[dict[str, Any], CheckedClaim | None]]
    beside: list[CheckedClaim]

    @property
    def found(self) -> list[tuple[dict[str, Any], CheckedClaim]]:
        return [(gold, item) for gold, item in self.pairs if item is not None]


def article_of(row: dict[str, Any]) -> Article:
    lang, _, script = row["lang"].partition("-")
    at = datetime.fromisoformat(row["published"]).astimezone(UTC)
    return Article.create(
        id=row["id"],
        title=row["title"],
        text=row["text"],
        lang=lang,
        script=script or None,
        source=row["source"],
        published=at,
        published_precision="second",
    )


def is_same(gold: dict[str, Any], item: CheckedClaim) -> bool:
    figure = item.claim.figure
    overlaps = figure.start < gold["end"] and gold["start"] < figure.end
    return overlaps and figure.unit == gold["unit"] and figure.value == pytest.approx(gold["value"], rel=1e-9)


@pytest.fixture(scope="module", params=["zh", "en"])
def pairs(request: pytest.FixtureRequest) -> Pairs:
    table = load_indicators()
    finder = MentionFinder(table)
    series = series_by_indicator(read_market(CORPUS / "market").series, table.by_id)
    told: list[tuple[dict[str, Any], CheckedClaim | None]] = []
    beside: list[CheckedClaim] = []
    for line in (CORPUS / f"golden_{request.param}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        left = check_claims(article_of(row), finder, series)
        for gold in row["claims"]:
            item = next((item for item in left if is_same(gold, item)), None)
            if item is not None:
                left.remove(item)
            told.append((gold, item))
        beside.extend(left)
    return Pairs(told, beside)


def test_figures_are_found(pairs: Pairs) -> None:
    n_found = len(pairs.found)
    precision, recall = n_found / (n_found + len(pairs.beside)), n_found / len(pairs.pairs)
    assert 2 * precision * recall / (precision + recall) >= 0.92, (precision, recall)


def test_figures_are_linked(pairs: Pairs) -> None:
    missed = [gold["text"] for gold, item in pairs.found if item.claim.indicator != gold["indicator"]]
    assert 1 - len(missed) / len(pairs.found) >= 0.95, missed


def test_linked_figures_are_read(pairs: Pairs) -> None:
    linked = [pair for pair in pairs.found if pair[0]["indicator"] and pair[1].claim.indicator == pair[0]["indicator"]]
    missed = [
        (gold["text"], item.claim.transform, item.claim.value)
        for gold, item in linked
        if item.claim.transform != gold["transform"]
        or item.claim.value != (None if gold["indicator_value"] is None else pytest.approx(gold["indicator_value"]))
    ]
    assert len(missed) <= 0.01 * len(linked), missed


def test_verdicts(pairs: Pairs) -> None:
    checkable = [pair for pair in pairs.found if pair[0]["verdict"] != "not_checkable"]
    missed = [(gold["text"], item.check) for gold, item in checkable if item.check.verdict != gold["verdict"]]
    assert 1 - len(missed) / len(checkable) >= 0.95, missed


def test_hardly_anything_is_falsely_contradicted(pairs: Pairs) -> None:
    wrong = [(gold["text"], item.check) for gold, item in pairs.found if gold["verdict"] != item.check.verdict]
    contradicted = [pair for pair in wrong if pair[1].verdict == "contradicted"]
    contradicted += [
        (item.claim.figure.text, item.check) for item in pairs.beside if item.check.verdict == "contradicted"
    ]
    assert len(contradicted) <= 0.01 * len(pairs.pairs), contradicted
