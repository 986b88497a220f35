from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.claims import day_spans
from nlp.claims.day_spans import DaySpan
from nlp.claims.figures import find_figures
from nlp.claims.records import Window
from nlp.claims.windows import window_of

DAY = date(2023, 12, 26)  # a Tuesday


def windows(text: str, day: date = DAY) -> list[Window]:
    lang = "zh" if any(character > "\u3000" for character in text) else "en"
    return [window_of(text, figure, 0, len(text), day) for figure in find_figures(text, lang)]


def shown(window: Window) -> str:
    """`kind`, `kind first` or `kind first last`, the year left out where it is that of the article."""
    days = [day.isoformat().removeprefix("2023-") for day in (window.start, window.end) if day]
    return " ".join([window.kind, *dict.fromkeys(days)])


CASES = {
    # nothing said, or the present
    "美国逆回购金额只有1.15万亿美元": ["now"],
    "目前VIX为13.5，如今纳指突破15000点": ["now", "now"],
    "The VIX now stands at 13, currently 5% higher": ["now", "now"],
    # a day
    "沪指周五下跌3%，报3000点": ["between 12-21 12-22", "at 12-22"],
    "昨日沪指跌1.2%；今日收报2900点，上周五为2914点": ["between 12-24 12-25", "at 12-26", "at 12-22"],
    "隔夜标普500涨0.5%，10月26日为4137点": ["between 12-24 12-25", "at 10-26"],
    "The S&P 500 fell 3% on Friday to 3,000": ["between 12-21 12-22", "at 12-22"],
    "On Friday, the VIX jumped 20% to 30": ["between 12-21 12-22", "at 12-22"],
    "The VIX closed at 13.03 on Dec. 22, 2023, up from 12.4 yesterday": ["at 12-22", "at 12-25"],
    "In a bear market since January 3, it fell on Friday, falling 3.88% to close at 3,749.63": [
        "between 12-21 12-22",
    ],
    "It was 2.27 trillion on June 18 and is 1.32 trillion as of Friday": ["at 06-18", "at 12-22"],
    "The VIX, which was above 80.9 in November, is 50.1": ["at 11-01 11-30", "now"],
    "It peaked at 2.55 trillion on December 30": ["at 2022-12-30"],
    "It was 37.2 percent versus 40.1 percent on Friday": ["now", "at 12-22"],
    # a longer span, or its end
    "It finished 2022 at 3.04 percent": ["at 2022-12-27 2022-12-31"],
    "The Dow finished 2022 with a 5.5 percent loss": ["between 2021-12-31 2022-12-31"],
    "截至10月底，规模为1.15万亿美元": ["at 10-25 10-31"],
    "去年底为2.55万亿美元，2022年4月为8.96万亿美元": ["at 2022-12-20 2022-12-31", "at 2022-04-01 2022-04-30"],
    "三季度末余额1.6万亿元，二零二二年初为1.8万亿元": ["at 09-21 09-30", "at 2022-01-01 2022-01-12"],
    "今年前11个月成交928亿元，前三季度870亿元，2022年1-8月600亿元": [
        "at 01-01 11-30",
        "at 01-01 09-30",
        "at 2022-08-31",
    ],
    "去年纳指下跌33%，一季度上涨17%": ["between 2021-12-31 2022-12-31", "between 2022-12-31 03-31"],
    "It was $1.15 trillion in late October, $2.5 trillion at the end of last year": [
        "at 10-25 10-31",
        "at 2022-12-20 2022-12-31",
    ],
    "The Nasdaq lost 33% in 2022, and gained 17% in the first quarter": [
        "between 2021-12-31 2022-12-31",
        "between 2022-12-31 03-31",
    ],
    "From 8.96 trillion in April 2022 it fell to 7.9 trillion in mid-October": [
        "at 2022-04-01 2022-04-30",
        "at 10-11 10-21",
    ],
    # a stretch
    "从去年到今年10月份，美联储缩表了1万亿美元": ["between 2021-12-31 10-31"],
    "自4月以来上涨15%，今年以来上涨43%": ["between 03-31 12-26", "between 2022-12-31 12-26"],
    "过去一个月下跌3%，近两周下跌1%，同比增长5%": [
        "between 11-26 12-26",
        "between 12-12 12-26",
        "between 2022-12-26 12-26",
    ],
    "较去年末减少1.4万亿美元，比三个月前低了5%": ["between 2022-12-31 12-26", "between 09-26 12-26"],
    "上周涨2%，本月累计涨4%，本周一跌1%": ["between 12-17 12-24", "between 11-30 12-26", "between 12-24 12-25"],
    "Since April the yield has risen 50 basis points": ["between 03-31 12-26"],
    "Stocks are up 24% this year, 4% over the past month and 2% for the week": [
        "between 2022-12-31 12-26",
        "between 11-26 12-26",
        "between 12-17 12-24",
    ],
    "The Nasdaq jumped 4%, its best weekly gain since March": ["between 12-17 12-23"],
    "5月到10月上涨40%，从12日到昨天涨1%": ["between 04-30 10-31", "between 12-12 12-25"],
    "两周之内扩表4000亿美元，全年跌24%": ["between 12-12 12-26", "between 2022-12-31 12-26"],
    "It is down 16 basis points from late on Friday": ["between 12-22 12-26"],
    "Rebounding from last week's slide of 2.2 percent": ["between 12-17 12-24"],
    "From April 2022 to October 2023 it shrank by $1 trillion": ["between 2022-03-31 10-31"],
    "The index rose 5% from a year earlier": ["between 2022-12-26 12-26"],
    # a time that hangs on another one
    "沪指周五下跌3%，沪深300同日跌2%": ["between 12-21 12-22", "between 12-21 12-22"],
    "周一跌2%，次日反弹1%": ["between 12-24 12-25", "between 12-25 12-26"],
    "沪指周五收报2914点，两日跌3%": ["at 12-22", "between 12-20 12-22"],
    "纳指去年涨43%，同期标普500涨24%": ["between 2021-12-31 2022-12-31"] * 2,
    "On Friday it fell 1%; the same day the Dow lost 2%": ["between 12-21 12-22", "between 12-21 12-22"],
    "It fell 3% on Monday, and the next day it rose 1%": ["between 12-24 12-25", "between 12-25 12-26"],
    # a stretch in which a level stands: its end
    "自4月以来，收益率升至4.5%": ["now"],
    "Over the past year the yield climbed to 4.5%": ["now"],
    "2021年以来，收益率长期维持在2.5%": ["at 2020-12-31 12-26"],
    "On the first trading day of the year it was 305bp": ["at 2022-12-31 01-05"],
    # extremes
    "高峰时刻，逆回购资金高达2万亿美元": ["peak 12-26"],
    "2022年4月，资产负债表达到8.96万亿美元的历史高点": ["peak 2022-04-01 2022-04-30"],
    "At its peak the facility held $2.5 trillion": ["peak 12-26"],
    "The S&P 500 hit an all-time high of 4,818 in January 2022": ["at 2022-01-01 2022-01-31"],
    "逆回购跌至0.68万亿美元的历史低点": ["trough 12-26"],
    # what a change is counted from
    "较历史高点下跌20%，比上周历史高点下跌3.8%": ["peak 12-26", "peak 12-18 12-24"],
    "The index is down 20% from its peak": ["peak 12-26"],
    "It lost 31% from its Jan. 22 high": ["peak 01-22"],
    # what has been taken by another figure, or dates another thing
    "从2022年底的2.55万亿美元降至1.15万亿美元": ["at 2022-12-20 2022-12-31", "now"],
    "创2020年3月以来最大跌幅，下跌5%": ["now"],
    "利差升至2008年金融危机以来的最高水平，上涨128个基点": ["now"],
    "The Dow fell 4%, its biggest drop since March 2020": ["now"],
    "创历史新高后回落至5000点，美联储隔夜逆回购为1.29万亿美元": ["now", "now"],
    "2026年到期的国债收益率为4.5%": ["now"],
    "VIX升至30，创十年新高": ["now"],
    # a time that is not told, is to come or may be
    "VIX曾一度超过80": ["unknown"],
    "明年标普500将涨至5200点，预计2025年底缩表1万亿美元": ["unknown", "unknown"],
    "周一和周二下跌3%，2008年前为1万亿美元": ["unknown", "unknown"],
    "一个月之后上涨5%，十天前跌3%": ["unknown", "unknown"],
    "1985年至1989年从13000点涨至39000点": ["unknown", "unknown"],
    "去年4月低点4800点上涨到7000点": ["trough 2022-04-01 2022-04-30", "unknown"],
    "It fell 2% over a five-day period in April": ["unknown"],
    "It hit 4,607 in July before falling by 10%": ["unknown"],
    "In late 2008 the Fed cut and expanded its balance sheet to $2.2 trillion": ["unknown"],
    "In 2010 and 2011 it fell 3%": ["unknown"],
    "12月28日降息25个基点，on 28 December": ["unknown"],
    "1月逆回购为0.6万亿美元": ["unknown"],
    "The S&P 500 may lose 5% next year": ["unknown"],
    "2022年开始的加息之后，VIX为13": ["unknown"],
    "2023年2月30日为3000点": ["unknown"],
}


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_the_window_of_each_figure(text: str, expected: list[str]) -> None:
    assert [shown(window) for window in windows(text)] == expected


