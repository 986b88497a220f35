"""Definitions, cues and drivers that go with a classifier: froth's own and those that its folder brings."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from models.manifest import TABLE
from nlp.narratives import Narrative, load_narratives

if TYPE_CHECKING:
    from models.choice import ModelChoice
    from models.passages import Classifier

__all__ = ["brought_by", "narratives_of"]


def narratives_of(classifier: Classifier | ModelChoice) -> tuple[Narrative, ...]:
    """The bundled table, and what the model's folder adds to it (`narratives.toml`); an id is taken from the model."""
    own: tuple[Narrative, ...] = getattr(classifier, "table", ())
    brought = {narrative.id for narrative in own}
    return (*(narrative for narrative in load_narratives() if narrative.id not in brought), *own)


def brought_by(base: str, narratives: Collection[str]) -> tuple[Narrative, ...]:
    """What the folder of a base tells of these narratives, for the model that is trained from it to bring too."""
    path = Path(base) / TABLE
    return tuple(one for one in load_narratives(path) if one.id in narratives) if path.is_file() else ()
