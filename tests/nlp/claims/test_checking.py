"""Verdicts: on made series where the truth is plain, on properties, and from the past alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nlp.claims.checking import Check, Moment, check_claim
from nlp.claims.indicators import Indicator, load_indicators
from nlp.claims.records import Claim, Figure, Per, Relation, Transform, Window
from nlp.claims.series import KnownSeries, known_series
from nlp.market import MarketSeries

TABLE = load_indicators().by_id
TODAY = date(2024, 3, 1)
NOW = Moment(datetime(2024, 3, 1, 12, tzinfo=UTC), TODAY)


def series(indicator: str, values: list[float], *, last: str = "2024-02-29", name: str = "made") -> KnownSeries:
    """Values on business days (of a weekly indicator: a week apart) up to `last`, in the indicator's unit."""
    row = TABLE[indicator]
    days = pd.date_range(end=last, periods=len(values), freq="B" if row.every == "day" else "7D")
    return known_series(MarketSeries(name, "value", pd.Series(values, index=days) / row.scale), row)


def claim(
    indicator: str,
    value: float,
    transform: Transform = "level",
    window: Window | None = None,
    *,
    digit: float = 1.0,
    relation: Relation = "equal",
    per: Per | None = None,
) -> Claim:
    figure = Figure(0, 1, "x", abs(value), "point", relation, digit=digit, per=per)
    return Claim(figure, indicator, transform, window or Window("now"), value)


def check(made: Claim, known: KnownSeries, moment: Moment = NOW) -> Check:
    assert made.indicator
    return check_claim(made, moment, TABLE, {made.indicator: known})


def test_a_fall_from_a_high_long_ago_may_have_been_made_up_since() -> None:
    known = series("sp500", [*np.linspace(90, 100, 30), *np.linspace(100, 80, 30), *np.linspace(80, 110, 60)])
    fallen = claim("sp500", -20, "relative_change", Window("peak", date(2023, 10, 1), date(2023, 10, 31), "its high"))
    assert check(fallen, known).verdict == "not_checkable"
    fallen = claim("sp500", -40, "relative_change", Window("peak", date(2023, 10, 1), date(2023, 10, 31), "its high"))
    assert check(fallen, known).verdict == "contradicted"


def test_a_present_level_may_quote_any_of_the_last_five_sessions() -> None:
    known = series("vix", [40, 20, 21, 22, 23, 24])
    assert [check(claim("vix", level), known).verdict for level in (20, 24)] == ["consistent", "consistent"]
    told = check(claim("vix", 40), known)
    assert (told.verdict, told.series_date, told.series_value) == ("stale", date(2024, 2, 29), 24)
    assert told.reason == "made stood at 24.0 on 2024-02-29; 40.0 was last true on 2024-02-22."
    assert check(claim("vix", 60), known).verdict == "contradicted"
    assert check(claim("vix", 26), known).verdict == "not_checkable"  # not right, not far enough off to be wrong


def test_amounts_in_words() -> None:
    known = series("on_rrp", [1.16e12, *[0.77e12] * 6])
    told = check(claim("on_rrp", 1.15e12, digit=1e10), known)
    assert told.verdict == "stale"
    assert (
        told.reason == "made stood at 0.77 trillion USD on 2024-02-29; 1.15 trillion USD was last true on 2024-02-21."
    )


@pytest.mark.parametrize(
    ("relation", "value", "verdict"),
    [
        ("above", 5000, "consistent"),
        ("above", 5300, "contradicted"),
        ("below", 5200, "consistent"),
        ("below", 4800, "contradicted"),
        ("about", 5300, "consistent"),
        ("equal", 5130, "not_checkable"),
        ("equal", 5300, "contradicted"),
    ],
)
def test_bounds(relation: Relation, value: float, verdict: str) -> None:
    assert check(claim("sp500", value, relation=relation), series("sp500", [5080.0] * 9)).verdict == verdict


def test_a_peak_is_a_lower_bound_of_one_digit() -> None:
    known = series("on_rrp", [0.1e12, 2.55e12, 0.6e12])
    peak = Window("peak")
    assert check(claim("on_rrp", 2e12, window=peak, digit=1e12), known).verdict == "consistent"
    assert check(claim("on_rrp", 2.3e12, window=peak, digit=1e11), known).verdict == "not_checkable"
    assert check(claim("on_rrp", 1e12, window=peak, digit=1e12), known).verdict == "contradicted"
    assert check(claim("on_rrp", 0.1e12, window=Window("trough"), digit=1e10), known).verdict == "consistent"


def test_a_session_against_the_one_before() -> None:
    known = series("sp500", [5000.0, 5000, 4900, 4900, 4900])
    day = date(2024, 2, 27)
    on = Window("at", day, day)
    assert check(claim("sp500", -2, "relative_change", on, digit=0.1), known).verdict == "consistent"
    assert check(claim("sp500", 2, "relative_change", on, digit=0.1), known).verdict == "contradicted"
    assert check(claim("sp500", -2, "relative_change", digit=0.1), known).verdict == "consistent"
    assert check(claim("sp500", -5, "relative_change", digit=0.1), known).verdict == "not_checkable"
    weekly = replace(known, days=known.days * 7, known=known.known * 7)
    then = Moment(datetime.fromtimestamp(int(weekly.known[-1]), UTC), weekly.day(4))
    told = check(claim("sp500", -2, "relative_change", Window("at", weekly.day(2), weekly.day(2))), weekly, then)
    assert told.verdict == "not_checkable", "a week is no session"


