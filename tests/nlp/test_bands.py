from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from nlp.bands import Band, Stories, bayesian_bootstrap, block_bootstrap
from nlp.confusion import ErrorRates, Reading

unit = st.floats(0, 1)


def stories(values: Iterable[float], lang: str = "en") -> Stories:
    values = [float(value) for value in values]
    return Stories.of(values, [lang] * len(values))


def numbers(names: Iterable[str]) -> NDArray[np.int64]:
    return np.unique(list(names), return_inverse=True)[1]


@given(st.lists(unit, min_size=1, max_size=30), st.lists(unit, max_size=30))
def test_band_holds_the_mean_and_stays_in_range(values: list[float], base: list[float]) -> None:
    band = bayesian_bootstrap(stories(values), stories(base), key="k")
    assert -1e-12 <= band.low <= band.mean <= band.high <= 1 + 1e-12


def test_one_story_has_a_wide_band_and_many_a_narrow_one() -> None:
    one, many = (
        bayesian_bootstrap(stories([0.5]), None, key="k"),
        bayesian_bootstrap(stories([0.5, 0.4, 0.6] * 100), None, key="k"),
    )
    assert one.high - one.low > 0.3
    after_one_alike = bayesian_bootstrap(stories([0.9]), stories([0.9]), key="k")
    assert after_one_alike.high - after_one_alike.low > 0.2
    assert many.high - many.low < 0.05


def test_same_key_same_bytes_in_any_order_of_stories() -> None:
    values = stories([0.1, 0.9, 0.4])
    turned = stories([0.4, 0.9, 0.1])
    assert bayesian_bootstrap(values, stories([0.2]), key="a") == bayesian_bootstrap(turned, stories([0.2]), key="a")
    assert bayesian_bootstrap(values, stories([0.2]), key="a") != bayesian_bootstrap(values, stories([0.2]), key="b")


def test_the_normal_limit_joins_the_bootstrap() -> None:
    rng = np.random.default_rng(0)
    values = rng.beta(0.5, 2, size=1001)
    limit, drawn = (
        bayesian_bootstrap(stories(values), None, key="k"),
        bayesian_bootstrap(stories(values[:1000]), None, key="k"),
    )
    assert abs((limit.high - limit.low) / (drawn.high - drawn.low) - 1) < 0.1


def test_the_limit_keeps_what_languages_differ_by() -> None:
    rng = np.random.default_rng(0)
    values, langs = [*rng.uniform(0, 0.2, 501), *rng.uniform(0.8, 1, 501)], ["en"] * 501 + ["zh"] * 501
    limit = bayesian_bootstrap(Stories.of(values, langs), None, key="k")
    drawn = bayesian_bootstrap(Stories.of(values[2:], langs[2:]), None, key="k")
    of_one = bayesian_bootstrap(stories(values), None, key="k")
    for band in (limit, of_one):
        assert abs((band.high - band.low) / (drawn.high - drawn.low) - 1) < 0.1


def covered(band: Band, truth: float) -> bool:
    return band.low <= truth <= band.high


@pytest.mark.slow
@pytest.mark.parametrize("n_stories", [8, 40, 300])
def test_nineteen_of_twenty_bands_over_stories_hold_the_truth(n_stories: int) -> None:
    rng = np.random.default_rng(n_stories)
    history = stories(rng.beta(0.6, 1.4, size=200))
    draws = rng.beta(0.6, 1.4, size=(2000, n_stories))
    held = [covered(bayesian_bootstrap(stories(row), history, key=str(n)), 0.3) for n, row in enumerate(draws)]
    assert abs(np.mean(held) - 0.95) <= 0.02


@pytest.mark.slow
@pytest.mark.parametrize("n_sources", [10, 20, 60])
def test_nineteen_of_twenty_bands_over_sources_hold_the_truth(n_sources: int) -> None:
    """Sources with levels of their own, and unlike numbers of stories; bands over stories miss far more often."""
    rng = np.random.default_rng(n_sources)
    held, held_by_stories = [], []
    for n in range(2000):
        levels, counts = rng.beta(3, 7, size=n_sources), rng.integers(3, 9, size=n_sources)
        values = rng.beta(np.repeat(levels, counts) * 8, (1 - np.repeat(levels, counts)) * 8)
        sources = np.repeat(np.arange(n_sources), counts)
        held.append(covered(block_bootstrap(stories(values), sources, key=str(n)), 0.3))
        held_by_stories.append(covered(bayesian_bootstrap(stories(values), None, key=str(n)), 0.3))
    assert abs(np.mean(held) - 0.95) <= 0.02
    assert np.mean(held_by_stories) < 0.85


