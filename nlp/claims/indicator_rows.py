"""Reading one [[indicator]] table, with an error that says where and what to do for every rule of its format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

from nlp.claims.name_patterns import expand
from nlp.errors import InputError

__all__ = ["Row"]

_ID = re.compile(r"[a-z][a-z0-9_]*")
_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?")
_WORD = re.compile(r"\w")
_KNOWN = re.compile(r"(?P<time>\d\d:\d\d) (?P<zone>\S+)")


@dataclass(frozen=True, slots=True)
class Row:
    """One table of a file; `where` is how errors name it."""

    where: str
    table: Mapping[str, Any]

    def fault(self, key: str, remedy: str) -> InputError:
        """The error for a key of this table."""
        return InputError(f"{self.where}: {key} is {self.table.get(key)!r}; {remedy}")

    def text(self, key: str) -> str:
        """A string with something in it."""
        value = self.table.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(key, "give it a text in quotation marks")
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> Any:  # noqa: ANN401
        """One of some words."""
        value = self.table.get(key, default)
        if value not in choices:
            raise self.fault(key, f"write one of {', '.join(choices)}")
        return value

    def number(self, key: str, default: float = 0.0) -> float:
        """A number that is not negative."""
        value = self.table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
            raise self.fault(key, "write a number of 0 or more")
        return float(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings, perhaps empty."""
        value = self.table.get(key)
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self.fault(key, "write a list of texts, [] for none")
        return tuple(value)

    def phrases(self, key: str) -> dict[str, tuple[str, ...]]:
        """Names by language tag, alternatives expanded; none where the key is absent."""
        value = self.table.get(key, {})
        if not isinstance(value, dict):
            raise self.fault(key, 'write a table by language, such as { en = ["…"], "zh-Hans" = ["…"] }')
        inner = Row(f"{self.where}: {key}", value)
        return {tag: inner._names(tag) for tag in value}

    def _names(self, tag: str) -> tuple[str, ...]:
        if not _TAG.fullmatch(tag):
            raise self.fault(tag, "call it by a language tag such as en, zh-Hans or zh-Hant")
        names: list[str] = []
        patterns = self.texts(tag)
        if len(set(patterns)) < len(patterns):
            raise self.fault(tag, "remove what is there twice")
        for pattern in patterns:
            try:
                phrases = expand(pattern)
            except ValueError as error:
                raise self.fault(tag, f"{error}: close every brace that is opened") from error
            if not phrases or not all(_WORD.search(phrase) for phrase in phrases):
                raise self.fault(tag, f"{pattern!r} has an alternative without a word: write one or remove it")
            names.extend(phrases)
        return tuple(dict.fromkeys(names))

    def span(self, key: str) -> tuple[float, float]:
        """Two numbers, the lower first."""
        value = self.table.get(key)
        try:
            low, high = (float(end) for end in value)  # type: ignore[union-attr]
        except (TypeError, ValueError) as error:
            raise self.fault(key, "write the lowest and the highest, such as [5, 100]") from error
        if not low < high:
            raise self.fault(key, "write the lower first")
        return low, high

    def clock(self, key: str) -> tuple[time, ZoneInfo]:
        """A time of day and the zone of the clock that shows it."""
        known = _KNOWN.fullmatch(self.text(key))
        try:
            if known:
                return time.fromisoformat(known["time"]), ZoneInfo(known["zone"])
        except (ValueError, OSError, KeyError):
            pass  # no such time or zone: said below
        raise self.fault(key, 'write a time and an IANA zone, such as "16:00 America/New_York"')

    def names(self, key: str) -> dict[str, str]:
        """One name by language tag, at least one."""
        value = self.table.get(key)
        if not isinstance(value, dict) or not value:
            raise self.fault(key, 'write a table by language, such as { en = "…" }')
        inner = Row(f"{self.where}: {key}", value)
        return {tag: inner.text(tag) for tag in value}
