"""Where a figure stands in its text: its clause, its sentence, and what they say of what it goes on about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["PRONOUN", "Place"]

PRONOUN = re.compile(
    r"它|其(?!中)|该|这一|这个|这项|这里|那里|账上|当中|\b(?:it|its|it's|they|they're|that|this|there"
    r"|the (?:index|gauge|measure|benchmark|yield|figure|balance|reading|level|rate|spread|indicator|ratio"
    r"|total|pool)|an? (?:move|rise|fall|jump|drop|swing) of)\b"
)
_OWN_PRICE = re.compile(r"(?:its|their) (?:price|shares?|stock|value)\b")
"""What refers to the thing named in the same sentence."""

_HAN = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure stands.

    Attributes:
        text: as written.
        folded: the text, folded.
        start, end: of the figure.
        sentence, clause: where its sentence and its clause start and end.
        figures: where the figures of the sentence start.
        is_money: whether the figure is a sum.
    """

    text: str
    folded: str
    start: int
    end: int
    sentence: tuple[int, int]
    clause: tuple[int, int]
    figures: Sequence[int]
    is_money: bool = False

    @property
    def lang(self) -> str:
        """Zh or en, by the characters of the clause."""
        return "zh" if _HAN.search(self.folded, *self.clause) else "en"

    @property
    def has_pronoun(self) -> bool:
        """Whether a word before the figure in its clause refers to what was named before."""
        pronoun = PRONOUN.search(self.folded, self.clause[0], self.start)
        return pronoun is not None and _OWN_PRICE.match(self.folded, pronoun.start()) is None
