from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.decisions import Thresholds
from models.evaluation import COMPARISON_COLUMNS, compare, confusion, evaluate
from models.evaluation_files import (
    CALIBRATION_COLUMNS,
    ERROR_COLUMNS,
    calibration_table,
    errors_table,
    write_evaluation,
)
from nlp.labelled import LabelledSentence

EVEN = Thresholds.even(1)
ROWS = [
    LabelledSentence(
        id=str(i),
        lang="zh" if i % 2 else "en",
        text=f"=sentence {i}",
        before="before",
        source="wire" if i < 30 else "",
        date=f"20{10 + i // 20}-01-01" if i else "",
        labels={"bubble": (1, -1, 0)[i % 3]},
        article=f"a{i // 2}",
    )
    for i in range(60)
]
GOLD = np.array([(1, 2, 0)[i % 3] for i in range(60)])


def probabilities(share_right: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    said = np.where(rng.random(60) < share_right, GOLD, rng.integers(0, 3, 60))
    return (0.1 + 0.7 * np.eye(3)[said])[:, None, :]


def test_groups() -> None:
    table = evaluate(ROWS, probabilities(0.8), ("bubble",), by="year")
    assert table["year"].unique().tolist() == ["all", "2010", "2011", "2012", "undated"]
    assert evaluate(ROWS, probabilities(0.8), ("bubble",), by="source")["source"].unique().tolist() == [
        "all",
        "unnamed",
        "wire",
    ]
    assert ((table["f1_low"] <= table["f1"]) & (table["f1"] <= table["f1_high"])).iloc[0]


def test_a_better_model_is_surely_better_and_a_model_is_no_better_than_itself() -> None:
    good, bad = (probabilities(1.0), EVEN), (probabilities(0.2), EVEN)
    gain = compare(ROWS, bad, good, ("bubble",)).iloc[0]
    assert gain["f1_gain_low"] > 0
    assert gain["f1_new"] == 1
    same = compare(ROWS, good, good, ("bubble",))
    assert (same[["f1_gain", "f1_gain_low", "f1_gain_high", "ap_gain"]] == 0).all(axis=None)
    assert tuple(same.columns[3:]) == COMPARISON_COLUMNS


def test_confusion_counts_every_judged_row() -> None:
    counts = confusion(ROWS, probabilities(1.0), ("bubble",), EVEN).set_index("gold")
    assert np.diag(counts[["said_none", "said_assert", "said_reject"]]).tolist() == [20, 20, 20]


def test_errors_come_with_text_surest_first() -> None:
    p = probabilities(1.0)
    p[0, 0] = [0.97, 0.01, 0.02]  # gold: assert
    p[1, 0] = [0.6, 0.1, 0.3]  # gold: reject
    table = errors_table(ROWS, p, ("bubble",), EVEN)
    assert table["id"].tolist() == ["0", "1"]
    assert table.loc[0, ["gold", "said", "p_gold", "before"]].tolist() == ["assert", "none", 0.01, "before"]
    assert tuple(table.columns) == ERROR_COLUMNS


def test_calibration_states_what_happened() -> None:
    table = calibration_table(ROWS, probabilities(1.0), ("bubble",))
    assert tuple(table.columns) == CALIBRATION_COLUMNS
    sure = table[(table["answer"] == "assert") & (table["stated"] > 0.5)].iloc[0]
    assert (sure["stated"], sure["happened"], sure["n"]) == (0.8, 1.0, 20)


def test_the_report_folder(tmp_path: Path) -> None:
    write_evaluation(tmp_path / "report", ROWS, probabilities(0.7), ("bubble",), EVEN)
    found = {path.name for path in (tmp_path / "report").iterdir()}
    assert found == {"metrics.csv", "confusion.csv", "errors.csv", "calibration.csv", "calibration.html"}
    metrics = pd.read_csv(tmp_path / "report" / "metrics.csv")
    assert set(metrics["by"]) == {"lang", "source", "year"}
    assert pd.read_csv(tmp_path / "report" / "errors.csv")["text"].str.startswith("'=").all()
    page = (tmp_path / "report" / "calibration.html").read_text("utf-8")
    assert "<script" in page
    assert not re.search(r"<(script|link)[^>]+(src|href)=", page), "the page must not need a network"


def test_without_a_gold_case_there_is_no_measure() -> None:
    rows = [row for row in ROWS if row.labels["bubble"] != -1]
    table = evaluate(rows, probabilities(0.0)[: len(rows)], ("bubble",)).set_index(["answer", "lang"])
    assert table.loc[("reject", "all"), ["precision", "recall", "f1", "average_precision", "f1_low"]].isna().all()


def test_an_unknown_grouping_is_an_error() -> None:
    with pytest.raises(KeyError):
        evaluate(ROWS, probabilities(1.0), ("bubble",), by="mood")
