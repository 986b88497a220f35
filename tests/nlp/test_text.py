from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.schema import Article
from nlp.text import PhraseFinder, PhraseHit, sentence_spans, split_sentences

GOLDEN = json.loads((Path(__file__).parent / "golden" / "sentences.json").read_text("utf-8"))

MARKS = st.text(
    alphabet="ab A1.,!?;；。！？…“”「」『』\"'（）()《》»«„\n\r\t\u2028\u3000泡沫的说说 了\x00\ud800é\u0301",
    max_size=200,
)
LANGS = st.sampled_from(["zh", "zh-Hant", "en", "ja", "de", "fr", "ko", "und", "", "xx-YY"])


def _cases(section: str) -> list[object]:
    return [pytest.param(case, id=case["name"]) for case in GOLDEN[section]]


def _split(case: dict) -> list[str]:
    text = case.get("separator", " ").join(case["sentences"])
    return [text[span.start : span.end] for span in sentence_spans(text, case["lang"])]


@pytest.mark.parametrize("case", _cases("cases"))
def test_golden_sentences(case):
    assert _split(case) == case["sentences"]


@pytest.mark.xfail(strict=True, reason="beyond rules")
@pytest.mark.parametrize("case", _cases("known_failures"))
def test_known_failures(case):
    assert _split(case) == case["sentences"]


@given(st.one_of(MARKS, st.text(max_size=200)), LANGS)
def test_spans_are_stripped_ordered_disjoint_and_cover_everything_but_white_space(text, lang):
    rest, end = [], 0
    for span in sentence_spans(text, lang):
        assert end <= span.start < span.end <= len(text)
        sentence = text[span.start : span.end]
        assert sentence == sentence.strip()
        assert len(sentence.splitlines()) == 1
        rest.append(text[end : span.start])
        end = span.end
    assert not "".join([*rest, text[end:]]).strip()


@given(MARKS, MARKS, LANGS)
def test_a_line_end_always_ends_a_sentence(before, after, lang):
    def sentences(text):
        return [text[span.start : span.end] for span in sentence_spans(text, lang)]

    assert sentences(before + "\n" + after) == sentences(before) + sentences(after)


@pytest.mark.parametrize(
    ("lang", "unit", "limit"), [("zh", "市场缺钱", 300), ("en", "cash is short ", 600), ("ko", "돈이 ", 600)]
)
def test_text_without_marks_is_cut_at_a_stated_length(lang, unit, limit):
    text = unit * 1000
    lengths = [span.end - span.start for span in sentence_spans(text, lang)]
    assert max(lengths) <= limit
    assert min(lengths[:-1]) >= limit // 2 - 1


@pytest.mark.parametrize(
    ("lang", "text"), [("zh", "钱" * 200 + "，" + "荒" * 200), ("en", "cash " * 80 + "gone, " + "run " * 90)]
)
def test_an_overlong_sentence_is_cut_at_a_comma(lang, text):
    first, second = sentence_spans(text, lang)
    assert text[first.start : first.end].endswith(("，", ","))
    assert text[second.start] in "荒r"


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_001,
        "词" * 100_000,
        '"' * 100_000,
        "“" * 50_000,
        "\x00" * 50_000,
        "\ud800" * 50_000,
        ".a" * 50_000,
        ". " * 100_000,
        '"a. ' * 25_000,
        "（。" * 50_000,
        " " * 1_000_000 + "x",
    ],
    ids=["word", "han", "quotes", "curly", "nul", "surrogates", "stops", "spaced", "quoted", "brackets", "blank"],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_hostile_text_is_split_into_bounded_sentences(text, lang):
    spans = sentence_spans(text, lang)
    assert sum(len("".join(text[span.start : span.end].split())) for span in spans) == len("".join(text.split()))
    assert max(span.end - span.start for span in spans) <= 700


def test_split_sentences_numbers_the_sentences_of_the_text_only():
    article = Article.create(id="a", title="A title. Of two.", text="  泡沫破了。\n\n钱没了。 ", lang="zh")
    first, second = split_sentences(article)
    assert (first.article_id, first.index, first.text) == ("a", 0, "泡沫破了。")
    assert (second.index, second.start, second.end) == (1, 9, 13)
    assert article.text[second.start : second.end] == second.text


