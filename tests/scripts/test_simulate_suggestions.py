"""The simulation of suggestions runs on labels of our own and compares like with like."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import typer
from typer.testing import CliRunner

from nlp.labelled import LabelledSentence, write_labelled
from scripts.simulate_suggestions import simulate_suggestions


def test_both_ways_begin_alike_and_grow_alike(labelled_rows: list[LabelledSentence], tmp_path: Path) -> None:
    write_labelled(tmp_path / "pool.jsonl", labelled_rows[::2])
    write_labelled(tmp_path / "dev.jsonl", labelled_rows[1::2])
    app = typer.Typer()
    app.command()(simulate_suggestions)
    options = ["--held-out", "dev.jsonl", "-o", "out.csv", "--seeds", "2", "--rounds", "1", "--articles", "20"]
    options = [str(tmp_path / one) if one.endswith((".jsonl", ".csv")) else one for one in options]
    done = CliRunner().invoke(app, [str(tmp_path / "pool.jsonl"), *options])
    assert done.exit_code == 0, done.output
    table = pd.read_csv(tmp_path / "out.csv").set_index(["seed", "way", "round"])
    assert table.loc[(0, "random", 0)].equals(table.loc[(0, "suggested", 0)])
    assert (table.loc[(1, "random", 1), "n_articles"], table.loc[(1, "suggested", 1), "n_articles"]) == (40, 40)
    assert "ap_by_sentences" in done.output
