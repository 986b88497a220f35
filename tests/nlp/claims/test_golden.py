"""What the claims reader finds in articles that were written without sight of it: the golden and the held-out sets.

With the values of corpora/claims/market (weekly values and named days), and with daily series where ../shared has them:
what withholds a failing verdict wants to see the days around it.
"""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from nlp.claims.gold import Measured, measure_against_gold, read_gold
from nlp.claims.indicators import load_indicators
from nlp.claims.mentions import MentionFinder
from nlp.claims.series import series_by_indicator
from nlp.market import read_market

ROOT = Path(__file__).parents[3]
CLAIMS = ROOT / "corpora" / "claims"
DAILY = ROOT.parent / "shared" / "market"
GOLDEN = ("golden_zh", "golden_en")
HELD = ("held_zh", "held_en", "blind_zh", "blind_en")


@functools.cache
def measured(name: str, market: Path) -> Measured:
    table = load_indicators()
    series = series_by_indicator(read_market(market).series, table.by_id)
    return measure_against_gold(read_gold(CLAIMS / f"{name}.jsonl"), MentionFinder(table), series)


@pytest.mark.parametrize("name", GOLDEN + HELD)
def test_figures_are_found(name: str) -> None:
    assert measured(name, CLAIMS / "market").f1 >= 0.92


@pytest.mark.parametrize(("name", "floor"), [*((name, 0.95) for name in GOLDEN), *((name, 0.96) for name in HELD)])
def test_figures_are_linked(name: str, floor: float) -> None:
    assert measured(name, CLAIMS / "market").link_accuracy >= floor


@pytest.mark.parametrize("name", GOLDEN + HELD)
def test_hardly_any_figure_is_called_wrong_that_is_not(name: str) -> None:
    found = measured(name, CLAIMS / "market")
    assert found.false_contradicted <= 0.01
    stale = sum(n for (gold, given), n in found.verdicts.items() if given == "stale" != gold)
    confirmed = sum(n for (gold, given), n in found.verdicts.items() if given == "consistent" != gold)
    assert stale <= 0.01 * len(found.pairs), found.verdicts
    assert confirmed <= 0.02 * len(found.pairs), found.verdicts


@pytest.mark.parametrize(("name", "floor"), [*((name, 0.80) for name in GOLDEN), *((name, 0.70) for name in HELD)])
def test_verdicts_with_few_values(name: str, floor: float) -> None:
    assert measured(name, CLAIMS / "market").verdict_accuracy >= floor


@pytest.mark.skipif(not DAILY.is_dir(), reason="needs ../shared/market")
@pytest.mark.parametrize(("name", "floor"), [*((name, 0.95) for name in GOLDEN), *((name, 0.92) for name in HELD)])
def test_verdicts_with_daily_values(name: str, floor: float) -> None:
    found = measured(name, DAILY)
    assert found.verdict_accuracy >= floor, found.verdicts
    assert found.false_contradicted <= 0.01


@pytest.mark.parametrize("name", GOLDEN)
def test_linked_figures_are_read(name: str) -> None:
    pairs = measured(name, CLAIMS / "market").pairs
    linked = [(gold, item.claim) for gold, item in pairs if gold["indicator"] == item.claim.indicator is not None]
    missed = [
        (gold["text"], claim.transform, claim.value)
        for gold, claim in linked
        if gold["indicator_value"] is not None
        and (claim.transform, claim.value) != (gold["transform"], pytest.approx(gold["indicator_value"]))
    ]
    assert len(missed) <= 0.01 * len(linked), missed