def test_a_vocabulary_that_has_seen_too_many_words_is_replaced(monkeypatch):
    import nlp.text

    monkeypatch.setattr(nlp.text, "_MAX_VOCABULARY", 4_000)
    before = nlp.text._vocabulary()
    spans = sentence_spans(" ".join(f"w{number}" for number in range(4_000)) + ". Last one.", "en")
    assert nlp.text._vocabulary() is not before
    assert len(nlp.text._vocabulary().strings) < 4_000 < len(before.strings)
    assert len(spans) > 1


def test_spacy_is_not_imported_before_a_text_is_read():
    code = "import sys, nlp.text, nlp.narratives, nlp.language; print({'spacy', 'py3langid'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout.strip() == "set()"


FINDER = PhraseFinder(
    {
        "bubble": {
            "en": ["bubble", "AI bubble", "this time's different"],
            "zh-Hans": ["泡沫", "流动性危机"],
            "zh-Hant": ["流動性危機"],
        },
        "sale": {"en": ["fire sale"], "de": ["Notverkauf"]},
    }
)


@pytest.mark.parametrize(
    ("text", "lang", "found"),
    [
        ("The AI-Bubble", "en", [("bubble", "AI-Bubble"), ("bubble", "Bubble")]),
        ("bubbles, Bubble! bubblegum", "en", [("bubble", "Bubble")]),
        ("FIRE\n  SALE and fire-sale", "en", [("sale", "FIRE\n  SALE"), ("sale", "fire-sale")]),
        ("This time’s different", "en", [("bubble", "This time’s different")]),
        ("流動性危機与流动性危机", "zh-Hans", [("bubble", "流動性危機"), ("bubble", "流动性危机")]),
        ("科技泡沫、OpenAI泡沫", "zh", [("bubble", "泡沫"), ("bubble", "泡沫")]),
        ("他说AI bubble破了", "zh", [("bubble", "AI bubble"), ("bubble", "bubble")]),
        ("泡沫 means bubble", "en", [("bubble", "bubble")]),
        ("Notverkauf! fire sale", "de", [("sale", "Notverkauf")]),
        ("Notverkauf 泡沫", "und", [("sale", "Notverkauf"), ("bubble", "泡沫")]),
        ("\ud800\x00", "en", []),
        ("", "zh", []),
    ],
)
def test_phrases_are_found_where_they_stand(text, lang, found):
    assert [(hit.key, text[hit.start : hit.end]) for hit in FINDER.find(text, lang)] == found


@given(st.text(max_size=50), st.text(max_size=50))
def test_a_chinese_phrase_is_found_in_any_surroundings(before, after):
    text = f"{before}泡沫{after}"
    assert PhraseHit("bubble", len(before), len(before) + 2) in FINDER.find(text, "zh")


@given(st.text(alphabet="ab 泡沫.,-’'\n\ud800", max_size=60))
def test_an_english_phrase_is_found_between_spaces(text):
    assert PhraseHit("sale", len(text) + 1, len(text) + 10) in FINDER.find(f"{text} fire sale {text}", "en")


def test_a_phrase_without_a_word_is_refused():
    with pytest.raises(ValueError, match="bubble: the en phrase '  ' has no word in it; write one or remove it"):
        PhraseFinder({"bubble": {"en": ["  "]}})


def test_reading_much_does_not_grow_the_vocabulary_of_a_finder():
    finder = PhraseFinder({"bubble": {"en": ["bubble"]}})
    finder.find("a bubble", "en")
    size = len(finder._tables["en"].vocab.strings)
    finder.find(" ".join(f"word{number}" for number in range(1000)), "en")
    assert len(finder._tables["en"].vocab.strings) == size


@pytest.mark.shared
def test_the_seed_article_reads_as_a_person_would_split_it(shared):
    text = next((shared / "seed").glob("*.txt")).read_text("utf-8")
    sentences = [text[span.start : span.end] for span in sentence_spans(text, "zh")]
    assert 60 <= len(sentences) <= 80
    assert sum(sentence.endswith("。") for sentence in sentences) > 40
    assert not [sentence for sentence in sentences if "。" in sentence[:-1].rstrip("”")]
    assert sum("1.85亿" in sentence or "1.15万亿" in sentence for sentence in sentences) == 2
