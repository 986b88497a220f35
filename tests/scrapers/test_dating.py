from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import lxml.html
import pytest

from scrapers.dating import published_on

SHANGHAI = ZoneInfo("Asia/Shanghai")
TITLE = "美股泡沫到顶了吗"


def dated(head: str = "", body: str = "", url: str | None = None, base: datetime | None = None) -> str | None:
    tree = lxml.html.document_fromstring(
        f"<html><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>{body}<p>text</p></body></html>"
    )
    date = published_on(tree, url, SHANGHAI, base=base)
    return f"{date.moment:%Y-%m-%dT%H:%M:%S} {date.precision}" if date else None


def json_ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize(
    "head",
    [
        json_ld('{"@type": "NewsArticle", "datePublished": "2024-03-05T09:30:00+08:00"}'),
        json_ld(
            '{"@graph": [{"@type": "WebPage"}, {"@type": ["NewsArticle"], "datePublished": "2024-03-05T01:30:00Z"}]}'
        ),
        json_ld(
            '[{"@type": "X", "datePublished": "1999"}, {"@type": "Report", "datePublished": "2024-03-05 09:30:00"}]'
        ),
        json_ld('{"@type": "NewsArticle", "headline": "a\nb", "datePublished": "2024-03-05T09:30:00+08:00"}'),
        json_ld("{broken") + '<meta property="article:published_time" content="2024-03-05T09:30:00+08:00">',
        '<meta name="PubDate" content="2024-03-05 09:30:00">',
        '<meta itemprop="datePublished" content="2024-03-05 09:30:00">',
        '<meta name="date" content="03/04/2024"><meta name="pubdate" content="soon">'
        '<meta name="publishdate" content="2024年3月5日 09:30:00">',
    ],
)
def test_what_the_head_states(head: str) -> None:
    assert dated(head) == "2024-03-05T01:30:00 second"


@pytest.mark.parametrize(
    "body",
    [
        '<time datetime="2024-03-05T09:30:00+08:00">today</time>',
        '<span itemprop="datePublished">2024-03-05 09:30:00</span>',
        "<p>2024-03-05 09:30:00</p>",
        "<div><span>来源：海港财经</span><span>发布时间：2024年3月5日 09:30:00</span></div>",
        "<div><b>海港财经</b> 2024-03-05 09:30:00 来源：新华社</div>",
        '<div class="a">x</div>' * 20 + '<div class="post-time">发表于 2024-03-05 09:30:00</div>',
    ],
)
def test_what_the_page_shows(body: str) -> None:
    assert dated(body=body) == "2024-03-05T01:30:00 second"


@pytest.mark.parametrize(
    "body",
    [
        "<p>2024年3月5日，由数家机构联合主办的第三届论坛在北京举行，与会者讨论了流动性。</p>",
        '<time datetime="2024-03-05T09:30:00Z">a</time><time datetime="2023-01-05T09:30:00Z">b</time>',
        '<div class="x">filler</div>' * 20 + '<i class="time">2024-03-05</i><i class="time">2024-03-08</i>',
        "<p>3小时前</p>",
        "<p>2024-02-30 10:00</p>",
    ],
)
def test_what_is_not_trusted(body: str) -> None:
    assert dated(body=body) is None


@pytest.mark.parametrize(
    "url", ["https://e.com/2024/03/05/a.html", "https://e.com/2024-03-05/1.htm", "https://e.com/a/20240305/1"]
)
def test_the_day_in_the_address(url: str) -> None:
    assert dated(url=url) == "2024-03-05T15:59:59 day"


@pytest.mark.parametrize(
    "url",
    [
        "https://e.com/20240305123456/",
        "https://e.com/2024/13/05/",
        "https://e.com/2024/03/05/20230101/",
        "https://e.com/1",
    ],
)
def test_digits_that_are_no_day(url: str) -> None:
    assert dated(url=url) is None


def test_the_address_overrules_a_byline_of_another_day() -> None:
    body = "<p>2019-01-01 10:00</p>"
    assert dated(body=body, url="https://e.com/2024/03/05/a") == "2024-03-05T15:59:59 day"
    assert dated(body="<p>2024-03-05 09:30</p>", url="https://e.com/2024/03/05/a") == "2024-03-05T01:30:00 minute"


def test_deeply_nested_json_is_ignored() -> None:
    assert dated(json_ld("[" * 100_000)) is None


LD = '{"@type": "NewsArticle", "datePublished": "%s"}'
SEEN_AT = datetime(2024, 3, 5, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "body", "url", "expected"),
    [
        # One against one: nobody knows. Two against one: the two.
        (json_ld(LD % "2024-03-05T09:30:00+08:00"), "", "https://e.com/2021/01/04/a", None),
        (json_ld(LD % "2024-03-05T09:30:00+08:00"), "<p>2024-03-05 09:30</p>", "https://e.com/2021/01/04/a", "second"),
        (json_ld(LD % "2021-01-04"), "<p>2024-03-05 09:30</p>", "https://e.com/2024/03/05/a", "minute"),
        (json_ld(LD % "2024-03-05T09:30:00+08:00"), '<meta name="date" content="2021-01-04">', None, None),
        # A list of articles in JSON-LD: the first only with support.
        (json_ld(f"[{LD % '2024-03-05T09:30:00+08:00'}, {LD % '2024-02-01'}]"), "", None, None),
        (
            json_ld(f"[{LD % '2024-03-05T09:30:00+08:00'}, {LD % '2024-02-01'}]"), "",
            "https://e.com/n1/2024/0305/c1-2.html", "second",
        ),
        # A weak kind does not contradict a strong one, but tells the hour of its day.
        (json_ld(LD % "2024-03-05T09:30:00+08:00"), "<p>2021-01-04 10:00</p>", None, "second"),
        (json_ld(LD % "2024-03-05"), "<p>2024-03-05 09:30</p>", None, "minute"),
        # A local time marked as UTC.
        (json_ld(LD % "2024-03-05T09:30:00Z"), "<p>2024-03-05 09:30</p>", None, "day"),
        (json_ld(LD % "2024-03-05T20:30:00Z"), "<p>2024-03-05 20:30</p>", None, None),
        # Bylines of one day that disagree about the hour.
        ("", "<b>x</b>" * 20 + '<i class="time">2024-03-05 09:30</i><i class="time">2024-03-05 11:00</i>', None, "day"),
    ],
)  # fmt: skip
def test_evidence_that_disagrees(head: str, body: str, url: str | None, expected: str | None) -> None:
    moments = {"second": "2024-03-05T01:30:00", "minute": "2024-03-05T01:30:00", "day": "2024-03-05T15:59:59"}
    assert dated(head, body, url) == (f"{moments[expected]} {expected}" if expected else None)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>3小时前</p>", "2024-03-05T01:00:00 hour"),
        ("<p>来源：海港财经 昨天 08:15</p>", "2024-03-04T00:15:00 minute"),
        ("<p>03-05 09:30</p>", "2024-03-05T01:30:00 minute"),
        ("<p>2024-03-06 09:30</p>", None),
        ('<time datetime="2024-03-05T09:30:00+08:00">3小时前</time>', "2024-03-05T01:30:00 second"),
    ],
)
def test_what_counts_from_the_moment_of_the_fetch(body: str, expected: str | None) -> None:
    assert dated(body=body, base=SEEN_AT) == expected


@pytest.mark.parametrize("url", ["https://e.com/2024/mar/05/a", "https://e.com/n1/2024/0305/c1.html"])
def test_other_days_in_addresses(url: str) -> None:
    assert dated(url=url) == "2024-03-05T15:59:59 day"
