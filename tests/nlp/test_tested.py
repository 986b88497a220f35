from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from nlp.errors import InputError
from nlp.tested import COLUMNS, LeadLagRow, LoggedTest, logged_tests, table_of_tests

NOW = datetime(2024, 5, 1, tzinfo=UTC)
TEST = LoggedTest(NOW, "bubble", "vix", "correlation", -2, "W", "2020-01-06", "2024-04-22", "HAC", "abc", 0.3, 0.01)


def test_the_key_is_what_was_tested_on_which_data_and_nothing_else() -> None:
    assert replace(TEST, tested_at=datetime(2030, 1, 1, tzinfo=UTC), estimate=None, p_value=0.5).key == TEST.key
    names = ("narrative", "series", "method", "freq", "sample_start", "sample_end", "settings", "snapshot")
    others = [replace(TEST, **{name: "other"}) for name in names] + [replace(TEST, lag=2)]
    assert len({test.key for test in [*others, TEST]}) == len(others) + 1
    assert replace(TEST, narrative="a", series="b,c").key != replace(TEST, narrative="a,b", series="c").key


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"tested_at": datetime(2024, 5, 1)}, "no zone"),
        ({"p_value": float("nan")}, "not in"),
        ({"p_value": 1.1}, "not in"),
        ({"estimate": float("inf")}, "not finite"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        replace(TEST, **changes)


def test_rows_become_logged_tests() -> None:
    head = ("bubble", "vix", "correlation")
    numbers = (0.3, 0.1, 0.1, 0.5, 3.0, 0.01, 99)
    rows = [
        LeadLagRow(*head, -2, *numbers, "2020-01-06", "2024-04-22", "HAC"),
        LeadLagRow(*head, -1, note="too short: 3 usable periods, 30 needed"),
    ]
    assert logged_tests(table_of_tests(rows), freq="W", snapshot="abc", tested_at=NOW) == [TEST]


def test_another_table_is_refused() -> None:
    assert tuple(table_of_tests([]).columns) == COLUMNS
    with pytest.raises(InputError, match="lacks narrative"):
        logged_tests(pd.DataFrame({"series": []}), freq="W", snapshot="", tested_at=NOW)