@pytest.mark.parametrize(
    ("day", "text", "expected"),
    [
        (date(2023, 12, 25), "昨日跌1%", "between 12-21 12-22"),  # Monday: the session before was Friday's
        (date(2023, 12, 24), "今日跌1%", "between 12-21 12-22"),
        (date(2024, 1, 5), "12月22日跌1%", "between 12-21 12-22"),
        (date(2023, 3, 15), "10月底为1万亿元", "at 2022-10-25 2022-10-31"),
        (date(2023, 3, 15), "二季度末为1万亿元", "at 2022-06-21 2022-06-30"),
        (date(2023, 12, 26), "12月为1万亿元", "at 12-01 12-26"),
        (date(2023, 3, 31), "三个月前为1万亿元", "at 2022-12-24 01-07"),
        (date(2023, 2, 15), "年底为3000点", "at 2022-12-20 2022-12-31"),
        (date(2023, 7, 5), "年底为3000点", "unknown"),  # of the last year, or of this one to come
        (date(2023, 12, 21), "The index is off 5% for the week", "between 12-17 12-21"),
    ],
)
def test_what_is_left_out_is_told_by_the_day(day: date, text: str, expected: str) -> None:
    (window,) = windows(text, day)
    assert shown(window) == expected


def test_the_words_are_quoted_as_written() -> None:
    assert [window.text for window in windows("截至去年１０月底，規模為1萬億美元，目前為2萬億美元")] == [
        "去年１０月底",
        "目前",
    ]
    assert [window.text for window in windows("up 3% On Friday and 2% in May")] == ["Friday", "May"]
    assert [window.text for window in windows("it may fall 3%")] == [""]


