from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.dates import default_zone, find_date, parse_date

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
SECOND = datetime(2023, 12, 26, 0, 33, 1, tzinfo=UTC)
MINUTE = SECOND.replace(second=0)
DAY = datetime(2023, 12, 26, 15, 59, 59, tzinfo=UTC)
GOLDEN = [
    (group["zone"], group["base"], *case, *[None] * (3 - len(case)))
    for group in json.loads((Path(__file__).parent / "golden" / "dates.json").read_text("utf-8"))["groups"]
    for case in group["cases"]
]
NOON = datetime(2023, 12, 26, 4, 0, tzinfo=UTC)


def test_the_golden_dates_are_many() -> None:
    assert len(GOLDEN) >= 200
    assert sum(expected is None for _, _, _, expected, _ in GOLDEN) >= 100


@pytest.mark.parametrize(("zone", "base", "text", "expected", "precision"), GOLDEN)
def test_golden_dates(zone: str, base: str | None, text: str, expected: str | None, precision: str | None) -> None:
    parsed = parse_date(text, ZoneInfo(zone), base=datetime.fromisoformat(base) if base else None)
    if expected is None:
        assert parsed is None
        return
    moment = datetime.fromisoformat(expected)
    if precision == "day":
        moment = moment.replace(hour=23, minute=59, second=59, tzinfo=ZoneInfo(zone))
    assert parsed is not None
    assert (parsed.moment, parsed.precision) == (moment, precision)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("来源：海港财经 3小时前", "3小时前"),
        ("昨天 08:15 发布", "昨天 08:15"),
        ("By Jane Doe | 2 hours ago", "2 hours ago"),
        ("3小时前 2023-12-25 08:33", "2023-12-25 08:33"),
        ("美股3小时前开盘后大跌", None),
        (
            "3小时前，两家券商的策略师在电话会议上说，这一轮行情已经脱离盈利，估值回到了上一次市场崩溃之前的水平，投资者应当小心。",
            None,
        ),
        ("2023-12-27 08:33", None),
    ],
)
def test_a_relative_date_is_found_in_a_short_line(line: str, found: str | None) -> None:
    result = find_date(line, SHANGHAI, base=NOON)
    assert (result and line[result.start : result.end]) == found


@pytest.mark.parametrize(
    ("text", "moment", "precision"),
    [
        ("2023-12-26 08:33:01", SECOND, "second"),
        ("2023-12-26T08:33:01", SECOND, "second"),
        ("2023-12-26T00:33:01Z", SECOND, "second"),
        ("2023-12-26T08:33:01+08:00", SECOND, "second"),
        ("2023-12-26 08:33:01 +0800", SECOND, "second"),
        ("2023-12-26T00:33:01.25Z", SECOND.replace(microsecond=250000), "second"),
        ("2023-12-25 19:33:01 GMT-5", SECOND, "second"),
        ("20231226T003301Z", SECOND, "second"),
        ("2023/12/26", DAY, "day"),
        ("2023.12.26", DAY, "day"),
        ("2023/12/26 8:33", MINUTE, "minute"),
        ("2023年12月26日 08:33", MINUTE, "minute"),
        ("2023年12月26日", DAY, "day"),
        ("2023 年 12 月 26 日", DAY, "day"),
        ("2023年12月26日星期二 上午8:33", MINUTE, "minute"),
        ("2023年12月26日8时33分", MINUTE, "minute"),
        ("2023年12月26日 8點33分1秒", SECOND, "second"),
        ("２０２３年１２月２６日　０８：３３", MINUTE, "minute"),
        ("2023년 12월 26일", DAY, "day"),
        ("民國112年12月26日", DAY, "day"),
        ("中華民國112年12月26日 08:33", MINUTE, "minute"),
        ("Tue, 26 Dec 2023 08:33:01 +0800", SECOND, "second"),
        ("Tue, 26 Dec 2023 00:33:01 GMT", SECOND, "second"),
        ("Tue, 26 Dec 2023 08:33:01 CST", SECOND, "second"),
        ("December 26, 2023", DAY, "day"),
        ("Dec. 26th, 2023 at 8:33 AM", MINUTE, "minute"),
        ("26 Dec 2023 08:33", MINUTE, "minute"),
        ("26-Dec-2023", DAY, "day"),
        ("20231226083301", SECOND, "second"),
        ("202312260833", MINUTE, "minute"),
        ("20231226", DAY, "day"),
        (20231226, DAY, "day"),
        (20231226.0, DAY, "day"),
        (1703550781, SECOND, "second"),
        ("1703550781", SECOND, "second"),
        (1703550781000, SECOND, "second"),
        (1703550781.25, SECOND.replace(microsecond=250000), "second"),
    ],
)
def test_a_date_is_read_as_it_is_meant(text: str | float, moment: datetime, precision: str) -> None:
    parsed = parse_date(text, SHANGHAI)
    assert parsed is not None
    assert (parsed.moment, parsed.precision) == (moment, precision)
    assert parsed.moment.tzinfo is UTC


