from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlp.errors import NarrativeFileError
from nlp.narratives import DriverMatcher, load_narratives
from nlp.text import sentence_spans

GOLDEN = json.loads((Path(__file__).parent / "golden" / "phrases.json").read_text("utf-8"))

VALID = """
[[narrative]]
id = "stagflation"
names = { en = "Stagflation", de = "Stagflation" }
definition = "Prices rise while output stalls."
cues = { en = ["stagflation"], de = ["Stagflation"] }
exclude = { de = ["keine Stagflation"] }
[[narrative.drivers]]
id = "oil"
names = { de = "Ölpreis" }
cues = { de = ["Ölpreisschock"] }
"""


@pytest.fixture(scope="module")
def matcher():
    return DriverMatcher(load_narratives())


def _cases(section: str) -> list[object]:
    return [pytest.param(case, id=case["text"][:30]) for case in GOLDEN[section]]


@pytest.mark.parametrize("case", _cases("cases"))
def test_golden_cues_and_drivers(matcher, case):
    assert list(matcher.cues(case["text"], case["lang"])) == case["cues"]
    assert list(matcher.drivers(case["text"], case["lang"])) == case["drivers"]


@pytest.mark.xfail(strict=True, reason="phrases know no syntax")
@pytest.mark.parametrize("case", _cases("known_failures"))
def test_known_failures(matcher, case):
    assert list(matcher.cues(case["text"], case["lang"])) == case["cues"]


def test_the_bundled_table_speaks_three_tongues_everywhere():
    bubble, crisis = load_narratives()
    assert (bubble.id, bubble.name, bubble.names["zh"]) == ("bubble", "Bubble", "泡沫")
    assert (crisis.id, crisis.name, crisis.names["zh"]) == ("liquidity_crisis", "Liquidity crisis", "流动性危机")
    for narrative in (bubble, crisis):
        assert len(narrative.drivers) >= 9
        for part in (narrative, *narrative.drivers):
            assert set(part.cues) == {"en", "zh-Hans", "zh-Hant"}
            assert min(map(len, part.cues.values())) >= 8


def test_every_bundled_phrase_is_found_by_its_own_driver(matcher):
    for narrative in load_narratives():
        for driver in narrative.drivers:
            for tag, phrases in driver.cues.items():
                for phrase in phrases:
                    assert f"{narrative.id}:{driver.id}" in matcher.drivers(phrase, tag), (tag, phrase)


def test_no_excluded_phrase_counts(matcher):
    for narrative in load_narratives():
        for tag, phrases in narrative.exclude.items():
            assert [phrase for phrase in phrases if narrative.id in matcher.cues(phrase, tag)] == []


def test_a_table_of_ones_own_may_bring_narratives_and_languages(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(VALID, "utf-8")
    (narrative,) = load_narratives(path)
    assert narrative.name == "Stagflation"
    assert narrative.drivers[0].name == "Ölpreis"
    own = DriverMatcher([narrative])
    assert own.drivers("Der Ölpreisschock kommt", "de") == ("stagflation:oil",)
    assert own.cues("Stagflation droht", "de") == ("stagflation",)
    assert own.cues("Es gibt keine Stagflation", "de") == ()


def test_an_exclusion_holds_for_its_own_narrative_only(tmp_path):
    path = tmp_path / "own.toml"
    other = VALID.replace('"stagflation"\n', '"other"\n').replace("exclude", "# exclude")
    path.write_text(VALID + other, "utf-8")
    assert DriverMatcher(load_narratives(path)).cues("keine Stagflation", "de") == ("other",)


DRIVERS = "[[narrative.drivers]]"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (VALID, "", "narrative: there is none; add a [[narrative]] table"),
        (VALID, "narrative = 3", "narrative: is 3; write each as a [[narrative]] table"),
        (VALID, "[[narrativ]]\nid = 'a'", "narrativ: is not a key of this table; use one of narrative"),
        ('id = "oil"\n', "", "narrative[0].drivers[0].id: is missing; add it"),
        ('"oil"', '"Oil price"', "narrative[0].drivers[0].id: 'Oil price' is not an id; use lower-case letters"),
        ('id = "stagflation"', "id = 7", "narrative[0].id: is 7; give it a text in quotation marks"),
        (VALID, VALID + VALID, "narrative[1].id: 'stagflation' is also the id of narrative[0]; give each an id"),
        (DRIVERS, DRIVERS + '\nid = "oil"\nnames.en = "Oil"\ncues.en = ["oil"]\n' + DRIVERS,
         "narrative[0].drivers[1].id: 'oil' is also the id of narrative[0].drivers[0]"),
        ("definition", "defintion", "narrative[0].defintion: is not a key of this table; use one of id, names, de"),
        ('["Ölpreisschock"]', '["Ölpreisschock", " "]', "narrative[0].drivers[0].cues.de[1]: ' ' has no word in it"),
        ('["Ölpreisschock"]', '["Öl", "Öl"]', "narrative[0].drivers[0].cues.de[1]: 'Öl' is there twice; remove one"),
        ('["Ölpreisschock"]', "[]", "narrative[0].drivers[0].cues.de: is []; give it a list of phrases"),
        ('["Ölpreisschock"]', "[1]", "narrative[0].drivers[0].cues.de: is [1]; give it a list of phrases"),
        ("de = [\"Ölpreisschock\"]", "German = ['Öl']", "cues.German: is not a language tag; use one such as en"),
        ('names = { de = "Ölpreis" }', "names = {}", "drivers[0].names: is {}; give it a table by language"),
        ('"Prices rise while output stalls."', '" "', "narrative[0].definition: is ' '; give it a text"),
        ('"stagflation"\n', '"stagflation\n', "is not valid TOML: Illegal character"),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_file_key_and_remedy(tmp_path, old, new, message):
    path = tmp_path / "own.toml"
    assert old in VALID
    path.write_text(VALID.replace(old, new, 1), "utf-8")
    with pytest.raises(NarrativeFileError) as caught:
        load_narratives(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(
        NarrativeFileError, match=r"none\.toml: cannot be read \(No such file or directory\); give the path"
    ):
        load_narratives(tmp_path / "none.toml")
    (tmp_path / "gbk.toml").write_bytes("# 泡沫".encode("gbk"))
    with pytest.raises(NarrativeFileError, match=r"gbk\.toml: is not UTF-8 \(byte 2\); save it as UTF-8"):
        load_narratives(tmp_path / "gbk.toml")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("words", "driver"),
    [
        ("极度贪婪", "bubble:greed_overbought"),
        ("高管在高位卖出", "bubble:insider_selling"),
        ("套现1.85亿", "bubble:insider_selling"),
        ("生成式AI”", "bubble:ai_hype"),
        ("总市值已经超过", "bubble:concentration"),
        ("已经缩表了", "liquidity_crisis:balance_sheet_runoff"),
        ("逆回购资金高达", "liquidity_crisis:reverse_repo_drain"),
        ("财政部发债,", "liquidity_crisis:treasury_issuance"),
        ("即将加息", "liquidity_crisis:carry_unwind"),
        ("螺旋效应", "liquidity_crisis:fire_sales"),
    ],
)
def test_the_seed_article_names_its_drivers(shared, matcher, words, driver):
    text = next((shared / "seed").glob("*.txt")).read_text("utf-8")
    sentences = [text[span.start : span.end] for span in sentence_spans(text, "zh")]
    (sentence, *_) = [sentence for sentence in sentences if words in sentence]
    assert driver in matcher.drivers(sentence, "zh")
