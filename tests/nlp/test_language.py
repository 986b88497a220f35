from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.language import Language, detect_language, normalise

GOLDEN = json.loads((Path(__file__).parent / "golden" / "languages.json").read_text("utf-8"))

NOISE = st.text(
    alphabet="aeAK\u212a\u0301\u0308\u200b\u200c\u200d\u00ad\ufeff\ud83d\ud800"
    "\r\n\t\x00\x0b\x85\u2028泡が か\u3099😀\ufe0fاन\u094d"
)


@pytest.mark.parametrize(("text", "lang", "script"), GOLDEN["cases"])
def test_golden_languages(text, lang, script):
    assert detect_language(text) == Language(lang, script)


@pytest.mark.xfail(strict=True, reason="too short to tell")
@pytest.mark.parametrize(("text", "lang", "script"), GOLDEN["known_failures"])
def test_known_failures(text, lang, script):
    assert detect_language(text) == Language(lang, script)


def test_a_long_text_in_a_language_not_expected_is_still_told():
    text = "Giełda w Warszawie spada, inwestorzy obawiają się bańki spekulacyjnej na rynku nieruchomości i akcji."
    assert detect_language(text).lang == "pl"


def test_only_the_beginning_of_a_long_text_is_looked_at():
    assert detect_language("The market ran out of cash. " * 200 + "泡沫" * 100_000).lang == "en"


def test_addresses_and_numbers_do_not_decide():
    assert detect_language("泡沫破裂 https://www.example.com/the-bubble-of-the-century/and/more 2024").lang == "zh"


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text):
    found = detect_language(text)
    assert found.lang == "und" or 2 <= len(found.lang) <= 3
    assert found.script is None or found.lang == "zh"


@given(st.one_of(NOISE, st.text(), st.text(st.characters(codec=None))))
def test_normalise_is_idempotent_and_leaves_only_text(text):
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")
    assert not [character for character in once if unicodedata.category(character) == "Cc" and character not in "\n\t"]


@given(st.text(st.characters(max_codepoint=127)))
def test_normalise_treats_ascii_as_it_does_beside_other_characters(text):
    assert normalise(f"{text}泡") == f"{normalise(text)}泡"


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])))
def test_normalise_changes_visible_text_by_nfc_only(text):
    assert normalise(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("\ufeff泡\u200b沫\u2060\u00ad", "泡沫"),
        ("bub\u200dble \u202etxt\u202c\u061c", "bubble txt"),
        ("tags\U000e0041\U000e007f \ufff9notes\ufffb", "tags notes"),
        ("nul\x00 esc\x1b del\x7f tab\t", "nul esc del tab\t"),
        ("a\ud800b", "a\ufffdb"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ＡＢ　“泡沫”", "ＡＢ　“泡沫”"),
        ("e" + "\u0323" * 30, "\u1eb9" + "\u0323" * 29),
        ("q" + "\u0344" * 40 + "y" + "\u0301" * 5, "q" + "\u0308\u0301" * 15 + "\u00fd" + "\u0301" * 4),
    ],
)
def test_what_normalise_replaces_drops_and_keeps(text, kept):
    assert normalise(text) == kept


def test_a_pile_of_marks_takes_no_time_to_speak_of():
    pile = "Z" + "\u0315\u0300" * 500_000  # to sort them all takes an hour
    assert normalise(f"{pile} is it") == "Z" + "\u0300" * 15 + "\u0315" * 15 + " is it"
    assert normalise("\u0301\u200b" * 400_000) == "\u0301" * 30


def test_plainly_english_text_needs_no_table() -> None:
    text = "The regulator told the banks that the rules for funds would change before the end of the year. " * 5
    code = (
        "import sys; from nlp.language import detect_language; "
        f"print(detect_language({text!r}).lang, 'py3langid' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["en", "False"]


def test_german_that_quotes_english_is_german() -> None:
    german = "Die Aufsicht hat den Banken gesagt, dass sich die Regeln für Fonds noch in diesem Jahr ändern werden. "
    assert detect_language(german * 6 + "He called it The Great Unwind of the decade. " * 2).lang == "de"