def test_sentences_are_read_by_themselves() -> None:
    text = "去年VIX为30。目前为13.5。"
    (first, second) = find_figures(text + "指数为13.5。", "zh")[:2]
    assert window_of(text, first, 0, 9, DAY).kind == "at"
    assert window_of(text, second, 9, len(text), DAY) == Window("now", text="目前")


@pytest.mark.parametrize(
    ("before", "own", "expected"),
    [
        ("Let us be brief about 2022.", " It fell 19%.", "between 2021-12-31 2022-12-31"),
        ("先说2022年。", "标普跌了19%。", "between 2021-12-31 2022-12-31"),
        ("On Friday nobody came.", " The next day it fell 2%.", "between 12-24 12-25"),
        ("周五无人问津。", "同日标普跌2%。", "between 12-21 12-22"),
        ("It was a dull autumn for everyone.", " It fell 1%.", "now"),
        ("", "NEW YORK, Dec 22 - It fell 1%.", "now"),
    ],
)
def test_the_sentence_before_can_say_of_when(before: str, own: str, expected: str) -> None:
    text = before + own
    (figure,) = find_figures(text, "zh" if "。" in text else "en")
    assert shown(window_of(text, figure, len(before), len(text), DAY)) == expected


DAYS = st.dates(date(1990, 1, 1), date(2035, 12, 31))
PERIODS = st.sampled_from(["day", "week", "month", "quarter", "year"])


@given(DAYS, PERIODS, st.integers(0, 50))
def test_periods_follow_one_another_without_a_gap(day: date, period: day_spans.Period, n: int) -> None:
    span, earlier = day_spans.period_before(day, period, n), day_spans.period_before(day, period, n + 1)
    assert day_spans.before(span) == earlier.last
    assert day_spans.period_of(span.last, period) == span == day_spans.period_of(span.first, period)


@given(DAYS, PERIODS, st.sampled_from(["start", "middle", "end", "first_third", "second_third", "last_third", None]))
def test_a_part_lies_within_its_span(day: date, period: day_spans.Period, part: day_spans.Part | None) -> None:
    span = day_spans.period_of(day, period)
    if period not in ("day", "week"):
        part_span = day_spans.part_of(span, part)
        assert span.first <= part_span.first <= part_span.last <= span.last


def test_the_calendar_has_a_first_day() -> None:
    assert day_spans.shifted(date(2024, 3, 31), "month", 1) == date(2024, 2, 29)
    with pytest.raises(ValueError, match="beyond the calendar"):
        day_spans.shifted(DAY, "year", 2023)
    assert DaySpan(date(2024, 1, 1), date(2024, 1, 2)).until(DAY) is None
