"""All that becomes of a scored article, without its text: what travels from where it is read to where tables are made.

It is made where the article is, so that little travels and the one process that gathers does little.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nlp.errors import Failure
    from nlp.sketches import Sketch
    from nlp.translations import Meaning

__all__ = ["Outcome"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one article.

    Attributes:
        id, content_hash, title: the article's.
        row: of the scores table, all but `story`; None of an article that could not be scored.
        sentences: rows of the sentences table, where they are wanted.
        sketch, meaning: for its story.
        failure: why it could not be scored.
    """

    id: str
    content_hash: str
    title: str
    row: Mapping[str, Any] | None = None
    sentences: Sequence[Mapping[str, Any]] = ()
    sketch: Sketch | None = None
    meaning: Meaning | None = None
    failure: Failure | None = None
