from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nlp.bands import bayesian_bootstrap

unit = st.floats(0, 1)


@given(st.lists(unit, min_size=1, max_size=30), st.lists(unit, max_size=30))
def test_band_holds_the_mean_and_stays_in_range(values: list[float], base: list[float]) -> None:
    band = bayesian_bootstrap(values, base, key="k")
    assert -1e-12 <= band.low <= band.mean <= band.high <= 1 + 1e-12


def test_one_story_has_a_wide_band_and_many_a_narrow_one() -> None:
    one, many = bayesian_bootstrap([0.5], [], key="k"), bayesian_bootstrap([0.5, 0.4, 0.6] * 100, [], key="k")
    assert one.high - one.low > 0.3
    after_one_alike = bayesian_bootstrap([0.9], [0.9], key="k")
    assert after_one_alike.high - after_one_alike.low > 0.2
    assert many.high - many.low < 0.05


def test_same_key_same_bytes_in_any_order_of_stories() -> None:
    values = [0.1, 0.9, 0.4]
    assert bayesian_bootstrap(values, [0.2], key="a") == bayesian_bootstrap(values[::-1], [0.2], key="a")
    assert bayesian_bootstrap(values, [0.2], key="a") != bayesian_bootstrap(values, [0.2], key="b")


def test_the_normal_limit_joins_the_bootstrap() -> None:
    rng = np.random.default_rng(0)
    values = rng.beta(0.5, 2, size=1001)
    limit, drawn = (
        bayesian_bootstrap(values.tolist(), [], key="k"),
        bayesian_bootstrap(values[:1000].tolist(), [], key="k"),
    )
    assert abs((limit.high - limit.low) / (drawn.high - drawn.low) - 1) < 0.1
