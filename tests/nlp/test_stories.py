from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from nlp.schema import Article
from nlp.stories import assign_stories, shingles, sketch

WIRE = (
    "Funding markets tightened again on Tuesday as the Treasury settled another round of bills. "
    "Dealers said reserves were still ample, but the reverse repo pile is shrinking quickly. "
    "One trader in Chicago called it the quietest squeeze he had seen in ten years. "
    "The overnight rate closed four basis points above the floor."
)
CHINESE = (
    "周二资金面再度收紧，财政部又完成一轮短债交割。交易员称准备金仍然充裕，"
    "但逆回购余额正在快速下降。一位芝加哥的交易员称这是十年来最安静的一次抽水。"
)


def made(name: str, text: str, day: int) -> Article:
    return Article.create(
        id=name, title=name, text=text, published=datetime(2024, 1, day, tzinfo=UTC), published_precision="day"
    )


def test_a_copy_and_an_edited_copy_share_the_earliest_story() -> None:
    edited = "CHICAGO (Harbour Wire) - " + WIRE.replace(
        " One trader in Chicago called it the quietest squeeze he had seen in ten years.", ""
    )
    articles = [made("later", WIRE, 3), made("first", WIRE, 1), made("edited", edited, 2), made("other", CHINESE, 1)]
    stories = assign_stories(map(sketch, articles))
    assert stories == {"later": "first", "first": "first", "edited": "first", "other": "other"}


def test_chinese_copies() -> None:
    stories = assign_stories(
        map(sketch, [made("a", CHINESE, 1), made("b", "【转载】" + CHINESE + "（完）", 2), made("c", WIRE, 2)])
    )
    assert stories == {"a": "a", "b": "a", "c": "c"}


def test_short_flashes_are_copies_only_when_equal() -> None:
    stories = assign_stories(
        map(sketch, [made("a", "VIX hits 40", 1), made("b", "VIX hits 40!", 2), made("c", "VIX hits 20", 2)])
    )
    assert stories == {"a": "a", "b": "a", "c": "c"}


def test_later_articles_change_no_earlier_story() -> None:
    early = [
        made(str(n), f"{WIRE} Report number {n} came with its own extra sentence about topic {n}.", n)
        for n in range(1, 9)
    ]
    late = [made(f"late{n}", WIRE, 20 + n) for n in range(3)]
    before, after = assign_stories(map(sketch, early)), assign_stories(map(sketch, early + late))
    assert {key: after[key] for key in before} == before


@given(st.permutations(range(12)))
def test_order_of_input_does_not_matter(order: list[int]) -> None:
    words = WIRE.split()
    articles = []
    for n in range(12):
        rng = random.Random(n % 4)
        articles.append(made(f"a{n}", " ".join(rng.sample(words, len(words))), 1 + n))
    expected = assign_stories(map(sketch, articles))
    assert assign_stories(sketch(articles[i]) for i in order) == expected
    assert len(set(expected.values())) == 4


def test_undated_articles_come_last() -> None:
    undated = Article.create(id="undated", title="t", text=WIRE)
    assert assign_stories(map(sketch, [undated, made("dated", WIRE, 9)]))["undated"] == "dated"


def test_numbers_tell_daily_notices_apart() -> None:
    notices = [
        made("a", "上证指数涨0.5%，报3012点，成交8900亿元。", 1),
        made("b", "上证指数涨4.8%，报3399点，成交2.1万亿元。", 2),
        made("c", "央行今日开展100亿元7天期逆回购操作，中标利率1.80%，与此前持平，今日有50亿元逆回购到期。", 1),
        made("d", "央行今日开展970亿元7天期逆回购操作，中标利率1.80%，与此前持平，今日有20亿元逆回购到期。", 2),
        made("e", "The Dow rose 1.2% to 38,001.20 points on volume of 900 million shares.", 1),
        made("f", "The Dow rose 0.3% to 38,112.75 points on volume of 870 million shares.", 2),
    ]
    assert len(set(assign_stories(map(sketch, notices)).values())) == len(notices)


def test_shingles_of_mixed_text() -> None:
    assert shingles("美联储缩表 QT") == {"美 联 储 缩 表", "联 储 缩 表 qt"}
    assert shingles("") == {""}


def test_many_equal_texts_are_one_story() -> None:
    stories = assign_stories(sketch(made(f"n{i:04d}", WIRE, 1)) for i in range(3000))
    assert set(stories.values()) == {"n0000"}


def test_known_at_prefers_first_seen() -> None:
    seen = datetime(2024, 5, 1, tzinfo=UTC)
    article = Article.create(
        title="t", text="x", published=seen - timedelta(days=3), published_precision="day", first_seen=seen
    )
    assert sketch(article).known_at == seen
