from __future__ import annotations

import pytest

from nlp.errors import SourceError
from scrapers.extraction import extract_page
from scrapers.site_selectors import Site, declared_sites, site_of

TEXT = "周四银行间隔夜回购利率升至春季以来的最高水平，多家机构的交易员表示，早盘融出资金明显减少。"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://finance.sina.com.cn/a/1.shtml", "sina.com.cn"),
        ("https://mp.weixin.qq.com/s/abc", "mp.weixin.qq.com"),
        ("https://news.qq.com/a", None),
        ("https://notsina.com.cn/a", None),
        ("http://[::1", None),
        (None, None),
    ],
)
def test_the_site_of_an_address(url: str | None, host: str | None) -> None:
    site = site_of(url)
    assert (site.hosts[0] if site else None) == host


def test_every_row_says_where_its_facts_are_from() -> None:
    assert all(site.fact_source for site in declared_sites())


def test_the_article_is_read_where_its_site_keeps_it() -> None:
    html = (
        f"<html><body><div class='list'>{'<p>热门新闻。</p>' * 9}</div><div id='artibody'><p>{TEXT}</p>"
        f"<div class='appendQr_wrap'>扫码下载客户端</div><script>var a;</script></div></body></html>"
    )
    assert extract_page(html.encode(), url="https://finance.sina.com.cn/a/1.shtml").text == TEXT


def test_a_site_that_has_changed_is_read_by_vote() -> None:
    html = f"<html><body><article><h1>资金</h1><p>{TEXT}</p><p>{TEXT}</p></article></body></html>"
    assert TEXT in extract_page(html.encode(), url="https://finance.sina.com.cn/a/1.shtml").text


@pytest.mark.parametrize("changes", [{"article": ("p[",)}, {"article": ()}, {"fact_source": ""}])
def test_a_wrong_row_is_refused(changes: dict[str, object]) -> None:
    row: dict[str, object] = {"hosts": ("e.com",), "article": ("p",), "fact_source": "written here"}
    with pytest.raises(SourceError, match=r"selectors\.toml"):
        Site(**(row | changes))  # type: ignore[arg-type]