def test_minguo_year_115_is_2026() -> None:
    parsed = parse_date("民國115年3月2日", ZoneInfo("Asia/Taipei"))
    assert parsed is not None
    assert parsed.moment == datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-", "3小时前", "昨天", "yesterday", "2023-02-30", "2023-13-01", "2023年2月29日", "2023-12-26 24:00",
        "2023-12-26 08:60", "2023-12-26 13:00 AM", "03/04/2023", "12/26/23", "26 Dec 23", "2023-12", "2023",
        "2023年12月", "115年3月2日", "令和5年12月26日", "2023-12-26T08:33+99:00", "2023-12-26 08:33 ish",
        "on 2023-12-26", "2023-12-26.", "0001-01-01", "9999-12-31",
        "20231345", "2023-12-2608:33", "٢٠٢٣-١٢-٢٦", "1e9", "100", 0, -1, 100, 10**13 * 5, 10**400, True,
        float("nan"), float("inf"), 1e30,
    ],
)  # fmt: skip
def test_what_has_no_single_reading_is_unknown(text: str | float) -> None:
    assert parse_date(text, SHANGHAI) is None


@pytest.mark.parametrize("zone", [UTC, NEW_YORK, timezone(timedelta(hours=8))])
def test_cst_is_chinese_only_where_the_publisher_is(zone: timezone) -> None:
    assert parse_date("Tue, 26 Dec 2023 08:33:01 CST", zone) is None


@pytest.mark.parametrize("text", ["2023-03-12 02:30", "2023-11-05 01:30"])
def test_a_local_time_that_the_clock_change_skips_or_repeats_is_unknown(text: str) -> None:
    assert parse_date(text, NEW_YORK) is None
    assert parse_date(text, SHANGHAI) is not None


@pytest.mark.parametrize(
    "form",
    [
        "%Y-%m-%d %H:%M:%S",
        "%Y/%m/%d %H:%M:%S",
        "%Y年%m月%d日 %H:%M:%S",
        "%d %b %Y %H:%M:%S",
        "%B %d, %Y %H:%M:%S",
        "%Y%m%d%H%M%S",
        "%a, %d %b %Y %H:%M:%S",
    ],
)
@given(
    moment=st.datetimes(datetime(1801, 1, 1), datetime(2099, 12, 31)),
    zone=st.sampled_from([SHANGHAI, NEW_YORK, UTC]),
)
def test_written_local_time_comes_back_or_is_unknown(form: str, moment: datetime, zone: ZoneInfo) -> None:
    moment = moment.replace(microsecond=0)
    parsed = parse_date(moment.strftime(form), zone)
    if parsed is None:
        aware = moment.replace(tzinfo=zone, fold=0)
        assert aware.utcoffset() != aware.replace(fold=1).utcoffset()
    else:
        assert parsed.moment.astimezone(zone).replace(tzinfo=None) == moment


@given(st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC)))
def test_iso_and_epochs_come_back_exactly(moment: datetime) -> None:
    parsed = parse_date(moment.isoformat(), SHANGHAI)
    assert parsed is not None
    assert parsed.moment == moment
    seconds = parse_date(int(moment.timestamp()), SHANGHAI)
    assert seconds is not None
    assert seconds.moment == moment.replace(microsecond=0)


