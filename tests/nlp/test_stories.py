from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.schema import Article
from nlp.sketches import sketch
from nlp.stories import assign_stories
from scripts.made_copies import COPIES, DAILY_NOTICES, Cutting, daily_notice
from scripts.measure_stories import drawn, recall_by_kind, unrelated_pairs

SENTENCES = (
    "Funding markets tightened again on Tuesday as the Treasury settled another round of bills.",
    "Dealers said reserves were still ample, but the reverse repo pile is shrinking quickly.",
    "One trader in Chicago called it the quietest squeeze he had seen in ten years.",
    "The overnight rate closed four basis points above the floor, at 5.34 percent.",
    "Banks drew 1,200 million dollars from the standing facility, the most since March.",
    "A second auction of 60 billion dollars is due on Thursday, when the coupon payments of the quarter also fall.",
    "Money funds have moved 310 billion dollars out of the facility since the summer.",
    "Officials expect the run-off to go on until spring.",
    "Some economists doubt that the system can bear it so long.",
    "The last time reserves fell to this share of output, rates jumped overnight.",
)
WIRE = " ".join(SENTENCES)
CHINESE = (
    "周二资金面再度收紧，财政部又完成一轮短债交割。交易员称准备金仍然充裕，但逆回购余额正在快速下降。"
    "一位芝加哥的交易员称这是十年来最安静的一次抽水。隔夜利率收于5.34%，高出下限4个基点。"
    "银行从常备工具借入1200百万美元，为3月以来最多。周四还有600亿美元的拍卖，恰逢季度付息。"
)
TRADITIONAL = (
    "週二資金面再度收緊，財政部又完成一輪短債交割。交易員稱準備金仍然充裕，但逆回購餘額正在快速下降。"
    "一位芝加哥的交易員稱這是十年來最安靜的一次抽水。隔夜利率收於５.３４%，高出下限4個基點。"
    "銀行從常備工具借入1,200百萬美元，為3月以來最多。週四還有600億美元的拍賣，恰逢季度付息。"
)


def made(name: str, text: str, day: int) -> Article:
    return Article.create(
        id=name, title=name, text=text, published=datetime(2024, 1, day, tzinfo=UTC), published_precision="day"
    )


def stories(*articles: Article) -> dict[str, str]:
    return assign_stories(map(sketch, articles))


def test_a_copy_and_an_edited_copy_share_the_earliest_story() -> None:
    edited = "CHICAGO (Harbour Wire) - " + WIRE.replace(SENTENCES[2], "")
    articles = [made("later", WIRE, 3), made("first", WIRE, 1), made("edited", edited, 2), made("other", CHINESE, 1)]
    assert stories(*articles) == {"later": "first", "first": "first", "edited": "first", "other": "other"}


@pytest.mark.parametrize("n", range(3, 10))
def test_an_excerpt_before_or_after_its_whole(n: int) -> None:
    excerpt = " ".join(SENTENCES[:n])
    assert stories(made("whole", WIRE, 1), made("excerpt", excerpt, 2))["excerpt"] == "whole"
    assert stories(made("whole", WIRE, 2), made("excerpt", excerpt, 1))["whole"] == "excerpt"


def test_a_heavily_edited_copy() -> None:
    edited = (
        "(Adds quotes) Funding markets tightened again Tuesday as the Treasury settled another round of bills. "
        + " ".join(SENTENCES[1:6]).replace("1,200", "1200").replace("5.34 percent", "5.340%")
        + " The central bank declined to comment. "
        + " ".join(SENTENCES[7:])
        + " (Reporting by the markets desk; +44 20 7946 0321)"
    )
    assert stories(made("first", WIRE, 1), made("edited", edited, 2))["edited"] == "first"


def test_chinese_copies_in_either_script() -> None:
    found = stories(
        made("a", CHINESE, 1),
        made("b", "【转载】" + CHINESE + "（完）", 2),
        made("c", "港灣社電，" + TRADITIONAL, 3),
        made("d", WIRE, 2),
    )
    assert found == {"a": "a", "b": "a", "c": "a", "d": "d"}


def test_a_quotation_is_no_copy() -> None:
    """A round-up holds its flashes, and is none of them: else it would make them all one story."""
    flashes = [made(f"flash{n}", sentence, 1) for n, sentence in enumerate(SENTENCES)]
    found = stories(*flashes, made("whole", WIRE, 2))
    assert found == {name: name for name in found}


def test_short_flashes_are_copies_only_when_equal() -> None:
    found = stories(made("a", "VIX hits 40", 1), made("b", "VIX hits 40!", 2), made("c", "VIX hits 20", 2))
    assert found == {"a": "a", "b": "a", "c": "c"}


def test_texts_without_a_word() -> None:
    assert stories(made("a", "……", 1), made("b", "🫧", 2), made("c", "……", 3)) == {"a": "a", "b": "b", "c": "a"}


def test_nothing_to_compare() -> None:
    assert assign_stories([]) == {}


def test_later_articles_change_no_earlier_story() -> None:
    early = [
        made(str(n), f"{WIRE} Report {n} came with its own extra sentence about topic {n}.", n) for n in range(1, 9)
    ]
    late = [made(f"late{n}", WIRE, 20 + n) for n in range(3)]
    before, after = stories(*early), stories(*early, *late)
    assert {key: after[key] for key in before} == before


@settings(max_examples=40)
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


