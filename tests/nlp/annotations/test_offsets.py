from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.annotations.marks import SpanMark
from nlp.annotations.offsets import Reading, normalised_place, readings
from nlp.annotations.options import OffsetUnit
from nlp.errors import InputError
from nlp.language import normalise

pieces = st.lists(st.sampled_from(["🚀", "𠮷", "a", "bubble ", "泡", "\r\n", "\n", ". "]), min_size=2, max_size=12)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(before=pieces, marked=pieces, after=pieces)
def test_a_span_in_utf16_with_its_quote_is_found_or_is_the_same_text(
    before: list[str], marked: list[str], after: list[str]
) -> None:
    quote, lead = "".join(marked), "".join(before)
    if not quote.strip():
        return
    text = lead + quote + "".join(after)
    found = readings(text, SpanMark(start=units(lead), end=units(lead + quote), name="b", quote=quote))
    squashed = "".join(quote.split())
    assert all("".join(text[one.start : one.end].split()) == squashed for one in found)
    plain = [one for one in found if not one.repair]
    assert plain or Reading(len(lead), len(lead + quote), "UTF-16 code units") in found


def test_line_ends_that_were_counted_otherwise() -> None:
    crlf, lf = "One.\r\nTwo.\r\nA bubble.", "One.\nTwo.\nA bubble."
    as_one = SpanMark(start=lf.index("bubble"), end=lf.index("bubble") + 6, name="b", quote="bubble")
    as_two = SpanMark(start=crlf.index("bubble"), end=crlf.index("bubble") + 6, name="b", quote="bubble")
    assert readings(crlf, as_one) == [Reading(14, 20, "CR LF as one")]
    assert readings(lf, as_two) == [Reading(12, 18, "LF as CR LF")]
    assert readings(crlf, as_two) == [Reading(14, 20)]


def test_without_a_quote_the_reading_that_keeps_words_whole() -> None:
    assert readings("🚀 a bubble grows", SpanMark(start=5, end=11, name="b")) == [Reading(4, 10, "UTF-16 code units")]
    assert readings("🚀 a bubble grows", SpanMark(start=4, end=10, name="b")) == [Reading(4, 10)]
    assert len(readings("🚀泡沫很大", SpanMark(start=2, end=4, name="b"))) == 2
    assert readings("🚀泡沫很大", SpanMark(start=2, end=4, name="b"), OffsetUnit.utf16) == [
        Reading(1, 3, "UTF-16 code units")
    ]


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        (SpanMark(start=3, end=3, name="b"), "expected 0 <= start < end"),
        (SpanMark(start=-1, end=3, name="b"), "expected 0 <= start < end"),
        (SpanMark(start=0, end=99, name="b"), "not within the text, which has 9 characters"),
        (SpanMark(start=0, end=3, name="b", quote="bubble"), "the quoted text stands at 2:8"),
        (SpanMark(start=0, end=3, name="b", quote="manias"), "quotes 'manias' but 'a b' stands there; export"),
    ],
)
def test_a_span_that_fits_nowhere_is_refused(mark: SpanMark, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        readings("a bubble.", mark)


@given(st.text(alphabet="a\r\n\u00e9e\u0301\u200b\ufeff🚀泡", max_size=20), st.data())
def test_places_of_the_normalised_text(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    place = normalised_place(text, start)
    assert 0 <= place <= len(normalise(text)) + 1
    assert normalised_place(text, len(text)) == len(normalise(text))
