"""Declarations in TOML: tables of one name, each checked for missing and unknown keys before it becomes a record.

What a declaration may hold is what its dataclass has as fields: `scrapers.sources` and `scrapers.market_series`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from nlp.errors import SourceError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["load_declarations"]


Declared = TypeVar("Declared", bound="DataclassInstance")


def load_declarations(
    path: Path,
    name: str,
    kind: type[Declared],
    prepare: Callable[[dict[str, Any]], Mapping[str, Any]] = lambda table: table,
) -> tuple[Declared, ...]:
    """All `[[name]]` tables of a file as records of `kind`, in file order.

    Args:
        path: a TOML file with such tables and nothing else.
        name: of the tables.
        kind: the dataclass, with an `id`; what it raises as SourceError is passed on with the place.
        prepare: turns a table into the arguments of `kind`, where they are not the same.

    Raises:
        SourceError: the file cannot be read, or a declaration does not fit; names the file, the table and the key.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: cannot be read as TOML: {error}") from error
    tables = document.pop(name, None)
    if document or not isinstance(tables, list) or not tables:
        raise SourceError(
            f"{path}: expected [[{name}]] tables and nothing else, found {sorted(document) or f'no {name}'}"
        )
    declared: dict[str, Declared] = {}
    for number, table in enumerate(tables, start=1):
        one = _declared(table, f"{path}: {name} {number}", name, kind, prepare)
        if table["id"] in declared:
            raise SourceError(f"{path}: {name} {number}: id {table['id']!r} is used twice; ids must be unique")
        declared[table["id"]] = one
    return tuple(declared.values())


def _declared(
    table: object,
    place: str,
    name: str,
    kind: type[Declared],
    prepare: Callable[[dict[str, Any]], Mapping[str, Any]],
) -> Declared:
    if not isinstance(table, dict):
        raise SourceError(f"{place}: expected a [[{name}]] table, found {table!r}")
    place = f"{place} ({table.get('id', 'without id')})"
    known = {field.name: field.default is MISSING for field in fields(kind)}
    unknown = sorted(table.keys() - known.keys())
    if unknown:
        raise SourceError(f"{place}: unknown key {unknown[0]!r}; known are {', '.join(known)}")
    missing = [key for key, required in known.items() if required and key not in table]
    if missing:
        raise SourceError(f"{place}: key {missing[0]!r} is missing")
    try:
        return kind(**prepare(table))
    except SourceError as error:
        raise SourceError(f"{place}: {error}") from error
