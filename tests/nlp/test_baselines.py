from __future__ import annotations

import json
import lzma
import tomllib
from pathlib import Path

import pytest

from nlp.baselines import NaiveReader, load_stress_words
from nlp.narratives import load_narratives
from nlp.schema import Article
from nlp.sketches import tokens

NARRATIVES = ("bubble", "liquidity_crisis")


@pytest.fixture(scope="module")
def reader() -> NaiveReader:
    return NaiveReader(NARRATIVES)


def measured(reader: NaiveReader, text: str, lang: str = "en", title: str = "") -> dict[str, float | None]:
    return reader.measure(Article.create(title=title, text=text, lang=lang))


@pytest.mark.parametrize(
    ("text", "lang", "told"),
    [
        ("Tech shares are in a bubble.", "en", (1, 0)),
        ("Nobody here believes in a bubble.", "en", (1, 0)),  # naive: a denial counts as well
        ("The children blew soap bubbles.", "en", (0, 0)),
        ("Soap bubbles, and a housing bubble.", "en", (1, 0)),
        ("The credit crunch deepened.", "en", (0, 1)),
        ("The bank opened a branch.", "en", (0, 0)),
        ("股市泡沫破裂，资金链断裂。", "zh", (1, 1)),
        ("股市泡沫破裂，資金鏈斷裂。", "zh", (1, 1)),
        ("啤酒泡沫很细腻，护士给患者抽血。", "zh", (0, 0)),
        ("分析師稱AI股存在bubble。", "zh", (1, 0)),
    ],
)
def test_key_words(reader: NaiveReader, text: str, lang: str, told: tuple[int, int]) -> None:
    found = measured(reader, text, lang)
    assert (found["bubble_keywords"], found["liquidity_crisis_keywords"]) == told


def test_a_headline_is_read_and_counts_once(reader: NaiveReader) -> None:
    assert measured(reader, "Shares rose again.", title="Bubble trouble")["bubble_keywords"] == 1
    alone, repeated = measured(reader, "Panic! Shares rose."), measured(reader, "Panic! Shares rose.", title="Panic!")
    assert alone["stress_words"] == repeated["stress_words"] == pytest.approx(1 / 3)
    assert measured(reader, "Shares rose.", title="Panic!")["stress_words"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("Banks defaulted and panic spread.", 2 / 5),
        ("Profits recovered.", -1),
        ("Panic gave way to calm", 0),
        ("A fire-sale, a FIRE SALE and 3 fire\nsales", 6 / 9),  # hyphens, case and line ends do not matter
        ("Defaultable calmly", 0),  # words match whole
        ("Loss of confidence", 1),  # the longest phrase, whole
        ("市场恐慌，银行倒闭", 4 / 8),
        ("局势不稳定", 3 / 5),  # not the positive 稳定 in it
        ("局势稳定", -2 / 4),
        ("2024-01-02", None),
    ],
)
def test_stress_words(text: str, share: float | None) -> None:
    found = load_stress_words().net_share([text])
    assert found is None if share is None else found == pytest.approx(share)


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("钱荒加剧，基金爆仓，亏损惨重", "錢荒加劇，基金爆倉，虧損慘重"),
        ("银行获得纾困，经济强劲复苏", "銀行獲得紓困，經濟強勁復甦"),
        ("断供潮蔓延，坏账上升，融资压力缓解", "斷供潮蔓延，壞帳上升，融資壓力緩解"),
    ],
)
def test_traditional_counts_like_simplified(reader: NaiveReader, simplified: str, traditional: str) -> None:
    found = measured(reader, simplified, "zh")
    assert found["stress_words"] != 0
    assert measured(reader, traditional, "zh") == found


def test_a_narrative_without_cues_has_no_key_words() -> None:
    found = measured(NaiveReader(["stagflation", "bubble"]), "A bubble.")
    assert found == {"stagflation_keywords": None, "bubble_keywords": 1.0, "stress_words": 0.0}


def test_it_counts_what_the_table_of_narratives_lists(reader: NaiveReader) -> None:
    for narrative in load_narratives():
        for tag, phrases in narrative.cues.items():
            for phrase in phrases:
                assert measured(reader, phrase, tag[:2])[f"{narrative.id}_keywords"] == 1, phrase


def test_the_list_is_clean(root: Path) -> None:
    listed = tomllib.loads((root / "nlp/stress_words.toml").read_text("utf-8"))
    words = load_stress_words()
    for sign, name in ((1, "negative"), (-1, "positive")):
        for phrases in listed[name].values():
            assert [phrase for phrase in phrases if words.net_share([phrase]) != sign] == []
    forms = [tuple(tokens(phrase)) for name in listed.values() for phrases in name.values() for phrase in phrases]
    assert len(forms) == len(set(forms))


@pytest.mark.shared
def test_every_entry_is_found_in_traditional_spelling(root: Path, shared: Path) -> None:
    listed = tomllib.loads((root / "nlp/stress_words.toml").read_text("utf-8"))
    traditional: dict[str, str] = {}
    with lzma.open(shared / "parallel" / "cc_cedict.jsonl.xz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            traditional.setdefault(row["src"], row["trad"] or row["src"])
    for sign, name in ((1, "negative"), (-1, "positive")):
        known = [traditional[word] for word in listed[name]["zh-Hans"] if word in traditional]
        assert len(known) > 25
        assert [word for word in known if load_stress_words().net_share([word]) != sign] == []
