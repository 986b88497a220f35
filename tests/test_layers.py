"""The arrows of ARCHITECTURE.md, read off the imports."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ALLOWED = {
    "nlp": {"nlp"},
    "scrapers": {"nlp", "scrapers"},
    "models": {"nlp", "models"},
    "scripts": {"nlp", "scrapers", "models", "scripts"},
}
ONLY_IN = {
    "exchange_calendars": {"nlp/sessions.py"},
    "feedparser": {"scrapers/feeds.py"},
    "peft": {"models/adapter.py"},
    "ray": {"models/cluster.py"},
    "spacy": {"nlp/text.py"},
}
ONLY_BELOW = {
    "sqlalchemy": "nlp/store",
    "matplotlib": "nlp/report",
    "plotly": "nlp/report",
    "torch": "models",
    "transformers": "models",
    "aiohttp": "scrapers",
    "boilerpy3": "scrapers",
    "justext": "scrapers",
    "readability": "scrapers",
    "resiliparse": "scrapers",
    "trafilatura": "scrapers",
    "protego": "scrapers",
}


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add((node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_imports_go_one_way(root: Path, package: str) -> None:
    for path in (root / package).rglob("*.py"):
        ours = imports_of(path) & ALLOWED.keys()
        assert ours <= ALLOWED[package], f"{path.relative_to(root)} imports {ours - ALLOWED[package]}"


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_library_is_imported_in_its_file_only(root: Path, library: str) -> None:
    users = {
        str(path.relative_to(root))
        for package in ALLOWED
        for path in (root / package).rglob("*.py")
        if library in imports_of(path)
    }
    assert users
    assert users <= ONLY_IN[library]


@pytest.mark.parametrize("library", sorted(ONLY_BELOW))
def test_library_is_imported_below_its_package_only(root: Path, library: str) -> None:
    users = [
        path.relative_to(root)
        for package in ALLOWED
        for path in (root / package).rglob("*.py")
        if library in imports_of(path)
    ]
    outside = [path for path in users if not path.is_relative_to(ONLY_BELOW[library])]
    # What makes the bundled model are scripts about torch models; no command is.
    assert [
        str(path)
        for path in outside
        if path.name not in {"average_models.py", "pretrain.py", "pretraining_data.py", "start_encoder.py", "peers.py"}
    ] == []
    assert users


def test_no_test_folder_is_a_package(root: Path) -> None:
    assert not list((root / "tests").rglob("__init__.py"))
