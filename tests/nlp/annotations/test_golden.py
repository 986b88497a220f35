"""Files as each tool writes them, odd fields included, and what is read from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.annotations.formats import format_of, read_labels
from nlp.annotations.names import load_names
from nlp.annotations.options import OffsetUnit, Unit
from nlp.annotations.projection import Projection
from nlp.labelled import LabelledArticle, LabelledSentence

GOLDEN = Path(__file__).parent / "golden"
NONE, BUBBLE, DENIED = {"bubble": 0}, {"bubble": 1}, {"bubble": -1}


def both(bubble: int, crisis: int) -> dict[str, int]:
    return {"bubble": bubble, "liquidity_crisis": crisis}


SENTENCES = {
    "label_studio_spans.json": (
        "label-studio",
        [
            ("Rain fell on 🚀 day.", both(0, 0), "1"),
            ("Lenders saw froth.", both(1, 0), "1"),
            ("Cash is abundant.", both(0, -1), "1"),
            ("Rain fell on 🚀 day.", both(0, 0), "bo@desk.example"),
            ("Lenders saw froth.", both(0, 0), "bo@desk.example"),
            ("Cash is abundant.", both(0, 0), "bo@desk.example"),
        ],
        [
            "quotes '泡沫' but '沫。' stands there; the quoted text stands at 3:5",
            "quotes 'tulips' but 'calm d' stands there; the quoted text stands at 15:21",
        ],
    ),
    "label_studio_min.json": (
        "label-studio",
        [("A bubble in lithium.", both(1, 0), "4"), ("No one is short of cash.", both(0, -1), "4")],
        ["bubble has one choice per region"],
    ),
    "label_studio.csv": (
        "label-studio",
        [("💩The market overheats.", BUBBLE, "a.a@a.example"), ("Rates hold.", NONE, "a.a@a.example")],
        [],
    ),
    "doccano_classification.jsonl": (
        "doccano",
        [
            ("Tech is a bubble.", both(1, 0), "doccano_classification"),
            ("It is no bubble, but banks run dry.", both(-1, 1), "doccano_classification"),
        ],
        [],
    ),
    "doccano_spans.jsonl": (
        "doccano",
        [
            ("🚀 up.", both(0, 0), "doccano_spans"),
            ("Prices left earth.", both(1, 0), "doccano_spans"),
            ("Rates hold.", both(0, 0), "doccano_spans"),
            ("Calm.", both(0, 0), "doccano_spans"),
            ("Dealers lack cash.", both(0, 1), "doccano_spans"),
        ],
        ["the span 2:99 is not within the text, which has 6 characters", "say which with --offsets"],
    ),
    "doccano.csv": ("csv", [("Tech is a bubble, they say.", both(1, 0), "")], []),
    "argilla_v2.json": (
        "argilla",
        [("A bubble, plainly.", both(1, 1), "0c1d"), ("A bubble, plainly.", both(-1, 0), "77aa")],
        [],
    ),
    "argilla_v2_flat.json": (
        "argilla",
        [("A bubble, plainly.", BUBBLE, "0c1d"), ("A bubble, plainly.", DENIED, "77aa")],
        [],
    ),
    "argilla_v1_feedback.jsonl": (
        "argilla",
        [("🚀 Sky-high.", NONE, "u1"), ("Prices left earth.", BUBBLE, "u1"), ("Rates hold.", NONE, "u1")],
        [],
    ),
    "argilla_v1_records.json": ("argilla", [("Shares are overbought and mad.", BUBBLE, "an")], []),
    "label_studio.conll": (
        "conll",
        [("Stocks soar.", BUBBLE, ""), ("Rates hold.", NONE, ""), ("Calm.", NONE, "")],
        [],
    ),
    "articles.conll": (
        "conll",
        [("银行缺钱。", both(0, 1), ""), ("雨。", both(0, 0), ""), ("No bubble!", both(-1, 0), "")],
        [],
    ),
    "long.csv": (
        "csv",
        [("A bubble.", both(1, 0), "an"), ("A bubble.", DENIED, "bo"), ("Rain; fell.", NONE, "an")],
        ["has 6 cells, the header has 5"],
    ),
    "wide.csv": ("csv", [("A bubble.", BUBBLE, ""), ("Rain.", both(0, 0), "")], ["has no text"]),
}


@pytest.mark.parametrize("file", SENTENCES)
def test_sentences_of_a_tool(file: str) -> None:
    name, expected, reasons = SENTENCES[file]
    path = GOLDEN / file
    assert format_of(path) == name
    found = read_labels([path], Projection(load_names()))
    assert [(one.text, dict(one.labels), one.annotator) for one in found.sentences] == expected
    assert len(found.failures) == len(reasons)
    for failure, reason in zip(found.failures, reasons, strict=True):
        assert reason in failure.reason
        assert file in failure.item


def test_context_and_origin_of_a_marked_sentence() -> None:
    how = Projection(load_names())
    found = read_labels([GOLDEN / "label_studio_spans.json"], how)
    assert found.sentences[1] == LabelledSentence(
        id="41:21",
        lang="en",
        text="Lenders saw froth.",
        before="Rain fell on 🚀 day.",
        after="Cash is abundant.",
        labels={"bubble": 1, "liquidity_crisis": 0},
        date="2024-05-06",
        source="Harbour Wire",
        article="41",
        annotator="1",
    )


def test_repairs_are_counted() -> None:
    counted = {}
    for file in ("label_studio.csv", "doccano_spans.jsonl", "argilla_v1_feedback.jsonl"):
        how = Projection(load_names())
        read_labels([GOLDEN / file], how)
        counted[file] = dict(how.counts.repairs)
    assert counted["label_studio.csv"] == {"UTF-16 code units": 1}
    assert counted["doccano_spans.jsonl"] == {"UTF-16 code units": 1}


@pytest.mark.parametrize(("unit", "marked"), [(OffsetUnit.code_points, "b。"), (OffsetUnit.utf16, "🚀a。")])
def test_a_stated_unit_decides_between_sentences(unit: OffsetUnit, marked: str) -> None:
    found = read_labels([GOLDEN / "doccano_spans.jsonl"], Projection(load_names(), offsets=unit))
    assert [one.text for one in found.sentences if one.article == "10" and one.labels["bubble"]] == [marked]


def test_answers_for_whole_articles() -> None:
    found = read_labels([GOLDEN / "label_studio_choices.json"], Projection(load_names()))
    assert [(one.article.id, dict(one.labels), one.annotator) for one in found.articles] == [
        ("1", {"bubble": 3, "liquidity_crisis": 2}, "8"),
        ("2", {"bubble": 1, "liquidity_crisis": 0}, "8"),
    ]
    assert all(isinstance(one, LabelledArticle) for one in found.articles)


def test_unfinished_texts_are_passed_over_unless_it_is_said() -> None:
    how = Projection(load_names())
    read_labels([GOLDEN / "doccano_classification.jsonl"], how)
    assert how.counts.n_empty == 1
    taken = Projection(load_names(), empty_is_none=True)
    found = read_labels([GOLDEN / "doccano_classification.jsonl"], taken)
    assert dict(found.sentences[-1].labels) == {"bubble": 0, "liquidity_crisis": 0}


def test_columns_that_are_no_narratives_are_told() -> None:
    how = Projection(load_names())
    read_labels([GOLDEN / "wide.csv"], how)
    assert how.counts.fields == ["mood"]


def test_a_table_may_be_parquet(tmp_path: Path) -> None:
    import pandas as pd

    path = tmp_path / "wide.parquet"
    pd.DataFrame({"id": [1, 2], "text": ["A bubble.", "Rain."], "bubble": [1.0, None]}).to_parquet(path)
    found = read_labels([path], Projection(load_names(), Unit.sentence))
    assert [(one.id, dict(one.labels)) for one in found.sentences] == [("1", {"bubble": 1})]
