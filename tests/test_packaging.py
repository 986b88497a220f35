"""What a user installs: one wheel with exactly our packages and everything they need at run time."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=root, check=True, capture_output=True, timeout=120)
    (path,) = out.glob("froth_narratives-*.whl")
    return zipfile.ZipFile(path)


def test_top_level_is_exactly_ours(wheel: zipfile.ZipFile) -> None:
    top = {name.split("/")[0] for name in wheel.namelist() if ".dist-info/" not in name}
    assert top == {"nlp", "scrapers", "models", "scripts"}


@pytest.mark.parametrize(
    "name",
    [
        "nlp/narratives.toml",
        "nlp/exuberance.csv",
        "nlp/stress_words.toml",
        "nlp/report/assets/report.html",
        "nlp/py.typed",
        "scrapers/sources.toml",
        "scrapers/market_series.toml",
        "models/default/model.safetensors",
        "models/default/adapter.safetensors",
        "models/default/tokenizer.json",
        "models/default/README.md",
        "models/default/confusion.csv",
        "models/default/screen.safetensors",
        "models/tfidf/tfidf.safetensors",
        "models/tfidf/vocabulary.json",
        "models/tfidf/froth.json",
        "models/tfidf/README.md",
        "models/tfidf/confusion.csv",
    ],
)
def test_data_files_travel(wheel: zipfile.ZipFile, name: str) -> None:
    assert name in wheel.namelist()


def test_the_command_is_declared(wheel: zipfile.ZipFile) -> None:
    (entry,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    assert "froth = scripts.cli:main" in wheel.read(entry).decode()
