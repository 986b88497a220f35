from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.errors import InputError, MarketError
from nlp.exchanges import EXCHANGES
from nlp.market import read_series
from nlp.sessions import SESSION_COLUMNS, next_session, next_sessions, sessions_between

CODES = sorted(EXCHANGES)


def moments(*texts: str | None) -> pd.Series[pd.Timestamp]:
    return pd.Series(pd.to_datetime(list(texts), utc=True, format="ISO8601"))


@pytest.mark.parametrize(
    ("exchange", "moment", "opens"),
    [
        # An article at exactly the opening meets the next session, one just before it meets that one.
        ("XNYS", "2024-03-04T14:30:00Z", "2024-03-05T14:30:00Z"),
        ("XNYS", "2024-03-04T14:29:59.999999999Z", "2024-03-04T14:30:00Z"),
        ("XNYS", "2024-03-04T14:30:00.000000001Z", "2024-03-05T14:30:00Z"),
        # During a session, and during a lunch break, the next opening is that of another day.
        ("XNYS", "2024-03-04T18:00:00Z", "2024-03-05T14:30:00Z"),
        ("XSHG", "2024-03-04T04:00:00Z", "2024-03-05T01:30:00Z"),
        # Friday night, Saturday and Sunday: Monday.
        ("XNYS", "2024-03-01T23:00:00Z", "2024-03-04T14:30:00Z"),
        ("XSHG", "2024-03-02T12:00:00Z", "2024-03-04T01:30:00Z"),
        ("XHKG", "2024-03-03T23:59:00Z", "2024-03-04T01:30:00Z"),
        # Good Friday 2024 in New York and Hong Kong; Hong Kong rests on Easter Monday and Ching Ming too.
        ("XNYS", "2024-03-28T22:00:00Z", "2024-04-01T13:30:00Z"),
        ("XHKG", "2024-03-28T09:00:00Z", "2024-04-02T01:30:00Z"),
        ("XHKG", "2024-04-03T09:00:00Z", "2024-04-05T01:30:00Z"),
        # Chinese New Year 2024.
        ("XSHG", "2024-02-08T08:00:00Z", "2024-02-19T01:30:00Z"),
        ("XHKG", "2024-02-09T08:00:00Z", "2024-02-14T01:30:00Z"),
        # Closures outside the rules: President Carter's funeral, Hurricane Sandy, September 2001.
        ("XNYS", "2025-01-08T22:00:00Z", "2025-01-10T14:30:00Z"),
        ("XNYS", "2012-10-27T00:00:00Z", "2012-10-31T13:30:00Z"),
        ("XNYS", "2001-09-11T12:00:00Z", "2001-09-17T13:30:00Z"),
        # The clocks change in New York on 2024-03-10 and 2024-11-03.
        ("XNYS", "2024-03-08T22:00:00Z", "2024-03-11T13:30:00Z"),
        ("XNYS", "2024-11-01T21:00:00Z", "2024-11-04T14:30:00Z"),
        # Hong Kong opened at ten before 2011-03-07.
        ("XHKG", "2011-03-04T01:45:00Z", "2011-03-04T02:00:00Z"),
        ("XHKG", "2011-03-07T01:45:00Z", "2011-03-08T01:30:00Z"),
    ],
)
def test_the_next_opening(exchange: str, moment: str, opens: str) -> None:
    row = next_sessions(moments(moment), exchange).iloc[0]
    assert (row["opens_at"], row["provisional"]) == (pd.Timestamp(opens), False)


@pytest.mark.parametrize("day", ["2023-09-01", "2023-09-08"])
def test_no_calendar_knows_a_typhoon(day: str) -> None:
    # Saola and the black rainstorm closed Hong Kong; the calendar has sessions, and they are not marked either.
    assert sessions_between(date.fromisoformat(day), date.fromisoformat(day), "XHKG")["provisional"].tolist() == [False]


