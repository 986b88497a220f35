from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.errors import InputError, MarketError
from nlp.market import MarketSeries
from nlp.session_alignment import align_to_sessions, session_columns, session_table

DAYS = pd.bdate_range("2024-02-26", "2024-04-30")
PRICES = MarketSeries("sp500", "close", pd.Series(np.linspace(100, 140, len(DAYS)), index=DAYS))


def scores_frame(rows: list[tuple[str | None, str | None, float]]) -> pd.DataFrame:
    """Rows of (published, story, bubble)."""
    table = pd.DataFrame(rows, columns=["published", "story", "bubble"])
    table["article_id"] = [f"a{n}" for n in range(len(table))]
    return table.assign(first_seen=None, bubble_stance=1.0, bubble_evidence="e")


def test_a_worked_example() -> None:
    scores = scores_frame(
        [
            ("2024-03-01T22:00:00Z", "loud", 0.9),  # Friday after the close: Monday
            ("2024-03-02T10:00:00Z", "loud", 0.7),
            ("2024-03-03T10:00:00Z", "quiet", 0.2),
            ("2024-03-04T14:30:00Z", "late", 1.0),  # as Monday opens: Tuesday
            ("2024-03-06T20:00:00Z", None, 0.4),
            (None, "undated", 1.0),
        ]
    )
    table = align_to_sessions(scores, [PRICES], "XNYS")
    assert list(table.columns) == list(session_columns(["bubble"], [PRICES]))
    assert table["session"].dt.strftime("%m-%d").tolist() == ["03-04", "03-05", "03-06", "03-07"]
    assert table["opens_at"].iloc[0] == pd.Timestamp("2024-03-04T14:30:00Z")
    assert table["n_articles"].tolist() == [3, 1, 0, 1]
    assert table["n_stories"].tolist() == [2, 1, 0, 1]
    np.testing.assert_allclose(table["bubble"], [0.5, 1.0, math.nan, 0.4])
    monday = PRICES.values[pd.Timestamp("2024-03-04")]
    assert table["market_sp500"].iloc[0] == monday
    friday = PRICES.values[pd.Timestamp("2024-03-01")]
    assert table["market_sp500_return"].iloc[0] == pytest.approx(math.log(monday / friday), abs=1e-6)
    assert not table["provisional"].any()


def test_first_seen_counts_before_published() -> None:
    scores = scores_frame([("2024-03-01T12:00:00Z", "a", 0.5)]).assign(first_seen="2024-03-28T22:00:00Z")
    assert align_to_sessions(scores, [PRICES], "XNYS")["session"].tolist() == [pd.Timestamp("2024-04-01")]


def test_a_session_without_a_market_value_is_empty_and_nothing_is_carried_forward() -> None:
    gap = MarketSeries("sp500", "close", PRICES.values.drop(pd.Timestamp("2024-03-05")))
    scores = scores_frame([("2024-03-04T00:00:00Z", "a", 0.5), ("2024-03-06T00:00:00Z", "b", 0.5)])
    table = align_to_sessions(scores, [gap], "XNYS")
    assert table["market_sp500"].isna().tolist() == [False, True, False]
    assert table["market_sp500_return"].isna().tolist() == [False, True, False]


def test_years_that_no_calendar_knows_are_marked() -> None:
    scores = scores_frame([("2026-12-30T00:00:00Z", "a", 0.5), ("2027-01-05T00:00:00Z", "b", 0.7)])
    table = align_to_sessions(scores, [PRICES], "XSHG")
    assert table["session"].dt.strftime("%m-%d").tolist() == ["12-30", "12-31", "01-01", "01-04", "01-05"]
    assert table["provisional"].tolist() == [False, False, True, True, True]


def test_other_kinds_of_series() -> None:
    spread = MarketSeries("my_spread", "value", PRICES.values)
    table = align_to_sessions(
        scores_frame([("2024-03-04T00:00:00Z", "a", 0.5)]), [spread], "XNYS", {"my_spread": "rate"}
    )
    assert list(table.columns)[-2:] == ["market_my_spread", "market_my_spread_change"]


def test_series_stand_beside_each_other_each_on_the_day_it_is_known() -> None:
    fridays = pd.Series([1.0, 2.0], index=pd.DatetimeIndex(["2024-03-01", "2024-03-08"]))
    other = MarketSeries("vix", "close", PRICES.values.iloc[:6])
    market = [PRICES, MarketSeries("NFCI_weekly", "NFCI", fridays), other]
    scores = scores_frame([("2024-03-04T00:00:00Z", "a", 0.5), ("2024-03-13T00:00:00Z", "b", 0.5)])
    table = align_to_sessions(scores, market, "XNYS").set_index("session")
    # The Chicago Fed publishes on Wednesday what it dates by Friday.
    known = table["market_NFCI_weekly"].dropna()
    assert dict(zip(known.index.strftime("%m-%d"), known, strict=True)) == {"03-06": 1.0, "03-13": 2.0}
    assert table["market_sp500"].notna().all()
    assert table["market_vix"].notna().sum() == 1
    assert not {"market_vix_return", "market_NFCI_weekly_return"} & set(table.columns)


