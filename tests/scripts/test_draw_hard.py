from __future__ import annotations

import random
from pathlib import Path

import pytest

from nlp.labelled import LabelledSentence, read_labelled, write_labelled
from scripts.draw_hard import draw_hard, drawn


def row(lang: str = "zh", label: int = 0, stratum: str | None = None, number: int = 0) -> LabelledSentence:
    text = {0: "美国科技股", 1: "美国科技股有泡沫", -1: "科技股不是泡沫"}[label] + "的" * (number % 3)
    return LabelledSentence(
        id=f"r{number}", lang=lang, text=text, labels={"bubble": label}, article=f"a{number}", stratum=stratum
    )


@pytest.mark.parametrize(
    ("one", "weight", "times"),
    [
        (row(), 0.5, 1),
        (row(), 0.99, 0),
        (row(label=1), 0.2, 2),
        (row(label=1), 0.99, 1),
        (row("en", 1), 0.2, 1),
        (row(stratum="aimed_bubble"), 0.99, 2),
    ],
)
def test_hard_ones_come_and_easy_ones_do_not(one: LabelledSentence, weight: float, times: int) -> None:
    assert drawn(one, weight, 0.0, random.Random(1)) == times


def test_half_of_the_english_ones_that_the_model_is_sure_of() -> None:
    rng = random.Random(1)
    assert 40 < sum(drawn(row("en", -1), 0.99, 0.0, rng) for _ in range(100)) < 60


def test_the_file_holds_what_was_drawn_and_reads_back(tfidf_folder: Path, tmp_path: Path) -> None:
    rows = [row(label=(1, -1, 0)[n % 3], number=n) for n in range(60)]
    write_labelled(tmp_path / "rows.jsonl", rows)
    draw_hard([tmp_path / "rows.jsonl"], tmp_path / "hard.jsonl", str(tfidf_folder), easy=0.0)
    kept = read_labelled([tmp_path / "hard.jsonl"])
    assert len({one.id for one in kept}) == len(kept)
    told = {one.id for one in rows if one.labels["bubble"]}
    assert told <= {one.id for one in kept}
    assert {one.id.removesuffix("-again") for one in kept} <= {one.id for one in rows}
