"""What a result was made from, as one id: scores, market, settings, code and calendar, each by its hash.

Two tables with the same snapshot id are the same; where ids differ, the parts say what changed. It is kept beside the
table (`trend.snapshot.json`) and not in it, because rows that were written stay as they are when articles come later.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.code_hash import code_hash
from nlp.errors import InputError
from nlp.market import MarketSeries

__all__ = ["Snapshot", "snapshot_of"]

_DIGITS = 16
_LIBRARIES = ("exchange_calendars", "numpy", "pandas", "scipy")
"""Calendars, random numbers, quantiles: with another version a row may come out otherwise."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Hashes (hex) by part: `articles`, `model`, `market`, `settings`, `code`, `libraries`."""

    parts: Mapping[str, str]

    @property
    def id(self) -> str:
        """The first 16 hex digits of a SHA-256 over all parts."""
        return _digest(json.dumps(dict(self.parts), sort_keys=True))

    def write(self, table: Path) -> Path:
        """Writes it beside a table that was written, `trend.snapshot.json` for trend.csv; returns its path.

        Raises:
            InputError: the file cannot be written.
        """
        path = table.with_suffix(".snapshot.json")
        partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
        try:
            partial.write_text(json.dumps({"id": self.id, **self.parts}, indent=1) + "\n", encoding="utf-8")
            partial.replace(path)
        except OSError as error:
            raise InputError(f"{path} cannot be written: {error.strerror or error}") from error
        return path


def snapshot_of(scores: pd.DataFrame, market: Sequence[MarketSeries], settings: Mapping[str, object]) -> Snapshot:
    """The snapshot of a trend.

    Args:
        scores: as in scores.csv; the order of its rows and columns does not matter.
        market: the series set beside.
        settings: what else was chosen (frequency, calendar zone, breakdown), by name; values are taken as text.
    """
    models = sorted(map(str, scores["model"].dropna().unique())) if "model" in scores else []
    parts = {
        "articles": _of_table(scores),
        "model": " ".join(models),
        "market": _of_market(market),
        "settings": _digest(json.dumps({name: str(value) for name, value in settings.items()}, sort_keys=True)),
        "code": code_hash(),
        "libraries": ", ".join(map(_version_of, _LIBRARIES)),
    }
    return Snapshot(MappingProxyType(parts))


def _of_table(table: pd.DataFrame) -> str:
    """Column by column in the order of the article ids; by the text of whole rows where ids are there twice."""
    columns = sorted(map(str, table.columns))
    digest = hashlib.sha256("\n".join(columns).encode("utf-8", "surrogatepass"))
    if "article_id" not in table or not table["article_id"].is_unique:
        rows = sorted(json.dumps([_cell(value) for value in row]) for row in table[columns].itertuples(index=False))
        digest.update("\n".join(rows).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()[:_DIGITS]
    order = table["article_id"].argsort().to_numpy()
    for column in columns:
        for part in _bytes_of(table[column], order):
            digest.update(part)
    return digest.hexdigest()[:_DIGITS]


def _bytes_of(column: pd.Series[Any], order: NDArray[np.integer[Any]]) -> Iterator[bytes | memoryview]:
    """Numbers as they are in memory, texts one after the other behind their lengths; nothing where all cells lack."""
    if not column.notna().any():
        return
    if pd.api.types.is_numeric_dtype(column):
        numbers = column.to_numpy(dtype="<f8", na_value=np.nan)[order]
        numbers[np.isnan(numbers)] = np.nan
        yield numbers.tobytes()
        return
    import pyarrow
    from pyarrow import compute

    texts = column if column.dtype == "str" else column.map(_cell)
    found = pyarrow.array(texts, pyarrow.large_string(), from_pandas=True)
    found = found.combine_chunks() if isinstance(found, pyarrow.ChunkedArray) else found
    found = compute.fill_null(found.take(pyarrow.array(order)), "")
    lengths = compute.binary_length(found).to_numpy().astype("<i8")
    if lengths.any():
        yield lengths.tobytes()
        yield memoryview(found.buffers()[2])[: int(lengths.sum())]


def _cell(value: object) -> str:
    """A cell as text that a CSV and a database give alike: numbers exactly, what lacks as nothing."""
    if value is None or (isinstance(value, float) and value != value) or value is pd.NaT:
        return ""
    return repr(float(value)) if isinstance(value, int | float | np.number) else str(value)


def _of_market(market: Iterable[MarketSeries]) -> str:
    lines = []
    for series in sorted(market, key=lambda one: one.name):
        lines.append(f"{series.name} {series.column}")
        lines += [f"{day:%Y-%m-%d} {value!r}" for day, value in series.values.astype(float).items()]
    return _digest("\n".join(lines))


def _version_of(distribution: str) -> str:
    try:
        return f"{distribution} {version(distribution)}"
    except PackageNotFoundError:
        return f"no {distribution}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
