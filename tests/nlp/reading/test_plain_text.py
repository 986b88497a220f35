from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.errors import InputError
from nlp.reading.footers import without_footer
from nlp.reading.plain_text import parse_plain_text, read_plain_text
from nlp.reading.records import ReadOptions
from nlp.schema import Article

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPTIONS = ReadOptions(now=datetime(2026, 1, 1, tzinfo=UTC))

BLOG = """
聚焦：这一轮上涨还能走多远

山城财话 2024-03-05 21:10:09

很多人问我，现在的价格贵不贵。

我的看法是：贵，而且越来越贵。

价格越来越贵

所以我会先等一等。

----------

【山城财话】写给普通人的财经，欢迎关注、点赞。

3 阅读:120

山城财话

简介:业余写作
"""


def test_a_blog_post_is_taken_apart() -> None:
    parts = parse_plain_text(BLOG, SHANGHAI)
    assert parts.title == "聚焦：这一轮上涨还能走多远"
    assert parts.source == "山城财话"
    assert parts.date is not None
    assert parts.date.moment == datetime(2024, 3, 5, 13, 10, 9, tzinfo=UTC)
    assert parts.date.precision == "second"
    assert parts.text.split("\n\n") == [
        "很多人问我，现在的价格贵不贵。",
        "我的看法是：贵，而且越来越贵。",
        "价格越来越贵",
        "所以我会先等一等。",
    ]


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("2024年3月5日 21:10 来源：江畔日报 作者：李某", "江畔日报"),
        ("发布时间：2024-03-05 21:10", ""),
        ("发布于 2024-03-05", ""),
        ("By Ada Moss | March 5, 2024", "Ada Moss"),
        ("Published on March 5, 2024 by Ada Moss", "Ada Moss"),
        ("London Desk, 5 March 2024 21:10", "London Desk"),
        ("（2024-03-05）", ""),
    ],
)
def test_a_dateline_names_the_source(line: str, source: str) -> None:
    parts = parse_plain_text(f"Title\n{line}\nBody one.\nBody two.", SHANGHAI)
    assert parts.date is not None
    assert parts.date.moment.astimezone(SHANGHAI).date().isoformat() == "2024-03-05"
    assert (parts.source, parts.text) == (source, "Body one.\nBody two.")


@pytest.mark.parametrize(
    "sentence",
    [
        "On March 5, 2024 the central bank let its balance sheet run off again.",
        "2024年3月5日，央行公布了资产负债表。",
        "The bubble burst on March 5, 2024",
        "截至 2024年3月5日",
        "截至2024年3月5日收盘，指数上涨了百分之二",
        "8:33 a.m. Eastern, March 5, 2024",
    ],
)
def test_a_sentence_with_a_date_is_body(sentence: str) -> None:
    parts = parse_plain_text(f"Title\n{sentence}\nMore.", SHANGHAI)
    assert parts.date is None
    assert parts.text == f"{sentence}\nMore."


def test_a_date_far_below_the_top_dates_nothing() -> None:
    lines = "\n".join(f"Paragraph {n}." for n in range(8))
    parts = parse_plain_text(f"Title\n{lines}\n2024-03-05\nEnd.", SHANGHAI)
    assert parts.date is None
    assert "2024-03-05" in parts.text


def test_a_date_above_the_title_is_read_too() -> None:
    parts = parse_plain_text("2024-03-05\nTitle\nBody.", UTC)
    assert (parts.title, parts.text) == ("Title", "Body.")
    assert parts.date is not None


def test_a_title_repeated_below_is_not_body() -> None:
    assert parse_plain_text("Title\n\nTitle\nBody.", UTC).text == "Body."


def test_a_first_paragraph_is_no_title() -> None:
    paragraph = "Prices went up and up. " * 20
    parts = parse_plain_text(f"{paragraph}\n\nSecond paragraph.", UTC)
    assert parts.title == ""
    assert parts.text == f"{paragraph.strip()}\n\nSecond paragraph."


