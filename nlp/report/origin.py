"""What a report was made from and by: snapshot, models, froth's version."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from nlp.report.data import ReportData
from nlp.safety import harmless

__all__ = ["origin"]

_DISTRIBUTION = "froth-narratives"


def origin(data: ReportData) -> dict[str, Any]:
    """`snapshot` (id or None), its `parts` as pairs, and `version` (of the installed froth; empty where it is not)."""
    snapshot = data.snapshot or {}
    return {
        "snapshot": harmless(snapshot["id"], 80) if "id" in snapshot else None,
        "parts": [[harmless(name, 40), harmless(value, 300)] for name, value in snapshot.items() if name != "id"],
        "version": _version(),
    }


def _version() -> str:
    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:
        return ""
