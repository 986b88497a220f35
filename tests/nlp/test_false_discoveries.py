from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.errors import InputError
from nlp.false_discoveries import CONTROL_COLUMNS, controlled

PUBLISHED = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459,
             0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]  # fmt: skip
"""The worked example of Benjamini and Hochberg 1995, section 4.1: at 5% the first four are rejected."""
P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=20)


def table(p_values: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"p_value": p_values})


def test_the_published_example() -> None:
    found = controlled(table(PUBLISHED))
    assert (found["q_value"] <= 0.05).tolist() == [True] * 4 + [False] * 11
    assert found["q_value"].iloc[3] == pytest.approx(0.0095 * 15 / 4)
    harmonic = sum(1 / i for i in range(1, 16))
    assert found["q_value_by"].iloc[0] == pytest.approx(0.0001 * 15 * harmonic)
    assert (found["q_value_by"] <= 0.05).sum() == 3
    assert found["n_tests"].tolist() == [15] * 15


def test_rows_that_were_not_tested_count_for_nothing() -> None:
    found = controlled(table([0.01, np.nan, 0.04]))
    assert found["q_value"].isna().tolist() == [False, True, False]
    assert found["n_tests"].tolist() == [2, 2, 2]
    assert found["q_value"].iloc[0] == pytest.approx(0.02)


def test_earlier_tests_count() -> None:
    found = controlled(table([0.01]), earlier=[0.5, 0.9, 1.0])
    assert found["q_value"].tolist() == [pytest.approx(0.04)]
    assert found["n_tests"].tolist() == [4]


@given(P_VALUES, st.integers(0, 10))
def test_q_is_no_less_than_p_keeps_its_order_and_grows_with_vain_tests(p_values: list[float], n_vain: int) -> None:
    found = controlled(table(p_values))
    assert (found["q_value"] >= found["p_value"] - 1e-12).all()
    assert (found["q_value_by"] >= found["q_value"] - 1e-12).all()
    ordered = found.sort_values("p_value")
    assert (ordered["q_value"].diff().dropna() >= -1e-12).all()
    more = controlled(table(p_values), earlier=[1.0] * n_vain)
    assert (more["q_value"] >= found["q_value"] - 1e-12).all()


def test_without_any_effect_something_is_found_once_in_twenty() -> None:
    rng = np.random.default_rng(0)
    n_found = sum((controlled(table(rng.random(20).tolist()))["q_value"] <= 0.05).any() for _ in range(300))
    assert 5 <= n_found <= 27  # 15 expected, deviation 3.8


def test_an_empty_table_stays_empty() -> None:
    assert set(CONTROL_COLUMNS) <= set(controlled(table([])).columns)
    assert controlled(table([np.nan]))["q_value"].isna().all()


@pytest.mark.parametrize("earlier", [[1.5], [-0.1], [np.nan]])
def test_what_is_no_p_value_is_refused(earlier: list[float]) -> None:
    with pytest.raises(InputError, match=r"not in \[0, 1\]"):
        controlled(table([0.5]), earlier)
    with pytest.raises(InputError, match="no column p_value"):
        controlled(pd.DataFrame({"p": [0.5]}))