def test_a_change_over_a_window() -> None:
    known = series("fed_assets", [8.9e12, 8.5e12, 8.3e12, 8.0e12, 7.9e12], last="2024-02-21")
    since = Window("between", date(2024, 1, 25), TODAY, "since January 25")
    assert check(claim("fed_assets", -1e12, "change", since, digit=1e11), known).verdict == "consistent"
    assert check(claim("fed_assets", 1e12, "change", since, digit=1e11), known).verdict == "contradicted"
    assert check(claim("fed_assets", -2e12, "change", since, digit=1e11), known).verdict == "contradicted"
    assert check(claim("fed_assets", -1.3e12, "change", since, digit=1e11), known).verdict == "not_checkable"


def test_a_session_that_is_not_named_in_its_sentence_may_be_any_of_the_last_few() -> None:
    known = series("vix", [20, 20, 20, 24, 24, 24])
    told, named = (Window("between", date(2024, 2, 23), date(2024, 2, 26), text) for text in ("", "Monday"))
    assert check(claim("vix", 20, "relative_change", told), known).verdict == "consistent"
    assert check(claim("vix", 20, "relative_change", named), known).verdict == "contradicted"
    assert check(claim("vix", -20, "relative_change", told), known).verdict == "contradicted"


def test_at_a_weekend_the_last_week_may_be_the_one_that_has_just_ended() -> None:
    known = series("sp500", [*[5000.0] * 6, *[5100.0] * 5], last="2024-03-01")
    last_week = Window("between", date(2024, 2, 18), date(2024, 2, 25), "last week")
    sunday = Moment(datetime(2024, 3, 3, 12, tzinfo=UTC), date(2024, 3, 3))
    monday = Moment(datetime(2024, 3, 4, 12, tzinfo=UTC), date(2024, 3, 4))
    told = claim("sp500", 2, "relative_change", last_week)
    assert check(told, known, sunday).verdict == "consistent"
    assert check(replace(told, window=replace(last_week, text="the last week of winter")), known, sunday).verdict != (
        "consistent"
    )
    assert check(told, known, monday).verdict == "contradicted"


def test_a_move_within_a_time_that_is_over_may_be_meant() -> None:
    known = series("sp500", [5000, 4500, 4000, 4500, 4900, 4950, *[4960] * 20], last="2024-02-29")
    month = Window("between", date(2024, 1, 25), date(2024, 2, 2), "that week")
    assert check(claim("sp500", -20, "relative_change", month), known).verdict == "not_checkable"
    assert check(claim("sp500", -40, "relative_change", month), known).verdict == "contradicted"


def test_what_was_written_on_a_day_may_be_of_before_its_close() -> None:
    known = series("vix", [20, 20, 20, 20, 20, 25])
    session = Window("between", date(2024, 2, 28), date(2024, 2, 29), "Thursday")
    at = datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)
    exact, whole = Moment(at, at.date()), Moment(at, at.date(), since=at - timedelta(days=1))
    told = claim("vix", -5, "relative_change", session)
    assert [check(told, known, moment).verdict for moment in (exact, whole)] == ["contradicted", "not_checkable"]


def test_a_yield_that_is_far_from_all_of_late_is_another_countrys() -> None:
    known = series("treasury_10y", [2.0, 2.1, 2.0, 2.05])
    assert check(claim("treasury_10y", 7.3, digit=0.1), known).verdict == "not_checkable"
    assert check(claim("treasury_10y", 3.3, digit=0.1), known).verdict == "contradicted"
    rate = series("sofr", [2.0, 2.1, 2.0, 2.05])
    assert check(claim("sofr", 7.3, digit=0.1), rate).verdict == "contradicted"


def test_last_year_is_read_from_its_high() -> None:
    values = [*[8.7e12] * 12, *np.linspace(8.9e12, 8.5e12, 50), *np.linspace(8.5e12, 7.9e12, 40)]
    known = series("fed_assets", list(values), last="2023-10-25")
    window = Window("between", date(2022, 1, 1), date(2023, 10, 31), "从去年到今年10月份")
    at = Moment(datetime(2023, 11, 15, tzinfo=UTC), date(2023, 11, 15))
    assert check(claim("fed_assets", -1e12, "change", window, digit=1e11), known, at).verdict == "consistent"


def test_a_pace() -> None:
    known = series("fed_assets", [8e12 - 2e10 * week for week in range(40)], last="2024-02-21")
    assert check(claim("fed_assets", -8.5e10, "pace", digit=1e9, per="month"), known).verdict == "not_checkable"
    assert check(claim("fed_assets", -8.7e10, "pace", digit=1e9, per="month"), known).verdict == "consistent"
    assert check(claim("fed_assets", -2e10, "pace", digit=1e9, per="week"), known).verdict == "consistent"
    assert check(claim("fed_assets", 8.7e10, "pace", digit=1e9, per="month"), known).verdict == "contradicted"


