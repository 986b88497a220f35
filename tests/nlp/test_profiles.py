"""Profiles keep counts, and nothing else of the texts; folding loses none of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from nlp.errors import InputError
from nlp.profile_file import is_profile, read_profile, write_profile
from nlp.profiles import N_FOLDS, OTHER, Corpus, Text, categories_of, folded, length_bin, profile_of, words_of


def corpus(n: int) -> Corpus:
    return Corpus.of(
        Text(f"a{k}", "en" if k % 3 else "zh", f"paper {k % 70}", [f"word {'xyz'[k % 3] * 3} and more", "泡沫破裂。"])
        for k in range(n)
    )


def test_words_are_those_of_the_scripts() -> None:
    assert words_of("It's 2024: NASDAQ, 納斯達克（AI）涨10%。熱！") == [
        "it",
        "nasdaq",
        "纳斯",
        "斯达",
        "达克",
        "ai",
        "涨",
        "热",
    ]


@pytest.mark.parametrize("n", [1, 2, 3, 6, 7, 99, 12_345])
def test_a_length_is_in_the_bin_that_begins_below_it(n: int) -> None:
    assert n / 1.7 < int(length_bin(n)) <= n


def test_folding_loses_nothing() -> None:
    counters = [Counter({f"w{k % 1500}": 2, "often": 1}) for k in range(3001)]
    block = folded(counters, 30, categories_of(counters, "vocabulary/en"))
    assert block.counts.sum() == 3001 * 3
    assert len(block.counts) == 100
    assert len(block.categories) == 1001
    assert block.counts[:, block.categories.index(OTHER)].sum() > 0
    sizes = folded([Counter(["x"])] * 3001, 30, ("x", OTHER)).counts.sum(axis=1)
    assert sizes.max() - sizes.min() <= 1


def test_a_profile_comes_back(tmp_path: Path) -> None:
    before = profile_of(corpus(350), "model@1")
    write_profile(before, tmp_path / "p.json")
    after = read_profile(tmp_path / "p.json")
    assert is_profile(tmp_path / "p.json")
    assert after.words == before.words
    assert after.model == "model@1"
    assert after.blocks.keys() == before.blocks.keys()
    for key, block in before.blocks.items():
        assert after.blocks[key].categories == block.categories
        assert np.array_equal(after.blocks[key].counts, block.counts)
        assert len(block.counts) <= N_FOLDS


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"format":9}', "of format 9"),
        ("[]", "no profile"),
        ('{"format":1,"blocks":{"a/b":{}}}', "no profile"),
        ("{", "no"),
    ],
)
def test_a_broken_profile_is_refused(text: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=reason):
        read_profile(tmp_path / "p.json")
    with pytest.raises(InputError, match="there is no profile"):
        read_profile(tmp_path / "absent.json")