@pytest.mark.parametrize(
    "line",
    [
        "0 阅读:0", "阅读：123", "12 评论 3", "责任编辑：王某某", "（编辑：李四 校对：王五）",
        "码字不易,欢迎点赞,转发,收藏。",
        "阅读原文", "Read more", "Read more: Why froth matters",
        "Share this article", "Follow us on Mastodon",
        "© 2024 Harbour Wire. All rights reserved.", "----------", "* * *",
    ],
)  # fmt: skip
def test_noise_is_dropped_at_the_end_only(line: str) -> None:
    assert without_footer(["Body.", "", line]) == ["Body."]
    assert without_footer(["Body.", line, "More body."]) == ["Body.", line, "More body."]


@pytest.mark.parametrize(
    "lines",
    [
        ["Body.", "---", "The last word belongs to the bears."],
        ["Body.", "---", "The last word.", "简介:某人"],
        ["Read more books, says the fund manager."],
        ["风险提示：缩表速度超预期，市场流动性可能收紧。"],
        ["欢迎来到泡沫时代，点赞的人最后接盘。"],
        ["分享经济的泡沫破了。"],
        ["编辑：您怎么看这一轮泡沫？"],
        ["Share this view? Few do."],
    ],
)
def test_sentences_at_the_end_stay(lines: list[str]) -> None:
    assert list(without_footer(lines)) == lines


def test_one_line_is_a_flash() -> None:
    parts = parse_plain_text("央行今日净回笼资金\n", SHANGHAI)
    assert (parts.title, parts.text, parts.date) == ("央行今日净回笼资金", "", None)


@given(st.text(st.sampled_from("ab。 \n-0阅读:2024-03-05年月日，Read more"), min_size=1).filter(str.strip))
def test_every_line_kept_is_a_line_of_the_file(text: str) -> None:
    parts = parse_plain_text(text, UTC)
    lines = [line.strip() for line in text.split("\n")]
    assert set(parts.text.split("\n")) <= {*lines, ""}
    assert parts.title in lines or not parts.title


def read(path: Path) -> Article:
    (article,) = read_plain_text(path, OPTIONS)
    assert isinstance(article, Article)
    return article


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_file_in_any_known_encoding_is_the_same_article(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "post.txt"
    path.write_bytes(BLOG.replace("\n", "\r\n").encode(codec))
    article = read(path)
    assert (article.lang, article.source, article.published_precision) == ("zh", "山城财话", "second")
    assert article.text.endswith("所以我会先等一等。")


def test_a_flash_has_its_title_as_text(tmp_path: Path) -> None:
    path = tmp_path / "flash.txt"
    path.write_text("Margin calls force funds to sell\n", encoding="utf-8")
    article = read(path)
    assert article.title == article.text == "Margin calls force funds to sell"
    assert article.published is None


@pytest.mark.parametrize(
    ("data", "reason"), [(b"", "empty"), (b" \n\t\n", "empty"), (b"\x89PNG\r\n\x1a\n\0", "binary")]
)
def test_a_file_that_holds_no_article_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(data)
    with pytest.raises(InputError, match=reason):
        list(read_plain_text(path, OPTIONS))


@pytest.mark.shared
def test_the_seed_article(shared: Path) -> None:
    (path,) = (shared / "seed").glob("*.txt")
    article = read(path)
    lines = path.read_text(encoding="utf-8").split("\n")
    assert article.title == lines[0]
    assert (article.lang, article.script, article.source) == ("zh", "zh-Hans", lines[2].split()[0])
    assert article.published == datetime(2023, 12, 26, 0, 33, 1, tzinfo=UTC)
    assert article.published_precision == "second"
    rule = next(index for index, line in enumerate(lines) if line.startswith("---"))
    assert article.text == "\n".join(lines[4:rule]).strip()


@pytest.mark.parametrize(
    "line",
    [
        "2024-01-08 美联储缩表抽走流动性，泡沫将破",
        "Jan 3, 2024 – Bubble fears rise at the Fed again",
        "2024-01-08 资金面紧张流动性枯竭踩踏",
    ],
)
def test_a_line_that_begins_with_a_date_dates_the_article_and_stays_in_it(line: str) -> None:
    parts = parse_plain_text(f"Title\n\n{line}\n\nThe body follows here.", UTC)
    assert parts.date is not None
    assert parts.source == ""
    assert line in parts.text
