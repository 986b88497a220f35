"""From figures to claims: which indicator, what of it, in its unit, and whether as a fact."""

from __future__ import annotations

from datetime import date

import pytest

from nlp.claims.figures import find_figures
from nlp.claims.indicators import load_indicators
from nlp.claims.linking import Text, link_figures
from nlp.claims.mentions import MentionFinder
from nlp.claims.records import Claim

FINDER = MentionFinder(load_indicators())
DAY = date(2023, 12, 26)


def claims(text: str, title: str = "") -> list[Claim]:
    lang = "zh" if any("\u4e00" <= char <= "\u9fff" for char in text) else "en"
    return link_figures(Text(text, title, lang, DAY), find_figures(text, lang), FINDER)


def links(text: str) -> list[str | None]:
    return [claim.indicator for claim in claims(text)]


CHINESE = {
    "恐惧和贪婪指数显示，相关指标已经处于高位，指标为79": ["fear_greed"],
    "道指涨0.5%，标普500涨0.8%，纳指涨1.2%": ["dow_jones", "sp500", "nasdaq_composite"],
    "标普500指数周五下跌1.2%，收报4500点": ["sp500", "sp500"],
    "沪指、深成指、创业板指分别下跌1.2%、1.5%、2%": ["shanghai_composite", None, None],
    "恒指、纳指分别跌1%、2%": ["hang_seng", "nasdaq_composite"],
    "美联储已经缩表1万亿美元，目前逆回购余额只有1.15万亿美元": ["fed_assets", "on_rrp"],
    "央行开展2000亿元7天期逆回购操作": [None],
    "10年期美债收益率升至4.5%，中国10年期国债收益率降至2.6%": ["treasury_10y", None],
    "两年期美债收益率比十年期高出30个基点": ["curve_10y2y"],
    "纳指大跌2%，英伟达跌5%": ["nasdaq_composite", None],
    "标普500指数期货跌0.5%": [None],
    "标普500的市盈率为21倍，盈利增长8%": [None, None],
    "货币基金把1.9万亿美元存进美联储的隔夜逆回购": ["on_rrp"],
    "恒指周三大涨。它现在报17000点": ["hang_seng"],
    "恒指周三大涨。苹果跌3%": [None],
    "美匯指數報103點，隔夜逆回購餘額為0.7兆美元": ["dollar_index", "on_rrp"],
    "VIX升至3000点": [None],
    "纳指100的走势与标普500类似，上周下跌3.1%": ["nasdaq100"],
    "恒指大跌。Palantir报17000点": [None],
    "加密货币的恐慌贪婪指数报17": [None],
    "SOFR与OBFR的利差扩大到10个基点": [None],
    "韩国散户的融资余额仍达3万亿韩元": [None],
    "恒生跌2%，恒生银行跌3%": ["hang_seng", None],
    "恒指今年涨5%、VIX17.3、SOFR5.3%": ["hang_seng", "vix", "sofr"],
    "美股重挫，德国DAX跌5%。十年期殖利率掉到2.4%，三十年3.7%": ["dax", "treasury_10y", "treasury_30y"],
    "十年期美债报4.1%，与两年期的利差为40个基点": ["treasury_10y", "curve_10y2y"],
    "沪指早盘一度翻红。下午跌下来，收在2914点，一天丢掉30点": ["shanghai_composite", "shanghai_composite"],
    "台股收17500点，外资卖超，融资余额减1%": [None, None],
}
ENGLISH = {
    "The Dow rose 0.5%, the S&P 500 0.8% and the Nasdaq 1.2%.": ["dow_jones", "sp500", "nasdaq_composite"],
    "A 2% fall in the S&P 500 pushed the VIX to 14.": ["sp500", "vix"],
    "The S&P 500 and the Nasdaq fell 1.5% and 2.1% respectively.": ["sp500", "nasdaq_composite"],
    "Nvidia shares fell 5% in the worst day for the S&P 500.": [None],
    "Ten-year Treasuries yielded 4.8%, twos 5.1%.": ["treasury_10y", "treasury_2y"],
    "Two-year Treasury yields stood 30 basis points above ten-year ones.": ["curve_10y2y"],
    "Italy's 10-year yield rose to 4.5%. German Bunds' 10-year yield was 2.4%.": [None, None],
    "The VIX, Wall Street's fear gauge, jumped to 30.": ["vix"],
    "The Fed's balance sheet shrank. It is now $7.7 trillion.": ["fed_assets"],
    "Bank of America has $1.7 trillion of assets.": [None],
    "S&P 500 futures were up 0.4%.": [None],
    "The S&P 500 lost 4% and there was a 15 percent decline for the Amex Broker index.": ["sp500", None],
    "The Dow rose. So far this year, the two are up 1.5 percent and 2.5 percent, respectively.": [None, None],
    "Liabilities on the Fed's balance sheet rose to $2.1 trillion.": [None],
    "The average 30-year loan rate dipped to 5.44 percent, the Fed said.": [None],
    "The Fed spoke. 2y 0.65%, 10y 2.37%, 2s10s 172bp; 3m Libor 4.82%, TED 458bp; HY 285bp, IG 137bp.": [
        *("treasury_2y", "treasury_10y", "curve_10y2y", "libor_3m", "ted_spread", "hy_oas", "ig_oas"),
    ],
    "Investment grade borrowing fell to 135 basis points as spreads narrowed.": [None],
    "Treasury tens ended at 3.99%, twos at 3.65%, which leaves 34bp between them.": [
        *("treasury_10y", "treasury_2y", "curve_10y2y"),
    ],
    "High yield fell to 427 basis points and investment grade to 230 basis points.": ["hy_oas", "ig_oas"],
    "so the S and P gave up 0.3% it's still up 16% on the year the VIX is uh 14.2 and the Nikkei lost 7.3% yesterday it"
    " closed at 14,484": ["sp500", "sp500", "vix", "nikkei225", "nikkei225"],
    "The Nasdaq fell 6.9% and the Russell 2000 index of smaller companies 8.9%.": ["nasdaq_composite", "russell2000"],
    "Corporate debt has held up, with the high-yield spread at 288 basis points.": ["hy_oas"],
    "Three-month Libor, which sets the rate of many home loans, is 2.34 percent.": ["libor_3m"],
    "Moody's called. S&P's downgrade hurt. The S&P has lost 11 percent. S&P cut 5 percent of its staff.": [
        "sp500",
        None,
    ],
    "Two-year Treasuries pay 4.47 percent, ten-year Treasuries 3.97 percent, so we're inverted by 50 basis points.": [
        *("treasury_2y", "treasury_10y", "curve_10y2y"),
    ],
    "*VIX CLOSED AT 40.74, UP 45% MONDAY": ["vix", "vix"],
    "The Fed's balance sheet was $4.67 trillion on Wednesday, up from $4.16 trillion at the end of February.": [
        *("fed_assets", "fed_assets"),
    ],
    "The Dow rose. Apple, up 3%, led.": [None],
    "The Fed tripled its balance sheet through purchases of $2.3 trillion of securities.": [None],
}


