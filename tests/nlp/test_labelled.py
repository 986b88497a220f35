from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.errors import InputError
from nlp.labelled import (
    LabelledSentence,
    labelled_kind,
    read_labelled,
    read_labelled_articles,
    write_labelled,
)
from nlp.language import normalise

ROW = {"id": "s-1", "lang": "en", "text": "It is a bubble.", "before": "Prices rose.", "after": None,
       "labels": {"bubble": 1}, "article": "a-1"}  # fmt: skip


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_row_becomes_a_sentence(tmp_path: Path) -> None:
    (sentence,) = read_labelled([write(tmp_path / "gold.jsonl", ROW)])
    assert sentence == LabelledSentence(
        id="s-1", lang="en", text="It is a bubble.", before="Prices rose.", labels={"bubble": 1}, article="a-1"
    )
    assert sentence.stratum is None
    assert sentence.date == sentence.after == ""


def test_language_is_detected_where_it_is_not_given(tmp_path: Path) -> None:
    row = {"id": 7, "text": "流动性正在枯竭。", "labels": {}}
    (sentence,) = read_labelled([write(tmp_path / "gold.jsonl", row)])
    assert (sentence.id, sentence.lang, dict(sentence.labels)) == ("7", "zh", {})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"text": ""}, "has no text"),
        ({"text": None}, "has no text"),
        ({"text": ["a"]}, "text is a list"),
        ({"id": ""}, "has no id"),
        ({"labels": None}, "has no labels"),
        ({"labels": [1]}, "has no labels"),
        ({"labels": {"bubble": 2}}, "the label of bubble is 2; expected one of -1, 0, 1"),
        ({"labels": {"bubble": "assert"}}, "is 'assert'; expected one of -1, 0, 1"),
        ({"labels": {"bubble": True}}, "is True"),
        ({"labels": {"bubble": 0.5}}, "is 0.5"),
    ],
)
def test_a_fault_is_named_with_file_and_line(tmp_path: Path, change: dict[str, object], reason: str) -> None:
    path = write(tmp_path / "gold.jsonl", ROW, ROW | change)
    with pytest.raises(InputError, match=rf"gold\.jsonl:2: .*{reason}"):
        read_labelled([path])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"{not json}\n", r"gold\.jsonl:1: is not valid JSON"),
        (b"[1]\n", r"gold\.jsonl:1: is a JSON list"),
        (b"\x89PNG\r\n\0", "binary"),
        ('{"text": "überhöht"}'.encode("cp1252"), r"gold\.jsonl:1: is not UTF-8"),
    ],
)
def test_a_file_that_is_no_gold_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(data)
    with pytest.raises(InputError, match=reason):
        read_labelled([path])


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="gone"):
        read_labelled([tmp_path / "gone.jsonl"])


WORDS = st.text(st.characters(exclude_categories=["C"]), max_size=20).map(str.strip)
KEPT = WORDS.map(normalise)


@given(
    st.lists(
        st.builds(
            LabelledSentence,
            id=KEPT.filter(bool),
            lang=st.sampled_from(["zh", "en", "de"]),
            text=KEPT.filter(bool),
            before=KEPT,
            after=KEPT,
            labels=st.dictionaries(st.sampled_from(["bubble", "liquidity_crisis"]), st.sampled_from([-1, 0, 1])),
            date=KEPT,
            source=KEPT,
            article=KEPT,
            stratum=st.none() | KEPT.filter(bool),
        ),
        min_size=1,
    )
)
def test_what_is_written_comes_back(
    tmp_path_factory: pytest.TempPathFactory, sentences: list[LabelledSentence]
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.jsonl"
    assert write_labelled(path, sentences) == len(sentences)
    assert (found := read_labelled([path])) == sentences
    assert write_labelled(path, found) == len(found)


def test_labelled_articles_are_articles_with_labels(tmp_path: Path) -> None:
    row = {"id": "a-1", "title": "T", "text": "Froth.", "date": "2024-03-05", "labels": {"bubble": 3}}
    (labelled,) = read_labelled_articles([write(tmp_path / "gold.jsonl", row)])
    assert (labelled.article.id, labelled.article.text, dict(labelled.labels)) == ("a-1", "Froth.", {"bubble": 3})


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"text": "a", "labels": {"bubble": -1}}, "expected one of 0, 1, 2, 3"),
        ({"labels": {"bubble": 1}}, "neither a text"),
    ],
)
def test_a_faulty_labelled_article_is_named(tmp_path: Path, row: dict[str, object], reason: str) -> None:
    with pytest.raises(InputError, match=rf"gold\.jsonl:1: .*{reason}"):
        read_labelled_articles([write(tmp_path / "gold.jsonl", row)])


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ({"before": "", "labels": {"bubble": 1}}, "sentences"),
        ({"article": "a", "title": "t", "labels": {}}, "sentences"),
        ({"labels": {"bubble": -1}}, "sentences"),
        ({"title": "", "labels": {"bubble": 1}}, "articles"),
        ({"text": "a", "labels": {"bubble": 3}}, "articles"),
    ],
)
def test_the_kind_of_gold_is_told(tmp_path: Path, row: dict[str, object], kind: str) -> None:
    neutral = {"id": "x", "text": "t", "labels": {"bubble": 1}}
    assert labelled_kind(write(tmp_path / "gold.jsonl", neutral, row)) == kind


def test_gold_of_no_kind_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot tell"):
        labelled_kind(write(tmp_path / "gold.jsonl", {"text": "t", "labels": {"bubble": 1}}))


def test_a_file_of_both_kinds_is_an_error_that_names_a_row_of_each(tmp_path: Path) -> None:
    article = {"id": "a", "title": "T", "text": "t", "labels": {"bubble": 1}}
    with pytest.raises(
        InputError, match=r"jsonl:1 is a labelled sentence and .*jsonl:2 a labelled article: put them into two files"
    ):
        labelled_kind(write(tmp_path / "gold.jsonl", ROW, article))


def test_gold_of_no_kind_is_taken_for_what_is_asked(tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl", {"text": "t", "labels": {"bubble": 1}})
    assert labelled_kind(path, untold="sentences") == "sentences"


@pytest.mark.shared
@pytest.mark.parametrize(("name", "n_rows"), [("train", 9077), ("dev", 2290)])
def test_the_development_gold_is_read_whole(shared: Path, name: str, n_rows: int) -> None:
    path = shared / "labelled" / f"{name}.jsonl"
    sentences = read_labelled([path])
    raw = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert labelled_kind(path) == "sentences"
    assert len(sentences) == len({sentence.id for sentence in sentences}) == n_rows
    assert [dict(sentence.labels) for sentence in sentences] == [row["labels"] for row in raw]
    assert Counter(sentence.lang for sentence in sentences) == Counter(row["lang"] for row in raw)
