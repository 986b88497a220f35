"""What a result was made from, as one id: scores, market, settings, code and calendar, each by its hash.

Two results with the same snapshot id are the same bytes; where ids differ, the parts say what changed. It is kept
beside the results (`snapshot.json`) and not in them, because rows that were written stay as they are when articles come
later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from nlp.market import MarketSeries

__all__ = ["SNAPSHOT_FILE", "Snapshot", "snapshot_of"]

SNAPSHOT_FILE = "snapshot.json"
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Hashes (hex) by part: `articles`, `model`, `market`, `settings`, `code`, `calendar`."""

    parts: Mapping[str, str]

    @property
    def id(self) -> str:
        """The first 16 hex digits of a SHA-256 over all parts."""
        return _digest(json.dumps(dict(self.parts), sort_keys=True))

    def write(self, folder: Path) -> Path:
        """Writes `snapshot.json` into a folder that is there; returns its path."""
        path = folder / SNAPSHOT_FILE
        content = {"id": self.id, **self.parts}
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        return path


def snapshot_of(scores: pd.DataFrame, market: Sequence[MarketSeries], settings: Mapping[str, object]) -> Snapshot:
    """The snapshot of a trend.

    Args:
        scores: as in scores.csv; the order of its rows and columns does not matter.
        market: the series set beside.
        settings: what else was chosen (frequency, calendar zone, breakdown), by name; values are taken as text.
    """
    models = sorted({str(model) for model in scores["model"].dropna()}) if "model" in scores else []
    parts = {
        "articles": _of_table(scores),
        "model": " ".join(models),
        "market": _of_market(market),
        "settings": _digest(json.dumps({name: str(value) for name, value in settings.items()}, sort_keys=True)),
        "code": _of_code(),
        "calendar": _version_of("exchange_calendars"),
    }
    return Snapshot(MappingProxyType(parts))


def _of_table(table: pd.DataFrame) -> str:
    columns = sorted(map(str, table.columns))
    rows = sorted(json.dumps([_cell(value) for value in row]) for row in table[columns].itertuples(index=False))
    return _digest("\n".join([*columns, *rows]))


def _cell(value: object) -> str:
    """A cell as text that a CSV and a database give alike: numbers by six digits, what lacks as nothing."""
    if value is None or (isinstance(value, float) and value != value) or value is pd.NaT:
        return ""
    return f"{value:.6f}" if isinstance(value, float) else str(value)


def _of_market(market: Iterable[MarketSeries]) -> str:
    lines = []
    for series in sorted(market, key=lambda one: one.name):
        lines.append(f"{series.name} {series.column}")
        lines += [f"{day:%Y-%m-%d} {value!r}" for day, value in series.values.astype(float).items()]
    return _digest("\n".join(lines))


@cache
def _of_code() -> str:
    """Of the modules of this package, because a version number does not change with every edit."""
    root = Path(str(files("nlp")))
    sources = sorted(root.rglob("*.py"))
    return _digest("\n".join(f"{p.relative_to(root).as_posix()}\n{p.read_text(encoding='utf-8')}" for p in sources))


def _version_of(distribution: str) -> str:
    try:
        return f"{distribution} {version(distribution)}"
    except PackageNotFoundError:
        return f"no {distribution}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