@pytest.mark.parametrize(
    ("exchange", "day", "local", "half_day"),
    [
        ("XNYS", "2024-11-27", "09:30 16:00", False),
        ("XNYS", "2024-11-29", "09:30 13:00", True),
        ("XNYS", "2024-07-03", "09:30 13:00", True),
        ("XHKG", "2024-12-23", "09:30 12:00 13:00 16:00", False),
        ("XHKG", "2024-12-24", "09:30 12:00", True),
        ("XHKG", "2010-12-24", "10:00 12:30", True),
        ("XHKG", "2011-03-04", "10:00 12:30 14:30 16:00", False),
        ("XHKG", "2011-03-07", "09:30 12:00 13:30 16:00", False),
        ("XHKG", "2012-03-05", "09:30 12:00 13:00 16:00", False),
        ("XSHG", "2024-02-08", "09:30 11:30 13:00 15:00", False),
        ("XSHG", "2027-03-03", "09:30 11:30 13:00 15:00", False),
    ],
)
def test_hours_lunch_breaks_and_half_days(exchange: str, day: str, local: str, half_day: bool) -> None:
    row = sessions_between(date.fromisoformat(day), date.fromisoformat(day), exchange).iloc[0]
    at = [row[name] for name in SESSION_COLUMNS if name.endswith("s_at")]
    zone = EXCHANGES[exchange].zone
    assert " ".join(m.tz_convert(zone).strftime("%H:%M") for m in at if not pd.isna(m)) == local
    assert row["half_day"] == half_day
    assert row["session"] == pd.Timestamp(day)


@pytest.mark.parametrize(
    ("exchange", "moment", "day"),
    [
        # The library's Shanghai ends here; New Year's Day is no session, but no calendar says so.
        ("XSHG", "2026-12-31T01:30:00Z", "2027-01-01"),
        ("XSHG", "2027-01-01T09:00:00Z", "2027-01-04"),
        ("XSHG", "2031-05-04T12:00:00Z", "2031-05-05"),
        ("XNYS", "1929-10-26T12:00:00Z", "1929-10-28"),
        ("XHKG", "1987-10-16T12:00:00Z", "1987-10-19"),
        ("XNYS", "2190-01-01T00:00:00Z", "2190-01-01"),
    ],
)
def test_years_that_the_library_does_not_know_are_weekdays_and_provisional(
    exchange: str, moment: str, day: str
) -> None:
    row = next_sessions(moments(moment), exchange).iloc[0]
    assert (row["session"], row["provisional"]) == (pd.Timestamp(day), True)


@pytest.mark.parametrize(
    ("exchange", "first"), [("XNYS", "1985-09-30"), ("XSHG", "1990-12-19"), ("XHKG", "1999-01-04")]
)
def test_the_known_years_begin_and_end_without_a_seam(exchange: str, first: str) -> None:
    start = pd.Timestamp(first, tz=EXCHANGES[exchange].zone)
    around = next_sessions(pd.Series([start - pd.Timedelta(days=30), start]), exchange)
    assert around["provisional"].tolist() == [True, False]
    assert around["session"].iloc[1] == pd.Timestamp(first)
    table = sessions_between(date(1980, 1, 1), date(2060, 1, 1), exchange)
    assert table["session"].is_monotonic_increasing
    assert table["session"].is_unique
    # The longest holidays were Shanghai's New Year of the 1990s.
    assert table["opens_at"].diff().max() <= pd.Timedelta(days=20)


def test_unknown_moments_meet_no_session() -> None:
    table = next_sessions(moments("2024-03-04T00:00:00Z", None, "1650-01-01T00:00:00Z", "9999-12-31T23:59:59Z"), "XNYS")
    assert list(table.columns) == list(SESSION_COLUMNS)
    assert table.isna().all(axis=1).tolist() == [False, True, True, True]
    assert next_session(pd.NaT, "XNYS") is None  # type: ignore[arg-type]
    assert next_session(None, "XNYS") is None
    assert next_session(datetime.max.replace(tzinfo=UTC), "XNYS") is None
    nothing = next_sessions(moments(None, None), "XSHG")
    assert nothing["session"].isna().all()
    assert next_sessions(moments(), "XSHG").empty


def test_one_session_as_a_record() -> None:
    session = next_session(datetime(2024, 12, 24, 9, tzinfo=timezone(timedelta(hours=8))), "XHKG")
    assert session is not None
    assert (session.day, session.half_day, session.provisional) == (date(2024, 12, 24), True, False)
    assert session.opens_at == datetime(2024, 12, 24, 1, 30, tzinfo=UTC)
    assert session.closes_at == datetime(2024, 12, 24, 4, tzinfo=UTC)
    assert (session.breaks_at, session.resumes_at) == (None, None)


