from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.claims.figures import find_figures
from nlp.claims.folding import fold
from nlp.claims.records import Figure
from nlp.claims.windows import window_of


def plain(value: float) -> str:
    return f"{value:.7g}".replace("e+0", "e").replace("e+", "e")


def shown(figure: Figure) -> str:
    """`text = value unit`, then what is not the default: the ends of a range, relation, span, direction."""
    ends = "" if figure.low is None or figure.high is None else f" ({plain(figure.low)} to {plain(figure.high)})"
    relation = "" if figure.relation in ("equal", "range") else f" {figure.relation}"
    per = f" /{figure.per}" if figure.per else ""
    direction = f" {figure.direction}" if figure.direction else ""
    return f"{figure.text} = {plain(figure.value)} {figure.unit}{ends}{relation}{per}{direction}"


CHINESE = {
    # money
    "缩表了1万亿美元": ["1万亿美元 = 1e12 usd down"],
    "只有约1.15万亿美元，而不是2万亿": ["约1.15万亿美元 = 1.15e12 usd about", "2万亿 = 2e12 usd"],
    "还将以每个月600亿美元左右的规模继续缩表": ["600亿美元左右 = 6e10 usd about /month down"],
    "缩表上限为600亿/月": ["600亿/月 = 6e10 count /month"],
    "近两万亿美元流出，上千亿元涌入": ["近两万亿美元 = 2e12 usd about", "上千亿元 = 1e11 cny above"],
    "一点五万亿、八千亿、十亿欧元": ["一点五万亿 = 1.5e12 eur", "八千亿 = 8e11 eur", "十亿欧元 = 1e9 eur"],
    "融资余额超过1.6万亿元，每股不足5港元": ["超过1.6万亿元 = 1.6e12 cny above", "不足5港元 = 5 hkd below"],
    "四万亿一口气干到了八万亿，两万五千点": [
        "四万亿 = 4e12 count",
        "八万亿 = 8e12 count",
        "两万五千点 = 25000 point",
    ],
    "300~400元、20余亿日元、1万多亿英镑": [
        "300~400元 = 350 cny (300 to 400)",
        "20余亿日元 = 2e9 jpy above",
        "1万多亿英镑 = 1e12 gbp above",
    ],
    "1亿5000万元，2万7000点，七八百亿瑞郎": [
        "1亿5000万元 = 1.5e8 cny",
        "2万7000点 = 27000 point",
        "七八百亿瑞郎 = 7.5e10 money (7e10 to 8e10)",
    ],
    "2到2.5万亿美元，2万亿到2.5万亿，$2tn，10个亿美金": [
        "2到2.5万亿美元 = 2.25e12 usd (2e12 to 2.5e12)",
        "2万亿到2.5万亿 = 2.25e12 usd (2e12 to 2.5e12)",
        "$2tn = 2e12 usd",
        "10个亿美金 = 1e9 usd",
    ],
    # percent, points of percent, basis points
    "在5%以上，百分之五，百分之三到五，5%到8%，5~8%": [
        "5%以上 = 5 percent above",
        "百分之五 = 5 percent",
        "百分之三到五 = 4 percent (3 to 5)",
        "5%到8% = 6.5 percent (5 to 8)",
        "5~8% = 6.5 percent (5 to 8)",
    ],
    "降息25个基点，加息四分之一个百分点，上行3bp": [
        "25个基点 = 25 basis_point down",
        "四分之一个百分点 = 0.25 percentage_point up",
        "3bp = 3 basis_point up",
    ],
    "高出7.5个和4.5个百分点，零点五个百分点": [
        "7.5 = 7.5 percentage_point",
        "4.5个百分点 = 4.5 percentage_point",
        "零点五个百分点 = 0.5 percentage_point",
    ],
    "同比-3%，环比＋2.5%，负0.5%，负的1%": [
        "-3% = -3 percent",
        "＋2.5% = 2.5 percent",
        "负0.5% = -0.5 percent",
        "负的1% = -1 percent",
    ],
    "干预5000日元，1美元兑150日元": ["5000日元 = 5000 jpy", "1美元 = 1 usd", "150日元 = 150 jpy"],
    "从5%降至3%，从3%到5%": ["5% = 5 percent", "3% = 3 percent", "3% = 3 percent", "5% = 5 percent"],
    # shares, multiples
    "超过三分之一，两成半，三四成，九成五，一半": [
        "超过三分之一 = 0.3333333 share above",
        "两成半 = 0.25 share",
        "三四成 = 0.35 share (0.3 to 0.4)",
        "九成五 = 0.95 share",
        "一半 = 0.5 share",
    ],
    "市盈率高达30倍，市盈率为25，8-10倍": [
        "30倍 = 30 multiple",
        "25 = 25 multiple",
        "8-10倍 = 9 multiple (8 to 10)",
    ],
    # levels and points
    "指标为79，也就是极度贪婪": ["79 = 79 point"],
    "VIX恐慌指数升至30.5，道指上涨100多点": ["30.5 = 30.5 point", "100多点 = 100 point above up"],
    "沪指跌破3000点，报2917.07点，跌45.2点": [
        "3000点 = 3000 point below",
        "2917.07点 = 2917.07 point",
        "45.2点 = 45.2 point down",
    ],
    "重新站上1700点整数关口，突破21000点心理大关": ["1700点 = 1700 point above", "21000点 = 21000 point above"],
    "重返3000点后回落，年薪10万元年终奖": ["3000点 = 3000 point", "10万元 = 100000 cny"],
    "突破4000点，3000点上方，站上５，０００點": [
        "4000点 = 4000 point above",
        "3000点上方 = 3000 point above",
        "５，０００點 = 5000 point above",
    ],
    "跌3%至3000点，上涨50点至3000点": [
        "3% = 3 percent down",
        "3000点 = 3000 point",
        "50点 = 50 point up",
        "3000点 = 3000 point",
    ],
    "纳指跌了六个点，VIX跳升5个点，降50个点": [
        "六个点 = 6 percent down",
        "5个点 = 5 point up",
        "50个点 = 50 point down",
    ],
    "标普500指数收于4783.45，纳斯达克100跌200点": ["4783.45 = 4783.45 point", "200点 = 200 point down"],
    # direction
    "涨幅为3%，下跌45点或1.2%，出现2%左右的下跌": [
        "3% = 3 percent up",
        "45点 = 45 point down",
        "1.2% = 1.2 percent down",
        "2%左右 = 2 percent about down",
    ],
    "从当前的8.2%提升至10%": ["8.2% = 8.2 percent", "10% = 10 percent"],
    # large numbers without a unit
    "非农新增20万。3亿人亏损2000亿美元": ["20万 = 200000 count up", "3亿 = 3e8 count", "2000亿美元 = 2e11 usd"],
}
TRADITIONAL = {
    "聯準會縮表3兆美元，殖利率升至百分之四點五": ["3兆美元 = 3e12 usd down", "百分之四點五 = 4.5 percent"],
    "區間5.25%－5.5%，漲幅達兩成半，跌破三千點": [
        "5.25%－5.5% = 5.375 percent (5.25 to 5.5)",
        "兩成半 = 0.25 share up",
        "三千點 = 3000 point below",
    ],
    "成交額約5000億元，恆指收報１６５００點": ["約5000億元 = 5e11 money about", "１６５００點 = 16500 point"],
}
ENGLISH = {
    # a level right behind the name of its gauge, a signed change and the level it led to
    "S&P 500 <.SPX> 1,893.21, VIX 40.74. CNN F&G: 3; HY +2bp to 310bp": [
        "1,893.21 = 1893.21 point",
        "40.74 = 40.74 point",
        "3 = 3 point",
        "+2bp = 2 basis_point",
        "310bp = 310 basis_point",
    ],
    # money
    "runoff of about 60 billion dollars a month": ["about 60 billion dollars a month = 6e10 usd about /month down"],
    "from $2.5 trillion to 1.15 trillion": ["$2.5 trillion = 2.5e12 usd", "1.15 trillion = 1.15e12 usd"],
    "US$2tn, USD 600bn, a €3bn loan, 8-billion-euro, £40m, $1.15-trillion": [
        "US$2tn = 2e12 usd",
        "USD 600bn = 6e11 usd",
        "€3bn = 3e9 eur",
        "8-billion-euro = 8e9 eur",
        "£40m = 4e7 gbp",
        "$1.15-trillion = 1.15e12 usd",
    ],
    "$2-$3 trillion, $63-123 billion, more than half a trillion dollars": [
        "$2-$3 trillion = 2.5e12 usd (2e12 to 3e12)",
        "$63-123 billion = 9.3e10 usd (6.3e10 to 1.23e11)",
        "more than half a trillion dollars = 5e11 usd above",
    ],
    "the $60 billion-a-month runoff, a monthly cap of $95 billion": [
        "$60 billion-a-month = 6e10 usd /month down",
        "$95 billion = 9.5e10 usd /month",
    ],
    "two and a half trillion yen, 63 cents, 1.06 trillion yuan, HK$5": [
        "two and a half trillion yen = 2.5e12 jpy",
        "63 cents = 0.63 usd",
        "1.06 trillion yuan = 1.06e12 cny",
        "HK$5 = 5 hkd",
    ],
    # percent, points of percent, basis points
    "5.25–5.5 per cent, 5 1/4 percent, 5¼%, a negative 2.7 percent": [
        "5.25–5.5 per cent = 5.375 percent (5.25 to 5.5)",
        "5 1/4 percent = 5.25 percent",
        "5¼% = 5.25 percent",
        "negative 2.7 percent = -2.7 percent",
    ],
    "25 to 50 basis points, from 25 to 50 bps, 50 and 75 basis points": [
        "25 to 50 basis points = 37.5 basis_point (25 to 50)",
        "25 = 25 basis_point",
        "50 bps = 50 basis_point",
        "50 = 50 basis_point",
        "75 basis points = 75 basis_point",
    ],
    "a quarter-point cut, half a percentage point, a fifth of a percent": [
        "a quarter-point = 0.25 percentage_point down",
        "half a percentage point = 0.5 percentage_point",
        "a fifth of a percent = 0.2 percent",
    ],
    "ticked up to 9.8 percent, up to 3%, as much as 4%, 15% or more": [
        "9.8 percent = 9.8 percent",
        "up to 3% = 3 percent below",
        "as much as 4% = 4 percent below",
        "15% or more = 15 percent above",
    ],
    # shares, multiples
    "nearly half of banks, a third of the index, two-thirds": [
        "nearly half = 0.5 share about",
        "a third = 0.3333333 share",
        "two-thirds = 0.6666667 share",
    ],
    "at 30x earnings, 20 times sales, a P/E of 25, 10-fold": [
        "30x = 30 multiple",
        "20 times = 20 multiple",
        "25 = 25 multiple",
        "10-fold = 10 multiple",
    ],
    # levels and points
    "The Dow was down 82.33 points, or 0.63 percent, at 12,906.81.": [
        "82.33 points = 82.33 point down",
        "0.63 percent = 0.63 percent down",
        "12,906.81 = 12906.81 point",
    ],
    "the VIX at 30, between 17 and 18, fell below 20 and from 15 to 45": [
        "30 = 30 point",
        "17 and 18 = 17.5 point (17 to 18)",
        "below 20 = 20 point below",
        "15 = 15 point",
        "45 = 45 point",
    ],
    "The S&P 500 fell 3% to 3,000 and topped 3,100.": [
        "3% = 3 percent down",
        "3,000 = 3000 point",
        "3,100 = 3100 point above",
    ],
    # direction
    "a 25 basis point hike; it rose above 5%; lowering the key rate by 0.5 percent": [
        "25 basis point = 25 basis_point up",
        "above 5% = 5 percent above",
        "0.5 percent = 0.5 percent down",
    ],
    "up 24% this year and 4% over the past month, a steep 3% below": [
        "24% = 24 percent up",
        "4% = 4 percent up",
        "3% = 3 percent",
    ],
    "The balance sheet shrank at a pace of 60 billion a month": ["60 billion a month = 6e10 count /month down"],
    # large numbers without a unit
    "20 million shares and $3 billion": ["20 million = 2e7 count", "$3 billion = 3e9 usd"],
}
NONE = {
    "zh": [
        "2023年12月26日 08:33，三季度末，过去六个月，第三，8点30分，晚上8点，10年期，1.2.3节",
        "标普500、沪深300、纳指100、上证50、科创50、日经225、富时A50、世界500强",
        "三家公司，5000多居民，两次，一块，有一点，几十亿美元，数万亿，成千上万，十几亿，第一成立",
        "股票代码000002.SZ，电话010-62512345，G7、5G、GPT-4、H100，https://a.cn/20%2F5%，50兆赫兹，一成不变",
    ],
    "en": [
        "On Dec. 26, 2023 at 9 p.m. EDT (1430 GMT), the third quarter, the first half, six months, a 10-year note",
        "S&P 500, Nasdaq 100, Russell 2000, FTSE 100, CAC 40, Q3, G-7, 5G, 401(k), Covid-19, GPT-4, 10-K, 3M",
        "two banks, 12 analysts, one of the, at one point, three times a week, hundreds of billions, a third rate",
        "the index in 2008, 17-18 October, No. 08-13555, https://a.com/20%25/5%, 24/7, 4x4, dozens of points",
    ],
    "de": ["ein Plus von 5 % und 3 Milliarden Euro"],
}


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [("zh", text, expected) for text, expected in CHINESE.items()]
    + [("zh-Hant", text, expected) for text, expected in TRADITIONAL.items()]
    + [("en", text, expected) for text, expected in ENGLISH.items()],
)
def test_figures_are_found_with_value_unit_and_surroundings(lang: str, text: str, expected: list[str]) -> None:
    assert [shown(figure) for figure in find_figures(text, lang)] == expected


