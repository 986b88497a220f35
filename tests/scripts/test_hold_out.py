from __future__ import annotations

from pathlib import Path

from nlp.labelled import LabelledSentence, read_labelled, write_labelled
from scripts.hold_out import hold_out, is_held_out


def rows(n_articles: int) -> list[LabelledSentence]:
    return [
        LabelledSentence(id=f"{a}-{i}", lang="en", text=f"Froth {i}.", labels={"bubble": 1}, article=f"article {a}")
        for a in range(n_articles)
        for i in range(3)
    ]


def divided(labelled: list[LabelledSentence], folder: Path) -> tuple[list[LabelledSentence], list[LabelledSentence]]:
    write_labelled(folder / "all.jsonl", labelled)
    hold_out([folder / "all.jsonl"], folder / "kept.jsonl", folder / "held.jsonl", 0.3)
    return read_labelled([folder / "kept.jsonl"]), read_labelled([folder / "held.jsonl"])


def test_no_row_is_lost_and_no_article_is_cut(tmp_path: Path) -> None:
    kept, held = divided(rows(60), tmp_path)
    assert sorted(row.id for row in [*kept, *held]) == sorted(row.id for row in rows(60))
    assert not {row.article for row in kept} & {row.article for row in held}
    assert 0.1 < len(held) / 180 < 0.5


def test_an_article_stays_on_its_side_as_labels_grow(tmp_path: Path) -> None:
    _, before = divided(rows(30), tmp_path)
    _, after = divided(rows(60), tmp_path)
    assert {row.id for row in before} <= {row.id for row in after}


def test_the_share_is_kept() -> None:
    names = [f"article {n}" for n in range(4000)]
    assert abs(sum(is_held_out(name, 0.2) for name in names) / len(names) - 0.2) < 0.03