@pytest.mark.parametrize(("text", "indicators"), [*CHINESE.items(), *ENGLISH.items()])
def test_a_figure_belongs_to_the_nearest_name_that_it_fits(text: str, indicators: list[str | None]) -> None:
    assert links(text) == indicators


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("缩表1万亿美元", [("change", -1e12)]),
        ("美联储以每个月600亿美元的规模缩表", [("pace", -6e10)]),
        ("美联储资产负债表缩减至8万亿美元", [("level", 8e12)]),
        ("The VIX jumped 20% to 30.", [("relative_change", 20), ("level", 30)]),
        ("标普500下跌30点，跌破4500点", [("change", -30), ("level", 4500)]),
        ("10年期美债收益率上行5个基点，报4.25%", [("change", 0.05), ("level", 4.25)]),
        ("高收益债利差扩大50个基点，至450个基点", [("change", 0.5), ("level", 4.5)]),
        ("两年期与十年期美债收益率曲线倒挂50个基点", [("level", -0.5)]),
        ("The curve is inverted by 50 basis points.", [("level", -0.5)]),
        ("The Nasdaq has fallen below 12,000.", [("level", 12000)]),
        ("纳指今年以来上涨三分之一", [("relative_change", 100 / 3)]),
        ("S&P 500 +5.14% to 913", [("relative_change", 5.14), ("level", 913)]),
        ("US 10-year yield -21bp", [("change", -0.21)]),
        ("HY spread +2bp to 310bp", [("change", 0.02), ("level", 3.1)]),
        (
            "The S&P 500 <.SPX> sank 3.47 percent, the Nasdaq Composite <.IXIC> 3.86 percent.",
            [("relative_change", -3.47), ("relative_change", -3.86)],
        ),
        (
            "The S&P 500 fell by 106 points, which is 8.8 per cent.",
            [("change", -106), ("relative_change", -8.8)],
        ),
        (
            "The VIX went from 17.31 to 37.32. That's 116% in one session.",
            [("level", 17.31), ("level", 37.32), ("relative_change", 116)],
        ),
        ("The S&P 500 is 19.8% from the top.", [("relative_change", -19.8)]),
        ("两市融资余额1.6万亿元，比一年前少了1000亿元", [("level", 1.6e12), ("change", -1e11)]),
    ],
)
def test_words_tell_what_a_figure_says(text: str, readings: list[tuple[str, float]]) -> None:
    found = [(claim.transform, claim.value) for claim in claims(text, title="美联储与A股: the Fed and Treasury yields")]
    assert [transform for transform, _ in found] == [transform for transform, _ in readings]
    assert [value for _, value in found] == pytest.approx([value for _, value in readings])


