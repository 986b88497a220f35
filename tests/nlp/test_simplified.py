from __future__ import annotations

from nlp.simplified import SIMPLIFIED


def test_each_pair_is_one_character_and_another() -> None:
    assert len(SIMPLIFIED) > 700
    for traditional, simple in SIMPLIFIED.items():
        assert len(traditional) == len(simple) == 1
        assert traditional != simple


def test_what_is_simplified_stays() -> None:
    assert [simple for simple in SIMPLIFIED.values() if simple in SIMPLIFIED] == []


def test_a_sentence() -> None:
    assert "".join(SIMPLIFIED.get(c, c) for c in "與萬億資產無關，準備減倉") == "与万亿资产无关，准备减仓"