def test_a_series_may_be_missing_altogether() -> None:
    table = align_to_sessions(scores_frame([("2024-03-04T00:00:00Z", "a", 0.5)]), [], "XHKG")
    assert tuple(table.columns) == session_columns(["bubble"])


def test_what_a_file_has() -> None:
    scores = scores_frame([("2024-07-03T00:00:00Z", "a", 0.5)])
    row = session_table(scores, [PRICES], "XNYS").iloc[0]
    assert row.iloc[:6].tolist() == ["2024-07-03", "2024-07-03T13:30:00Z", 1, 0, 1, 1]


def test_what_cannot_be_aligned_says_what_to_do() -> None:
    with pytest.raises(InputError, match="froth score"):
        align_to_sessions(pd.DataFrame({"published": []}), [PRICES], "XNYS")
    with pytest.raises(InputError, match="needs published or first_seen"):
        align_to_sessions(scores_frame([(None, "a", 0.5)]), [PRICES], "XNYS")
    with pytest.raises(MarketError, match="no exchange"):
        align_to_sessions(scores_frame([("2024-03-04T00:00:00Z", "a", 0.5)]), [PRICES], "NYSE")
    with pytest.raises(MarketError, match="no kind"):
        align_to_sessions(scores_frame([("2024-03-04T00:00:00Z", "a", 0.5)]), [PRICES], "XNYS", {"sp500": "x"})  # type: ignore[dict-item]
    twice = [PRICES, MarketSeries("sp500_return", "value", PRICES.values)]
    with pytest.raises(InputError, match="two columns would be called market_sp500_return"):
        align_to_sessions(scores_frame([("2024-03-04T00:00:00Z", "a", 0.5)]), twice, "XNYS")


HOURS = st.integers(0, 24 * 40)
ARTICLES = st.lists(st.tuples(HOURS, st.integers(0, 9), st.floats(0, 1)), min_size=1, max_size=40)


def made(rows: list[tuple[int, int, float]], prefix: str) -> pd.DataFrame:
    start = pd.Timestamp("2024-03-01", tz="UTC")
    return scores_frame(
        [((start + pd.Timedelta(hours=hour)).isoformat(), f"{prefix}{story}", value) for hour, story, value in rows]
    )


@settings(max_examples=40)
@given(ARTICLES, ARTICLES, st.sampled_from(["XNYS", "XHKG", "XSHG"]))
def test_later_articles_and_market_values_change_no_earlier_row(
    early: list[tuple[int, int, float]], late: list[tuple[int, int, float]], exchange: str
) -> None:
    weekly = pd.Series(range(12), index=pd.date_range("2024-02-23", periods=12, freq="W-FRI"), dtype=float)
    market = [PRICES, MarketSeries("NFCI_weekly", "NFCI", weekly)]
    before = align_to_sessions(made(early, "s"), market, exchange)
    cut = int(24 * ((before["opens_at"].max() - pd.Timestamp("2024-03-01", tz="UTC")) / pd.Timedelta(days=1))) + 1
    later = made([(cut + hour, story, value) for hour, story, value in late], "s")
    more = pd.Series([1e9, 1.0], index=pd.DatetimeIndex(["2024-05-31", "2024-06-03"]))
    longer = [MarketSeries(s.name, s.column, pd.concat([s.values, more])) for s in market]
    after = align_to_sessions(pd.concat([later, made(early, "s")]), longer, exchange)
    pd.testing.assert_frame_equal(after.iloc[: len(before)], before, check_exact=True)


@settings(max_examples=40)
@given(ARTICLES, st.randoms(use_true_random=False))
def test_every_article_counts_once_and_their_order_does_not_matter(rows: list[tuple[int, int, float]], random) -> None:
    table = align_to_sessions(made(rows, "s"), [PRICES], "XNYS")
    assert table["n_articles"].sum() == len(rows)
    assert (table["bubble"].isna() == (table["n_articles"] == 0)).all()
    assert table["bubble"].dropna().between(0, 1).all()
    shuffled = random.sample(rows, len(rows))
    pd.testing.assert_frame_equal(align_to_sessions(made(shuffled, "s"), [PRICES], "XNYS"), table, check_exact=True)
