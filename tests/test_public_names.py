"""Every module says what it offers, and offers what it says."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

PACKAGES = ("nlp", "scrapers", "models", "scripts")
MODULES = sorted(
    ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
    for root in [Path(__file__).resolve().parents[1]]
    for package in PACKAGES
    for path in (root / package).rglob("*.py")
)


@pytest.mark.parametrize("name", MODULES)
def test_all_is_true(name: str) -> None:
    module = importlib.import_module(name)
    if module.__file__ is not None and module.__file__.endswith("__init__.py") and not hasattr(module, "__all__"):
        return
    assert module.__doc__, f"{name} does not say what it is for"
    assert len(module.__all__) == len(set(module.__all__)), f"__all__ of {name} repeats a name"
    for public in module.__all__:
        assert hasattr(module, public), f"{name}.__all__ names {public}"


def test_what_other_modules_use_is_public() -> None:
    root = Path(__file__).resolve().parents[1]
    for package in PACKAGES:
        for path in (root / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES:
                    module = importlib.import_module(str(node.module))
                    public = getattr(module, "__all__", None)
                    for alias in node.names:
                        known = public is None or alias.name in public or f"{node.module}.{alias.name}" in MODULES
                        assert known, (
                            f"{path.relative_to(root)} uses {node.module}.{alias.name}, which is not in __all__"
                        )