@given(st.text(max_size=40) | st.text("0123456789-/: 年月日TZ+.", max_size=30) | st.floats() | st.integers())
def test_nothing_makes_it_fail(text: str | float) -> None:
    parsed = parse_date(text, NEW_YORK)
    assert parsed is None or parsed.moment.utcoffset() == timedelta(0)


@given(
    st.from_regex(
        r"(昨天|今天|前天|yesterday|[0-9]{1,2}月[0-9]{1,2}日) ?[0-9]{1,2}:[0-9]{2}|[0-9]{1,3}(小时前| hours ago)",
        fullmatch=True,
    ),
    st.datetimes(datetime(1991, 1, 1), datetime(2099, 12, 1), timezones=st.just(UTC)),
    st.sampled_from([SHANGHAI, NEW_YORK, UTC]),
)
def test_nothing_is_read_as_later_than_it_was_written(text: str, base: datetime, zone: ZoneInfo) -> None:
    parsed = parse_date(text, zone, base=base)
    assert parsed is None or parsed.moment <= base + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("灯塔财经 2023-12-26 08:33:01", "2023-12-26 08:33:01"),
        ("来源：某报 2023年12月26日 08:33 IT之家", "2023年12月26日 08:33"),
        ("（２０２３年１２月２６日）", "２０２３年１２月２６日"),
        ("By Jane Doe | Dec 26, 2023 8:33 am | Markets", "Dec 26, 2023 8:33 am"),
        ("發布於中華民國112年12月26日", "中華民國112年12月26日"),
        ("Dec 26, 2023 8:33 EST", "Dec 26, 2023 8:33 EST"),
        ("Dec 26, 2023 8:33 XYZT", None),
        ("Published Dec 25, 2023, updated Dec 26, 2023", "Dec 25, 2023"),
        ("2023-12-26 08:33 更新时间：2023-12-26 09:40", "2023-12-26 08:33"),
        ("更新：2023-12-26 08:33", "2023-12-26 08:33"),
        ("2023-12-25 至 2023-12-26", None),
        ("2023-12-26 08:33 （2023年12月26日 8时33分）", "2023-12-26 08:33"),
        ("美东时间 2023-12-26 08:33", None),
        ("8:33 Eastern Time, Dec 26, 2023", None),
        ("part no. 2023-12-26-5", None),
        ("010-2023-12-26", None),
        ("20231226083301", None),
        ("no date", None),
    ],
)
def test_a_date_is_found_in_a_line(line: str, found: str | None) -> None:
    result = find_date(line, SHANGHAI)
    assert (result and line[result.start : result.end]) == found


@given(st.text(max_size=60))
def test_what_is_found_is_what_the_slice_says(line: str) -> None:
    line = f"{line} 2023-12-26 08:33 {line}"
    result = find_date(line, SHANGHAI)
    assert result is None or parse_date(line[result.start : result.end], SHANGHAI) == result.date


@pytest.mark.parametrize(
    ("lang", "script", "key"),
    [("zh", "zh-Hans", "Asia/Shanghai"), ("zh", None, "Asia/Shanghai"), ("zh", "zh-Hant", "Asia/Taipei"),
     ("ja", None, "Asia/Tokyo"), ("ko", None, "Asia/Seoul"), ("en", None, "UTC"), ("und", None, "UTC")],
)  # fmt: skip
def test_default_zone_follows_the_language(lang: str, script: str | None, key: str) -> None:
    assert default_zone(lang, script).key == key


@pytest.mark.parametrize("piece", ["1 ", "12:", "Nov 1 ", "2023-11-21 2023-11-22 ", "1:05 Nov 1 ", "+0 (", "mon ", " "])
def test_a_long_line_takes_linear_time(piece: str) -> None:
    # A quadratic pattern would not end within the limit of the test run.
    assert find_date(piece * (400_000 // len(piece)), SHANGHAI, base=NOON) is None
