from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.signal import lfilter

from nlp.false_discoveries import controlled
from nlp.lead_lag import LEAD_LAG_COLUMNS, lead_lag
from nlp.series_pairs import LeadLagOptions, SeriesPair
from nlp.store import Store
from nlp.tested import logged_tests, p_values_besides

OPTIONS = LeadLagOptions(max_lag=2, max_horizon=2, n_controls=2, max_order=2)
N_A_PAIR = 5 + 2 + 3


def unrelated(seed: int, name: str = "vix") -> SeriesPair:
    rng = np.random.default_rng(seed)
    talk, market = lfilter([1], [1, -0.6], rng.normal(size=(2, 120)), axis=1)
    return SeriesPair("bubble", name, pd.Series(talk), pd.Series(market))


def test_everything_tested_is_counted_in_one_table() -> None:
    constant = SeriesPair("bubble", "peg", unrelated(1).talk, pd.Series(np.full(120, 7.8)))
    table = lead_lag([unrelated(1), constant], OPTIONS)
    assert tuple(table.columns) == LEAD_LAG_COLUMNS
    assert len(table) == 2 * N_A_PAIR
    assert (table["n_tests"] == N_A_PAIR).all()
    dead = table[table["series"] == "peg"]
    assert dead["q_value"].isna().all()
    assert dead["note"].str.contains("constant: peg").all()


def test_nothing_is_found_where_nothing_is() -> None:
    table = lead_lag([unrelated(seed, f"s{seed}") for seed in range(5)], OPTIONS)
    assert (table["n_tests"] == 5 * N_A_PAIR).all()
    assert (table["q_value_by"] > 0.05).all()


def test_no_pairs_give_an_empty_table() -> None:
    table = lead_lag([], OPTIONS)
    assert tuple(table.columns) == LEAD_LAG_COLUMNS
    assert table.empty


def test_tests_of_before_count_and_the_same_ones_count_once(tmp_path: Path) -> None:
    first, second = (lead_lag([unrelated(seed, f"s{seed}")], OPTIONS) for seed in (1, 2))
    now = datetime(2024, 5, 1, tzinfo=UTC)
    with Store.open(tmp_path / "froth.db") as store:
        assert store.note_tests(logged_tests(first, freq="W", snapshot="abc", tested_at=now)) == N_A_PAIR
        again = logged_tests(first, freq="W", snapshot="abc", tested_at=now + timedelta(days=1))
        assert store.note_tests(again) == 0
        assert p_values_besides(store.tests(), again) == []
        ours = logged_tests(second, freq="W", snapshot="abc", tested_at=now)
        earlier = p_values_besides(store.tests(), ours)
        assert sorted(earlier) == pytest.approx(sorted(first["p_value"]))
        together = controlled(second, earlier)
    both = controlled(pd.concat([second, first], ignore_index=True))
    np.testing.assert_allclose(together["q_value"], both["q_value"].head(N_A_PAIR))
    assert (together["n_tests"] == 2 * N_A_PAIR).all()
