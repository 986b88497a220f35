"""README.md holds together with the code: every command, every column, every example."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nlp.annotations.agreement import AGREEMENT_COLUMNS
from nlp.annotations.disagreements import DISAGREEMENT_COLUMNS
from nlp.claims.claim_table import CLAIM_COLUMNS, SUMMARY_COLUMNS
from nlp.columns import FAILURE_COLUMNS, baseline_columns, scores_columns, sentences_columns
from nlp.correlation_table import CORRELATION_COLUMNS
from nlp.episodes import EPISODE_COLUMNS
from nlp.lead_lag import LEAD_LAG_COLUMNS
from nlp.market_episodes import MARKET_EPISODE_COLUMNS
from nlp.trend import trend_columns
from scripts.cli import VERBS


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_command_is_documented(verb: str, readme: str) -> None:
    assert f"| `froth {verb}" in readme


def test_every_documented_command_exists(readme: str) -> None:
    assert set(re.findall(r"`?froth ([a-z]+)", readme.split("## Commands")[1])) - {"keeps", "needs", "promises"} <= set(
        VERBS
    )


@pytest.mark.parametrize(
    "column",
    sorted(
        {
            *scores_columns(["<n>"]),
            *baseline_columns(["<n>"]),
            *sentences_columns(["<n>"]),
            *trend_columns(["<n>"], ["<series>"]),
            *LEAD_LAG_COLUMNS,
            *CORRELATION_COLUMNS,
            *EPISODE_COLUMNS,
            *MARKET_EPISODE_COLUMNS,
            *CLAIM_COLUMNS,
            *SUMMARY_COLUMNS,
            *AGREEMENT_COLUMNS,
            *DISAGREEMENT_COLUMNS,
            *FAILURE_COLUMNS,
        }
    ),
)
def test_every_column_is_documented(column: str, readme: str) -> None:
    assert f"`{column}`" in readme


def test_python_blocks_are_python(readme: str) -> None:
    blocks = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        compile(block, "README.md", "exec")


def test_links_lead_somewhere(root: Path) -> None:
    for name in ("README.md", "ARCHITECTURE.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", (root / name).read_text(encoding="utf-8")):
            assert (root / target).exists(), f"{name} links to {target}"


def test_the_files_that_the_map_names_exist(root: Path) -> None:
    for path in re.findall(
        r"`((?:nlp|scrapers|models|scripts|corpora)/[\w./]+)`", (root / "ARCHITECTURE.md").read_text(encoding="utf-8")
    ):
        assert (root / path).exists(), path