@pytest.mark.parametrize(
    "text",
    [
        "标普500指数将跌至3000点",
        "如果VIX升至40，市场会恐慌",
        "高盛预计，标普500年底达到5100点",
        "纳指未能站上15000点",
        "VIX能否升破20",
        "The S&P 500 could fall to 3,000.",
        "Analysts expect the VIX to reach 40.",
        "If the S&P 500 falls to 4,000, we buy.",
        "The VIX has never closed above 90.",
        "The bank's target for the S&P 500 is 5,100.",
        "何不等标普500跌到2600点才进场？",
        "VIX只有突破了40，才代表恐慌",
        "纳指每跌5%，就加一份仓",
        "标普500去年平均下跌0.6%",
        "The fair value of the 10-year Treasury yield is closer to 2.5 percent.",
        "The S&P 500 has averaged a loss of 1.2 percent.",
    ],
)
def test_what_is_no_fact_is_kept_and_not_checked(text: str) -> None:
    (claim,) = claims(text)
    assert claim.indicator is not None
    assert claim.doubt


@pytest.mark.parametrize("text", ["旧文称沪深300“下跌24%”，应为上涨", "VIX报出40点或其他什么"])
def test_what_is_taken_back_is_not_checked(text: str) -> None:
    (claim,) = claims(text)
    assert claim.doubt


def test_a_comparison_tells_a_change() -> None:
    found = claims("两市融资余额报1.57万亿元，比上周末多约100亿元，较年初减少300亿元")
    assert [claim.transform for claim in found] == ["level", "change", "change"]
    assert [claim.value for claim in found[1:]] == [1e10, -3e10]


def test_a_time_within_an_item_of_a_list_is_that_items() -> None:
    found = claims("恒指今年跌17%、贪婪指数79；CAC40跌2%，今年涨15%；日经涨3%")
    assert [claim.window.kind for claim in found] == ["between", "now", "now", "between", "now"]


def test_what_another_maturity_yields_is_not_plainly_a_names() -> None:
    assert [claim.plain for claim in claims("美国十年期国债收益率报4.1%")] == [True]
    assert not any(claim.plain for claim in claims("美国十年期国债收益率走低，七年期跌到4.0%"))


@pytest.mark.parametrize(
    "text", ["VIX盘中一度升至40", "The VIX touched 40 during the session.", "The Nikkei was down 2% in early trading."]
)
def test_a_value_of_the_day_can_only_be_confirmed(text: str) -> None:
    (claim,) = claims(text)
    assert claim.caution
    assert not claim.doubt


def test_a_mark_that_may_not_have_been_reached_can_only_be_confirmed() -> None:
    (claim,) = claims("标普500距离5000点只有一步之遥")
    assert claim.caution
    assert not claim.doubt


def test_a_level_left_behind_can_only_be_confirmed_by_the_days_before() -> None:
    left = claims("The ten-year Treasury yield dropped to 2.40% from 2.58%.")[1]
    assert (left.window.kind, left.window.start, left.window.end) == ("at", date(2023, 12, 16), DAY)
    assert left.caution
    assert not left.doubt


def test_a_change_that_names_no_time_has_the_session_told_before_in_its_paragraph() -> None:
    friday = claims("The S&P 500 fell 1% on Friday. The Nasdaq fell 2%.\nThe Dow fell 3%.")
    assert [claim.window.kind for claim in friday] == ["between", "between", "now"]
    assert [claim.window.end for claim in friday[:2]] == [date(2023, 12, 22)] * 2
    assert [claim.window.text for claim in friday] == ["Friday", "", ""]


def test_what_is_less_than_when_a_year_began_is_a_change_since_then() -> None:
    (change,) = claims("The Fed's balance sheet is $370 billion less than when the year began.")
    assert (change.transform, change.value, change.window.start) == ("change", -3.7e11, date(2022, 12, 31))


def test_a_day_of_a_high_is_not_that_of_a_later_level() -> None:
    found = claims("The DAX has fallen 8% from its May 22 high while the IBEX trades at 8,264.")
    assert [claim.window.kind for claim in found] == ["peak", "now"]


def test_a_figure_within_a_name_is_none() -> None:
    assert [claim.figure.text for claim in claims("标普 500 指数报 4500 点，纳斯达克 100 指数涨 1.2%")] == [
        "4500 点",
        "1.2%",
    ]


def test_a_name_of_the_title_gives_context() -> None:
    assert [claim.indicator for claim in claims("逆回购余额降至0.8万亿美元", title="美联储的水位")] == ["on_rrp"]
    assert [claim.indicator for claim in claims("逆回购余额降至0.8万亿美元")] == [None]
