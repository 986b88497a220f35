"""What the claims reader finds in the golden articles, which were written without sight of it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nlp.claims.articles import CheckedClaim, check_claims
from nlp.claims.indicators import load_indicators
from nlp.claims.mentions import MentionFinder
from nlp.claims.safeguards import FAILING
from nlp.claims.series import series_by_indicator
from nlp.market import read_market
from nlp.schema import Article

CLAIMS = Path(__file__).parents[3] / "corpora" / "claims"
Pair = tuple[dict[str, Any], CheckedClaim]


def article_of(row: dict[str, Any]) -> Article:
    lang, _, script = row["lang"].partition("-")
    return Article.create(
        id=row["id"],
        title=row["title"],
        text=row["text"],
        lang=lang,
        script=row["lang"] if script else None,
        source=row["source"],
        published=datetime.fromisoformat(row["published"]).astimezone(UTC),
        published_precision="second",
    )


def is_same(gold: dict[str, Any], found: CheckedClaim) -> bool:
    figure = found.claim.figure
    overlaps = figure.start < gold["end"] and gold["start"] < figure.end
    return overlaps and figure.unit == gold["unit"] and figure.value == pytest.approx(gold["value"], rel=1e-9)


@pytest.fixture(scope="module", params=["golden_zh", "golden_en"])
def read(request: pytest.FixtureRequest) -> tuple[int, int, list[Pair]]:
    """How many figures are gold and found, and those that are both."""
    table = load_indicators()
    finder = MentionFinder(table)
    series = series_by_indicator(read_market(CLAIMS / "market").series, table.by_id)
    n_gold = n_found = 0
    pairs: list[Pair] = []
    for line in (CLAIMS / f"{request.param}.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found = check_claims(article_of(row), finder, series)
        n_gold, n_found = n_gold + len(row["claims"]), n_found + len(found)
        for gold in row["claims"]:
            match = next((item for item in found if is_same(gold, item)), None)
            if match is not None:
                found.remove(match)
                pairs.append((gold, match))
    return n_gold, n_found, pairs


def test_figures_are_found(read: tuple[int, int, list[Pair]]) -> None:
    n_gold, n_found, pairs = read
    assert 2 * len(pairs) / (n_gold + n_found) >= 0.92


def test_figures_are_linked(read: tuple[int, int, list[Pair]]) -> None:
    assert sum(gold["indicator"] == item.claim.indicator for gold, item in read[2]) / len(read[2]) >= 0.95


def test_no_figure_is_called_wrong_that_is_not(read: tuple[int, int, list[Pair]]) -> None:
    """One that is true or cannot be checked is hardly ever stale or contradicted, and the other way round."""
    verdicts = Counter((gold["verdict"], item.check.verdict) for gold, item in read[2])
    n_right = sum(n for (gold, verdict), n in verdicts.items() if gold == verdict)
    wrong = {pair: n for pair, n in verdicts.items() if pair[0] != pair[1] and pair[1] != "not_checkable"}
    assert sum(n for (_, verdict), n in wrong.items() if verdict in FAILING) <= 0.01 * len(read[2]), wrong
    assert sum(n for (_, verdict), n in wrong.items() if verdict == "consistent") <= 0.01 * len(read[2]), wrong
    assert n_right / len(read[2]) >= 0.85, verdicts


def test_what_is_true_is_confirmed_and_much_of_what_is_not_is_told(read: tuple[int, int, list[Pair]]) -> None:
    """Half of what fails is withheld here: the folder has weekly values, and `nlp.claims.safeguards` wants days."""
    for verdict, share in (("consistent", 0.93), ("stale", 0.3), ("contradicted", 0.3)):
        found = [item.check.verdict for gold, item in read[2] if gold["verdict"] == verdict and item.claim.indicator]
        assert found.count(verdict) / len(found) >= share, verdict
