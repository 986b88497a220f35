"""Which sentences a span labels, what silence says, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp.annotations.formats import format_of, read_labels
from nlp.annotations.marks import AnnotatedText, Answer, SpanMark
from nlp.annotations.names import load_names
from nlp.annotations.options import Unit
from nlp.annotations.projection import Projection, project
from nlp.errors import Failure, InputError
from nlp.labelled import Labelled, LabelledArticle, LabelledSentence

TEXT = "Prices left earth. Rates hold. Lenders are calm and rested."


def how(**options: object) -> Projection:
    return Projection(load_names(), **options)  # type: ignore[arg-type]


def spanned(*marks: tuple[str, str]) -> AnnotatedText:
    spans = [SpanMark(start=TEXT.index(at), end=TEXT.index(at) + len(at), name=name, quote=at) for at, name in marks]
    return AnnotatedText(item="f:1", id="a", text=TEXT, annotator="an", spans=tuple(spans))


def labels(items: list[Labelled | Failure]) -> list[int | None]:
    return [one.labels.get("bubble") for one in items if isinstance(one, LabelledSentence)]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("earth", [1, 0, 0]),
        ("Prices left earth. Rates hold.", [1, 1, 0]),
        ("Prices left earth. Rat", [1, 0, 0]),
        ("earth. Rates hold. Lenders are", [0, 1, 0]),
        (TEXT, [1, 1, 1]),
        ("rested", [0, 0, 1]),
        (" ", None),
    ],
)
def test_a_span_labels_the_sentences_it_shares_half_with(marked: str, expected: list[int] | None) -> None:
    (found, *rest) = project([spanned((marked, "bubble"))], how())
    if expected is None:
        assert isinstance(found, Failure)
    else:
        assert labels([found, *rest]) == expected


SENTENCES = ("🚀 Prices left earth.", "𠮷野家涨了。", "Rates hold.", "这是泡沫。", "👩‍👩‍👧 Lenders rest.")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["\n", "\r\n", "\r\n\r\n"])), min_size=1, max_size=6),
    data=st.data(),
)
@pytest.mark.parametrize("unit", ["code points", "UTF-16", "line feeds only"])
def test_a_mark_finds_its_sentence_however_the_tool_counts(
    unit: str, drawn: list[tuple[int, str]], data: st.DataObject, tmp_path: Path
) -> None:
    text, starts = "", []
    for number, end in drawn:
        starts.append(len(text))
        text += SENTENCES[number] + end
    chosen = data.draw(st.integers(0, len(drawn) - 1))
    quote = SENTENCES[drawn[chosen][0]][-4:-1]
    start = text.index(quote, starts[chosen])
    before, marked = text[:start], text[: start + len(quote)]
    if unit == "line feeds only":
        before, marked = before.replace("\r\n", "\n"), marked.replace("\r\n", "\n")
    size = (lambda part: len(part.encode("utf-16-le")) // 2) if unit == "UTF-16" else len
    value = {"start": size(before), "end": size(marked), "text": quote, "labels": ["bubble"]}
    result = [{"id": "r", "from_name": "label", "to_name": "text", "type": "labels", "value": value}]
    task = {"id": 1, "data": {"text": text}, "annotations": [{"completed_by": 1, "result": result}], "predictions": []}
    path = tmp_path / "export.json"
    path.write_text(json.dumps([task]), encoding="utf-8")
    found = read_labels([path], how())
    if found.failures:  # a quote that stands elsewhere too, where another way of counting would have put it
        assert "say which" in found.failures[0].reason
        assert text.count(quote) > 1
    else:
        assert [one.text for one in found.sentences] == [SENTENCES[number] for number, _ in drawn]
        marks = [place for place, one in enumerate(found.sentences) if one.labels["bubble"]]
        assert marks == [chosen] or text.count(quote) > 1


def test_a_sentence_that_is_marked_both_ways_is_left_open() -> None:
    found = list(project([spanned(("earth", "bubble"), ("Prices", "bubble:reject"))], how()))
    assert labels(found) == [None, 0, 0]
    (failure,) = [one for one in found if isinstance(one, Failure)]
    assert "sentence 1" in failure.item
    assert "marked in more than one way for bubble" in failure.reason


def answered(name: str, *answers: Answer, text: str = "Rain.", **fields: object) -> AnnotatedText:
    return AnnotatedText(item=f"f:{name}", id=name, text=text, answers=answers, **fields)  # type: ignore[arg-type]


def test_silence_says_none_unless_none_could_have_been_said() -> None:
    themes = [answered("1", Answer("bubble", "q")), answered("2", Answer("liquidity crisis", "q")), answered("3")]
    told = [dict(one.labels) for one in project(themes, how(unit=Unit.sentence)) if isinstance(one, LabelledSentence)]
    assert told[2] == {"bubble": 0, "liquidity_crisis": 0}
    assert told[0] == {"bubble": 1, "liquidity_crisis": 0}
    offered = [*themes, answered("4", Answer("none of the above", "q"))]
    names = load_names()
    path_free = Projection(names.knowing([]), Unit.sentence)
    with pytest.raises(InputError, match="unknown labels: 'none of the above'"):
        list(project(offered, path_free))
    closed = [*themes, answered("4", Answer("none", "q"))]
    told = [dict(one.labels) for one in project(closed, how(unit=Unit.sentence)) if isinstance(one, LabelledSentence)]
    assert told == [
        {"bubble": 1, "liquidity_crisis": 0},
        {"bubble": 0, "liquidity_crisis": 1},
        {"bubble": 0, "liquidity_crisis": 0},
    ]


def test_unknown_labels_are_listed_with_their_numbers() -> None:
    texts = [answered(str(n), Answer("bubbel", "q")) for n in range(3)] + [answered("x", Answer("Crunch!"))]
    with pytest.raises(InputError, match=r"'bubbel' \(asked as 'q'\) 3 times, 'Crunch!' 1 times.*--names names.toml"):
        list(project(texts, how()))


def test_answers_make_articles_or_sentences() -> None:
    long = answered("1", Answer("bubble"), text=TEXT)
    assert isinstance(next(iter(project([long], how()))), LabelledArticle)
    assert isinstance(next(iter(project([long], how(unit=Unit.sentence)))), LabelledSentence)
    assert isinstance(next(iter(project([answered("1", Answer("bubble"))], how()))), LabelledSentence)
    assert isinstance(next(iter(project([answered("1", Answer("bubble:2"))], how()))), LabelledArticle)
    (refused,) = project([answered("1", Answer("bubble:2"))], how(unit=Unit.sentence))
    assert isinstance(refused, Failure)
    assert "--unit article" in refused.reason
    with pytest.raises(InputError, match="--unit sentence takes the spans"):
        list(project([spanned(("earth", "bubble")), long], how()))


def test_a_text_judged_twice_and_an_id_of_two_texts_are_refused() -> None:
    one = answered("1", Answer("bubble"), annotator="an")
    found = list(project([one, one, answered("1", Answer("bubble"), text="Other.", annotator="bo")], how()))
    assert [isinstance(item, Failure) for item in found] == [False, True, True]
    assert "judged before by an" in str(found[1])
    assert "the id 1 came before with another text" in str(found[2])


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", '[{"a": 1}]', "of no format that froth knows .its keys: a.; say which it is with --format"),
        ("a.json", "[1]", "holds no JSON object"),
        ("a.jsonl", "", "is empty"),
        ("a.csv", "id,text,mood\n1,x,good\n", "no text has a label"),
        ("a.parquet", "x", "not a readable Parquet file"),
        ("a.csv", "\x89PNG\r\n\0", "binary"),
    ],
)
def test_a_file_without_labels_is_refused(tmp_path: Path, name: str, content: str, reason: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="latin-1")
    with pytest.raises(InputError, match=reason):
        read_labels([path], how())


def test_rows_that_are_hostile_stop_nothing(tmp_path: Path) -> None:
    good = {"id": 1, "text": "A bubble.", "label": ["bubble"]}
    bad = [
        "{not json", "[1]", {"id": 2, "label": ["bubble"]}, {"id": 3, "text": "x", "label": [[0]]},
        {"id": 4, "text": "x", "label": [["0", 1, "bubble"]]}, {"id": 5, "text": "x", "label": {"a": 1}},
    ]  # fmt: skip
    path = tmp_path / "all.jsonl"
    lines = [one if isinstance(one, str) else json.dumps(one) for one in [good, *bad, good | {"id": 6}]]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert format_of(path) == "doccano"
    found = read_labels([path], how())
    assert [one.id for one in found.sentences] == ["1", "6"]
    assert [one.item.rpartition(":")[2] for one in found.failures] == ["2", "3", "4", "5", "6"]


def test_a_bad_row_of_our_own_lines_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    rows = [{"id": n, "text": "A bubble.", "before": "", "labels": {"bubble": label}} for n, label in enumerate([1, 7])]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    found = read_labels([path], how())
    assert [one.id for one in found.sentences] == ["0"]
    assert "the label of bubble is 7" in found.failures[0].reason
