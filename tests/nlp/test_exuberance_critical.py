from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.errors import InputError, MarketError
from nlp.exuberance_critical import FIRST, LEVELS, Statistic, critical_values

STATISTICS: tuple[Statistic, ...] = ("sadf", "bsadf", "gsadf")


# Phillips, Shi and Yu 2015, table 1, finite samples, r0 = 0.01 + 1.8 / sqrt(T). Two simulations of 2,000 paths each
# differ with a standard error of sqrt(p (1 - p) / 1000) / f, f the density at the quantile (0.2, 0.11, 0.025): 0.05,
# 0.06 and 0.13. The tolerances are below three of them.
@pytest.mark.parametrize(
    ("n", "level", "published"),
    [(100, 0.90, 1.65), (100, 0.95, 2.00), (100, 0.99, 2.57), (200, 0.95, 2.08), (400, 0.95, 2.20)],
)
def test_gsadf_is_as_published(n: int, level: float, published: float) -> None:
    tolerance = {0.90: 0.12, 0.95: 0.15, 0.99: 0.3}[level]
    assert critical_values(n, level, "gsadf")[-1] == pytest.approx(published, abs=tolerance)


# Printed by the R package exuber for n = 100, one observation more in its shortest window, 2,000 paths (two runs).
@pytest.mark.parametrize("printed", [(0.988, 1.29, 1.92), (0.965, 1.25, 1.77)])
def test_sadf_is_as_in_another_program(printed: tuple[float, ...]) -> None:
    for level, value, tolerance in zip(LEVELS, printed, (0.12, 0.15, 0.3), strict=True):
        assert critical_values(100, level, "sadf")[-1] == pytest.approx(value, abs=tolerance)


def test_sadf_of_long_samples_is_near_the_limit() -> None:
    """The limits are 1.49 at r0 = 0.1 and 1.51 at 0.055 (Phillips, Shi and Yu 2015): n = 400 and n = 1,600."""
    assert critical_values(400)[-1] == pytest.approx(1.49, abs=0.1)
    assert critical_values(1600)[-1] == pytest.approx(1.51, abs=0.1)


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("lags", [0, 1])
def test_levels_are_in_order_and_neighbours_alike(statistic: Statistic, lags: int) -> None:
    n = 1600 if statistic == "gsadf" else 16_000
    by_level = [critical_values(n, level, statistic, lags)[FIRST - 1 :] for level in LEVELS]
    assert (by_level[0] < by_level[1]).all()
    assert (by_level[1] < by_level[2]).all()
    # Below 40 the shortest window grows by a whole observation of ten now and then.
    assert np.abs(np.diff(by_level[1][20:])).max() < 0.05
    assert np.isfinite(by_level).all()


@given(st.integers(0, 1600), st.integers(0, 1600), st.sampled_from(STATISTICS), st.sampled_from(LEVELS))
def test_a_value_depends_on_nothing_later(n: int, more: int, statistic: Statistic, level: float) -> None:
    n, more = sorted((n, more))
    short, long = critical_values(n, level, statistic), critical_values(more, level, statistic)
    assert np.array_equal(short, long[:n], equal_nan=True)
    assert np.isnan(long[: FIRST - 1]).all()


def test_what_was_not_simulated() -> None:
    with pytest.raises(InputError, match=r"at level 0.975: choose .* 0.9, 0.95, 0.99"):
        critical_values(100, 0.975)
    with pytest.raises(InputError, match="2 lags"):
        critical_values(100, lags=2)
    with pytest.raises(InputError, match="adf with 0 lags"):
        critical_values(100, statistic="adf")  # type: ignore[arg-type]
    with pytest.raises(MarketError, match="reach to 16000 observations, not to 16001: take weekly"):
        critical_values(16_001)
    with pytest.raises(MarketError, match="gsadf reach to 1600"):
        critical_values(1601, statistic="gsadf")
