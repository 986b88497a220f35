"""The narratives froth looks for: a table in TOML, and the phrases of it found in a text.

The bundled table is `narratives.toml` beside this module; a table of your own has the same form and may hold further
narratives, drivers and languages. Cues and drivers only point: whether a sentence tells a narrative is for a model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from nlp.narrative_file import TableReader, read_table
from nlp.text import PhraseFinder

__all__ = ["Driver", "DriverMatcher", "Narrative", "load_narratives"]


@dataclass(frozen=True, slots=True)
class Driver:
    """A mechanism that an author may name, such as leverage or a bank run.

    Attributes:
        id: unique within its narrative.
        names: what people call it, by language tag.
        cues: phrases that name it, by language tag.
    """

    id: str
    names: Mapping[str, str]
    cues: Mapping[str, tuple[str, ...]]

    @property
    def name(self) -> str:
        """The English name, or the first there is."""
        return _english(self.names)


@dataclass(frozen=True, slots=True)
class Narrative:
    """A story that the press tells.

    Attributes:
        id: unique; the stem of its columns in every table froth writes.
        names: what people call it, by language tag.
        definition: when a sentence tells it.
        cues: phrases of the narrative as such, by language tag.
        exclude: phrases (soap bubble) within which no cue of the narrative or its drivers counts, by language tag.
        drivers: its mechanisms.
    """

    id: str
    names: Mapping[str, str]
    definition: str
    cues: Mapping[str, tuple[str, ...]]
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    drivers: tuple[Driver, ...] = ()

    @property
    def name(self) -> str:
        """The English name, or the first there is."""
        return _english(self.names)


def load_narratives(path: Path | None = None) -> tuple[Narrative, ...]:
    """The narratives of a TOML file, of the bundled one when `path` is None, in the file's order.

    Raises:
        NarrativeFileError: the file cannot be read or breaks a rule of the format; names file, key and remedy.

    >>> [narrative.id for narrative in load_narratives()]
    ['bubble', 'liquidity_crisis']
    """
    root = read_table(path if path is not None else resources.files("nlp") / "narratives.toml")
    root.allow(("narrative",))
    narratives = tuple(_narrative(reader) for reader in root.tables("narrative"))
    if not narratives:
        raise root.fault("narrative", "there is none", "add a [[narrative]] table")
    return narratives


class DriverMatcher:
    """Finds the cues and drivers of narratives in a text; made once, used for many."""

    def __init__(self, narratives: Iterable[Narrative]) -> None:
        """Take the narratives; their phrases are compiled at the first text of a language."""
        self._narratives = tuple(narratives)
        phrases: dict[str, Mapping[str, tuple[str, ...]]] = {}
        for narrative in self._narratives:
            phrases[narrative.id] = narrative.cues
            phrases[_EXCLUDE + narrative.id] = narrative.exclude
            phrases |= {f"{narrative.id}:{driver.id}": driver.cues for driver in narrative.drivers}
        self._finder = PhraseFinder(phrases)

    def drivers(self, text: str, lang: str) -> tuple[str, ...]:
        """The drivers named in the text, as `narrative:driver`, sorted.

        >>> DriverMatcher(load_narratives()).drivers("The Fed's balance-sheet runoff set off margin calls.", "en")
        ('liquidity_crisis:balance_sheet_runoff', 'liquidity_crisis:margin_calls')
        """
        return tuple(key for key in self._keys(text, lang) if ":" in key)

    def cues(self, text: str, lang: str) -> tuple[str, ...]:
        """The ids of the narratives whose own cues (not their drivers') are in the text, sorted."""
        return tuple(key for key in self._keys(text, lang) if ":" not in key)

    def _keys(self, text: str, lang: str) -> list[str]:
        keys: set[str] = set()
        reach: dict[str, int] = {}
        hits = self._finder.find(text, lang)
        for hit in sorted(hits, key=lambda hit: (hit.start, not hit.key.startswith(_EXCLUDE))):
            narrative = hit.key.removeprefix(_EXCLUDE).partition(":")[0]
            excluded_to = reach.get(narrative, 0)
            if hit.key.startswith(_EXCLUDE):
                reach[narrative] = max(excluded_to, hit.end)
            elif hit.end > excluded_to:
                keys.add(hit.key)
        return sorted(keys)


_EXCLUDE = "!"
"""Before a narrative's id it marks the phrases that take matches back; an id has no such character."""


def _narrative(reader: TableReader) -> Narrative:
    reader.allow(("id", "names", "definition", "cues", "exclude", "drivers"))
    return Narrative(
        id=reader.id(),
        names=reader.names(),
        definition=" ".join(reader.text("definition").split()),
        cues=reader.phrases("cues"),
        exclude=reader.phrases("exclude") if "exclude" in reader.table else {},
        drivers=tuple(_driver(driver) for driver in reader.tables("drivers")),
    )


def _driver(reader: TableReader) -> Driver:
    reader.allow(("id", "names", "cues"))
    return Driver(id=reader.id(), names=reader.names(), cues=reader.phrases("cues"))


def _english(names: Mapping[str, str]) -> str:
    return names.get("en") or next(iter(names.values()))
