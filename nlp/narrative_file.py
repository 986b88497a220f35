"""Reading the tables of a narratives file, with an error that says where and what to do for every rule of its format.

What the tables mean is `nlp.narratives`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from nlp.errors import NarrativeFileError

__all__ = ["TableReader", "read_table"]

_ID = re.compile(r"[a-z][a-z0-9_]*")
_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class TableReader:
    """One table of a narratives file; `where` is the file and `key` the way to the table, as errors name them."""

    where: str
    key: str
    table: Mapping[str, Any]

    def fault(self, key: str, wrong: str, remedy: str) -> NarrativeFileError:
        """The error for a key of this table."""
        return NarrativeFileError(f"{self.where}: {self._path(key)}: {wrong}; {remedy}")

    def allow(self, keys: tuple[str, ...]) -> None:
        """Refuse any key but these: a misspelt one would be lost in silence."""
        for key in self.table:
            if key not in keys:
                raise self.fault(key, "is not a key of this table", f"use one of {', '.join(keys)}")

    def id(self) -> str:
        """The table's id."""
        value = self.text("id")
        if not _ID.fullmatch(value):
            raise self.fault("id", f"{value!r} is not an id", "use lower-case letters, digits and _, a letter first")
        return value

    def text(self, key: str) -> str:
        """A string with something in it."""
        value = self._value(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(key, f"is {value!r}", "give it a text in quotation marks")
        return value

    def names(self) -> dict[str, str]:
        """Names by language tag, at least one."""
        reader = self._languages("names")
        return {tag: reader.text(tag).strip() for tag in reader.table}

    def phrases(self, key: str) -> dict[str, tuple[str, ...]]:
        """Phrases by language tag: at least one language, at least one phrase in each, none twice."""
        reader = self._languages(key)
        return {tag: reader._list(tag) for tag in reader.table}

    def tables(self, key: str) -> list[TableReader]:
        """The tables of an array, in order, none if the key is absent; their ids must differ."""
        rows = self.table.get(key, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self.fault(key, f"is {rows!r}", f"write each as a [[{self._path(key)}]] table")
        readers = [TableReader(self.where, f"{self._path(key)}[{place}]", row) for place, row in enumerate(rows)]
        places: dict[str, str] = {}
        for reader in readers:
            first = places.setdefault(reader.id(), reader.key)
            if first != reader.key:
                raise reader.fault("id", f"{reader.id()!r} is also the id of {first}", "give each an id of its own")
        return readers

    def _list(self, tag: str) -> tuple[str, ...]:
        value = self._value(tag)
        if not isinstance(value, list) or not value or not all(isinstance(phrase, str) for phrase in value):
            raise self.fault(tag, f"is {value!r}", "give it a list of phrases, each in quotation marks")
        for place, phrase in enumerate(value):
            if not _WORD.search(phrase):
                raise self.fault(f"{tag}[{place}]", f"{phrase!r} has no word in it", "write a phrase or remove it")
            if phrase in value[:place]:
                raise self.fault(f"{tag}[{place}]", f"{phrase!r} is there twice", "remove one")
        return tuple(value)

    def _languages(self, key: str) -> TableReader:
        value = self._value(key)
        if not isinstance(value, dict) or not value:
            raise self.fault(key, f"is {value!r}", 'give it a table by language, such as { en = … , "zh-Hans" = … }')
        reader = TableReader(self.where, self._path(key), value)
        for tag in value:
            if not _TAG.fullmatch(tag):
                raise reader.fault(tag, "is not a language tag", "use one such as en, de, zh-Hans or zh-Hant")
        return reader

    def _value(self, key: str) -> object:
        if key not in self.table:
            raise self.fault(key, "is missing", "add it")
        return self.table[key]

    def _path(self, key: str) -> str:
        return f"{self.key}.{key}" if self.key else key


def read_table(source: Traversable) -> TableReader:
    """The outermost table of a TOML file.

    Raises:
        NarrativeFileError: the file cannot be read, is not UTF-8 or not TOML.
    """
    try:
        return TableReader(str(source), "", tomllib.loads(source.read_bytes().decode("utf-8-sig")))
    except OSError as error:
        problem, remedy = f"cannot be read ({error.strerror})", "give the path of a TOML file"
        raise NarrativeFileError(f"{source}: {problem}; {remedy}") from error
    except UnicodeDecodeError as error:
        raise NarrativeFileError(f"{source}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise NarrativeFileError(f"{source}: is not valid TOML: {error}; correct it there") from error