@pytest.mark.parametrize(("lang", "text"), [(lang, text) for lang, texts in NONE.items() for text in texts])
def test_what_is_no_figure_is_not_found(lang: str, text: str) -> None:
    assert [figure.text for figure in find_figures(text, lang)] == []


@pytest.mark.parametrize(
    ("lang", "text", "digit"),
    [
        ("zh", "1.15万亿美元", 1e10),
        ("zh", "600亿美元", 1e8),
        ("zh", "3000点", 1.0),
        ("zh", "两万亿美元", 1e12),
        ("zh", "一万五千亿元", 1e11),
        ("en", "5,000 points", 1.0),
        ("en", "$2.50 trillion", 1e10),
        ("en", "5.25%", 0.01),
    ],
)
def test_the_worth_of_the_last_digit(lang: str, text: str, digit: float) -> None:
    (figure,) = find_figures(text, lang)
    assert figure.digit == pytest.approx(digit, rel=1e-12)


WORDS = " ".join(
    (
        "1 2 5 30 300 1,000 2023 2.5 0.05 一 两 十 三千 半 百分之 分之 万亿 亿 万 兆 多 余 点 个点 成 倍 % ％ ‰",
        "个百分点 个基点 元 美元 港元 $ US$ € - ~ 到 至 从 与 约 超过 以上 左右 下跌 上涨 跌破 报 指数 VIX 标普500",
        "每个月 /月 ， 。 ； （ ） ３ ，０００ 年 月 日 今年 去年 4月 trillion billion percent points point times x",
        "basis_points a a_third half two quarter to from between and up fell rose by about more_than S&P_500 index at",
        "month per . ( ) since_April in_2022 on_Friday peak \n",
    )
).split(" ")
PIECES = st.lists(st.sampled_from([word.replace("_", " ") for word in WORDS]), max_size=30)
TEXTS = st.one_of(st.text(max_size=80), PIECES.map("".join), PIECES.map(" ".join))
LANGS = st.sampled_from(["zh", "zh-Hans", "zh-Hant", "en", "EN-us", "ja", "und", ""])


