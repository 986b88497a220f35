from __future__ import annotations

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.schema import Article
from nlp.sketches import Sketch, containment, n_shared, number_agreement, sketch, tokens

LONG = " ".join(f"word{n}" for n in range(2000))
VOCABULARY = ("repo", "yield", "bank", "fell", "3", "4.5", "抽", "水", "股")


def of(text: str) -> Sketch:
    return sketch(Article.create(text=text))


def reference_shingles(text: str) -> set[tuple[str, ...]]:
    found = tokens(text)
    sizes = [5 if one >= "\u2e80" else 3 for one in found]
    runs = {tuple(found[i : i + n]) for i, n in enumerate(sizes) if i + n <= len(found)}
    return runs or {tuple(found[:5])}


def test_tokens_leave_style_aside() -> None:
    assert tokens("“The U.S. Fed’s １,２００.50”") == tokens("the u s fed s 1200.5")
    assert tokens("美聯儲縮表，3.0%") == tokens("美联储缩表:3%")
    assert tokens("...!?") == []


@pytest.mark.parametrize(("written", "plain"), [("1,000,000", "1000000"), ("10", "10"), ("0.50", "0.5"), ("100", "100"),
                                                ("2.0", "2"), ("1.2.3", "1.2.3"), ("٣", "٣")])  # fmt: skip
def test_one_number_is_one_token(written: str, plain: str) -> None:
    assert tokens(f"at {written} today") == ["at", plain, "today"]


@given(
    st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=60), st.lists(st.sampled_from(VOCABULARY), min_size=1)
)
def test_containment_is_that_of_the_shingles(first: list[str], second: list[str]) -> None:
    a, b = reference_shingles(" ".join(first)), reference_shingles(" ".join(second))
    ours, other = of(" ".join(first)), of(" ".join(second))
    assert (ours.n_shingles, other.n_shingles) == (len(a), len(b))
    assert containment(ours, other) == pytest.approx(len(a & b) / min(len(a), len(b)))


def test_containment_of_long_texts_is_estimated() -> None:
    words = LONG.split()
    for share in (0.25, 0.5, 0.9):
        excerpt = " ".join(words[: int(share * len(words))])
        assert containment(of(LONG), of(excerpt)) > 0.98
        half = excerpt + " " + " ".join(f"other{n}" for n in range(int(share * len(words))))
        assert containment(of(LONG), of(half)) == pytest.approx(max(0.5, share), abs=0.12)
    assert containment(of(LONG), of(LONG.replace("word", "other"))) == 0
    assert len(of(LONG).hashes) == 256


def test_numbers_agree_where_their_words_do() -> None:
    notice = "The bank added {} billion crowns at {} percent on {} May, it said."
    first, copy, next_day = notice.format(90, 1.8, 6), notice.format(90, "1.80", 6), notice.format(40, 1.8, 7)
    assert number_agreement(of(first), of(copy)) == 1
    assert number_agreement(of(first), of(next_day)) == pytest.approx(1 / 3)
    assert number_agreement(of(first), of("Elsewhere 40 firms failed, 7 in June.")) == 1


def test_figures_are_the_same_in_every_language() -> None:
    figures = of("It lent $1.5 billion to 12 banks.").figures
    assert figures.tolist() == of("该行向12家银行放贷15亿美元。").figures.tolist()
    assert n_shared(figures, of("该行向9家银行放贷22亿美元。").figures) == 0
    assert of("No figure but 0.0 and 00.").figures.size == 0


def test_mixed_text_is_cut_the_same_in_part_and_whole() -> None:
    """A head of markup in Latin letters must not decide how the Chinese text below is cut."""
    head = "#story-body .clip-box p{margin:0 auto;font-size: 12px;} " * 3
    body = "周二资金面再度收紧，财政部又完成一轮短债交割。交易员称准备金仍然充裕，但逆回购余额正在快速下降。"
    assert containment(of(head + body), of(body)) == 1
    assert containment(of(head + body), of(head)) == 1


@pytest.mark.parametrize("text", ["x", "…", "\ud800 lone surrogate", "🫧🫧", "1", "٣٤", "泡", "a " * 50_000])
def test_odd_texts(text: str) -> None:
    found = of(text)
    assert found.n_shingles >= 1
    assert containment(found, found) == number_agreement(found, found) == 1


def test_texts_without_words_differ() -> None:
    assert containment(of("……"), of("🫧")) == 0


@hypothesis.settings(max_examples=30)
@given(st.text(min_size=1, max_size=80).filter(str.strip), st.text(min_size=1, max_size=80).filter(str.strip))
def test_agreements_are_shares_and_symmetric(first: str, second: str) -> None:
    a, b = of(first), of(second)
    for share in (containment, number_agreement):
        assert 0 <= share(a, b) == share(b, a) <= 1
