"""The labels keep the promises of their data sheet, and what is judged on is not learnt from."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from nlp.label_keys import read_keys, text_hash
from nlp.labelled import LabelledSentence, read_labelled
from nlp.passage_table import read_passages
from nlp.rating_keys import read_ratings
from scripts.hold_out import is_held_out

LABELS = Path(__file__).parents[2] / "corpora" / "labels"
LEARNT = {
    "written_zh.jsonl": {"zh"},
    "written_en.jsonl": {"en"},
    "passages_zh.csv": {"zh"},
    "passages_en.csv": {"en"},
}
TESTED = {
    "hard.jsonl": {"zh", "en"},
    "sentences.jsonl": {"zh", "en"},
    "transfer.jsonl": {"ja", "de", "fr", "es", "ko"},
    "passages_test.csv": {"zh", "en"},
}
PLACED_LEARNT = {"placed_zh.csv": {"zh"}, "placed_en.csv": {"en"}, "reworded_zh.csv": {"zh"}, "reworded_en.csv": {"en"}}
PLACED = PLACED_LEARNT | {"placed_test.csv": {"zh", "en"}}
NARRATIVES = ("bubble", "liquidity_crisis")


def sentences(name: str) -> list[LabelledSentence]:
    return read_passages(LABELS / name) if name.endswith(".csv") else read_labelled([LABELS / name])


@pytest.fixture(scope="module")
def sheet() -> str:
    return (LABELS / "README.md").read_text(encoding="utf-8")


def counted(labels: list[int]) -> str:
    counts = Counter(labels)
    return f"{counts[1]} / {counts[-1]} / {counts[0]}"


@pytest.mark.parametrize(("name", "langs"), (LEARNT | TESTED).items())
def test_written_sentences_keep_the_contract_and_the_sheets_counts(name: str, langs: set[str], sheet: str) -> None:
    rows = sentences(name)
    assert {row.lang for row in rows} == langs
    assert {row.source for row in rows} == {"written for froth"}
    assert len({row.id for row in rows}) == len({row.text for row in rows}) == len(rows)
    assert all(row.labels.keys() == set(NARRATIVES) for row in rows)
    counts = " | ".join(counted([row.labels[narrative] for row in rows]) for narrative in NARRATIVES)
    assert f"| {name} | {len(rows)} | {counts} |" in sheet


def test_nothing_is_both_learnt_and_tested() -> None:
    def texts(names: dict[str, set[str]]) -> set[str]:
        return {re.sub(r"\W+", "", row.text).lower() for name in names for row in sentences(name)}

    assert not texts(LEARNT) & texts(TESTED)
    placed = {name: {re.sub(r"\W+", "", key.text).lower() for key in read_keys(LABELS / name)} for name in PLACED}
    learnt = set().union(*(placed[name] for name in PLACED_LEARNT))
    assert not learnt & (placed["placed_test.csv"] | texts(TESTED))
    assert not placed["placed_test.csv"] & texts(LEARNT)
    places = {name: {(key.file, key.article, key.start) for key in read_keys(LABELS / name)} for name in PLACED}
    assert not set().union(*(places[name] for name in PLACED_LEARNT)) & places["placed_test.csv"]


def test_hard_cases_come_in_every_kind_and_language() -> None:
    kinds = Counter((row.stratum, row.lang) for row in sentences("hard.jsonl"))
    assert len(kinds) == 40
    assert set(kinds.values()) == {5}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_judged_sentences_are_keys_without_texts(lang: str, sheet: str) -> None:
    keys = [key for key in read_keys(LABELS / "judged.csv") if key.file.startswith(lang)]
    assert len({(key.file, key.article, key.start) for key in keys}) == len(keys)
    assert all(0 <= key.start < key.end and re.fullmatch("[0-9a-f]{12}", key.hash) for key in keys)
    counts = " | ".join(counted([key.labels[narrative] for key in keys]) for narrative in NARRATIVES)
    assert f"| judged.csv, {lang} | {len(keys)} | {counts} |" in sheet


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("narrative", NARRATIVES)
def test_the_agreement_in_the_sheet_is_that_of_the_table(lang: str, narrative: str, sheet: str) -> None:
    keys = [key for key in read_keys(LABELS / "judged.csv") if key.file.startswith(lang) and key.second]
    pairs = [(key.labels[narrative], key.second[narrative]) for key in keys]
    agreed = sum(one == two for one, two in pairs) / len(pairs)
    first, second = (Counter(judge) for judge in zip(*pairs, strict=True))
    chance = sum(first[answer] * second[answer] for answer in (-1, 0, 1)) / len(pairs) ** 2
    assert f"| {narrative} | {lang} | {len(pairs)} | {(agreed - chance) / (1 - chance):.2f} |" in sheet
    total = [key for key in read_keys(LABELS / "judged.csv") if key.file.startswith(lang)]
    assert len(pairs) > 0.09 * len(total)


def test_the_tables_of_keys_quote_no_text() -> None:
    for name in ("judged.csv", "judged_paragraphs.csv", "rated.csv"):
        with (LABELS / name).open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream):
                assert all(len(cell) < 90 for cell in row), row


def test_judged_paragraphs_are_keys_without_texts(sheet: str) -> None:
    keys = read_keys(LABELS / "judged_paragraphs.csv")
    assert len({(key.file, key.article, key.start) for key in keys}) == len(keys)
    counts = " | ".join(counted([key.labels[narrative] for key in keys]) for narrative in NARRATIVES)
    assert f"| judged_paragraphs.csv | {len(keys)} | {counts} |" in sheet


@pytest.mark.parametrize(("name", "langs"), PLACED.items())
def test_placed_sentences_are_ours_in_places_named_by_key(name: str, langs: set[str], sheet: str) -> None:
    keys = read_keys(LABELS / name)
    assert {key.file[:2] for key in keys} == langs
    assert all(key.text and key.hash != text_hash(key.text) for key in keys)
    assert len({key.text for key in keys}) == len(keys)
    counts = " | ".join(counted([key.labels[narrative] for key in keys]) for narrative in NARRATIVES)
    assert f"| {name} | {len(keys)} | {counts} |" in sheet


def test_marked_words_lie_in_sentences_that_are_judged_so(sheet: str) -> None:
    judged = {
        (key.file, key.article, key.start, key.end, key.hash): key.labels for key in read_keys(LABELS / "judged.csv")
    }
    with (LABELS / "evidence.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len({(row["file"], row["article"], row["start"], row["narrative"]) for row in rows}) == len(rows)
    assert f"{len(rows):,} answers of" in sheet
    for row in rows:
        start, end = int(row["start"]), int(row["end"])
        assert row["answer"] in {"1", "-1"}, row
        assert judged[row["file"], row["article"], start, end, row["hash"]][row["narrative"]] == int(row["answer"]), row
        words = [tuple(map(int, span.split("-"))) for span in row["words"].split(";")]
        ends = [place for word in words for place in word]
        assert [0, *ends, end - start] == sorted([0, *ends, end - start]), row
    counts = Counter((row["narrative"], row["file"][:2], row["answer"]) for row in rows)
    for narrative in NARRATIVES:
        for lang in ("zh", "en"):
            asserted, rejected = counts[narrative, lang, "1"], counts[narrative, lang, "-1"]
            assert f"| {narrative}, {lang} | {asserted} | {rejected} |" in sheet


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_reworded_sentences_keep_the_answers_and_altered_ones_do_not(lang: str) -> None:
    judged = {(key.file, key.article, key.start, key.hash): key.labels for key in read_keys(LABELS / "judged.csv")}
    keys = read_keys(LABELS / f"reworded_{lang}.csv")
    assert len({(key.file, key.article, key.start, key.stratum) for key in keys}) == len(keys)
    for key in keys:
        same = key.labels == judged[key.file, key.article, key.start, key.hash]
        assert same == (key.stratum == "reworded"), key
        assert not is_held_out(key.article, 0.05), key


def test_ratings_cover_both_languages() -> None:
    ratings = read_ratings(LABELS / "rated.csv")
    assert Counter(key.file[:2] for key in ratings) == {"zh": 105, "en": 105}


def test_no_rated_article_has_a_judged_or_placed_sentence() -> None:
    rated = {(key.file, key.article) for key in read_ratings(LABELS / "rated.csv")}
    tables = ("judged.csv", *PLACED)
    judged = {(key.file, key.article) for name in tables for key in read_keys(LABELS / name)}
    assert rated
    assert not rated & judged
