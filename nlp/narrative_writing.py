"""Writes narratives as the TOML that `nlp.narratives` reads: what is read back is equal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlp.narratives import Driver, Narrative

__all__ = ["write_narratives"]


def write_narratives(narratives: Iterable[Narrative], path: Path) -> None:
    """Writes a narratives file."""
    lines = [line for narrative in narratives for line in _lines(narrative)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def _lines(narrative: Narrative) -> Iterator[str]:
    yield from ("[[narrative]]", f"id = {_text(narrative.id)}", f"names = {_by_language(narrative.names)}")
    yield from (f"definition = {_text(narrative.definition)}", f"cues = {_by_language(narrative.cues)}")
    if narrative.exclude:
        yield f"exclude = {_by_language(narrative.exclude)}"
    yield ""
    for driver in narrative.drivers:
        yield from _driver_lines(driver)


def _driver_lines(driver: Driver) -> Iterator[str]:
    yield from ("[[narrative.drivers]]", f"id = {_text(driver.id)}")
    yield from (f"names = {_by_language(driver.names)}", f"cues = {_by_language(driver.cues)}", "")


def _by_language(values: Mapping[str, str] | Mapping[str, Sequence[str]]) -> str:
    """An inline table by language tag."""
    pairs = (
        f"{_text(tag)} = {_text(value) if isinstance(value, str) else '[' + ', '.join(map(_text, value)) + ']'}"
        for tag, value in values.items()
    )
    return "{ " + ", ".join(pairs) + " }"


def _text(value: str) -> str:
    """A basic string: JSON's escapes are TOML's, but for the character DEL, which TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