def test_what_was_not_published_yet_does_not_count() -> None:
    known = series("fed_assets", [8e12, 7e12], last="2024-02-28", name="WALCL")  # a Wednesday, known on Thursday 16:30
    for hour, level in ((20, 8e12), (22, 7e12)):
        at = Moment(datetime(2024, 2, 29, hour, tzinfo=UTC), date(2024, 2, 29))
        assert check(claim("fed_assets", level, digit=1e11), known, at).series_value == level


def test_a_close_counts_from_the_bell() -> None:
    known = series("sp500", [5000.0, 5100], last="2024-03-01")
    for hour, n_known in ((21, 1), (22, 2)):  # New York closes at 21:00 UTC
        assert known.n_known(datetime(2024, 3, 1, hour, tzinfo=UTC)) == n_known


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (replace(claim("vix", 20), indicator=None), "no known indicator"),
        (replace(claim("vix", 20), value=None), "its unit does not fit the VIX"),
        (replace(claim("vix", 20), doubt="it is negated"), "it is negated"),
        (claim("vix", 20, window=Window("unknown", text="some time ago")), "some time ago"),
        (claim("vix", 20, window=Window("at", date(2030, 1, 1), date(2030, 1, 2))), "which had not come"),
        (claim("vix", 20, window=Window("at", date(1980, 1, 1), date(1980, 1, 2))), "begins on"),
        (replace(claim("vix", 80), caution="it may be a value from within the day"), "from within the day"),
        (claim("sofr", 5), "no series of the SOFR in the market folder"),
    ],
)
def test_what_cannot_be_checked_says_why(made: Claim, told: str) -> None:
    found = check_claim(made, NOW, TABLE, {"vix": series("vix", [20.0] * 30)})
    assert found.verdict == "not_checkable"
    assert told in found.reason


def test_an_undated_article_and_a_series_that_ended() -> None:
    known = series("vix", [20.0] * 9, last="2023-12-29")
    assert "no date" in check_claim(claim("vix", 20), None, TABLE, {"vix": known}).reason
    assert check(claim("vix", 20), known).reason == "made ends on 2023-12-29"


levels = st.floats(6, 90)


@given(st.lists(levels, min_size=1, max_size=40), st.sampled_from([1.0, 0.1, 0.01]))
def test_the_value_as_known_is_always_consistent(values: list[float], digit: float) -> None:
    assert check(claim("vix", values[-1], digit=digit), series("vix", values)).verdict == "consistent"


@given(levels, st.sampled_from(["equal", "about", "range"]), st.integers(-2, 1), st.booleans())
def test_a_value_off_by_a_factor_of_three_is_never_consistent(
    value: float,
    relation: Relation,
    exponent: int,
    up: bool,
) -> None:
    told = value * 3 if up else value / 3
    digit = min(10.0**exponent, told)
    made = claim("vix", told, relation=relation, digit=digit)
    made = replace(made, figure=replace(made.figure, low=told * 0.98, high=told * 1.02))
    for window in (Window("now"), Window("peak"), Window("at", date(2024, 2, 1), TODAY)):
        assert check(replace(made, window=window), series("vix", [value] * 30)).verdict != "consistent"


@given(levels, levels, st.sampled_from(["equal", "about", "above", "below"]), st.sampled_from([1.0, 0.1]))
def test_unit_and_value_scale_together(actual: float, told: float, relation: Relation, digit: float) -> None:
    plain: Indicator = replace(TABLE["on_rrp"], scale=1.0)
    verdicts = set()
    for scale in (1.0, 1e9, 1e12):
        days = pd.date_range(end="2024-02-29", periods=9, freq="B")
        known = known_series(
            MarketSeries("made", "value", pd.Series([actual] * 9, index=days)), replace(plain, scale=scale)
        )
        made = claim("on_rrp", told * scale, relation=relation, digit=digit * scale)
        verdicts.add(check_claim(made, NOW, TABLE, {"on_rrp": known}).verdict)
    assert len(verdicts) == 1


@example([6.0] * 6 + [7.0, 8.0] + [6.0] * 4, 6.0, 4)
@given(st.lists(levels, min_size=12, max_size=30), levels, st.integers(1, 10))
def test_later_rows_change_no_verdict(values: list[float], told: float, n_later: int) -> None:
    known = series("vix", values)
    cut = Moment(datetime(2024, 3, 1, tzinfo=UTC) - timedelta(days=n_later), TODAY - timedelta(days=n_later))
    n = known.n_known(cut.at)
    past = KnownSeries(known.name, known.days[:n], known.values[:n], known.known[:n])
    for window in (Window("now"), Window("peak"), Window("between", date(2024, 1, 15), cut.day)):
        for transform in ("level", "relative_change", "change", "pace"):
            made = claim("vix", told, transform, window, digit=1.0)  # type: ignore[arg-type]
            assert check(made, known, cut) == check(made, past, cut)
