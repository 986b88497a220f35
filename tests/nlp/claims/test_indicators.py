"""The table of indicators: our own, a user's beside it, and what a wrong row is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.claims.indicators import load_indicators
from nlp.claims.mentions import MentionFinder
from nlp.claims.name_patterns import fold_name
from nlp.errors import InputError

ROW = """
[[indicator]]
id = "gold"
kind = "index"
unit = "point"
series = ["gold"]
range = [200, 9000]
known = "17:00 America/New_York"
names = { en = "Gold" }
aliases = { en = ["{spot |}gold price"], "zh-Hans" = ["现货金价"] }
"""


@pytest.fixture(scope="module")
def finder() -> MentionFinder:
    return MentionFinder(load_indicators())


def test_every_indicator_has_names_in_three_scripts() -> None:
    for indicator in load_indicators().by_id.values():
        assert set(indicator.names) == {"en", "zh-Hans", "zh-Hant"}, indicator.id
        assert set(indicator.aliases) | set(indicator.weak) >= {"en", "zh-Hans", "zh-Hant"}, indicator.id
        assert indicator.low < indicator.high


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("恐惧和贪婪指数为79", ["fear_greed"]),
        ("恐懼與貪婪指數為79", ["fear_greed"]),
        ("纳指涨2%,纳指100涨3%", ["nasdaq_composite", "nasdaq100"]),
        ("标普 500 指数与標普500", ["sp500", "sp500"]),
        ("十年期美债收益率", ["treasury_10y"]),
        ("10年期美債殖利率", ["treasury_10y"]),
        ("两融余额与融資餘額", ["margin_balance_cn", "margin_balance_cn"]),
        ("美元指数与广义美元指数", ["dollar_index", "broad_dollar"]),
        ("the S&P 500, the Nasdaq-100 and the VIX", ["sp500", "nasdaq100", "vix"]),
        ("the yield on the 10-year Treasury note", ["treasury_10y"]),
        ("the Fed's reverse repo facility", ["on_rrp"]),
        ("S&P 500 futures and vixens", [None]),
        ("新西兰标普50指数", [None]),
    ],
)
def test_names_mean_their_indicator(finder: MentionFinder, text: str, ids: list[str | None]) -> None:
    assert [mention.indicator for mention in finder.find(fold_name(text))] == ids


@pytest.mark.parametrize(
    ("clause", "around", "meant"),
    [
        ("逆回购余额", "美联储的工具。", True),
        ("央行开展逆回购", "美联储的工具。", False),
        ("逆回购余额", "人民银行公告。", False),
        ("逆回购余额", "", False),
    ],
)
def test_a_weak_name_needs_its_context(finder: MentionFinder, clause: str, around: str, *, meant: bool) -> None:
    (mention,) = (found for found in finder.find(clause) if found.indicator == "on_rrp")
    text = f"{clause}。{around}"
    assert finder.meant(mention, "zh", text, ((0, len(clause)), (0, len(text)))) is meant


def test_a_users_file_adds_and_replaces_rows(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(ROW + ROW.replace('"gold"', '"vix"').replace("gold price", "vix").replace("现货金价", "恐慌指数"))
    table = load_indicators(file)
    assert table.by_id["gold"].aliases["en"] == ("spot gold price", "gold price")
    assert table.by_id["vix"].high == 9000
    assert len(table.by_id) == len(load_indicators().by_id) + 1


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('unit = "point"', 'unit = "furlong"', "unit is 'furlong'; write one of point"),
        ('kind = "index"', 'kind = "mood"', "write one of index, gauge"),
        ('id = "gold"', 'id = "Gold!"', "use lower-case letters"),
        ("range = [200, 9000]", "range = [9000, 200]", "write the lower first"),
        ("17:00 America/New_York", "5 pm", 'such as "16:00 America/New_York"'),
        ("{spot |}gold price", "{spot gold price", "close every brace"),
        ('en = ["{spot |}gold price"]', 'en = ["gold", "gold"]', "remove what is there twice"),
        ("gold price", "S&P 500", "is a name of sp500 and of gold; leave it to one of them"),
        ('series = ["gold"]', 'sereis = ["gold"]', "it is no key of an indicator"),
        ('names = { en = "Gold" }', "", "names is None"),
        (ROW, ROW + ROW, "gold is there twice"),
        (ROW, "[[indicators]]\n", "write each indicator as an [[indicator]] table"),
        (ROW, "[indicator", "is not valid TOML"),
    ],
)
def test_a_wrong_row_is_told_what_to_do(tmp_path: Path, old: str, new: str, told: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(ROW.replace(old, new))
    with pytest.raises(InputError) as refused:
        load_indicators(file)
    assert told in str(refused.value)
    assert str(file) in str(refused.value)