@pytest.mark.slow
@pytest.mark.parametrize("n_sources", [10, 20, 60])
def test_bands_over_sources_of_very_unlike_sizes_hold_the_truth_as_often(n_sources: int) -> None:
    """The largest of twenty has seven times the stories of the median one, on average."""
    rng = np.random.default_rng(n_sources)
    held = []
    for n in range(2000):
        levels, counts = rng.beta(3, 7, size=n_sources), np.ceil(rng.lognormal(1.2, 1.0, n_sources)).astype(int)
        values = rng.beta(np.repeat(levels, counts) * 8, (1 - np.repeat(levels, counts)) * 8)
        sources = np.repeat(np.arange(n_sources), counts)
        held.append(covered(block_bootstrap(stories(values), sources, key=str(n)), 0.3))
    assert abs(np.mean(held) - 0.95) <= 0.02


def test_where_one_source_tells_nearly_all_the_band_is_wide_and_ends() -> None:
    """As of two sources; as of the three that there are, it would begin at 0.46."""
    blocks = numbers(["loud"] * 500 + ["a", "b"])
    band = block_bootstrap(stories(np.where(blocks == blocks[0], 0.6, 0.2)), blocks, key="k")
    assert 0 <= band.low < 0.2
    assert band.mean < band.high < 0.7


def test_blocks_in_any_order_give_the_same_bytes() -> None:
    values, sources = [0.1, 0.9, 0.4, 0.1], numbers("babc")
    turned = block_bootstrap(stories(values[::-1]), sources[::-1], key="a")
    assert block_bootstrap(stories(values), sources, key="a") == turned


@given(st.lists(st.tuples(unit, st.sampled_from("abcdefghijk")), min_size=12, max_size=60))
def test_a_band_over_sources_holds_the_mean_and_stays_in_range(rows: list[tuple[float, str]]) -> None:
    values, sources = zip(*rows, (0.5, "y"), (0.5, "z"), strict=True)
    band = block_bootstrap(stories(values), numbers(sources), key="k")
    assert -1e-12 <= band.low <= band.mean <= band.high <= 1 + 1e-12


RATES = ErrorRates(telling=Reading(40, 0.7, 0.25), quiet=Reading(120, 0.08, 0.12))


@given(st.lists(st.tuples(unit, st.sampled_from(["en", "zh", "ja"])), min_size=1, max_size=30))
def test_bands_with_error_rates_hold_the_mean_and_are_wider(rows: list[tuple[float, str]]) -> None:
    told, turned = (Stories.of(*zip(*each, strict=True)) for each in (rows, rows[::-1]))
    measured = {"en": RATES, "zh": RATES}
    carried = bayesian_bootstrap(told, None, key="k", rates_of=measured.get)
    assert 0 <= carried.low <= carried.mean <= carried.high <= 1
    assert carried == bayesian_bootstrap(turned, None, key="k", rates_of=measured.get)
    assert carried.mean == bayesian_bootstrap(told, None, key="k").mean


def test_more_stories_do_not_take_away_the_error_of_the_classifier() -> None:
    values = np.random.default_rng(0).beta(0.6, 1.4, size=20_000)
    alone = bayesian_bootstrap(stories(values), None, key="k")
    carried = bayesian_bootstrap(stories(values), None, key="k", rates_of={"en": RATES}.get)
    assert carried.high - carried.low > 4 * (alone.high - alone.low)
    assert bayesian_bootstrap(stories(values, "ja"), None, key="k", rates_of={"en": RATES}.get) == bayesian_bootstrap(
        stories(values, "ja"), None, key="k"
    )


def rated(values: NDArray[np.float64]) -> Reading:
    return Reading(len(values), float(values.mean()), float(values.std(ddof=1)))


@pytest.mark.slow
@pytest.mark.parametrize("n_stories", [40, 300, 3000])
def test_nineteen_of_twenty_bands_that_carry_the_measured_error_hold_the_truth(n_stories: int) -> None:
    """A tenth to a half of the stories tell; the classifier was measured on 40 telling and 120 quiet articles."""
    rng = np.random.default_rng(n_stories)
    held, held_without = [], []
    for n in range(1000):
        prevalence = rng.uniform(0.1, 0.5)
        rates = ErrorRates(rated(rng.beta(6, 3, size=40)), rated(rng.beta(0.7, 7, size=120)))
        tells = rng.random(n_stories) < prevalence
        values = stories(np.where(tells, rng.beta(6, 3, size=n_stories), rng.beta(0.7, 7, size=n_stories)))
        truth = rates.quiet.mean + (rates.telling.mean - rates.quiet.mean) * prevalence
        held.append(covered(bayesian_bootstrap(values, None, key=str(n), rates_of={"en": rates}.get), truth))
        held_without.append(covered(bayesian_bootstrap(values, None, key=str(n)), truth))
    assert abs(np.mean(held) - 0.95) <= 0.02
    assert n_stories < 3000 or np.mean(held_without) < 0.8
