"""The table of what a figure can speak of: indicators with their names, units and series.

froth's own table is `indicators.toml`, whose head says what each key means; a user's file of the same form adds rows or
replaces those of the same id. Reading one row is `nlp.claims.indicator_rows`; finding the names in a text is
`nlp.claims.mentions`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from nlp.claims.indicator_rows import Row
from nlp.claims.name_patterns import fold_name
from nlp.claims.records import Unit
from nlp.errors import InputError

__all__ = ["Indicator", "IndicatorTable", "Kind", "Phrases", "load_indicators"]

Kind = Literal["index", "gauge", "amount", "rate", "spread"]
Phrases = Mapping[str, tuple[str, ...]]
"""Phrases by language tag."""

_ID = re.compile(r"[a-z][a-z0-9_]*")
_UNITS: Mapping[Kind, tuple[Unit, ...]] = {
    "index": ("point",),
    "gauge": ("point",),
    "amount": ("usd", "cny", "hkd", "eur", "gbp", "jpy"),
    "rate": ("percent",),
    "spread": ("percent",),
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of the table.

    Attributes:
        id: its name in claims.csv.
        kind: how its figures are read; see the head of indicators.toml.
        unit: of its values, `scale` applied.
        series: stems of the files that hold it, first choice first, lower case; none where no file does.
        names: for people, by language tag.
        low, high: between which a level lies.
        known: time of the day of publication from which a value is known, on the clock of `zone`.
        scale: what a value of the file is multiplied by.
        every: how often it is published.
        tolerance, slack: by how much a true figure may be off, as a share of the level and in `unit`.
        aliases: names that mean it, alternatives expanded.
        weak: names that need a word of `context` beside them and none of `forbids` nearer.
        difference: ids of the two indicators whose difference it is, first less second; none for all others.
    """

    id: str
    kind: Kind
    unit: Unit
    series: tuple[str, ...]
    names: Mapping[str, str]
    low: float
    high: float
    known: time
    zone: ZoneInfo
    scale: float = 1.0
    every: Literal["day", "week"] = "day"
    tolerance: float = 0.0
    slack: float = 0.0
    aliases: Phrases = field(default_factory=dict)
    weak: Phrases = field(default_factory=dict)
    context: Phrases = field(default_factory=dict)
    forbids: Phrases = field(default_factory=dict)
    difference: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorTable:
    """All rows by id, in the table's order, and the names of other things that take a figure."""

    by_id: Mapping[str, Indicator]
    others: Phrases


def load_indicators(file: Path | None = None) -> IndicatorTable:
    """The table of froth, with the rows of `file` added or put in place of those of the same id.

    Raises:
        InputError: a file that cannot be read, a row that breaks the format, a name that means two indicators.
    """
    own = resources.files("nlp.claims") / "indicators.toml"
    table = _read(own)
    if file is not None:
        more = _read(file)
        tags = dict.fromkeys((*table.others, *more.others))
        others = {tag: (*table.others.get(tag, ()), *more.others.get(tag, ())) for tag in tags}
        table = IndicatorTable({**table.by_id, **more.by_id}, others)
    _refuse_shared_names(table, str(file or own))
    return table


def _read(source: Traversable) -> IndicatorTable:
    try:
        table = tomllib.loads(source.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{source} cannot be read ({error.strerror}): give the path of a TOML file") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{source} is not UTF-8 (byte {error.start}): save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{source} is not valid TOML: {error}; correct it there") from error
    rows = table.get("indicator", [])
    if not set(table) <= {"indicator", "others"} or not table or not isinstance(rows, list):
        raise InputError(
            f"{source} has the keys {', '.join(table) or 'of no table'}: write each indicator as an [[indicator]] "
            "table, and names of other things below [others]"
        )
    by_id: dict[str, Indicator] = {}
    for place, row in enumerate(rows):
        indicator = _indicator(Row(f"{source}: indicator[{place}]", row if isinstance(row, dict) else {}))
        if indicator.id in by_id:
            raise InputError(
                f"{source}: indicator[{place}]: {indicator.id} is there twice; give each row an id of its own"
            )
        by_id[indicator.id] = indicator
    return IndicatorTable(by_id, Row(str(source), table).phrases("others"))


def _indicator(row: Row) -> Indicator:
    """The indicator of a table; an InputError for a key that is unknown, missing or of another form."""
    keys = sorted({field.name for field in fields(Indicator)} - {"low", "high", "zone"} | {"range"})
    for key in row.table:
        if key not in keys:
            raise row.fault(key, f"it is no key of an indicator: use one of {', '.join(keys)}")
    own_id = row.text("id")
    if not _ID.fullmatch(own_id):
        raise row.fault("id", "use lower-case letters, digits and _, a letter first")
    named = Row(f"{row.where} ({own_id})", row.table)
    kind: Kind = named.choice("kind", get_args(Kind))
    low, high = named.span("range")
    known, zone = named.clock("known")
    return Indicator(
        id=own_id,
        kind=kind,
        unit=named.choice("unit", _UNITS[kind]),
        series=tuple(stem.lower() for stem in named.texts("series")),
        names=named.names("names"),
        low=low,
        high=high,
        known=known,
        zone=zone,
        scale=named.number("scale", 1.0),
        every=named.choice("every", ("day", "week"), "day"),
        tolerance=named.number("tolerance"),
        slack=named.number("slack"),
        difference=named.texts("difference") if "difference" in row.table else (),
        **{key: named.phrases(key) for key in ("aliases", "weak", "context", "forbids")},
    )


def _refuse_shared_names(table: IndicatorTable, source: str) -> None:
    """A name must not mean two indicators: no text could tell which."""
    owner: dict[str, str] = {}
    for indicator in table.by_id.values():
        for phrases in (*indicator.aliases.values(), *indicator.weak.values()):
            for phrase in phrases:
                first = owner.setdefault(fold_name(phrase), indicator.id)
                if first != indicator.id:
                    raise InputError(
                        f"{source}: {phrase!r} is a name of {first} and of {indicator.id}; leave it to one of them"
                    )
