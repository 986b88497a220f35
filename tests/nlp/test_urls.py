from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.urls import canonical_url

urls = st.builds(
    lambda host, path, query: f"https://{host}.example/{path}?{query}",
    st.text("abc", min_size=1),
    st.text(st.characters(exclude_categories=["Zs", "Cc"]), max_size=12),
    st.text(st.sampled_from("ab=&%2f股泡+ ;#"), max_size=12),
)


@given(urls | st.text(st.characters()))
def test_idempotent(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once
    once.encode()


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://News.Example.com:443/a/", "https://news.example.com/a"),
        ("http://example.com/a?utm_source=x&id=3#c", "http://example.com/a?id=3"),
        ("http://example.com/a?b=2&a=1", "http://example.com/a?a=1&b=2"),
        ("http://example.com:8080/a", "http://example.com:8080/a"),
        ("http://[::1]:80/", "http://[::1]"),
        ("https://example.cn/s?q=%B9%C9%C6%B1", "https://example.cn/s?q=%B9%C9%C6%B1"),
        ("https://example.cn/s?q=泡沫", "https://example.cn/s?q=%E6%B3%A1%E6%B2%AB"),
        ("https://spa.example/#/article/1", "https://spa.example#/article/1"),
        ("mailto:a@example.com", "mailto:a@example.com"),
        ("http://example.com:99999/", "http://example.com:99999/"),
        ("no url at all", "no url at all"),
    ],
)
def test_canonical(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
