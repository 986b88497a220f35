from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.long_tags import without_long_tags

NAMES = " ".join(f"a{n}" for n in range(9000))
VALUES = " ".join(f"a{n}='x'" for n in range(9000))


@pytest.mark.parametrize(
    "tag",
    [
        f"<p {NAMES}>",
        f"<p {VALUES}>",
        f"<p {VALUES.replace(' ', '')}>",
        f"<p/{NAMES.replace(' ', '/')}>",
        f"<p x='<' {VALUES}>",
        f"<p x='<b' {VALUES}>",
        f"<p x='>' {NAMES}>",
        "<p " + " ".join(f"a{n}='>'" for n in range(9000)) + ">",
    ],
)
def test_a_tag_with_thousands_of_attributes_keeps_its_text(tag: str) -> None:
    bounded = without_long_tags(f"<html><body>{tag}Repo rates rose.</p><p class='b'>Stocks fell.</p>")
    assert len(bounded) < 200
    assert "Repo rates rose.</p><p class='b'>Stocks fell.</p>" in bounded


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>{NAMES}</p>",
        f'<p title="x > y">{"word " * 3000}</p>',
        f"<script>if (a<b && c=='x') {{ d = 'e'; }}</script><p>don't {'word ' * 3000}</p>",
        f'<div data-json=\'{{"a": "{NAMES}"}}\'>x</div>',
        "<p x='>" * 3000,
    ],
)
def test_texts_and_ordinary_tags_stay(markup: str) -> None:
    assert without_long_tags(markup) == markup


def test_the_end_of_a_script_that_looks_like_a_tag_stays() -> None:
    script = f"<script>for (i=0;i<n;i++) {{ {'x y ' * 1000} }}</script><p>Text.</p>"
    assert without_long_tags(script).endswith("</script><p>Text.</p>")


@given(st.text(alphabet="<>'\"=/ ab", max_size=300))
def test_short_markup_is_never_changed(markup: str) -> None:
    assert without_long_tags(markup) == markup
