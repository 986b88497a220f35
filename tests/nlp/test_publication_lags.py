from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.errors import MarketError
from nlp.publication_lags import PUBLICATION_LAGS, PublicationLag, find_lag, published_on

NAMES = sorted({name for lag in PUBLICATION_LAGS for name in lag.names})


def published(name: str, day: str) -> str:
    return str(published_on(pd.DatetimeIndex([day]), find_lag(name))[0].date())


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        # Dates of publication that were: FRED's and ALFRED's "Updated", agencies' own release dates.
        ("STLFSI4", "2024-10-18", "2024-10-24"),
        ("STLFSI2", "2022-01-07", "2022-01-13"),
        ("NFCI_weekly", "2026-05-22", "2026-05-28"),  # after Memorial Day
        ("nfci", "2024-12-20", "2024-12-26"),  # Wednesday was Christmas
        ("ANFCI", "2024-10-18", "2024-10-23"),
        ("WALCL", "2024-10-16", "2024-10-17"),
        ("walcl", "2024-11-27", "2024-11-29"),  # Thursday was Thanksgiving
        ("WALCL", "2025-01-01", "2025-01-03"),
        ("SOFR", "2023-06-01", "2023-06-02"),
        ("SOFR", "2024-02-16", "2024-02-20"),  # over Presidents' Day
        ("BAMLH0A0HYM2_hy_oas", "2018-04-19", "2018-04-20"),
        ("DTWEXBGS_usd", "2023-03-13", "2023-03-20"),
        ("CPIAUCSL", "2013-09-01", "2013-10-30"),
        ("USREC", "1991-04-01", "1992-12-22"),
        # Before the session that follows the national holidays.
        ("china_margin_balance_daily", "2024-09-30", "2024-10-08"),
        ("china_margin_balance_daily", "2024-02-08", "2024-02-19"),
        # Known on their own day.
        ("RRPONTSYD", "2024-10-16", "2024-10-16"),
        ("DGS10", "2024-10-16", "2024-10-16"),
        ("vix_daily", "2024-10-19", "2024-10-19"),
    ],
)
def test_days_of_publication(name: str, day: str, expected: str) -> None:
    assert published(name, day) == expected


def test_a_mean_over_a_quarter_is_known_once_the_quarter_is_over() -> None:
    assert published("NFCI_quarterly", "2025-04-01") == "2025-07-08"
    assert published("NFCI_quarterly", "2022-07-01") >= "2022-10-05"


@pytest.mark.parametrize("name", ["vix", "sp500_daily", "nfcix", "my_walcl", "", "cnn_fear_greed", "xwalcl_y"])
def test_a_name_that_is_not_in_the_table_has_no_lag(name: str) -> None:
    assert find_lag(name) is None


def test_the_longest_name_wins_and_every_row_can_be_found() -> None:
    assert find_lag("NFCI_QUARTERLY_mean") is find_lag("nfci_quarterly")
    assert find_lag("NFCI_Weekly") is find_lag("nfci")
    assert all(name in find_lag(name).names and name == name.lower() for name in NAMES)  # type: ignore[union-attr]
    assert len(NAMES) == sum(len(lag.names) for lag in PUBLICATION_LAGS)
    assert all(lag.source for lag in PUBLICATION_LAGS)


def test_a_lag_that_cannot_be_is_refused() -> None:
    with pytest.raises(MarketError, match="before its date"):
        PublicationLag(("x",), "me", days=-1)
    with pytest.raises(MarketError, match="no calendar 'moon'"):
        PublicationLag(("x",), "me", calendar="moon")  # type: ignore[arg-type]


@given(
    st.lists(st.dates(pd.Timestamp("1960-01-01").date(), pd.Timestamp("2040-01-01").date()), max_size=30),
    st.sampled_from(NAMES),
)
def test_nothing_is_published_before_its_date_nor_in_another_order(days: list, name: str) -> None:
    index = pd.DatetimeIndex(sorted(pd.Timestamp(day) for day in days))
    dates = published_on(index, find_lag(name))
    assert (dates >= index).all()
    assert dates.is_monotonic_increasing
    # A value's day of publication does not depend on what else the series holds.
    for day, date in zip(index[:3], dates[:3], strict=True):
        assert published_on(pd.DatetimeIndex([day]), find_lag(name))[0] == date


@pytest.mark.shared
def test_which_of_the_real_series_have_a_lag(shared: Path) -> None:
    with_lag = {path.stem for path in (shared / "market").glob("*.csv") if find_lag(path.stem)}
    assert with_lag >= {"WALCL", "NFCI_weekly", "NFCI_quarterly", "ANFCI", "STLFSI4", "USREC", "SOFR", "RRPONTSYD"}
    assert not with_lag & {"sp500_daily", "vix_daily", "cnn_fear_greed", "aaii_sentiment_weekly"}