@settings(max_examples=25)
@given(st.randoms(use_true_random=False), st.integers(1, 23))
def test_any_past_is_kept_whatever_comes_after(rng: random.Random, n_early: int) -> None:
    """Two dozen texts of sentences drawn together, so that many overlap in part; cut anywhere in time."""
    texts = [" ".join(rng.sample(SENTENCES, rng.randint(2, 8))) for _ in range(24)]
    articles = [made(f"a{n:02d}", text, 1 + n // 2) for n, text in enumerate(texts)]
    whole = stories(*rng.sample(articles, 24))
    assert stories(*articles[:n_early]) == {a.id: whole[a.id] for a in articles[:n_early]}
    assert all(whole[story] == story <= name for name, story in whole.items())


def test_undated_articles_come_last() -> None:
    undated = Article.create(id="undated", title="t", text=WIRE)
    assert stories(undated, made("dated", WIRE, 9))["undated"] == "dated"


def test_numbers_tell_daily_notices_apart() -> None:
    notices = [
        made("a", "上证指数涨0.5%，报3012点，成交8900亿元。", 1),
        made("b", "上证指数涨4.8%，报3399点，成交2.1万亿元。", 2),
        made("c", "央行今日开展100亿元7天期逆回购操作，中标利率1.80%，与此前持平，今日有50亿元逆回购到期。", 1),
        made("d", "央行今日开展970亿元7天期逆回购操作，中标利率1.80%，与此前持平，今日有20亿元逆回购到期。", 2),
        made("e", "The Dow rose 1.2% to 38,001.20 points on volume of 900 million shares.", 1),
        made("f", "The Dow rose 0.3% to 38,112.75 points on volume of 870 million shares.", 2),
    ]
    assert len(set(stories(*notices).values())) == len(notices)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_notice_a_day_and_its_copies(lang: str) -> None:
    """Thirty days of each notice stay apart, and a late copy still finds its own among them."""
    rng = random.Random(lang)
    for template in DAILY_NOTICES[lang]:
        texts = [daily_notice(template, lang, date(2024, 1, day), rng) for day in range(1, 31)]
        notices = [made(f"day{day:02d}", text, day) for day, text in enumerate(texts, 1)]
        found = stories(*notices, made("late", "Harbour Wire: " + texts[25], 31))
        assert found.pop("late") == "day26"
        assert found == {name: name for name in found}


def test_many_notices_do_not_hide_the_copies_of_the_last() -> None:
    text = "{} firms of the harbour filed for protection in week {}, the register of the harbour says."
    notices = [made(f"n{n:03d}", text.format(700 + 13 * n, n), 1) for n in range(200)]
    found = stories(*notices, made("copy", text.format(700 + 13 * 199, 199) + " It gave no names.", 2))
    assert found["copy"] == "n199"


def test_many_equal_texts_are_one_story() -> None:
    found = assign_stories(sketch(made(f"n{i:04d}", WIRE, 1)) for i in range(3000))
    assert set(found.values()) == {"n0000"}


def test_many_edited_copies_are_one_story() -> None:
    names = ("Anna", "Boris", "Clara", "David", "Emma", "Felix", "Greta")
    found = stories(
        *(made(f"n{i:03d}", f"{WIRE} Mirrored by {names[i % 7]} and {names[i % 5]}'s site.", 1) for i in range(300))
    )
    assert set(found.values()) == {"n000"}


def test_known_at_prefers_first_seen() -> None:
    seen = datetime(2024, 5, 1, tzinfo=UTC)
    article = Article.create(
        title="t", text="x", published=seen - timedelta(days=3), published_precision="day", first_seen=seen
    )
    assert sketch(article).known_at == seen


@pytest.mark.parametrize("kind", list(COPIES))
def test_every_kind_of_made_copy_is_found(kind: str) -> None:
    foreign = ("The weather stayed mild.", "Freight rates rose for the third week.", "A ship ran aground.")
    found = []
    for seed in range(20):
        copy = COPIES[kind](Cutting(SENTENCES, "en", foreign), random.Random(seed))
        assert copy == COPIES[kind](Cutting(SENTENCES, "en", foreign), random.Random(seed))
        found.append(stories(made("whole", WIRE, 1), made("copy", copy, 2))["copy"] == "whole")
    # An edited excerpt may be half new text; all others must be found.
    assert sum(found) >= (14 if kind == "edited excerpt" else 20)


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "files"),
    [
        ("en", ("reuters21578_1987", "blogs_market_commentary_2006_2024")),
        ("zh", ("cctv_news_2022_2026", "jin10_flash_2026")),
    ],
)
def test_recall_on_real_articles(shared: Path, lang: str, files: tuple[str, ...]) -> None:
    """The floors of issue 5 on a small sample; `scripts/measure_stories.py` measures them on all files."""
    rng = random.Random(5)
    articles = drawn([shared / "text" / lang / f"{name}.jsonl.xz" for name in files], lang, rng)
    recalls = recall_by_kind(articles, 40, rng, traditional={})
    floored = [recalls[kind] for kind in ("excerpt", "dropped", "added", "reworded", "edited")]
    assert sum(f.n_merged for f in floored) >= 0.97 * sum(f.n_pairs for f in floored)
    unrelated = unrelated_pairs(articles[:1000], show=False)
    assert unrelated.n_merged <= 1e-5 * unrelated.n_pairs
