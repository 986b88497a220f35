"""What froth writes in a tool's format it reads back to the same labels, whatever the texts hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp.annotations.formats import format_of, read_labels
from nlp.annotations.names import load_names
from nlp.annotations.projection import Projection
from nlp.annotations.writing import WRITERS, write_labels
from nlp.labelled import Labelled, LabelledArticle, LabelledSentence
from nlp.language import normalise
from nlp.schema import Article

SUFFIXES = {"label-studio": ".json", "doccano": ".jsonl", "argilla": ".json", "conll": ".conll", "csv": ".csv"}
NARRATIVES = ("bubble", "liquidity_crisis", "carry_unwind")

# Parts that break careless readers: emoji, rare Han, line ends, what begins a formula, marks of the formats themselves.
PARTS = (
    *("🚀", "𠮷", "👩‍👩‍👧", "泡沫", "a bubble", "。", ". ", "\n", "\r\n", " ", "\t", "=1+1", "é", "\u2028", "it's"),
    *("-DOCSTART- -X- O", "# id = x", "“”", "B-bubble", '"', ",", "|"),
)
texts = st.lists(st.sampled_from(PARTS), min_size=1, max_size=8).map(
    lambda parts: normalise("x" + "".join(parts)).strip()
)
answers = st.dictionaries(st.sampled_from(NARRATIVES), st.sampled_from([-1, 0, 1]), min_size=1)


def key(one: Labelled) -> tuple[object, ...]:
    if isinstance(one, LabelledArticle):
        article = one.article
        return article.id, article.text, article.title, article.lang, dict(one.labels), one.annotator
    return one.id, one.text, one.before, one.after, one.article, one.source, one.lang, dict(one.labels), one.annotator


def back(labels: Sequence[Labelled], to: str, folder: Path) -> list[tuple[object, ...]]:
    path = folder / f"all{SUFFIXES.get(to, '.jsonl')}"
    write_labels(path, labels, to)
    assert format_of(path) == to
    found = read_labels([path], Projection(load_names().knowing(NARRATIVES)))
    assert found.failures == []
    return sorted(map(key, found.labels), key=str)


@pytest.mark.parametrize("to", [*WRITERS, "froth"])
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(texts, texts, answers, st.sampled_from(["", "an", "bo@x.example", "7"])), min_size=1))
def test_sentences_come_back(to: str, rows: list[tuple[str, str, dict[str, int], str]], tmp_path: Path) -> None:
    sentences = [
        LabelledSentence(
            id=f"s-{place}", lang="en", text=text, before=before, article=f"a-{place // 2}", labels=labels,
            source="Harbour Wire" if place % 2 else "", annotator=who,
        )
        for place, (text, before, labels, who) in enumerate(rows)
    ]  # fmt: skip
    assert back(sentences, to, tmp_path) == sorted(map(key, sentences), key=str)


@pytest.mark.parametrize("to", [*(name for name in WRITERS if name != "conll"), "froth"])
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(texts, st.dictionaries(st.sampled_from(NARRATIVES), st.integers(0, 3), min_size=1)), min_size=1
    )
)
def test_articles_come_back(to: str, rows: list[tuple[str, dict[str, int]]], tmp_path: Path) -> None:
    articles = [
        LabelledArticle(Article.create(id=f"a{place}", title="On froth", text=text, lang="en"), labels, "an")
        for place, (text, labels) in enumerate(rows)
    ]
    assert back(articles, to, tmp_path) == sorted(map(key, articles), key=str)


def test_two_annotators_of_one_sentence_come_back(tmp_path: Path) -> None:
    both = [
        LabelledSentence(id="s", lang="en", text="A bubble.", labels={"bubble": label}, annotator=who)
        for label, who in ((1, "an"), (-1, "bo"))
    ]
    for to in WRITERS:
        assert back(both, to, tmp_path) == sorted(map(key, both), key=str), to
