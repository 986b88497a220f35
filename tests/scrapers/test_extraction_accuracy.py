"""The accuracy gate: pages of our own writing in every run, the real ones where the development data is."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.errors import ExtractionError
from scrapers.extraction import extract_page
from scripts.measure_extraction import Sample, measure, read_samples

PAGES = Path(__file__).parent / "pages"
FLOORS = {"en": 0.97, "zh": 0.96}


def own_pages(lang: str) -> list[Sample]:
    return [
        Sample(path.stem, None, path.read_bytes(), path.with_suffix(".txt").read_text(encoding="utf-8"))
        for path in sorted(PAGES.glob(f"{lang}-*.html"))
    ]


def found(sample: Sample) -> str:
    try:
        return extract_page(sample.html, url=sample.url).text
    except ExtractionError:
        return ""


@pytest.mark.parametrize("lang", FLOORS)
def test_own_pages(lang: str) -> None:
    samples = own_pages(lang)
    assert len(samples) == 6
    accuracy = measure(samples, [found(sample) for sample in samples], chinese=lang == "zh")
    assert accuracy.f1 >= FLOORS[lang]
    assert not accuracy.lost


@pytest.mark.parametrize("sample", own_pages("en") + own_pages("zh"), ids=lambda sample: sample.name)
def test_every_paragraph_is_found_and_little_else(sample: Sample) -> None:
    text = found(sample)
    assert all(paragraph.strip() in text for paragraph in sample.text.splitlines())
    assert len(text) < 1.15 * len(sample.text)


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize(("name", "lang"), [("english_181", "en"), ("chinese_silver", "zh")])
def test_real_pages(shared: Path, name: str, lang: str) -> None:
    samples = list(read_samples(shared / "pages" / f"{name}.jsonl.xz"))
    accuracy = measure(samples, [found(sample) for sample in samples], chinese=lang == "zh")
    assert accuracy.f1 >= FLOORS[lang]
    assert not accuracy.lost


@pytest.mark.parametrize(
    ("found", "true", "precision", "recall"),
    [
        ("a b c d e", "a b c d e", 1, 1),
        ("a b c d", "a b c d e", 1, 1 / 2),
        ("a b c d e", "a b c d", 1 / 2, 1),
        ("a b c d a b c d", "a b c d", 1 / 5, 1),
        ("a", "a", 1, 1),
    ],
)
def test_the_measure(found: str, true: str, precision: float, recall: float) -> None:
    accuracy = measure([Sample("page", None, b"", true)], [found], chinese=False)
    assert (accuracy.precision, accuracy.recall) == pytest.approx((precision, recall))


def test_a_page_of_which_nothing_is_found_counts_against_recall_alone() -> None:
    samples = [Sample("found", None, b"", "a b c d"), Sample("lost", None, b"", "e f g h")]
    accuracy = measure(samples, ["a b c d", ""], chinese=False)
    assert (accuracy.precision, accuracy.recall, accuracy.lost) == (1.0, 0.5, ("lost",))
