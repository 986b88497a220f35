from __future__ import annotations

from pathlib import Path

import pytest

from nlp.annotations.names import NOTHING, Meaning, load_names
from nlp.errors import InputError

BUNDLED = load_names()


@pytest.mark.parametrize(
    ("label", "question", "meaning"),
    [
        ("bubble", "", Meaning("bubble", "assert")),
        ("Liquidity Crisis", "", Meaning("liquidity_crisis", "assert")),
        ("流动性危机", "", Meaning("liquidity_crisis", "assert")),
        ("bubble:assert", "", Meaning("bubble", "assert")),
        ("BUBBLE / Rejects", "", Meaning("bubble", "reject")),
        ("reject_bubble", "", Meaning("bubble", "reject")),
        ("泡沫/否认", "", Meaning("bubble", "reject")),
        ("泡沫：无", "", Meaning("bubble", "none")),
        ("bubble=-1", "", Meaning("bubble", "reject")),
        ("liquidity crisis - denied", "", Meaning("liquidity_crisis", "reject")),
        ("assert", "bubble", Meaning("bubble", "assert")),
        ("-1", "Bubble", Meaning("bubble", "reject")),
        ("3", "bubble", Meaning("bubble", "3")),
        ("none", "theme", Meaning("", "none")),
        ("no bubble", "", None),
        ("bubbel", "", None),
        ("assert", "theme", None),
        ("", "bubble", None),
    ],
)
def test_what_a_label_says(label: str, question: str, meaning: Meaning | None) -> None:
    assert BUNDLED.meaning(label, question) == meaning


def test_a_names_file_adds_what_is_not_known(tmp_path: Path) -> None:
    path = tmp_path / "names.toml"
    path.write_text(
        'narratives = ["carry_unwind"]\n[labels]\n"No Bubble" = "bubble:reject"\n"Crunch!" = "liquidity_crisis"\n'
        '"dup" = ""\n"none of these" = "none"\nq7 = "housing"\n[answers]\n"stimmt zu" = "assert"\n',
        encoding="utf-8",
    )
    names = load_names(path)
    assert names.meaning("no bubble") == Meaning("bubble", "reject")
    assert names.meaning("CRUNCH!:reject") == Meaning("liquidity_crisis", "reject")
    assert names.meaning("Carry unwind") == Meaning("carry_unwind", "assert")
    assert names.meaning("stimmt zu", "q7") == Meaning("housing", "assert")
    assert names.meaning("dup") == NOTHING
    assert names.meaning("None of these") == Meaning("", "none")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[label]\n", "label is no key of a names file"),
        ('[labels]\n"a" = "Big Bubble"\n', "the label 'a' is 'Big Bubble'; write narrative"),
        ('[labels]\n"a" = "bubble:maybe"\n', "with one of assert, reject"),
        ('[answers]\n"ja" = "yes"\n', "the answer 'ja' is 'yes'; expected one of"),
        ("[labels]\na = 1\n", r"\[labels\] is no table of texts"),
        ('narratives = ["=1+1"]\n', "write ids of a-z"),
        ("not toml", "cannot be read as a names file"),
    ],
)
def test_a_names_file_that_breaks_the_format_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "names.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=reason):
        load_names(path)
