"""Which code made a result: a hash of the modules of `nlp`; a version number does not change with every edit."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

__all__ = ["code_hash"]

_DIGITS = 16


@cache
def code_hash() -> str:
    """The first 16 hex digits of a SHA-256 over their names and texts."""
    root = Path(str(files("nlp")))
    sources = sorted(root.rglob("*.py"))
    text = "\n".join(f"{p.relative_to(root).as_posix()}\n{p.read_text(encoding='utf-8')}" for p in sources)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