def test_the_index_and_any_zone_are_kept() -> None:
    utc = moments("2024-03-04T00:00:00Z", "2024-03-05T00:00:00Z").set_axis(["b", "b"])
    local = utc.dt.tz_convert(ZoneInfo("Asia/Tokyo"))
    pd.testing.assert_frame_equal(next_sessions(utc, "XNYS"), next_sessions(local, "XNYS"))
    assert next_sessions(utc, "XNYS").index.tolist() == ["b", "b"]


def test_naive_moments_and_unknown_exchanges_say_what_to_do() -> None:
    with pytest.raises(InputError, match="have no time zone"):
        next_sessions(pd.Series(pd.to_datetime(["2024-03-04"])), "XNYS")
    with pytest.raises(InputError, match="have no time zone"):
        next_session(datetime(2024, 3, 4), "XNYS")
    with pytest.raises(MarketError, match=r"no exchange 'NYSE': give one of XNYS \(New York\), XSHG \(Shanghai\)"):
        next_session(datetime(2024, 3, 4, tzinfo=UTC), "NYSE")
    with pytest.raises(MarketError, match="no exchange"):
        sessions_between(date(2024, 1, 1), date(2024, 1, 2), "LSE")


SECONDS = st.integers(
    int(datetime(1975, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2060, 1, 1, tzinfo=UTC).timestamp())
)


@given(st.lists(SECONDS, min_size=1, max_size=30), st.sampled_from(CODES))
def test_no_session_lies_between_and_later_moments_meet_no_earlier_session(seconds: list[int], exchange: str) -> None:
    when = pd.Series(pd.to_datetime(sorted(seconds), unit="s", utc=True))
    table = next_sessions(when, exchange)
    assert (table["opens_at"] > when).all()
    assert table["opens_at"].is_monotonic_increasing
    for moment, opens in zip(when, table["opens_at"], strict=True):
        near = sessions_between(moment.date() - timedelta(days=2), opens.date() + timedelta(days=2), exchange)
        assert near.loc[near["opens_at"] > moment, "opens_at"].min() == opens


@given(SECONDS, st.sampled_from(CODES))
def test_a_moment_meets_the_same_session_alone_and_among_others(second: int, exchange: str) -> None:
    when = pd.Series(pd.to_datetime([second, 0, 3_000_000_000], unit="s", utc=True))
    pd.testing.assert_frame_equal(next_sessions(when[:1], exchange), next_sessions(when, exchange)[:1])


@pytest.mark.parametrize("exchange", CODES)
def test_the_parts_of_every_session_follow_each_other(exchange: str) -> None:
    table = sessions_between(date(1975, 1, 1), date(2060, 1, 1), exchange)
    names = [name for name in SESSION_COLUMNS if name.endswith("s_at")]
    for earlier, later in itertools.combinations(names, 2):
        both = table[table[[earlier, later]].notna().all(axis=1)]
        assert (both[earlier] < both[later]).all()
    local = table["opens_at"].dt.tz_convert(EXCHANGES[exchange].zone).dt.tz_localize(None).dt.normalize()
    assert (local == table["session"]).all()
    assert (table["breaks_at"].isna() == table["resumes_at"].isna()).all()


def test_a_hundred_thousand_moments_at_once() -> None:
    seconds = np.random.default_rng(5).integers(0, 4_000_000_000, 100_000)
    table = next_sessions(pd.Series(pd.to_datetime(seconds, unit="s", utc=True)), "XSHG")
    assert table.notna().all(axis=None)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "exchange", "closed"),
    [
        ("sp500_daily", "XNYS", []),
        ("shanghai_composite_daily", "XSHG", []),
        ("csi300_daily", "XSHG", []),
        # One day that the file lacks, a typhoon and a rainstorm.
        ("hang_seng_daily", "XHKG", ["2012-03-19", "2023-09-01", "2023-09-08"]),
    ],
)
def test_known_sessions_are_the_days_on_which_an_index_has_a_close(
    shared: Path, name: str, exchange: str, closed: list[str]
) -> None:
    days = read_series(shared / "market" / f"{name}.csv").values.index
    days = days[days >= EXCHANGES[exchange].known_from]
    table = sessions_between(days[0].date(), days[-1].date(), exchange)
    sessions = pd.DatetimeIndex(table["session"])
    assert days.difference(sessions).empty
    assert sessions.difference(days).strftime("%Y-%m-%d").tolist() == closed
