from __future__ import annotations

from zoneinfo import ZoneInfo

import lxml.html
import pytest

from scrapers.dating import published_on

SHANGHAI = ZoneInfo("Asia/Shanghai")
TITLE = "美股泡沫到顶了吗"


def dated(head: str = "", body: str = "", url: str | None = None) -> str | None:
    tree = lxml.html.document_fromstring(
        f"<html><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>{body}<p>text</p></body></html>"
    )
    date = published_on(tree, url, SHANGHAI)
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
