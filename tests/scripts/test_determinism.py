"""The same input gives the same bytes, whatever the order of rows, the time zone, the locale, the seed, the threads."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nlp.columns import baseline_columns, scores_columns, sentences_columns
from nlp.tables import write_table

NARRATIVES = ("bubble", "liquidity_crisis")
N_ARTICLES = 300
COMMANDS = """
import sys
from scripts.cli import main
for line in sys.stdin.read().splitlines():
    sys.argv = ["froth", *line.split()]
    try:
        main()
    except SystemExit as left:
        assert not left.code, line
"""
SURROUNDINGS = (
    {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"},
    {"TZ": "Asia/Shanghai", "LC_ALL": "C", "PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "2", "PYTHONUTF8": "0",
     "PYTHONCOERCECLOCALE": "0"},
    {"TZ": "America/New_York", "PYTHONHASHSEED": "2", "OMP_NUM_THREADS": "2"},
)  # fmt: skip
"""The second has no Unicode but what froth itself asks for; the third is in another locale."""


def other_locale() -> str:
    """One with a decimal comma or a dotless i, where one is installed."""
    listed = subprocess.run([shutil.which("locale") or "true", "-a"], capture_output=True, text=True, check=True)
    return next((one for one in listed.stdout.split() if one.startswith(("tr_TR", "de_DE", "fr_FR"))), "POSIX")


def run(folder: Path, lines: Sequence[str], surroundings: dict[str, str], root: Path) -> None:
    """Commands one after the other in a process of their own."""
    given = {"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(root), "LC_ALL": other_locale(), **surroundings}
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS],
        input="\n".join(lines).encode(),
        cwd=folder,
        env={**os.environ, **given},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]


def scored() -> pd.DataFrame:
    """Articles of 14 sources, among them copies whose means end in a half, undated and unnamed ones."""
    rng = np.random.default_rng(7)
    moments = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 200 * 86400, N_ARTICLES), unit="s")
    seen = moments + pd.to_timedelta(rng.integers(0, 90000, N_ARTICLES), unit="s")
    table = pd.DataFrame({"article_id": [f"a{i:04}" for i in range(N_ARTICLES)]})
    table["source"] = rng.choice(["", "路透", *(f"Wire {i}" for i in range(12))], N_ARTICLES)
    table["lang"] = rng.choice(["en", "zh"], N_ARTICLES)
    table["published"] = [f"{moment:%Y-%m-%dT%H:%M:%SZ}" if i % 41 else None for i, moment in enumerate(moments)]
    table["first_seen"] = [f"{moment:%Y-%m-%dT%H:%M:%SZ}" if i % 3 == 0 else None for i, moment in enumerate(seen)]
    table["story"] = [f"a{i // 4 * 4:04}" for i in range(N_ARTICLES)]
    table["url"], table["title"] = None, [f"标题 {i}" for i in range(N_ARTICLES)]
    table["n_sentences"], table["model"] = 2, "made@1"
    for name in NARRATIVES:
        table[name] = rng.beta(0.6, 1.4, N_ARTICLES).round(6)
        table[f"{name}_stance"] = rng.uniform(-1, 1, N_ARTICLES).round(6)
        table[f"{name}_evidence"] = [f"Evidence {i}." for i in range(N_ARTICLES)]
    for name in baseline_columns(NARRATIVES):
        table[name] = rng.random(N_ARTICLES).round(6)
    return table


def sentences_of(scores: pd.DataFrame) -> pd.DataFrame:
    table = pd.concat([scores[["article_id"]].assign(sentence=i) for i in range(2)])
    for name in NARRATIVES:
        intensity = scores[name].to_numpy()
        table[f"{name}_assert"], table[f"{name}_reject"] = [*intensity, *intensity * 0.5], 0.0
    return table.assign(start=0, end=4, text="Text", drivers="bubble:valuation;liquidity_crisis:bank_run")


def test_trend_and_report_are_the_same_bytes_in_any_surroundings(tmp_path: Path, root: Path) -> None:
    scores = scored()
    sentences = sentences_of(scores)
    closes = np.random.default_rng(1).normal(20, 3, 360).cumsum()
    market = pd.DataFrame({"date": pd.date_range("2022-12-01", periods=360).strftime("%Y-%m-%d"), "close": closes})
    beside = "--market market --episodes episodes.csv --lead-lag lead_lag.csv --correlations correlations.csv"
    lines = (
        f"trend scores.csv -o trend.csv {beside}",
        "trend scores.csv -o by.csv --by lang --freq M --zone Asia/Shanghai",
        "report trend.csv -o report.html",
    )
    found = []
    for n, surroundings in enumerate(SURROUNDINGS):
        folder = tmp_path / str(n)
        for name, table, columns in (
            ("scores", scores, (*scores_columns(NARRATIVES), *baseline_columns(NARRATIVES))),
            ("sentences", sentences, sentences_columns(NARRATIVES)),
            ("market/vix", market, ("date", "close")),
            ("market/gold", market.assign(close=market["close"] ** 2), ("date", "close")),
        ):
            ordered = table.sample(frac=1, random_state=n) if n else table
            write_table(ordered, folder / f"{name}.csv", columns)
        run(folder, lines, surroundings, root)
        found.append({path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()})
        del found[-1]["scores.csv"], found[-1]["sentences.csv"]
    assert len(found[0]) == 9
    assert all(len(content) > 100 for name, content in found[0].items() if name != "failures.csv")
    for other in found[1:]:
        assert [name for name in other if other[name] != found[0][name]] == []


@pytest.mark.parametrize("model", ["tfidf", pytest.param("default", marks=pytest.mark.slow)])
def test_scores_are_the_same_rows_in_any_order_of_articles(
    model: str, tfidf_folder: Path, tmp_path: Path, root: Path
) -> None:
    rows = [
        line
        for path in sorted((root / "corpora/sample").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    rows = rows if model == "default" else rows[::2]
    found = []
    for n, surroundings in enumerate(SURROUNDINGS[:2]):
        folder = tmp_path / str(n)
        folder.mkdir()
        ordered = np.random.default_rng(n).permutation(rows) if n else rows
        (folder / "in.jsonl").write_text("".join(f"{row}\n" for row in ordered), encoding="utf-8")
        chosen = tfidf_folder if model == "tfidf" else model
        run(folder, [f"score in.jsonl -o scores.csv --sentences sentences.csv --model {chosen}"], surroundings, root)
        found.append([set((folder / f"{name}.csv").read_bytes().split(b"\r\n")) for name in ("scores", "sentences")])
    assert len(found[0][0]) == len(rows) + 2
    assert found[0] == found[1]
