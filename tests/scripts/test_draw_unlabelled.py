from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path

import pytest

from models.baseline import train_tfidf
from models.checkpoint import save_classifier
from models.runs import runs_of
from nlp.errors import InputError
from nlp.labelled import LabelledSentence, read_labelled, write_labelled
from scripts.draw_unlabelled import draw_unlabelled, drawn_runs

TEXTS = {1: "美国科技股有泡沫。", 0: "今天天气很好。"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [
        LabelledSentence(
            id=str(i), lang="zh", text=TEXTS[i % 2] + "的" * (i % 3), labels={"bubble": i % 2}, article=f"{i}"
        )
        for i in range(60)
    ]
    folder = tmp_path_factory.mktemp("model") / "tfidf"
    save_classifier(train_tfidf(rows, ("bubble",)), folder)
    return folder


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    file = tmp_path / "texts.jsonl"
    text = TEXTS[0] * 4 + TEXTS[1] + TEXTS[0] * 4
    rows = [{"id": f"a{n}", "lang": "zh", "title": "标题", "text": text} for n in range(5)]
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in [*rows, {"id": "empty"}]), "utf-8")
    return file


def test_sentences_are_drawn_with_their_neighbours_and_read_as_runs(model: Path, texts: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "drawn.jsonl"
    draw_unlabelled([texts], out, model, least=0.5, share=0.0)
    rows = read_labelled([out], bare=True)
    assert [len(run) for run in runs_of(rows)] == [3] * 5
    assert [row.text for row in rows[:3]] == [TEXTS[0], TEXTS[1], TEXTS[0]]
    assert rows[0].before == rows[2].after == TEXTS[0]
    assert all(not row.labels for row in rows)


def test_articles_with_labels_are_left_out_and_the_limit_holds(model: Path, texts: Path, tmp_path: Path) -> None:
    labelled, out = tmp_path / "labelled.jsonl", tmp_path / "drawn.jsonl"
    write_labelled(labelled, [LabelledSentence(id="1", lang="zh", text="x", labels={"bubble": 0}, article="a2")])
    draw_unlabelled([texts], out, model, without=[labelled], least=0.5, share=0.0)
    assert {row.article for row in read_labelled([out], bare=True)} == {"a0", "a1", "a3", "a4"}
    draw_unlabelled([texts], out, model, least=0.5, share=0.0, limit=7)
    assert len(read_labelled([out], bare=True)) == 6


def test_nothing_drawn_is_an_error(model: Path, texts: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lower --least"):
        draw_unlabelled([texts], tmp_path / "drawn.jsonl", model, least=1.0, share=0.0)


def test_a_share_of_the_others_is_drawn() -> None:
    rng = random.Random(0)
    runs = drawn_runs([0.0] * 1000, 0.5, 0.1, rng)
    assert 150 < sum(map(len, runs)) < 330
    assert all(one.stop < other.start for one, other in pairwise(runs))
