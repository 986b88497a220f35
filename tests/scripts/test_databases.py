"""Every command that takes --db gives with PostgreSQL what it gives with SQLite."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import printed_by


def commands(root: Path) -> list[list[object]]:
    sample, market = root / "corpora/sample", root / "corpora/market"
    return [
        ["add", sample],
        ["add", sample],
        ["score", "--model", "tfidf", "--no-table"],
        ["score", "--model", "tfidf", "--baselines", "--sentences", "sentences.csv", "-o", "scores.csv"],
        ["trend", "--market", market, "--lead-lag", "lead_lag.csv", "--freq", "M", "-o", "trend.csv"],
        ["claims", "--market", market, "-o", "claims.csv"],
        ["sources"],
    ]


@pytest.fixture(scope="module")
def with_sqlite(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files and the printed lines of a store in a file."""
    folder = tmp_path_factory.mktemp("sqlite")
    printed = [printed_by(folder, *command) for command in commands(root)]
    (folder / "printed").write_text("".join(printed), encoding="utf-8")
    return folder


def test_commands_give_with_postgresql_what_they_give_with_sqlite(
    with_sqlite: Path, root: Path, empty_postgres_url: str, tmp_path: Path
) -> None:
    printed = [printed_by(tmp_path, *command, "--db", empty_postgres_url) for command in commands(root)]
    assert [text.splitlines()[-1] for text in printed[:4]] == [
        "added 84, skipped 0, failed 0",
        "added 0, skipped 84, failed 0",
        "added 84, skipped 0, failed 0",
        "added 0, skipped 84, failed 0",
    ]
    assert "".join(printed) == (with_sqlite / "printed").read_text("utf-8")
    for name in ("scores.csv", "sentences.csv", "trend.csv", "claims.csv"):
        assert (tmp_path / name).read_bytes() == (with_sqlite / name).read_bytes(), name
    assert not list(tmp_path.glob("*.db"))


def test_only_a_store_is_scored_without_a_table(tmp_path: Path) -> None:
    assert "--no-table" in printed_by(tmp_path, "score", "--no-table", "file.jsonl", code=2)