@given(TEXTS, LANGS)
def test_offsets_select_the_text_in_order_and_nothing_raises(text: str, lang: str) -> None:
    end = 0
    for figure in find_figures(text, lang):
        assert end <= figure.start < figure.end <= len(text)
        assert text[figure.start : figure.end] == figure.text
        assert -1e35 < figure.value < 1e35
        assert figure.digit > 0
        assert (figure.relation == "range") == (figure.low is not None) == (figure.high is not None)
        assert figure.low is None or figure.low < figure.value < (figure.high or 0.0)
        window = window_of(text, figure, 0, len(text), date(2023, 12, 26))
        assert window.end is None or window.end <= date(2023, 12, 26)
        assert window.start is None or window.start <= (window.end or date.max)
        assert (window.start is None) <= (window.kind in ("now", "unknown", "peak", "trough"))
        end = figure.end


@given(TEXTS, TEXTS, LANGS)
def test_lines_do_not_see_each_other(first: str, second: str, lang: str) -> None:
    shift = len(first) + 1
    moved = tuple(
        replace(figure, start=figure.start + shift, end=figure.end + shift) for figure in find_figures(second, lang)
    )
    assert find_figures(f"{first}\n{second}", lang) == find_figures(first, lang) + moved


@given(TEXTS, LANGS)
def test_folding_keeps_the_length_and_wide_digits_mean_the_same(text: str, lang: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)
    wide = text.translate({code: code + 0xFEE0 for code in map(ord, "0123456789%+$")})
    shape = [(figure.start, figure.end, figure.value, figure.unit) for figure in find_figures(text, lang)]
    if "," not in text and "，" not in text:
        assert [(figure.start, figure.end, figure.value, figure.unit) for figure in find_figures(wide, lang)] == shape


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str, float, str]:
    """A language, a figure in it, and its value and unit."""
    mantissa = draw(st.one_of(st.integers(1, 999).map(str), st.decimals("0.01", "999", places=2).map(str)))
    number = float(mantissa)
    lang, figure, factor, unit = draw(
        st.sampled_from(
            [
                ("zh", f"{mantissa}万亿美元", 1e12, "usd"),
                ("zh", f"{mantissa}亿元", 1e8, "cny"),
                ("zh-Hant", f"{mantissa}億港元", 1e8, "hkd"),
                ("zh", f"{mantissa}%", 1, "percent"),
                ("zh", f"{mantissa}个基点", 1, "basis_point"),
                ("zh-Hant", f"{mantissa}個百分點", 1, "percentage_point"),
                ("zh", f"{mantissa}倍", 1, "multiple"),
                ("en", f"${mantissa} trillion", 1e12, "usd"),
                ("en", f"{mantissa}bn euros", 1e9, "eur"),
                ("en", f"{mantissa} million pounds", 1e6, "gbp"),
                ("en", f"{mantissa}%", 1, "percent"),
                ("en", f"{mantissa} per cent", 1, "percent"),
                ("en", f"{mantissa} basis points", 1, "basis_point"),
                ("en", f"{mantissa}x", 1, "multiple"),
                ("en", f"{mantissa} points", 1, "point"),
            ]
        )
    )
    return lang, figure, number * factor, unit


@given(st.text(max_size=40), written(), st.text(max_size=40), st.data())
def test_a_figure_is_found_in_any_text(
    before: str, figure: tuple[str, str, float, str], after: str, data: st.DataObject
) -> None:
    lang, text, value, unit = figure
    words = ["市场上", "有人说，", "据报道", ""] if lang != "en" else ["the fund held ", "a report said ", "(", ""]
    opening = f"{before}\n{data.draw(st.sampled_from(words))}"
    found = [other for other in find_figures(f"{opening}{text}\n{after}", lang) if other.start == len(opening)]
    assert [(other.text, other.unit) for other in found] == [(text, unit)]
    assert found[0].value == pytest.approx(value, rel=1e-9)


def test_the_time_is_linear_in_long_runs() -> None:
    for lang, piece in (
        ("zh", "一二三万亿"),
        ("zh", "1,000"),
        ("en", "1.2.3-"),
        ("en", "a half "),
        ("zh", "5%到"),
        ("en", "$1 to "),
    ):
        assert isinstance(find_figures(piece * 4_000, lang), tuple)
